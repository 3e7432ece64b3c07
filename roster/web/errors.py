"""What people read when the domain says no, or when something breaks: status and words in one table.

No view catches a refusal; it ends here as a page, or as a short message where htmx asked for a fragment. Forms that
want to show the words beside a field take them from `words_of` (see `web/forms.py`).
"""

import logging
import math
import time
from collections.abc import Mapping
from datetime import date, datetime
from datetime import time as time_of_day
from typing import Any

from flask import Flask, Response, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import format_date, format_datetime, ngettext
from flask_babel import lazy_gettext as _
from flask_limiter import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from roster import errors
from roster.extensions import db, limiter
from roster.queries.qualifications import names_by_code
from roster.web import locale, returning, roster_words, sessions

log = logging.getLogger(__name__)

# Refusal → status and words; the nearest ancestor with an entry speaks for a class without one. Facts fill the gaps.
REFUSALS: dict[type[errors.RosterError], tuple[int, Any]] = {
    errors.RosterError: (400, _("That is not possible.")),
    errors.NotFound: (404, _("There is nothing here, or nothing you may see.")),
    errors.NotAllowed: (403, _("Your account may not do this here.")),
    errors.Invalid: (422, _("Something in this request makes no sense.")),
    errors.EndsBeforeStart: (422, _("The end must be later than the start (%(starts)s to %(ends)s).")),
    errors.LongerThanANight: (
        422,
        _(
            "An end before the start is on the next day, and a shift past midnight lasts %(hours)s hours at most"
            " (%(starts)s to %(ends)s)."
        ),
    ),
    errors.NoOccurrence: (422, _("This repetition gives no date at all between the first and the last day.")),
    errors.Conflict: (409, _("That is no longer possible in the present state. Load the page again and look.")),
    errors.Overtaken: (409, _("What this step changed has changed again since. Look at the present state.")),
    errors.AlreadyPublished: (409, _("Everything in this draft is published already.")),
    errors.AlreadyRunning: (409, _("This roster is being planned at the moment.")),
    errors.PlaceTaken: (409, _("Somebody was quicker: the place is taken. Thank you for offering.")),
    errors.TurnChanged: (409, _("This has changed meanwhile: look at your shifts as they are now.")),
    errors.RemedyGone: (409, _("That would not fill the place any more. Look at its causes and remedies again.")),
    errors.RepairOutdated: (
        409,
        _(
            "%(site)s, %(starts)s: people have come or gone there since this was worked out, and the line no longer"
            " fits. Nothing has been changed; the other lines can still be accepted."
        ),
    ),
    errors.RoundClosed: (409, _("The time to answer was over at %(deadline)s. Tell your coordinator directly.")),
    errors.RemindedAlready: (409, _("They were reminded at %(reminded_at)s already. Once an hour is enough.")),
    errors.LinkExpired: (410, _("This link has expired. Ask whoever sent it for a new one.")),
    errors.LinkUsed: (410, _("This link has been used, or a newer one has replaced it.")),
    errors.ServesAlready: (409, _("%(value)s serves there already.")),
    errors.AlreadyExists: (409, _("“%(value)s” is taken already.")),
}

