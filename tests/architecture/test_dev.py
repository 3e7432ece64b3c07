"""dev.py skips only what is done, and ends what it started."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import dev
from tests.waiting import PATIENCE, eventually


@pytest.fixture
def checkout(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def build(checkout):
    """A step that reads `source` and makes `made/`; calling it returns how often it was really done."""
    source, made = checkout / "source", checkout / "made"
    source.mkdir()
    (source / "a.txt").write_text("a")
    done = []

    def make():
        made.mkdir(exist_ok=True)
        done.append(1)

    def run() -> int:
        dev.step("build", make, reads=[source], stamp=made / ".inputs")
        return len(done)

    return run


def test_a_finished_step_is_not_done_again(build):
    assert (build(), build()) == (1, 1)


def test_a_step_is_done_again_when_what_it_reads_changes(build, checkout):
    build()
    (checkout / "source" / "a.txt").write_text("b")
    assert build() == 2
    (checkout / "source" / "a.txt").rename(checkout / "source" / "c.txt")
    assert build() == 3
    (checkout / "source" / "node_modules").mkdir()
    (checkout / "source" / "node_modules" / "big.js").write_text("x")
    assert build() == 3


def test_a_step_is_done_again_when_what_it_made_is_gone(build, checkout):
    build()
    (checkout / "made" / ".inputs").unlink()
    (checkout / "made").rmdir()

    assert build() == 2


def test_a_step_that_failed_is_done_again(checkout):
    attempts = []

    def fail_once():
        attempts.append(1)
        if len(attempts) == 1:
            raise dev.Failed("no")

    with pytest.raises(dev.Failed):
        dev.step("x", fail_once, reads=["same"], stamp=checkout / "stamp")
    dev.step("x", fail_once, reads=["same"], stamp=checkout / "stamp")

    assert len(attempts) == 2


@pytest.fixture
def built_frontend(checkout, monkeypatch) -> list[str]:
    """A checkout whose assets are built but whose Node packages are gone; the list tells which steps are done."""
    done = []
    frontend, built = checkout / "frontend", checkout / "dist"
    for folder in (frontend, built):
        folder.mkdir()
    (frontend / "package.json").write_text("{}")
    monkeypatch.setattr(dev, "FRONTEND", frontend)
    monkeypatch.setattr(dev, "ASSETS", built)
    monkeypatch.setattr(dev, "quietly", lambda *command, env: done.append(command[1]))
    (built / ".inputs").write_text(dev.digest_of([frontend]))
    return done


def test_a_demo_with_built_assets_needs_no_node(built_frontend):
    dev.assets()

    assert built_frontend == []


def test_the_tests_get_their_node_packages_though_the_assets_are_built(built_frontend):
    dev.assets(packages_too=True)

    assert built_frontend == ["ci"]


def test_a_failing_command_says_all_it_said():
    with pytest.raises(dev.Failed) as failure:
        dev.quietly(sys.executable, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")

    assert all(part in str(failure.value) for part in ("out", "err", "ended with 3"))


def test_stopping_a_process_stops_what_it_started_even_if_that_ignores_signals(monkeypatch):
    monkeypatch.setattr(dev, "STOPPING_GRACE", 0.5)
    child = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(99)"
    )
    parent = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); time.sleep(99)"
    process = dev.start([sys.executable, "-c", parent], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"up\n"

    dev.stop(process)

    assert process.stdout.read() == b""  # the end of the pipe: nobody holds its other side
    process.stdout.close()


@pytest.mark.parametrize("number", dev.ENDING_SIGNALS, ids=lambda number: number.name)
def test_an_interrupted_command_ends_with_all_its_processes(tmp_path, number):
    pid_file = tmp_path / "pid"
    inner = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(99)"
    outer = "import dev, sys; dev.interrupt_on_signals(); dev.quietly(sys.executable, '-c', sys.argv[1])"
    process = subprocess.Popen([sys.executable, "-c", outer, inner], cwd=dev.ROOT, stderr=subprocess.DEVNULL)
    inner_pid = eventually(lambda: pid_file.exists() and int(pid_file.read_text() or 0))

    process.send_signal(number)

    process.wait(PATIENCE)
    assert eventually(lambda: not Path(f"/proc/{inner_pid}").exists())


def test_a_taken_port_is_named_before_anything_is_done():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = _dev("demo", "--port", str(port))

    assert done.returncode == 1
    assert f"Port {port} is taken" in done.stderr
    assert done.stdout == ""


def test_links_of_no_demo_name_the_command_that_starts_one(tmp_path):
    done = _dev("links", "--json", ROSTER_HOME=str(tmp_path / "nowhere"))

    assert done.returncode == 1
    assert "dev.py demo" in done.stderr
    assert done.stdout == ""


def test_a_python_without_ensurepip_is_told_the_remedy(monkeypatch):
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())

    with pytest.raises(dev.Failed, match=r"sudo apt-get install python3-venv$"):
        dev._make_environment()


def test_a_missing_program_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setattr(dev.shutil, "which", lambda name: None if name == "chromium" else f"/usr/bin/{name}")
    monkeypatch.setattr(dev, "_way_to_root", lambda: None)

    with pytest.raises(dev.Failed, match=r"sudo apt-get install .* chromium$"):
        dev.test_programs()


def test_ci_runs_the_one_command_and_nothing_weaker():
    lines = (dev.ROOT / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith("#")]

    assert commands == ["set -euo pipefail", 'cd "$(dirname "${BASH_SOURCE[0]}")/.."', "exec python3 dev.py test"]
    assert os.access(dev.ROOT / ".ci" / "run", os.X_OK)


def test_every_command_has_a_line_of_help():
    listed = _dev("--help").stdout

    for name in ("demo", "test", "links", "lint", "types", "imports", "bench", "lock", "messages", "wheel"):
        assert re.search(rf"^ +{name} +\S", listed, re.MULTILINE), name


def _dev(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "dev.py", *arguments],
        cwd=dev.ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
