"""Links in messages: an answer without signing in.

Opening a link changes nothing, because mail programs and scanners open every one; the button on its page answers. A
link that was used or is over still says what became of it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from roster.config import DEFAULT_LANGUAGE
from roster.errors import Conflict, LinkExpired, LinkUsed, NotFound
from roster.extensions import db
from roster.models import (
    Account,
    AnswerLink,
    AnswerPurpose,
    AskState,
    Assignment,
    Claim,
    ClaimState,
    ContactChoice,
    CoverAsk,
    FeedKind,
    Person,
    Swap,
    SwapState,
    WithdrawalState,
)
from roster.queries import me as my_queries
from roster.queries import places, questions
from roster.queries import turns as turn_queries
from roster.services import (
    answers,
    assignments,
    claims,
    confirming,
    contacts,
    covers,
    feeds,
    rounds,
    swaps,
    withdrawals,
)
from roster.services import turns as published
from roster.services.feeds import Wishes
from roster.web import contact_form, forms, links, roster_words, throttles, turns, week_picker
from roster.web import feeds as feed_pages
from roster.web.clock import utc_now
from roster.web.errors import refused, status_of, words_of
from roster.web.ids import row_id
from roster.web.sessions import public

bp = Blueprint("answers", __name__, url_prefix="/a")

SAID = {
    answers.YES: _l("You said that you will be there."),
    "left": _l("You are off this shift. Thank you for saying so early."),
    "asked": _l("You asked to be let off. Until your coordinator answers you are still expected."),
    "standin": _l("Asked. The first to say yes takes your place; until then it is yours."),
    "calendar": _l("You took your calendar along."),
    answers.WEEK: _l("You said when you can come."),
    "cover_yes": _l("You said that you will come. Thank you!"),
    "cover_no": _l("You said that you cannot come."),
    "swap_yes": _l("Swapped. Both calendars follow."),
    "waits": _l("You said yes. Your coordinator must still agree; until then nothing changes."),
    "swap_no": _l("You said that you do not swap. Your shift stays as it is."),
    "offer_yes": _l("The place is yours. They know you are coming."),
    "offer_no": _l("Thank you. Somebody else may have it."),
}
"""What a used link was used for."""


TITLES = {AnswerPurpose.SWAP: _l("Would you swap shifts?"), AnswerPurpose.OFFER: _l("A place is free for you")}


@bp.before_request
def _speak_the_readers_language() -> None:
    """A link knows its reader, whatever this browser was set to before anybody signed in."""
    token = (request.view_args or {}).get("token", "")
    try:
        person = answers.found(db.session, token).person
    except NotFound:
        return
    account = _account_of(person)
    g.language = account.language if account else DEFAULT_LANGUAGE


@bp.get("/<token>")
@public
def show(token: str) -> str:
    link = answers.found(db.session, token)
    kept = not answers.is_over(link) and link.expires_at > utc_now()
    if link.used_at is not None and not (kept and (link.answer == answers.WEEK or _turn_to_come(link))):
        return render_template("answers/said.html", link=link, said=SAID.get(link.answer, ""))
    if link.expires_at <= utc_now():
        raise LinkExpired(purpose=link.purpose)
    return _page(link, token)


@bp.post("/<token>/confirm")
@throttles.opening
@public
def confirm(token: str) -> ResponseReturnValue:
    link, now = _opened(token, AnswerPurpose.TURN), utc_now()
    person = answers.use(db.session, link, answers.YES, now=now)
    assignments.accept(db.session, _turn(link), by=_account_of(person), now=now)
    return _done(token, _("Thank you. They know you are coming."))


@bp.post("/<token>/decline")
@throttles.opening
@public
def decline(token: str) -> ResponseReturnValue:
    """Leave the turn, or ask to where that needs a coordinator's answer."""
    link, now = _opened(token, AnswerPurpose.TURN), utc_now()
    reason = request.form.get("reason", "")
    done = forms.submitted(
        lambda: withdrawals.give_up(db.session, _turn(link), reason=reason, by=_account_of(link.person), now=now)
    )
    if done.result is None:
        return _page(_opened(token, AnswerPurpose.TURN), token, form=done.form), 422
    left = done.result.state is WithdrawalState.GRANTED
    answers.use(db.session, link, "left" if left else "asked", now=now)
    return _done(token, str(SAID["left" if left else "asked"]))


