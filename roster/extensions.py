"""Extensions, not yet bound to an app."""

from typing import TYPE_CHECKING

from flask import Flask
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from roster import paths
from roster.models import Base

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    class Database(SQLAlchemy):
        session: Session  # type: ignore[assignment]  # a proxy for it, which services take as the session it stands for
else:
    Database = SQLAlchemy

db = Database(model_class=Base)
babel = Babel()
login_manager = LoginManager()
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address)


def init_migrations(app: Flask) -> None:
    """For the commands that change tables. No server or worker waits for Alembic to load."""
    from flask_migrate import Migrate

    Migrate(app, db, directory=str(paths.MIGRATIONS), render_as_batch=True, compare_type=True)
