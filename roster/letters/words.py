"""Every kind of message as part of a letter: facts and the present state in, words out.

What is told is what is true when the letter is sent. Somebody taken off a shift and put on it again within minutes
hears nothing; somebody moved twice hears where they were first and where they are now.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from roster.letters import unconfirmed
from roster.letters.desk import Desk
from roster.letters.parts import Action, Line, Mark, Part
from roster.models import AnswerPurpose, Assignment, AssignmentState, Message, MessageKind, Shift, ShiftState
from roster.services import consents, covers, links
from roster.vietnam import names

CALENDAR_OFFERED = timedelta(days=14)
CHANGES = frozenset({MessageKind.PUBLISHED, MessageKind.TURN_ADDED, MessageKind.TURN_CANCELLED})
"""Kinds that say on which shifts the reader serves; told together, as before and after."""
TOGETHER = CHANGES | {MessageKind.UNCONFIRMED}
"""Kinds of which several make one part."""


def parts_of(desk: Desk, messages: Sequence[Message]) -> list[Part]:
    """The parts of a letter, in the order things happened; none that say nothing any more."""
    messages = _without_false_alarms(messages)
    changes = [message for message in messages if message.kind in CHANGES]
    parts = [_changes(desk, changes)] if changes else []
    parts += unconfirmed.parts_of(desk, messages)
    # The same asked twice is asked once: a reminder that waited for the morning with what it reminds of.
    others = {_matter(message): message for message in messages if message.kind not in TOGETHER}
    parts += [PARTS[message.kind](desk, message) for message in others.values()]
    return [part for part in parts if part is not None]


def _without_false_alarms(messages: Sequence[Message]) -> list[Message]:
    """A shift that was cancelled and brought back before anybody heard of it is no news; nor is that one has moved of
    which the reader hears for the first time."""
    cancelled = {message.facts["shift_id"] for message in messages if message.kind is MessageKind.SHIFT_CANCELLED}
    news = [
        message
        for message in messages
        if message.facts.get("cause") != "restored" or message.facts["shift_id"] not in cancelled
    ]
    before = _before([message for message in news if message.kind in CHANGES])
    return [
        message
        for message in news
        if message.kind is not MessageKind.SHIFT_MOVED or before.get(message.facts["shift_id"], True)
    ]


def _matter(message: Message) -> tuple[MessageKind, str]:
    """Alike for what asks the same; a place that is offered anew has another deadline."""
    asked_again = {MessageKind.AVAILABILITY_REMINDER: MessageKind.AVAILABILITY_ASKED}
    facts = {name: value for name, value in message.facts.items() if name != "deadline"}
    return asked_again.get(message.kind, message.kind), str(facts)


def _changes(desk: Desk, messages: Sequence[Message]) -> Part | None:
    before = _before(messages)
    now = {turn.shift_id: turn for turn in desk.turns()}
    shifts = [desk.shift(shift_id) for shift_id in before]
    coming = [shift for shift in shifts if shift.starts_at > desk.now]
    added = [shift for shift in coming if shift.id in now and not before[shift.id]]
    removed = [shift for shift in coming if shift.id not in now and before[shift.id]]
    if not added and not removed:
        return None
    mentioned = set(before)
    weeks = {_monday(desk.local(shift.starts_at).date()) for shift in (*added, *removed)}
    kept = [
        turn.shift
        for turn in now.values()
        if turn.shift_id not in mentioned or before[turn.shift_id]
        if turn.shift.starts_at > desk.now and _monday(desk.local(turn.shift.starts_at).date()) in weeks
    ]
    lines = [
        *((shift, Mark.NEW) for shift in added),
        *((shift, Mark.GONE) for shift in removed),
        *((shift, Mark.SAME) for shift in kept),
    ]
    lines.sort(key=lambda line: (line[0].starts_at, line[0].id))
    return Part(
        heading=_changes_heading(desk, added, removed, kept),
        sentences=_reasons(desk, messages),
        lines=[turn_line(desk, shift, now.get(shift.id), mark) for shift, mark in lines],
        actions=_calendar(desk) if added else [],
    )


def _calendar(desk: Desk) -> list[Action]:
    """The reader's shifts for their phone; for who has an account, because an address belongs to one."""
    person, account = desk.reader.person, desk.reader.account
    if person is None or account is None:
        return []
    href = desk.link(AnswerPurpose.CALENDAR, person.id, until=desk.now + CALENDAR_OFFERED)
    return [Action(desk.gettext("Add to my calendar"), href)] if href else []


