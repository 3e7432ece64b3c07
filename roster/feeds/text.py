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
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})

_ZERO_WIDTH_JOINER = "\u200d"
_CLUSTER_LENGTH = 16  # at most 64 octets, so a cluster always fits a line of its own


def cleaned(text: str) -> str:
    """The text as calendar programs will show it: NFC, "\\n" the only line end, nothing unprintable."""
    text = _LINE_ENDS.sub("\n", text.replace("\t", " "))
    return unicodedata.normalize("NFC", _UNPRINTABLE.sub("", text)).strip()


def text_line(name: str, text: str) -> bytes:
    """A property whose value is TEXT: cleaned, escaped, folded, ended by CRLF."""
    return line(f"{name}:{cleaned(text).translate(_ESCAPES)}")


def line(content: str) -> bytes:
    """A content line (already escaped) folded to physical lines of at most 75 octets, ended by CRLF."""
    octets = content.encode()
    if len(octets) <= LINE_OCTETS:
        return octets + CRLF
    return b"".join(_folded(content))


def _folded(content: str) -> Iterator[bytes]:
    room, piece = LINE_OCTETS, b""
    for cluster in _clusters(content):
        octets = cluster.encode()
        if len(piece) + len(octets) > room:
            yield piece + CRLF
            room, piece = LINE_OCTETS, b" "
        piece += octets
    yield piece + CRLF


def _clusters(content: str) -> Iterator[str]:
    """What a fold must not tear apart: a letter with its marks, an emoji sequence, an escape."""
    start = 0
    for end in range(1, len(content)):
        if not _belong_together(content[end - 1], content[end]) or end - start >= _CLUSTER_LENGTH:
            yield content[start:end]
            start = end
    yield content[start:]


def _belong_together(before: str, after: str) -> bool:
    return (
        before in ("\\", _ZERO_WIDTH_JOINER)
        or after == _ZERO_WIDTH_JOINER
        or unicodedata.category(after).startswith("M")
    )
