"""Engines and applications that the tests of a process share, each test finding them as new.

To make SQL of a statement, a page's template and a route's rule anew for each took more than half of the tests' time.
SQLAlchemy keeps what it made with the engine, Flask with the application, so these last, and addresses with them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from flask import Flask
from sqlalchemy import Engine, create_engine

from roster.app import create_app
from roster.config import Settings
from roster.extensions import db, limiter
from roster.feeds.routes import Routes


@cache
def engine_of(url: str) -> Engine:
    return create_engine(url)


@cache
def application_of(settings: Settings) -> Flask:
    return create_app(settings)


@contextmanager
def as_new(app: Flask) -> Iterator[Flask]:
    """The application, which afterwards forgets what was set meanwhile and whom it answered.

    Nothing can be added to one that has answered: a test that wants to calls `create_app`.
    """
    config, extensions, wsgi_app = dict(app.config), dict(app.extensions), app.wsgi_app
    limiter.enabled = app.config["RATELIMIT_ENABLED"]  # for all applications, the one that was made last decides
    app.extensions["feeds"] = app.wsgi_app = Routes(app, wsgi_app._following)  # type: ignore[attr-defined]
    try:
        yield app
    finally:
        app.extensions["feeds"].flush()  # what it wrote later would land in the next test's rows of the same numbers
        app.config.clear()
        app.config.update(config)
        app.extensions.clear()
        app.extensions.update(extensions)
        app.wsgi_app = wsgi_app  # type: ignore[method-assign]
        with app.app_context():
            db.engine.dispose()