# Reasons of a FieldError, as raised by `services/fields.py` and the services.
REASONS: dict[str, Any] = {
    "missing": _("Please fill this in."),
    "no_file": _("Please choose a file that is not empty."),
    "not_a_spreadsheet": _("This is no spreadsheet we can read. Save it as .xlsx or .csv and try again."),
    "spreadsheet_locked": _("This file is locked by a password. Save it without one and try again."),
    "spreadsheet_too_large": _(
        "This file is too large: at most %(most)s rows, without cells far to the right or below."
    ),
    "unknown_letters": _("The letters of this text file cannot be told. Save it as “CSV UTF-8” or .xlsx."),
    "no_rows": _("There is nothing in this file."),
    "a_web_page": _("This is a web page, not a calendar; perhaps it wants somebody to sign in first."),
    "not_a_calendar": _("This is no calendar (.ics)."),
    "calendar_too_large": _("This calendar is too large: at most %(most)s MB."),
    "too_many_events": _("This calendar has too many events: at most %(most)s."),
    "endless_event": _(
        "“%(title)s” repeats in a way that takes too long to work out, so nothing was read."
        " Remove it from the calendar and try again."
    ),
    "no_classes": _("No class found. Write one a line, with its day and its hours or periods."),
    "not_a_link": _("This is no link to a calendar. It begins with https:// or webcal://."),
    "private_address": _("This link leads into a private network, where we do not go."),
    "no_such_host": _("There is no server of this name."),
    "not_reached": _("The server did not answer in time."),
    "fell_silent": _("The server stopped answering half-way."),
    "answered": _("The server refused (%(status)s). Perhaps the link has expired."),
    "too_many_redirects": _("The link leads from one address to the next without end."),
    "no_name_column": _("Please say which column holds the names."),
    "column_twice": _("Two columns are said to hold the same thing."),
    "not_a_name": _("This is no name of a person."),
    "cut_number": _("The spreadsheet cut this number short. Format the column as text and type it again."),
    "only_a_year": _("This is only a year; day and month are needed."),
    "no_such_date": _("There is no such date."),
    "no_such_unit": _("There is no unit of this name beneath %(unit)s."),
    "several_units": _("Several units beneath %(unit)s have this name; name the one above it too, as “Khoa / Lớp”."),
    "no_such_qualification": _("There is no such qualification."),
    "phone_of_another": _("This number is kept for somebody called otherwise: %(name)s."),
    "email_of_another": _("This address is kept for somebody called otherwise: %(name)s."),
    "several_people": _("Several people are called %(name)s here; a phone number or birthday would tell them apart."),
    "twice_in_list": _("This person stands in row %(row)s already."),
    "number_twice_in_list": _("Row %(row)s has the same for somebody else: %(name)s."),
    "too_long": _("At most %(longest)s characters; this has %(length)s."),
    "not_a_number": _("Please give a whole number."),
    "not_a_decimal": _("Please give a number."),
    "asked_enough": _("They were asked often enough today. Choose somebody else, or ask again tomorrow."),
    "none_chosen": _("Please choose at least one."),
    "out_of_range": _("Please give a number from %(least)s to %(most)s."),
    "unknown_choice": _("Please choose one of the list."),
    "not_a_date": _("Please give a date."),
    "not_a_time": _("Please give a time."),
    "not_a_rule": _("This is no repetition that calendars understand."),
    "below": _("Please give at least %(least)s here."),
    "too_far": _("At most %(days)s days at once."),
    "too_many": _("There are %(most)s of these already; remove some first."),
    "not_a_weekend": _("This must be a Saturday or Sunday."),
    "not_a_weekday": _("This must be a day from Monday to Friday."),
    "not_a_phone": _("This is no phone number that can exist."),
    "not_a_browser": _("This browser gave no address to send notices to."),
    "not_a_chat_id": _("Only letters, digits, dots, hyphens and underscores."),
    "not_an_email": _("This is no e-mail address."),
    "as_before": _("These are the hours it has already."),
    "not_confirmed": _("Please confirm first that this person has been trained."),
    "wrong_login": _("Unknown phone number or e-mail address, or wrong password."),
    "not_a_login": _("Please give a phone number or an e-mail address."),
    "not_let_in": _(
        "That did not work: the number and the name must stand in the team's list exactly so, and nobody may have used "
        "this account before. Ask your team lead or coordinator."
    ),
    "no_way_to_sign_in": _("A phone number or an e-mail address is needed first: people sign in with it."),
    "too_long_ago": _("This date lies too far back."),
    "too_far_ahead": _("This date lies too far ahead."),
    "in_the_future": _("This date lies in the future."),
    "too_short": _("At least %(least)s characters."),
    "too_common": _("Too many people use this password. Please choose another."),
    "same_as_login": _("The password must differ from the phone number or e-mail address."),
    "not_a_minor": _("Only for people under 18 is a guardian asked."),
    "childs_own_phone": _("This is the child's own number. Please give yours, so that one can ask you."),
    "childs_own_address": _("This is the child's own. Please give that of the mother, father or guardian."),
    "no_way_there": _("We cannot send messages there from here. Please hand the link on yourself."),
    "agreed_already": _("A guardian has agreed already."),
    "said_no": _(
        "A guardian said no. Until %(until)s we ask nobody again; with the link they have, they can still agree."
    ),
    "asked_lately": _("They were asked there within the last day. Please give them time until tomorrow."),
    "asked_too_often": _("Three addresses were tried within a day. Please try again tomorrow."),
    "not_agreed": _("Please tick this if you agree. If you do not, say no below, or close the page."),
    "wrong_password": _("This is not your present password."),
    "passwords_differ": _("The two passwords differ."),
    "not_a_code": _("Small letters, digits and hyphens only, beginning with a letter."),
}

STATUS_WORDS: dict[int, Any] = {
    400: _("The service could not understand this request. Load the page again and retry."),
    401: _("Please sign in."),
    403: _("Your account may not do this here."),
    404: _("There is nothing here, or nothing you may see."),
    405: _("This address does not accept that."),
    413: _("That is too large."),
    503: _("Very many people are here at once. Nothing was changed; try again in a moment."),
    500: _("Something broke on our side. It has been noted; nothing of yours was changed."),
}
TITLES: dict[int, Any] = {
    401: _("Sign in"),
    403: _("Not allowed"),
    404: _("Not found"),
    409: _("Changed meanwhile"),
    410: _("This link no longer works"),
    422: _("Not possible like this"),
    429: _("One moment"),
    503: _("One moment"),
    500: _("Something broke"),
}