@bp.post("/<token>/week")
@throttles.opening
@public
def week(token: str) -> ResponseReturnValue:
    link, now = _opened(token, AnswerPurpose.AVAILABILITY), utc_now()
    offer = week_picker.typed(request.form)
    if offer is None:
        return _week(link, token, blank=True), 422
    person = answers.use(db.session, link, answers.WEEK, now=now)
    rounds.answer(db.session, link.target_id, person, offer, by=_account_of(person), now=now)
    return _done(token, _("Thank you. The next plan knows when you can come."))


@bp.post("/<token>/cover")
@throttles.opening
@public
def cover(token: str) -> ResponseReturnValue:
    """Come, or not. Whoever was asked by a link has an account: only they can be asked by one."""
    link, now = _opened(token, AnswerPurpose.COVER), utc_now()
    yes = request.form.get("answer") == "yes"
    account = _require_account(answers.use(db.session, link, "cover_yes" if yes else "cover_no", now=now))
    if covers.answer(db.session, link.target_id, yes=yes, by=account, now=now).state is AskState.AGREED:
        link.answer = "waits"
    return _done(token, str(SAID[link.answer]))


@bp.post("/<token>/question")
@throttles.opening
@public
def question(token: str) -> ResponseReturnValue:
    """Swap or not; take the place that is kept, or let it go."""
    found, now = answers.found(db.session, token), utc_now()
    if found.purpose not in ANSWERED:
        raise Conflict(what="link")
    link = _opened(token, found.purpose)
    said = ANSWERED[link.purpose](
        link.target_id, request.form.get("answer") == "yes", _require_account(link.person), now
    )
    answers.use(db.session, link, said, now=now)
    return _done(token, str(SAID[said]))


def _answer_swap(swap_id: int, yes: bool, by: Account, now: datetime) -> str:
    swap = swaps.answer(db.session, swap_id, agreed=yes, by=by, now=now)
    return {SwapState.DONE: "swap_yes", SwapState.AGREED: "waits"}.get(swap.state, "swap_no")


def _answer_offer(claim_id: int, yes: bool, by: Account, now: datetime) -> str:
    claim = (claims.accept if yes else claims.let_go)(db.session, claim_id, by=by, now=now)
    return {ClaimState.TAKEN: "offer_yes", ClaimState.ASKED: "waits"}.get(claim.state, "offer_no")


ANSWERED: Mapping[AnswerPurpose, Callable[[int, bool, Account, datetime], str]] = {
    AnswerPurpose.SWAP: _answer_swap,
    AnswerPurpose.OFFER: _answer_offer,
}


@bp.get("/<token>/stand-in")
@public
def choose_standin(token: str) -> ResponseReturnValue:
    """Who could take the turn over, by given names of those who agreed."""
    return _standin_page(_opened(token, AnswerPurpose.TURN), token, forms.Form())


@bp.post("/<token>/stand-in")
@throttles.opening
@public
def ask_standin(token: str) -> ResponseReturnValue:
    """Ask them; the turn stays one's own until somebody says yes."""
    link, now = _opened(token, AnswerPurpose.TURN), utc_now()
    account, typed = _require_account(link.person), request.form
    people = typed.getlist("person_id", type=row_id)
    asked = forms.submitted(
        lambda: covers.ask_for_oneself(
            db.session, link.target_id, people, text=typed.get("text", ""), by=account, now=now
        )
    )
    if asked.result is None:
        return _standin_page(_opened(token, AnswerPurpose.TURN), token, asked.form), 422
    answers.use(db.session, link, "standin", now=now)
    return _done(token, str(SAID["standin"]))


