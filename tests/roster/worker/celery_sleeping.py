"""A Celery worker process whose jobs sleep: `python -m tests.roster.worker.celery_sleeping HOME URL BROKER`.

It looks for lost jobs every second, and has no letters to send: each look would begin a process of its own.
"""

import sys
from pathlib import Path

from roster.config import Settings
from roster.worker import celery
from tests.roster.worker.leases import LONG
from tests.roster.worker.sleeping import Sleep


def settings(home: Path, url: str, broker: str) -> Settings:
    return Settings(home=home, database_url=url, secret_key="for tests only", broker_url=broker)


if __name__ == "__main__":
    home, url, broker = sys.argv[1:]
    app = celery.make_app(settings(Path(home), url, broker), {"sleep": Sleep()}, lease=LONG)
    # Where each takes longer than a second to begin, some wait; a message that expires by then would never be heard.
    app.conf.beat_schedule = {"sweep": {"task": celery.SWEEP, "schedule": 1.0, "options": {"expires": 30.0}}}
    celery.serve(app)