def init_app(app: Flask) -> None:
    app.register_error_handler(errors.RosterError, refused)
    app.register_error_handler(IntegrityError, _raced)
    app.register_error_handler(OperationalError, _waited_too_long)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(RateLimitExceeded, _throttled)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _broken)


def words_of(error: errors.RosterError) -> str:
    """The refusal in the reader's language."""
    if isinstance(error, errors.FieldError) and error.facts.get("reason") in REASONS:
        return _fill(REASONS[error.facts["reason"]], error.facts)
    if isinstance(error, errors.RuleBroken):
        return roster_words.broken_rule_in_words(error.facts, names_by_code(db.session, locale.current_language()))
    if isinstance(error, errors.TurnChanged):
        over = roster_words.over_in_words(error.facts.get("what", ""), error.facts.get("state", ""))
        return over or _fill(_entry(error)[1], error.facts)
    if isinstance(error, errors.Stale):
        return roster_words.unseen_changes_in_words(error.facts)
    return _fill(_entry(error)[1], error.facts)


def status_of(error: errors.RosterError) -> int:
    return _entry(error)[0]


def _entry(error: errors.RosterError) -> tuple[int, Any]:
    return next(REFUSALS[kind] for kind in type(error).__mro__ if kind in REFUSALS)


def _fill(words: Any, facts: Mapping[str, Any]) -> str:
    return str(words) % {name: _spoken(value) for name, value in facts.items()}


def _spoken(value: object) -> object:
    """A fact as people read it: days and times in their language, the rest as it is."""
    if isinstance(value, datetime):
        return format_datetime(value, "short")
    if isinstance(value, date):
        return format_date(value, "short")
    if isinstance(value, time_of_day):
        return f"{value:%H:%M}"
    return value


def refused(error: errors.RosterError) -> ResponseReturnValue:
    """The page that says so, and nothing is changed."""
    db.session.rollback()
    # A rule that is in the way need not have come there meanwhile.
    title = TITLES[422] if isinstance(error, errors.RuleBroken | errors.RemindedAlready) else None
    return _answer(status_of(error), words_of(error), title)


def _raced(error: IntegrityError) -> ResponseReturnValue:
    """Two requests for the same row at once: both looked before either wrote, and the database let one of them."""
    log.warning("constraint broken on %s %s: %s", request.method, request.path, error.orig)
    return refused(errors.Conflict())


def _waited_too_long(error: OperationalError) -> ResponseReturnValue:
    """So many wrote at once that this request's turn did not come, or two waited for each other: nothing changed."""
    if not any(words in str(error.orig) for words in ("database is locked", "deadlock detected", "lock timeout")):
        return _broken(error)
    log.warning("gave way on %s %s: %s", request.method, request.path, error.orig)
    db.session.rollback()
    answer = _answer(503, str(STATUS_WORDS[503]))
    answer.headers["Retry-After"] = "5"
    return answer


def _forged(_error: CSRFError) -> ResponseReturnValue:
    """The form is of another session: of one that has ended, or of one before somebody signed in anew."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is not None and not sessions.is_public(view) and sessions.account_or_none() is None:
        return sessions.to_sign_in()
    return _answer(400, str(_("This page was open for too long. Load it again, then retry.")))


def _throttled(_error: RateLimitExceeded) -> ResponseReturnValue:
    limit = limiter.current_limit
    # The limiter rounds the end of its window up to a second: never tell more than the whole window.
    seconds = max(1, min(math.ceil(limit.reset_at - time.time()), limit.limit.get_expiry())) if limit else 60
    minutes = math.ceil(seconds / 60)
    words = ngettext(
        "Too many attempts. Try again in a minute.", "Too many attempts. Try again in %(num)s minutes.", minutes
    )
    response = _answer(429, words)
    response.headers["Retry-After"] = str(seconds)
    return response


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    return _answer(error.code, str(STATUS_WORDS.get(error.code, STATUS_WORDS[400])))


def _broken(error: Exception) -> ResponseReturnValue:
    """Whatever nobody expected: noted with its trace, told without it."""
    log.exception("unexpected error on %s %s", request.method, request.path, exc_info=error)
    db.session.rollback()
    return _answer(500, str(STATUS_WORDS[500]))


def _answer(status: int, words: str, title: Any = None) -> Response:
    """A page, or a message alone where htmx asked for a fragment. `title`: that of its status, if none is given."""
    template = "errors/_message.html" if "HX-Request" in request.headers else "errors/show.html"
    title = str(title or TITLES.get(status, TITLES[422]))
    back = returning.came_from()
    return make_response(render_template(template, status=status, title=title, words=words, back=back), status)