@bp.post("/<token>/calendar")
@throttles.opening
@public
def calendar(token: str) -> ResponseReturnValue:
    """An address of one's own shifts for a phone's calendar, shown this once."""
    link, now = _opened(token, AnswerPurpose.CALENDAR), utc_now()
    account = _require_account(answers.use(db.session, link, "calendar", now=now))
    wishes = Wishes(language=account.language, alarm_minutes=None, label="")
    made = feeds.create(db.session, FeedKind.VOLUNTEER, link.person_id, wishes, by=account, now=now)
    db.session.commit()
    return feed_pages.made_page(made), 201


@bp.post("/<token>/choices")
@throttles.opening
@public
def choices(token: str) -> ResponseReturnValue:
    """How one wants to be told. This link may be used again: it only ever says what its reader wants."""
    link = _opened(token, AnswerPurpose.CHOICES)
    account = _account_of(link.person)
    saved = forms.submitted(
        lambda: contacts.choose(
            db.session, link.person, account, contact_form.typed(request.form), by=account, now=utc_now()
        )
    )
    if saved.result is None:
        return _page(_opened(token, AnswerPurpose.CHOICES), token, form=saved.form), 422
    return _done(token, _("Saved."))


@bp.errorhandler(LinkUsed)
def answered(_refusal: LinkUsed) -> ResponseReturnValue:
    """Whoever taps twice has answered, and whoever comes too late reads what was answered: both on the link's page."""
    db.session.rollback()
    return redirect(url_for(".show", **(request.view_args or {})), code=303)


@bp.errorhandler(Conflict)
def overtaken(refusal: Conflict) -> ResponseReturnValue:
    """Somebody was quicker, it was taken back, or a rule is in the way: the link's page says so and how it stands."""
    db.session.rollback()
    if refusal.facts.get("what") == "link":
        return refused(refusal)
    flash(words_of(refusal), "warning")
    return show(**(request.view_args or {})), status_of(refusal)


@bp.errorhandler(LinkExpired)
@bp.errorhandler(NotFound)
def closed(refusal: LinkExpired | NotFound) -> ResponseReturnValue:
    """A page that says how to go on, rather than that something is wrong."""
    db.session.rollback()
    onward = {"label": _("My shifts"), "href": url_for("me.index")}
    return links.closed_page(links.why_closed(refusal), onward=onward), status_of(refusal)


def _opened(token: str, purpose: AnswerPurpose) -> AnswerLink:
    return answers.opened(db.session, token, purpose, now=utc_now())


def _done(token: str, words: str) -> ResponseReturnValue:
    db.session.commit()
    flash(words, "success")
    return redirect(url_for(".show", token=token), code=303)


def _page(link: AnswerLink, token: str, form: forms.Form | None = None) -> str:
    return PAGES[link.purpose](link, token, form)


def _turn_page(link: AnswerLink, token: str, form: forms.Form | None) -> str:
    turn = _turn(link)
    mine = my_queries.my_shifts(db.session, link.person, now=utc_now())
    shown = next((shift for shift in mine.coming if shift.assignment_id == turn.id), None)
    return render_template(
        "answers/turn.html",
        token=token,
        person=link.person,
        card=turns.shift_card(shown, due=confirming.due(db.session, [turn.id]).get(turn.id)) if shown else None,
        confirmed=turn.confirmed_at is not None,
        # A yes was said of hours that may have changed since: then it is asked for again.
        said=SAID[link.answer] if link.answer == answers.YES and turn.confirmed_at else "",
        open=shown is not None and not shown.cancelled,
        declining="no" in request.args or form is not None,
        standins=_account_of(link.person) is not None,
        form=form or forms.Form(),
    )


def _turn_to_come(link: AnswerLink) -> bool:
    mine = my_queries.my_shifts(db.session, link.person, now=utc_now())
    return any(shift.assignment_id == link.target_id and not shift.cancelled for shift in mine.coming)