def _before(messages: Sequence[Message]) -> dict[int, bool]:
    """Whether the reader served on each shift mentioned, before the first of the messages."""
    before: dict[int, bool] = {}
    for message in messages:
        facts = message.facts
        added = facts.get("added", [facts["shift_id"]] if message.kind is MessageKind.TURN_ADDED else [])
        removed = facts.get("removed", [facts["shift_id"]] if message.kind is MessageKind.TURN_CANCELLED else [])
        for shift_id in added:
            before.setdefault(shift_id, False)
        for shift_id in removed:
            before.setdefault(shift_id, True)
    return before


def _changes_heading(desk: Desk, added: Sequence[Shift], removed: Sequence[Shift], kept: Sequence[Shift]) -> str:
    if not removed and not kept:
        first = desk.day(desk.local(min(shift.starts_at for shift in added)).date())
        if len(added) == 1:
            return desk.gettext("You serve on %(day)s", day=first)
        return desk.ngettext("%(num)d shift from %(day)s", "%(num)d shifts from %(day)s", len(added), day=first)
    if not added and not kept:
        return desk.ngettext("A shift of yours is off", "%(num)d shifts of yours are off", len(removed))
    return desk.gettext("Your shifts have changed")


def _reasons(desk: Desk, messages: Sequence[Message]) -> list[str]:
    reasons = dict.fromkeys(message.facts["reason"] for message in messages if message.facts.get("reason"))
    said = [desk.gettext("Reason: %(reason)s", reason=reason) for reason in reasons]
    if any(message.facts.get("cause") == "unconfirmed" for message in messages):
        said.append(desk.gettext("You had not confirmed in time, so the place is free for others."))
    return said


def turn_line(desk: Desk, shift: Shift, turn: Assignment | None, mark: Mark) -> Line:
    """A shift of the reader; with links to answer while it is theirs and unanswered, and by when."""
    notes = [desk.confirm_by(turn), shift.note] if turn is not None else []
    return Line(
        when=desk.when(shift),
        where=desk.where(shift),
        mark=mark,
        mark_words=mark_in_words(desk, mark),
        note=" ".join(filter(None, notes)),
        actions=answers(desk, turn),
    )


def answers(desk: Desk, turn: Assignment | None) -> list[Action]:
    if turn is None or turn.shift.state is not ShiftState.OPEN:
        return []
    if turn.state is not AssignmentState.ACTIVE or turn.shift.starts_at <= desk.now:
        return []
    href = desk.link(AnswerPurpose.TURN, turn.id, until=turn.shift.starts_at)
    if href is None:
        return []
    leave = Action(desk.gettext("I can't come"), f"{href}?no=1")
    return [leave] if turn.confirmed_at else [desk.confirming(turn, href), leave]


def mark_in_words(desk: Desk, mark: Mark) -> str:
    return {
        Mark.NEW: desk.gettext("New"),
        Mark.GONE: desk.gettext("No longer yours"),
        Mark.MOVED: desk.gettext("Moved"),
        Mark.CANCELLED: desk.gettext("Cancelled"),
        Mark.SAME: "",
    }[mark]


