"""The `roster` command: serve, work, migrate, load a scenario, plan.

Output that scripts may read goes to standard output; what the service says about itself goes to standard error.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import structlog

from roster import config
from roster.demo import credentials
from roster.demo.credentials import Credentials
from roster.errors import RosterError

NO_SUCH_TABLE = ("42P01", "42703")
"""How PostgreSQL says that a table or a column is missing: a database that `roster db upgrade` has not seen."""


class _Commands(click.Group):
    """A database that does not answer is told in one line, whichever command asked it."""

    def invoke(self, ctx: click.Context) -> Any:
        from sqlalchemy.exc import OperationalError, ProgrammingError

        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError) as silence:
            if isinstance(silence, ProgrammingError) and getattr(silence.orig, "sqlstate", "") not in NO_SUCH_TABLE:
                raise
            raise click.ClickException(_silence_in_words(silence.orig)) from silence


def _silence_in_words(cause: object) -> str:
    """What the driver says first: where it tried, and why in vain. The address may hold a password and is not said."""
    said = (str(cause).strip().splitlines() or ["no reason given"])[0]
    return f"The database does not answer as expected ({said}). Look at ROSTER_DATABASE_URL and `roster db upgrade`."


@click.group(cls=_Commands)
@click.version_option(package_name="volunteer-roster")
def main() -> None:
    """Volunteer rosters: availability and demand in, a proven roster out."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--processes", default=2, show_default=True)
@click.option("--threads", default=8, show_default=True, help="For each process.")
def serve(host: str, port: int, processes: int, threads: int) -> None:
    """Serve the web pages and calendars."""
    from roster import server

    server.serve(host, port, processes=processes, threads=threads)


@main.command()
@click.option(
    "--lease", default=20.0, show_default=True, help="Seconds after which a dead worker's job goes to another."
)
@click.option("--celery", "by_celery", is_flag=True, help="Hear of jobs by the broker at ROSTER_BROKER_URL.")
@click.option("--processes", default=1, show_default=True, help="With --celery: jobs done at a time.")
def worker(lease: float, by_celery: bool, processes: int) -> None:
    """Do the jobs that wait, such as plans, and send messages. Run as many as there are processors to spare."""
    settings, duration = _settings(), timedelta(seconds=lease)
    if by_celery:
        from roster.worker import celery

        if not settings.broker_url:
            raise click.ClickException("Set ROSTER_BROKER_URL to the broker's address, such as redis://localhost/0")
        celery.serve(celery.make_app(settings, lease=duration), processes=processes)
    else:
        from roster.worker import process

        process.serve(settings, lease=duration)


@main.group()
def db() -> None:
    """Make and change the tables."""


@db.command()
@click.argument("revision", default="heads")
def upgrade(revision: str) -> None:
    """Bring the tables up to a revision: the newest, unless one is named."""
    with _tables() as migrations:
        migrations.upgrade(revision=revision)


@db.command()
@click.argument("revision", default="-1")
def downgrade(revision: str) -> None:
    """Take the tables down to a revision: one step, unless one is named."""
    with _tables() as migrations:
        migrations.downgrade(revision=revision)


@contextmanager
def _tables() -> Iterator[Any]:
    """What changes the tables of this installation: Flask-Migrate."""
    import flask_migrate

    from roster.app import create_app
    from roster.extensions import init_migrations

    app = create_app()
    init_migrations(app)
    with app.app_context():
        yield flask_migrate


@main.command()
@click.argument("unit")
@click.argument("login")
@click.option("--name", default="Quản trị", show_default=True, help="The administrator's own name.")
@click.option("--kind", default="province", show_default=True, help="nation, province, university, agency …")
def found(unit: str, login: str, name: str, kind: str) -> None:
    """Begin for real: the topmost UNIT, and a link by which its administrator, who signs in as LOGIN, comes in.

    Said again for both it makes a new link.
    """
    from datetime import UTC, datetime

    from roster.models import UnitKind
    from roster.services import founding
    from roster.services.units import UnitDetails
    from roster.worker.process import sessions_of

    if kind not in list(UnitKind):
        raise click.ClickException(f"There is no kind {kind!r}. There are: {', '.join(UnitKind)}")
    settings = _settings()
    with _refusals(), sessions_of(settings)() as session:
        details = UnitDetails(name=unit, kind=kind)
        invitation = founding.found(session, details, login=login, name=name, now=datetime.now(UTC))
        session.commit()
    click.echo(f"{settings.base_url}/welcome/{invitation.token}")


@main.command()
@click.argument("scenario")
def seed(scenario: str) -> None:
    """Load a scenario: its people, sites, shifts and past weeks, with a login for each role."""
    from roster.demo import loading
    from roster.scenarios import SCENARIOS

    if scenario not in SCENARIOS:
        raise click.ClickException(f"There is no scenario {scenario!r}. There are: {', '.join(SCENARIOS)}")
    with _refusals():
        shown = loading.load(_settings(), scenario)
    click.echo(f"Loaded {shown.scenario}")


@main.command()
@click.argument("scenario", required=False)
@click.option("--seconds", type=int, help="The longest search; ROSTER_PLAN_SECONDS unless given.")
def plan(scenario: str | None, seconds: int | None) -> None:
    """Plan and publish the present week of a scenario (the one loaded last), and sum it up."""
    from roster.demo import planning

    settings = _settings()
    with _refusals():
        summary = planning.plan(settings, scenario or _loaded_last(settings).scenario, seconds=seconds)
    click.echo(planning.table(summary))


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path), metavar="PROBLEM.json")
@click.option("--run", "run_id", type=int, help="One run by its number; the newest unless given.")
def problem(file: Path, run_id: int | None) -> None:
    """Write what a run was asked as PROBLEM.json, for `python -m solver`: numbers instead of names."""
    from roster.planning import runs
    from roster.worker.process import sessions_of

    with _refusals(), sessions_of(_settings())() as session:
        asked = runs.problem_file(session, run_id)
    file.write_bytes(asked)


def _settings() -> config.Settings:
    try:
        return config.from_environment()
    except config.BadSetting as mistake:
        raise click.ClickException(str(mistake)) from mistake


@contextmanager
def _refusals() -> Iterator[None]:
    """Whoever sits at a terminal reads a refusal's facts as they are."""
    try:
        yield
    except RosterError as refusal:
        raise click.ClickException(f"{type(refusal).__name__}: {refusal}") from refusal


def _loaded_last(settings: config.Settings) -> Credentials:
    kept = list(credentials.read(settings.home).values())
    if not kept:
        raise click.ClickException("There is no demo yet. Start one: python3 dev.py demo")
    return kept[-1]


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def links(as_json: bool) -> None:
    """Print the logins and calendars of the scenario loaded last."""
    shown = _loaded_last(_settings()).as_links()
    click.echo(json.dumps(shown, ensure_ascii=False, indent=2) if as_json else _spoken(shown))


def _spoken(shown: dict[str, Any]) -> str:
    logins = [f"  {login['role']:<14} {login['name']:<42} {login['password']}" for login in shown["logins"]]
    feeds = [f"  {kind:<14} {address}" for kind, address in shown["feeds"].items()]
    return "\n".join([shown["base"], "", "Sign in as", *logins, "", "Calendars", *feeds, ""])


if __name__ == "__main__":
    main()