def _standin_page(link: AnswerLink, token: str, form: forms.Form) -> str:
    turn, now = _turn(link), utc_now()
    published.require_to_come(turn.shift, now)
    roster = published.published_roster(db.session, turn.shift)
    able = turn_queries.companions_for(db.session, roster, turn, now=now)
    return render_template(
        "answers/standin.html",
        token=token,
        named=[one for one in able if one.name],
        others=[one for one in able if not one.name],
        form=form,
    )


def _calendar_page(link: AnswerLink, token: str, _form: forms.Form | None) -> str:
    return render_template("answers/calendar.html", token=token, person=link.person)


def _week_page(link: AnswerLink, token: str, _form: forms.Form | None) -> str:
    return _week(link, token)


def _week(link: AnswerLink, token: str, *, blank: bool = False) -> str:
    found = rounds.get(db.session, link.target_id)
    done, here = url_for(".week", token=token), url_for(".show", token=token)
    return week_picker.page(found, link.person, done=done, here=here, blank=blank)


def _cover_page(link: AnswerLink, token: str, _form: forms.Form | None) -> str:
    call = db.session.get_one(CoverAsk, link.target_id).call
    taken = call.closed_at is not None and covers.was_filled(db.session, call, link.person_id)
    for_somebody = call.id in places.for_somebody(db.session, [call])
    return render_template(
        "answers/cover.html",
        token=token,
        person=link.person,
        title=_("Could you stand in?") if for_somebody else _("Could you come?"),
        yes=_("Yes, I'll stand in") if for_somebody else _("Yes, I'll come"),
        card=turns.asked_card(call.shift, call.text),
        closed=call.closed_at is not None,
        taken=taken,
    )


def _question_page(link: AnswerLink, token: str, _form: forms.Form | None) -> str:
    """What stands on "my shifts" too, for who is signed in."""
    asked = questions.questions_for(db.session, link.person, now=utc_now())
    found = next((one for one in asked if (one.kind, one.id) == (link.purpose.value, link.target_id)), None)
    return render_template(
        "answers/question.html",
        token=token,
        person=link.person,
        title=TITLES[link.purpose] if found else _("Nothing to answer any more"),
        question=turns.drawn_question(found) if found else None,
        over=roster_words.over_in_words(*_asked_and_state(link)),
    )


def _asked_and_state(link: AnswerLink) -> tuple[str, str]:
    if link.purpose is AnswerPurpose.SWAP:
        return "swap", db.session.get_one(Swap, link.target_id).state.value
    return "claim", db.session.get_one(Claim, link.target_id).state.value


def _choices_page(link: AnswerLink, token: str, form: forms.Form | None) -> str:
    account = _account_of(link.person)
    choice: ContactChoice = contacts.choice_of(db.session, link.person, account)
    return render_template(
        "answers/choices.html",
        token=token,
        person=link.person,
        form=form or contact_form.form(choice, account),
        **contact_form.offered(link.person, account),
    )


PAGES = {
    AnswerPurpose.TURN: _turn_page,
    AnswerPurpose.AVAILABILITY: _week_page,
    AnswerPurpose.COVER: _cover_page,
    AnswerPurpose.SWAP: _question_page,
    AnswerPurpose.OFFER: _question_page,
    AnswerPurpose.CALENDAR: _calendar_page,
    AnswerPurpose.CHOICES: _choices_page,
}


def _turn(link: AnswerLink) -> Assignment:
    turn = db.session.get(Assignment, link.target_id)
    if turn is None or turn.person_id != link.person_id:
        raise NotFound(what="assignment", id=link.target_id)
    return turn


def _require_account(person: Person) -> Account:
    """Raises NotFound: who has none gets no link that needs one."""
    account = _account_of(person)
    if account is None:
        raise NotFound(what="account", id=None)
    return account


def _account_of(person: Person) -> Account | None:
    return db.session.scalar(select(Account).where(Account.person_id == person.id, Account.active))
