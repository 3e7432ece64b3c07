"""The wheel stands alone: installed without a checkout, it migrates, serves pages, and has its assets and texts."""

import http.client
import os
import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import dev
from tests.ports import a_port
from tests.waiting import PATIENCE, eventually


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    dev.uv("build", "--wheel", "--quiet", "--python", dev.PYTHON, "--out-dir", folder, dev.ROOT)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The `roster` command of a fresh environment that knows no checkout."""
    environment = tmp_path_factory.mktemp("installed") / "venv"
    python = environment / "bin" / "python"
    dev.uv("venv", "--quiet", "--python", dev.PYTHON, environment)
    dev.uv("pip", "install", "--quiet", "--require-hashes", "--python", python, "-r", dev.REQUIREMENTS / "app.txt")
    dev.uv("pip", "install", "--quiet", "--no-deps", "--python", python, wheel)
    return environment / "bin" / "roster"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROSTER_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return tmp_path


@pytest.fixture
def served(installed, elsewhere) -> Iterator[int]:
    subprocess.run([installed, "db", "upgrade"], check=True, capture_output=True)
    with a_port() as port:
        process = dev.start([installed, "serve", "--port", str(port)])
        eventually(lambda: dev.answers(port) or process.poll() is not None)
        assert process.poll() is None, "the server ended"
        yield port
        dev.stop(process)


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read().decode("utf-8", "replace")
    connection.close()
    return response.status, body


def test_the_wheel_holds_what_is_neither_python_nor_in_git(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())

    for source, target in (("templates", "roster/templates"), ("migrations", "roster/migrations")):
        wanted = {
            f"{target}/{file.relative_to(dev.ROOT / source).as_posix()}"
            for file in (dev.ROOT / source).rglob("*")
            if file.is_file() and "__pycache__" not in file.parts
        }
        assert wanted <= names
    assert "roster/static/dist/manifest.json" in names
    assert "roster/translations/vi/LC_MESSAGES/messages.mo" in names
    assert not [name for name in names if name.startswith(("tests/", "dev.py", "frontend/")) or "node_modules" in name]


def test_an_installed_wheel_serves_its_pages_assets_and_translations(served):
    status, page = get(served, "/account/sign-in")
    stylesheet = re.search(r'href="(/static/[^"]+\.css)"', page)

    assert status == 200
    assert 'lang="vi"' in page
    assert "Đăng nhập" in page
    assert stylesheet
    assert get(served, stylesheet[1])[0] == 200


def test_an_installed_wheel_goes_down_and_up_the_migrations(installed, elsewhere):
    for arguments in (("upgrade",), ("downgrade", "base"), ("upgrade",)):
        subprocess.run([installed, "db", *arguments], check=True, capture_output=True, text=True)

    assert (elsewhere / "home" / "roster.db").stat().st_size > 0


def test_an_installed_wheel_works_without_the_checkout(installed, elsewhere):
    python = installed.with_name("python")
    where = "import roster, solver; print(roster.__file__, solver.__file__)"

    said = subprocess.run([python, "-c", where], check=True, capture_output=True, text=True).stdout

    assert str(dev.ROOT) + os.sep not in said
    assert said.count("site-packages") == 2