def _shift_cancelled(desk: Desk, message: Message) -> Part | None:
    shift = desk.shift(message.facts["shift_id"])
    if shift.state is not ShiftState.CANCELLED:
        return None
    reason = message.facts.get("reason")
    return Part(
        heading=desk.gettext("Your shift on %(day)s is cancelled", day=desk.day_of(shift)),
        sentences=[desk.gettext("Reason: %(reason)s", reason=reason)] if reason else [],
        lines=[Line(desk.when(shift), desk.where(shift), Mark.CANCELLED, mark_in_words(desk, Mark.CANCELLED))],
    )


def _shift_moved(desk: Desk, message: Message) -> Part | None:
    facts, shift = message.facts, desk.shift(message.facts["shift_id"])
    starts, ends = datetime.fromisoformat(facts["starts_at"]), datetime.fromisoformat(facts["ends_at"])
    site_id = facts.get("site_id", shift.site_id)
    turn = desk.turn_on(shift.id)
    same = (starts, ends, site_id) == (shift.starts_at, shift.ends_at, shift.site_id)
    if turn is None or same or shift.state is not ShiftState.OPEN:
        return None
    before = desk.hours(starts, ends)
    if site_id != shift.site_id:
        before = f"{before} · {desk.site_name(site_id)}"
    line = turn_line(desk, shift, turn, Mark.MOVED)
    moved = Line(line.when, line.where, line.mark, line.mark_words, before, line.note, line.actions)
    day, other_day = desk.day_of(shift), desk.local(starts).date() != desk.local(shift.starts_at).date()
    heading = (
        desk.gettext("Your shift has moved to %(day)s", day=day)
        if other_day
        else desk.gettext("Your shift on %(day)s has changed", day=day)
    )
    return Part(heading=heading, lines=[moved])


def _reminder(desk: Desk, message: Message) -> Part | None:
    shift = desk.shift(message.facts["shift_id"])
    turn = desk.turn_on(shift.id)
    if turn is None or shift.state is not ShiftState.OPEN or shift.starts_at <= desk.now:
        return None
    day, clock = desk.day_of(shift), f"{desk.local(shift.starts_at):%H:%M}"
    return Part(
        heading=desk.gettext("Reminder: your shift at %(clock)s on %(day)s", clock=clock, day=day),
        lines=[turn_line(desk, shift, turn, Mark.SAME)],
    )


def _confirm_asked(desk: Desk, message: Message) -> Part | None:
    shift = desk.shift(message.facts["shift_id"])
    turn = desk.turn_on(shift.id)
    if turn is None or turn.confirmed_at or shift.state is not ShiftState.OPEN or shift.starts_at <= desk.now:
        return None
    heading = desk.gettext("Are you coming on %(day)s?", day=desk.day_of(shift))
    return Part(heading=heading, lines=[turn_line(desk, shift, turn, Mark.SAME)])


def _swap_asked(desk: Desk, message: Message) -> Part | None:
    given, wanted = desk.shift(message.facts["shift_id"]), desk.shift(message.facts["wanted_shift_id"])
    asked = desk.question(AnswerPurpose.SWAP, given.id, gives=wanted.id)
    if asked is None:
        return None
    name = desk.colleague(message.facts["person_id"], given)
    return Part(
        heading=desk.gettext("%(name)s would like to swap shifts with you", name=name),
        sentences=[desk.gettext("You would give the first and take the second.")],
        lines=[Line(desk.when(wanted), desk.where(wanted)), Line(desk.when(given), desk.where(given))],
        actions=desk.answering(AnswerPurpose.SWAP, asked, message, desk.gettext("Look and answer")),
    )


def _swap_answered(desk: Desk, message: Message) -> Part:
    wanted = desk.shift(message.facts["wanted_shift_id"])
    name = desk.colleague(message.facts["person_id"], wanted)
    heading = (
        desk.gettext("%(name)s swaps with you", name=name)
        if message.facts.get("agreed")
        else desk.gettext("%(name)s cannot swap with you", name=name)
    )
    return _about(desk, message, wanted, heading)


