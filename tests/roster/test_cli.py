"""The command line: what whoever sits at a terminal reads when something is not there."""

import pytest
from click.testing import CliRunner

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
