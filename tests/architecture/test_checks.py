"""Style, types and layers hold everywhere: the commands of `dev.py lint`, `types` and `imports`."""

import ast
import subprocess
import sys

import pytest

import dev

CHECKS = [command for commands in dev.CHECKS.values() for command in commands]


@pytest.mark.parametrize("command", CHECKS, ids=" ".join)
def test_the_tree_passes(command):
    program, *arguments = command

    done = subprocess.run([dev.BIN / program, *arguments], cwd=dev.ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_web_application_does_not_load_the_solver_engine():
    loaded = "import sys, roster.app; print('ortools' in sys.modules, 'pandas' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", loaded], cwd=dev.ROOT, capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["False", "False"]


def test_the_commands_of_a_checkout_need_nothing_but_python():
    tree = ast.parse((dev.ROOT / "dev.py").read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
