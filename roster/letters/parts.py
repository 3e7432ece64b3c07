"""What a letter is made of, finished for a template: no ids, no facts, nothing left to decide."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Mark(StrEnum):
    """How a shift stands to what the reader knew before."""

    NEW = "new"
    GONE = "gone"
    MOVED = "moved"
    CANCELLED = "cancelled"
    SAME = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do by a link. `main`: the one most readers want; `posts`: done by pressing, not by looking."""

    label: str
    href: str
    main: bool = False
    posts: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One shift. `mark_words`: the mark as people read it; `before`: when and where it was, if it moved."""

    when: str
    where: str
    mark: Mark = Mark.SAME
    mark_words: str = ""
    before: str = ""
    note: str = ""
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One matter: a heading that could be a subject, sentences, shifts, and what to do about it."""

    heading: str
    sentences: Sequence[str] = ()
    lines: Sequence[Line] = ()
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A whole letter. `sender`: the unit in whose name it goes out, "" if none is said; `signature`: its lines;
    `brief`: the same without greeting and footer, for chats; `page`: where it can be read again."""

    language: str
    subject: str
    greeting: str
    parts: Sequence[Part]
    footer: Sequence[str]
    choices: Action | None
    page: str
    sender: str = ""
    signature: Sequence[str] = ()
    text: str = field(default="", compare=False)
    html: str = field(default="", compare=False)
    brief: str = field(default="", compare=False)
