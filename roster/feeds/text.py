"""Content lines: any text a person can type becomes lines every calendar program reads.

One raw newline inside a value makes Thunderbird show an empty calendar without a message, so whatever is
not plain text is taken out here, at the single place all values pass. Source: RFC 5545 §3.1 (folding) and
§3.3.11 (TEXT).
"""

import re
import unicodedata
from collections.abc import Iterator

CRLF = b"\r\n"
LINE_OCTETS = 75

# Some parsers split lines as Python's str.splitlines does, so each of these has to become an escaped \n.
_LINE_ENDS = re.compile("\r\n|[\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029]")
# C0 and C1 controls, lone surrogates (they have no UTF-8 form) and the byte order mark.
_UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
_ESCAPES = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n"))  # the backslash first

_ZERO_WIDTH_JOINER = "\u200d"
_PATIENCE = 16  # characters that a fold moves back at most


def cleaned(text: str) -> str:
    """The text as calendar programs will show it: NFC, "\\n" the only line end, nothing unprintable."""
    text = _LINE_ENDS.sub("\n", text.replace("\t", " "))
    return unicodedata.normalize("NFC", _UNPRINTABLE.sub("", text)).strip()


def text_line(name: str, text: str) -> bytes:
    """A property whose value is TEXT: cleaned, escaped, folded, ended by CRLF."""
    value = cleaned(text)
    for plain, escaped in _ESCAPES:
        value = value.replace(plain, escaped)
    return line(f"{name}:{value}")


def line(content: str) -> bytes:
    """A content line (already escaped) folded to physical lines of at most 75 octets, ended by CRLF."""
    octets = content.encode()
    if len(octets) <= LINE_OCTETS:
        return octets + CRLF
    return b"".join(_folded(octets))


def _folded(octets: bytes) -> Iterator[bytes]:
    start, room = 0, LINE_OCTETS
    while len(octets) - start > room:
        end = _last_good_break(octets, start, start + room)
        yield octets[start:end] + CRLF + b" "
        start, room = end, LINE_OCTETS - 1  # the space counts
    yield octets[start:] + CRLF


def _last_good_break(octets: bytes, start: int, limit: int) -> int:
    """The last place up to `limit` where a fold tears nothing apart: a letter and its marks, an emoji, an escape.

    In a pile of marks without such a place, the last one between two characters.
    """
    fallback = end = _character_start(octets, limit)
    for _ in range(_PATIENCE):
        before = _character_start(octets, end - 1)
        if before <= start:
            break
        if not _belong_together(octets[before:end].decode(), _character_at(octets, end)):
            return end
        end = before
    return fallback


def _character_start(octets: bytes, index: int) -> int:
    while octets[index] & 0b1100_0000 == 0b1000_0000:
        index -= 1
    return index


def _character_at(octets: bytes, start: int) -> str:
    end = start + 1
    while end < len(octets) and octets[end] & 0b1100_0000 == 0b1000_0000:
        end += 1
    return octets[start:end].decode()


def _belong_together(before: str, after: str) -> bool:
    # An escaped backslash looks like the beginning of an escape; not to break after it costs nothing.
    return (
        before in ("\\", _ZERO_WIDTH_JOINER)
        or after == _ZERO_WIDTH_JOINER
        or unicodedata.category(after).startswith("M")
    )
