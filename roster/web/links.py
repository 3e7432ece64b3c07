"""Invitations and password links: whoever holds the address chooses a password and is signed in."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster.config import Settings
from roster.errors import LinkExpired, LinkUsed, NotFound
from roster.extensions import db
from roster.models import AccountLink, LinkPurpose
from roster.services import links
from roster.services.people import Invitation
from roster.web import forms, sessions, throttles
from roster.web.clock import utc_now
from roster.web.errors import status_of, words_of
from roster.web.qr_codes import qr_code
from roster.web.sessions import passwords, public

bp = Blueprint("links", __name__, url_prefix="/welcome")

Onward = Mapping[str, str]
"""Where to go next: `label` and `href`."""


@dataclass(frozen=True, slots=True)
class Handing:
    """What is said beside an address that is handed over: that it is shown `once`, how long it `lasts`, for `whom`.

    `under`: a line below the heading; `printed`: it is made to be printed.
    """

    once: str
    lasts: str
    whom: str
    under: str = ""
    printed: bool = False


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
    invited = links.opened(db.session, token, now=utc_now()).purpose is LinkPurpose.INVITATION
    used = forms.submitted(
        lambda: links.use(db.session, token, password=password, repeated=repeated, passwords=passwords(), now=utc_now())
    )
    if used.result is None:
        return _page(links.opened(db.session, token, now=utc_now()), token, used.form), 422
    if invited:
        sessions.keep_looks(used.result)
    db.session.commit()
    sessions.sign_in(used.result)
    flash(_("Welcome! Your password is set and you are signed in."), "welcome")
    return redirect(url_for("home.show"), code=303)


@bp.errorhandler(LinkExpired)
@bp.errorhandler(LinkUsed)
@bp.errorhandler(NotFound)
def closed(refusal: LinkExpired | LinkUsed | NotFound) -> ResponseReturnValue:
    """A page that says how to go on, rather than that something is wrong."""
    db.session.rollback()
    return closed_page(why_closed(refusal)), status_of(refusal)


def why_closed(refusal: LinkExpired | LinkUsed | NotFound) -> str:
    return _("Perhaps the address was not copied whole.") if isinstance(refusal, NotFound) else words_of(refusal)


def closed_page(words: str, *, onward: Onward | None = None) -> str:
    """Of any link that opens nothing any more: why, and where to go on (to sign in, unless something else is given)."""
    return render_template("links/closed.html", words=words, onward=onward)


def hand_over_page(path: str, *, heading: str, back: Onward, words: Handing) -> str:
    """The page that hands over an address just made: to copy, to send on, to print or to hold out as a QR code."""
    settings: Settings = current_app.extensions["settings"]
    address = settings.base_url + path
    return render_template(
        "links/made.html", heading=heading, address=address, qr_code=qr_code(address), back=back, words=words
    )


def made_page(invitation: Invitation, back: Onward) -> str:
    """An invitation or a password link just made; `back`: the page it was made on."""
    name, invited = invitation.account.display_name, invitation.account.password_hash is None
    return hand_over_page(
        url_for("links.show", token=invitation.token),
        heading=_("Invitation for %(name)s", name=name) if invited else _("Password link for %(name)s", name=name),
        back=back,
        words=Handing(
            once=_("Copy it now: it is shown only this once."),
            lasts=_("It works once, for 14 days. A newer link ends this one.")
            if invited
            else _("It works once, for 24 hours. A newer link ends this one."),
            whom=_(
                "Send the link by Zalo or text message to nobody but %(name)s, or let them scan the code: whoever "
                "opens it chooses the password.",
                name=name,
            ),
        ),
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