def _cover_asked(desk: Desk, message: Message) -> Part | None:
    shift = desk.shift(message.facts["shift_id"])
    asked = desk.question(AnswerPurpose.COVER, shift.id)
    if asked is None:
        return None
    if asked.extra:
        heading = desk.gettext("Could you come on %(day)s?", day=desk.day_of(shift))
        words = desk.gettext("One more would be welcome there. The first to say yes has the place.")
    else:
        heading = desk.gettext("Could you stand in on %(day)s?", day=desk.day_of(shift))
        words = desk.gettext("Somebody is missing there. The first to say yes has the place.")
    own = message.facts.get("text") or words
    line = Line(desk.when(shift), desk.where(shift))
    actions = desk.answering(AnswerPurpose.COVER, asked, message, desk.gettext("Look and answer"))
    return Part(heading, sentences=[own], lines=[line], actions=actions)


def _cover_taken(desk: Desk, message: Message) -> Part:
    shift, taker = desk.shift(message.facts["shift_id"]), message.facts["person_id"]
    name = desk.colleague(taker, shift) if message.facts.get("relieved") else desk.person_name(taker)
    return _about(desk, message, shift, desk.gettext("%(name)s stands in", name=name))


def _cover_declined(desk: Desk, message: Message) -> Part | None:
    shift = desk.shift(message.facts["shift_id"])
    if message.facts.get("own"):
        heading = desk.gettext("Nobody you asked can stand in for you")
        words = desk.gettext("The shift is still yours. Ask others, or say that you cannot come.")
        return _about(desk, message, shift, heading, words) if desk.turn_on(shift.id) else None
    heading, to_come = desk.gettext("Nobody who was asked can come"), shift.starts_at > desk.now
    return _about(desk, message, shift, heading, button=desk.gettext("Find cover")) if to_come else None


def _cover_thanks(desk: Desk, message: Message) -> Part:
    shift = desk.shift(message.facts["shift_id"])
    reader, call = message.person_id, desk.call_for(shift)
    if reader and call and covers.was_filled(desk.session, call, reader):
        heading = desk.gettext("Thank you, the place is taken")
        words = desk.gettext("Somebody else was quicker. You need do nothing.")
    else:
        heading = desk.gettext("Thank you, you are asked no more")
        words = desk.gettext("The question was taken back or is needed no more. You need do nothing.")
    if shift.state is ShiftState.CANCELLED:
        words = desk.gettext("The shift is cancelled. You need do nothing.")
    return _about(desk, message, shift, heading, words)


def _promoted(desk: Desk, message: Message) -> Part | None:
    shift = desk.shift(message.facts["shift_id"])
    asked = desk.question(AnswerPurpose.OFFER, shift.id)
    if asked is None:
        return None
    deadline = desk.moment(datetime.fromisoformat(message.facts["deadline"]))
    return Part(
        heading=desk.gettext("A place is free for you on %(day)s", day=desk.day_of(shift)),
        sentences=[desk.gettext("It is kept for you until %(deadline)s, then it goes to the next.", deadline=deadline)],
        lines=[Line(desk.when(shift), desk.where(shift))],
        actions=desk.answering(AnswerPurpose.OFFER, asked, message, desk.gettext("Take the place")),
    )


def _promotion_lapsed(desk: Desk, message: Message) -> Part:
    if message.facts.get("cause") == "filled":
        heading = desk.gettext("The place kept for you is gone, and you are on the waiting list again")
    else:
        heading = desk.gettext("The place kept for you has gone to the next")
    return _about(desk, message, desk.shift(message.facts["shift_id"]), heading)


def _claim_asked(desk: Desk, message: Message) -> Part:
    name = desk.person_name(message.facts["person_id"])
    heading = desk.gettext("%(name)s would like to serve", name=name)
    return _about(desk, message, desk.shift(message.facts["shift_id"]), heading, button=desk.gettext("Look and answer"))


def _claim_answered(desk: Desk, message: Message) -> Part:
    agreed = message.facts.get("agreed")
    heading = desk.gettext("The place is yours") if agreed else desk.gettext("You did not get the place")
    return _about(desk, message, desk.shift(message.facts["shift_id"]), heading)


