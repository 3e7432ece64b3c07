"""Language and looks: kept with the account, or with the browser of somebody not signed in."""

from flask import Blueprint, redirect, request, session
from flask.typing import ResponseReturnValue

from roster.config import LANGUAGES
from roster.extensions import db
from roster.services import accounts
from roster.web import locale, returning, sessions
from roster.web.sessions import public

bp = Blueprint("preferences", __name__, url_prefix="/preferences")

CHOICES = {"language": tuple(LANGUAGES), "theme": locale.THEMES}


@bp.post("/")
@public
def change() -> ResponseReturnValue:
    """Take `language` and `theme`, whichever is sent, and go back to the page the switch was on."""
    chosen = {name: request.form[name] for name, known in CHOICES.items() if request.form.get(name) in known}
    session.update(chosen)
    if account := sessions.account_or_none():
        accounts.prefer(account, **chosen)
        db.session.commit()
    return redirect(returning.back(), code=303)
