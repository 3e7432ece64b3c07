"""The command line: what whoever sits at a terminal reads when something is not there."""

import pytest
from click.testing import CliRunner
from sqlalchemy.exc import ProgrammingError

from roster.cli import main

NOBODY = "postgresql+psycopg://roster:secret-word@127.0.0.1:1/roster"
"""No server listens on port 1."""


@pytest.mark.parametrize("command", [["db", "upgrade"], ["found", "Tỉnh đoàn Bình Định", "lan@example.vn"]])
def test_a_database_that_does_not_answer_is_told_in_one_line_without_its_password(tmp_path, command):
    environment = {"ROSTER_HOME": str(tmp_path), "ROSTER_DATABASE_URL": NOBODY}

    result = CliRunner().invoke(main, command, env=environment)

    (line,) = [line for line in result.output.splitlines() if line.startswith("Error")]
    assert result.exit_code == 1
    assert line.startswith("Error: The database does not answer as expected (")
    assert 'server at "127.0.0.1"' in line
    assert "Traceback" not in result.output
    assert "secret-word" not in result.output


def test_a_database_without_tables_is_told_in_one_line(tmp_path):
    environment = {"ROSTER_HOME": str(tmp_path), "ROSTER_DATABASE_URL": f"sqlite:///{tmp_path / 'empty.db'}"}

    result = CliRunner().invoke(main, ["found", "Tỉnh đoàn Bình Định", "lan@example.vn"], env=environment)

    (line,) = [line for line in result.output.splitlines() if line.startswith("Error")]
    assert "no such table" in line
    assert "`roster db upgrade`" in line


def test_whoever_founds_a_unit_of_an_unknown_kind_is_told_which_there_are(tmp_path):
    environment = {"ROSTER_HOME": str(tmp_path)}

    result = CliRunner().invoke(main, ["found", "Thành đoàn", "lan@example.vn", "--kind", "city"], env=environment)

    assert result.exit_code == 1
    assert "There is no kind 'city'. There are: nation, province," in result.output


@pytest.mark.parametrize(("sqlstate", "told"), [("42P01", True), ("42601", False)], ids=["no table", "a fault of ours"])
def test_postgresql_says_it_in_another_way_than_faults_of_ours(monkeypatch, sqlstate, told):
    cause = Exception('relation "accounts" does not exist')
    cause.sqlstate = sqlstate
    monkeypatch.setattr(main.commands["plan"], "callback", _raising(ProgrammingError("SELECT", {}, cause)))

    result = CliRunner().invoke(main, ["plan"])

    assert ("`roster db upgrade`" in result.output, isinstance(result.exception, ProgrammingError)) == (told, not told)


def _raising(error):
    def raises(**_arguments):
        raise error

    return raises