def _withdrawn(desk: Desk, message: Message) -> Part:
    name = desk.person_name(message.facts["person_id"])
    heading = desk.gettext("%(name)s cannot come", name=name)
    return _about(desk, message, desk.shift(message.facts["shift_id"]), heading)


def _forgotten(desk: Desk, message: Message) -> Part:
    """Nobody is named: there is no name any more."""
    broken = message.facts.get("rules", ())
    sentences = {
        "minors": desk.gettext("People under 18 would be alone there now: an adult is needed before it begins."),
        "newcomers": desk.gettext("Newcomers would be alone there now: somebody experienced is needed."),
    }
    words = [sentences[rule] for rule in sentences if rule in broken]
    if not words:
        words = [desk.gettext("Look whether somebody else is needed.")]
    heading = desk.gettext("Somebody asked to be forgotten, and left this shift")
    shift = desk.shift(message.facts["shift_id"])
    return _about(desk, message, shift, heading, " ".join(words), button=desk.gettext("Find cover"))


def _withdrawal_asked(desk: Desk, message: Message) -> Part:
    name = desk.person_name(message.facts["person_id"])
    heading = desk.gettext("%(name)s asks to be let off", name=name)
    return _about(desk, message, desk.shift(message.facts["shift_id"]), heading, button=desk.gettext("Look and answer"))


def _withdrawal_answered(desk: Desk, message: Message) -> Part:
    heading = (
        desk.gettext("You are let off the shift")
        if message.facts.get("agreed")
        else desk.gettext("Please come: nobody can take your place")
    )
    return _about(desk, message, desk.shift(message.facts["shift_id"]), heading)


def _availability_asked(desk: Desk, message: Message) -> Part | None:
    return _availability(desk, message, desk.gettext("When can you come in the week from %(day)s?"))


def _availability_reminder(desk: Desk, message: Message) -> Part | None:
    return _availability(desk, message, desk.gettext("Please say when you can come in the week from %(day)s"))


def _availability(desk: Desk, message: Message, heading: str) -> Part | None:
    asked = desk.unanswered(message.facts["round_id"])
    if asked is None:
        return None
    deadline = desk.moment(asked.deadline)
    href = desk.link(AnswerPurpose.AVAILABILITY, asked.id, until=asked.deadline)
    return Part(
        heading=heading % {"day": desk.day(asked.roster.period.first_day)},
        sentences=[desk.gettext("Three taps are enough. Please answer by %(deadline)s.", deadline=deadline)],
        actions=[Action(desk.gettext("Say when I can come"), href, main=True)] if href else [],
    )


def _holiday(desk: Desk, message: Message) -> Part:
    said = desk.ngettext(
        "One shift is planned on it and stays. Close the day, or tell those who serve that they are needed.",
        "%(num)s shifts are planned on it and stay. Close the day, or tell those who serve that they are needed.",
        message.facts["shifts"],
    )
    day = desk.day(date.fromisoformat(message.facts["day"]))
    return Part(
        heading=desk.gettext("%(day)s has become a holiday", day=day),
        sentences=[said],
        actions=desk.page(message, desk.gettext("Decide about the day")),
    )


def _consent_asked(desk: Desk, message: Message) -> Part | None:
    """To a guardian, who may be anybody: the given name only, as on the page behind the link."""
    person = desk.person(message.facts["person_id"])
    token = consents.link_for_letter(desk.session, person.id, message.sent_to or "", now=desk.now)
    if token is None:
        return None
    name, unit = names.given_name(person.full_name), person.unit.name
    return Part(
        heading=desk.gettext("May %(name)s volunteer with %(unit)s?", name=name, unit=unit),
        sentences=[
            desk.gettext(
                "%(name)s is under 18 and would like to help people with online public services: by day, in public "
                "places, always beside an adult. Before a parent or guardian has agreed, nobody plans with %(name)s.",
                name=name,
            ),
            desk.gettext("Please read what it is about and say yes or no. It takes a minute and needs no account."),
            desk.gettext(
                "You get this because %(name)s or %(unit)s gave us this address as that of the parent or guardian. "
                "If you are not, you need do nothing, and your address is deleted in a month.",
                name=name,
                unit=unit,
            ),
        ],
        actions=[Action(desk.gettext("Read and answer"), desk.address(f"/guardian/{token}"), main=True)],
    )


