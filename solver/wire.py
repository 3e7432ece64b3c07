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
    largest = int(numbers.max(initial=0))
    groups = max(1, -(-largest.bit_length() // BITS))
    parts, written = np.empty((len(numbers), groups), dtype=np.uint8), np.ones((len(numbers), groups), dtype=bool)
    left: Any = numbers.astype(np.uint32 if largest < 2**32 else np.uint64)
    for group in range(groups):
        if group:
            left >>= BITS
            written[:, group] = left > 0
        parts[:, group] = np.where(left > 0x7F, left & 0x7F | 0x80, left)
    return bytes(parts[written])
