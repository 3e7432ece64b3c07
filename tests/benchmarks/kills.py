"""Fifty processes that publish and send, each killed at a random moment, on each engine.

    python -m tests.benchmarks.kills [--kills 50] [--seed 1]

Prints what became of everything that was told. Fails if anything was lost or sent twice. Letters in doubt are those
whose worker died between the last byte to the mail server and its own record; they are never sent again by themselves.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import create_engine

from roster.models import Base
from tests import postgres
from tests.killing import outcome_of


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.kills")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        faults = [
            measured(url, kills=chosen.kills, seed=chosen.seed)
            for url in (f"sqlite:///{folder}/roster.db", postgres.fresh_database("roster_kills"))
        ]
    postgres.leave()
    sys.exit(any(faults))


def measured(url: str, *, kills: int, seed: int) -> bool:
    """Whether anything was lost or sent twice."""
    engine = create_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()
    began = time.monotonic()
    outcome = outcome_of(url, kills=kills, seed=seed, people=30)
    told = ", ".join(f"{name} {number}" for name, number in asdict(outcome).items())
    print(f"{url.partition(':')[0]}: {kills} kills in {time.monotonic() - began:.0f} s: {told}", flush=True)  # noqa: T201
    return outcome.messages != outcome.changes or bool(outcome.unsent or outcome.twice or outcome.lost)


if __name__ == "__main__":
    main()
