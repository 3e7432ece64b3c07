"""Long lists of numbers in a protocol buffer: a message takes Python's numbers one by one, and bytes all at once.

A repeated field of numbers is its tag, the length in bytes, and the numbers (protobuf.dev, "Encoding", packed fields):
floating-point ones as they are in memory, whole ones seven bits to a byte, the lowest first.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from solver.program import Floats, Ints, Marks

PACKED = 2  # the wire type of anything with a length
BITS = 7  # of a number in each byte; the eighth says whether more follow


def put(message: Any, **lists: Floats | Ints | Marks) -> None:
    """Append to repeated fields of a message: floating-point numbers, or whole ones from 0 on."""
    fields = message.DESCRIPTOR.fields_by_name
    for name, numbers in lists.items():
        payload = _doubles(numbers) if fields[name].type == fields[name].TYPE_DOUBLE else _varints(numbers)
        tag = np.array([fields[name].number << 3 | PACKED, len(payload)])
        message.MergeFromString(_varints(tag) + payload)


def _doubles(numbers: Floats | Ints | Marks) -> bytes:
    return numbers.astype("<f8").tobytes()


def _varints(numbers: Floats | Ints | Marks) -> bytes:
    whole = numbers.astype(np.uint64)
    groups = max(1, -(-int(whole.max(initial=0)).bit_length() // BITS))
    shifted = whole[:, None] >> np.arange(0, groups * BITS, BITS, dtype=np.uint64)
    more = shifted >> np.uint64(BITS) > 0
    written = shifted > 0
    written[:, 0] = True
    return bytes((shifted & np.uint64(0x7F) | more.astype(np.uint64) << np.uint64(BITS)).astype(np.uint8)[written])
