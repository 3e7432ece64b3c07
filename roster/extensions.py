"""Extensions, not yet bound to an app."""

from typing import TYPE_CHECKING

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from roster.models import Base

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    class Database(SQLAlchemy):
        session: Session  # type: ignore[assignment]  # a proxy for it, which services take as the session it stands for
else:
    Database = SQLAlchemy

db = Database(model_class=Base)
migrate = Migrate()
babel = Babel()
login_manager = LoginManager()
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address)