def _invited(desk: Desk, message: Message) -> Part | None:
    token, person = links.for_letter(desk.session, message.facts["link_id"], now=desk.now), desk.reader.person
    if token is None or person is None:
        return None
    return Part(
        heading=desk.gettext("Your invitation to the rosters of %(unit)s", unit=person.unit.name),
        sentences=[
            desk.gettext("Here you say when you can come, and see when and where you serve. Choose a password first."),
            desk.gettext(
                "The link works once, for 14 days, and is for you alone: whoever opens it chooses the password."
            ),
        ],
        actions=[Action(desk.gettext("Choose a password"), desk.address(f"/welcome/{token}"), main=True)],
    )


def _login_changed(desk: Desk, message: Message) -> Part:
    """Whoever reads at the old address may be anybody: nobody is named but who changed it."""
    was, now, by_id = (message.facts[name] for name in ("was", "now", "by_id"))
    who = (
        desk.gettext("Changed by %(name)s.", name=desk.account_name(by_id))
        if by_id
        else desk.gettext("Changed from within the account, with its password.")
    )
    return Part(
        heading=desk.gettext("You sign in with something else now"),
        sentences=[
            desk.gettext("From now on the login is %(now)s, and no longer %(was)s.", now=now, was=was),
            who,
            desk.gettext("If you know nothing of it, please tell the coordinator of your unit at once."),
        ],
    )


def _about(desk: Desk, message: Message, shift: Shift, heading: str, *sentences: str, button: str = "") -> Part:
    """A part about one shift, with the reason given and the page to act on."""
    return Part(
        heading=heading,
        sentences=[*sentences, *_reasons(desk, [message])],
        lines=[Line(desk.when(shift), desk.where(shift))],
        actions=desk.page(message, button or desk.gettext("Open the page")),
    )


def _monday(day: date) -> date:
    return date.fromordinal(day.toordinal() - day.weekday())


PARTS: Mapping[MessageKind, Callable[[Desk, Message], Part | None]] = {
    MessageKind.SHIFT_CANCELLED: _shift_cancelled,
    MessageKind.SHIFT_MOVED: _shift_moved,
    MessageKind.REMINDER: _reminder,
    MessageKind.CONFIRM_ASKED: _confirm_asked,
    MessageKind.SWAP_ASKED: _swap_asked,
    MessageKind.SWAP_ANSWERED: _swap_answered,
    MessageKind.COVER_ASKED: _cover_asked,
    MessageKind.COVER_TAKEN: _cover_taken,
    MessageKind.COVER_DECLINED: _cover_declined,
    MessageKind.COVER_THANKS: _cover_thanks,
    MessageKind.PROMOTED: _promoted,
    MessageKind.PROMOTION_LAPSED: _promotion_lapsed,
    MessageKind.CLAIM_ASKED: _claim_asked,
    MessageKind.CLAIM_ANSWERED: _claim_answered,
    MessageKind.WITHDRAWN: _withdrawn,
    MessageKind.FORGOTTEN: _forgotten,
    MessageKind.WITHDRAWAL_ASKED: _withdrawal_asked,
    MessageKind.WITHDRAWAL_ANSWERED: _withdrawal_answered,
    MessageKind.AVAILABILITY_ASKED: _availability_asked,
    MessageKind.AVAILABILITY_REMINDER: _availability_reminder,
    MessageKind.HOLIDAY: _holiday,
    MessageKind.CONSENT_ASKED: _consent_asked,
    MessageKind.INVITED: _invited,
    MessageKind.LOGIN_CHANGED: _login_changed,
}
