"""Invitations and password links: whoever holds the address chooses a password and is signed in."""

import segno
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from roster.config import Settings
from roster.errors import LinkExpired, LinkUsed, NotFound
from roster.extensions import db
from roster.models import AccountLink, LinkPurpose
from roster.services import links
from roster.services.people import Invitation
from roster.web import forms, sessions, throttles
from roster.web.clock import utc_now
from roster.web.errors import status_of, words_of
from roster.web.sessions import passwords, public

bp = Blueprint("links", __name__, url_prefix="/welcome")


@bp.get("/<token>")
@public
def show(token: str) -> ResponseReturnValue:
    """Opening changes nothing: chat programs fetch addresses to draw a preview."""
    return _page(links.opened(db.session, token, now=utc_now()), token, forms.Form())


@bp.post("/<token>")
@throttles.opening
@public
def use(token: str) -> ResponseReturnValue:
    password, repeated = request.form.get("password", ""), request.form.get("repeated", "")
    used = forms.submitted(
        lambda: links.use(db.session, token, password=password, repeated=repeated, passwords=passwords(), now=utc_now())
    )
    if used.result is None:
        return _page(links.opened(db.session, token, now=utc_now()), token, used.form), 422
    db.session.commit()
    sessions.sign_in(used.result)
    flash(_("Welcome! Your password is set and you are signed in."), "success")
    return redirect(url_for("home.show"), code=303)


@bp.errorhandler(LinkExpired)
@bp.errorhandler(LinkUsed)
@bp.errorhandler(NotFound)
def closed(refusal: LinkExpired | LinkUsed | NotFound) -> ResponseReturnValue:
    """A page that says how to go on, rather than that something is wrong."""
    db.session.rollback()
    words = words_of(refusal) if not isinstance(refusal, NotFound) else _("Perhaps the address was not copied whole.")
    return render_template("links/closed.html", words=words), status_of(refusal)


def made_page(invitation: Invitation, back: dict[str, str]) -> str:
    """The page that hands over a link just made: to copy, to send on, or to hold out as a QR code.

    back: `label` and `href` of the page it was made on.
    """
    settings: Settings = current_app.extensions["settings"]
    address = settings.base_url + url_for("links.show", token=invitation.token)
    return render_template(
        "links/made.html",
        name=invitation.account.display_name,
        invited=invitation.account.password_hash is None,
        address=address,
        qr_code=Markup(segno.make(address, error="m").svg_inline(omitsize=True, border=2)),  # noqa: S704  (drawn here)
        back=back,
    )


def _page(link: AccountLink, token: str, form: forms.Form) -> str:
    return render_template(
        "links/show.html",
        name=link.account.display_name,
        login=link.account.login,
        invited=link.purpose is LinkPurpose.INVITATION,
        token=token,
        form=form,
    )
