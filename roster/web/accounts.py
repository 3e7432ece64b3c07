"""Signing in and out, and one's own account."""

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from roster.extensions import db
from roster.models import Account
from roster.services import accounts, logins
from roster.services.logins import ReachTyped
from roster.vietnam import phones
from roster.web import forms, meanwhile, returning, sessions, throttles
from roster.web.clock import utc_now
from roster.web.sessions import current_account, passwords, public

bp = Blueprint("accounts", __name__, url_prefix="/account")


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    if sessions.account_or_none():
        return redirect(url_for("home.show"))
    return render_template("accounts/sign_in.html", form=forms.Form({"next": request.args.get("next", "")}))


@bp.post("/sign-in")
@throttles.guessing
@public
def start_session() -> ResponseReturnValue:
    login, password = request.form.get("login", ""), request.form.get("password", "")
    tried = forms.submitted(lambda: accounts.sign_in(db.session, login, password, passwords=passwords(), now=utc_now()))
    if tried.result is None:
        return render_template("accounts/sign_in.html", form=tried.form), 422
    db.session.commit()
    sessions.sign_in(tried.result)
    return redirect(returning.safe_path(request.form.get("next")) or url_for("home.show"), code=303)


@bp.post("/sign-out")
@public
def end_session() -> ResponseReturnValue:
    """Public, so that signing out twice, or after the session ended, is no error."""
    sessions.sign_out()
    return redirect(url_for(".sign_in"), code=303)


@bp.get("/")
def show() -> ResponseReturnValue:
    return _page(forms.Form())


@bp.post("/password")
@throttles.guessing
def change_password() -> ResponseReturnValue:
    """Everybody else on this account is signed out; whoever changed it stays."""
    old, new, repeated = (request.form.get(name, "") for name in ("old", "new", "repeated"))
    account = current_account()
    changed = forms.submitted(
        lambda: logins.change_password(
            db.session, old=old, new=new, repeated=repeated, by=account, passwords=passwords(), now=utc_now()
        )
    )
    if changed.result is None:
        return _page(changed.form), 422
    db.session.commit()
    sessions.sign_in(changed.result)
    flash(_("Your password is changed. All your other devices are signed out."), "success")
    return redirect(url_for(".show"), code=303)


@bp.post("/name")
def rename() -> ResponseReturnValue:
    """The name of an account that belongs to no person."""
    name, account = request.form.get("name", ""), current_account()
    renamed = meanwhile.changed(
        account,
        _name_of,
        lambda: logins.rename_own(db.session, name, by=account, now=utc_now()),
        subject=f"account:{account.id}",
    )
    if renamed.result is None:
        return _page(renamed.form), renamed.status
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for(".show"), code=303)


@bp.post("/reach")
@throttles.guessing
def change_reach() -> ResponseReturnValue:
    """One's own phone number and e-mail address, with which one signs in."""
    typed = ReachTyped(**{name: request.form.get(name, "") for name in ("phone", "email", "login")})
    account, password = current_account(), request.form.get("password", "")
    changed = forms.submitted(
        lambda: logins.change_own(db.session, typed, password, by=account, passwords=passwords(), now=utc_now())
    )
    if changed.result is None:
        return _page(changed.form), 422
    db.session.commit()
    flash(_("Saved. You sign in with %(login)s.", login=accounts.written_login(changed.result.login)), "success")
    return redirect(url_for(".show"), code=303)


def _page(form: forms.Form) -> str:
    """Each of the page's forms keeps what was typed; the one of numbers begins with those that are kept."""
    account = current_account()
    kept = {"phone": "", "email": "", "login": accounts.written_login(account.login)}
    if account.person is not None:
        kept["phone"] = phones.written(account.person.phone) if account.person.phone else ""
        kept["email"] = account.person.email or ""
    filled = replace(form, values={**meanwhile.form_of(_name_of(account)).values, **kept, **form.values})
    return render_template("accounts/show.html", form=filled, person=account.person)


def _name_of(account: Account) -> dict[str, str]:
    return {"name": account.display_name}
