"""The audit trail: who changed what, when, for administrators."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from roster import access
from roster.extensions import db
from roster.queries import audit as queries
from roster.web.audit_words import ACTIONS, details
from roster.web.paging import page_links
from roster.web.sessions import current_account

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("/")
def index() -> ResponseReturnValue:
    account = current_account()
    access.require_some_administrator(account)
    listed = queries.audit_list(db.session, account, page=request.args.get("page", 1, type=int))
    return render_template(
        "audit/index.html",
        rows=listed.rows,
        actions=ACTIONS,
        details=details,
        pages=page_links(listed.page, queries.PAGE_SIZE, listed.total),
    )
