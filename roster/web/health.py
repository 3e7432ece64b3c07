"""/healthz: whether this process can answer and reach its database. For process managers, so it says nothing else."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from roster.extensions import db, limiter
from roster.web.sessions import public

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@limiter.exempt
@public
def show() -> ResponseReturnValue:
    db.session.execute(text("SELECT 1"))
    return {"status": "ok"}
