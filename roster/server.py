"""The web server: gunicorn with threads, waitress on Windows; either serves the same application."""

import gc
import sys
from typing import Any

from flask import Flask

from roster.app import create_app
from roster.config import Settings

PROCESSES = 2
THREADS = 8
GRACE = 5  # seconds a request may take to end once the server is told to
STANDSTILL = 300  # seconds without a sign of life until a process counts as lost: machines sleep, and are starved


def serve(host: str, port: int, *, processes: int = PROCESSES, threads: int = THREADS) -> None:
    """Serve until a signal ends this process."""
    if sys.platform == "win32":
        import waitress

        waitress.serve(lasting_app(), host=host, port=port, threads=threads)
    else:
        _serve_with_gunicorn(
            {
                "bind": f"{host}:{port}",
                "workers": processes,
                "threads": threads,
                "worker_class": "gthread",
                "graceful_timeout": GRACE,
                "timeout": STANDSTILL,
                "control_socket_disable": True,  # it would be one file for all servers of a user
                "loglevel": "warning",
            }
        )


def lasting_app(settings: Settings | None = None) -> Flask:
    """The application, with everything it is made of set aside from garbage collection.

    None of it ever goes away, and looking through it again and again takes up to a third of a large page's time.
    """
    app = create_app(settings)
    gc.collect()
    gc.freeze()
    return app


def _serve_with_gunicorn(options: dict[str, Any]) -> None:
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        def load_config(self) -> None:
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            return lasting_app()

    Server().run()
