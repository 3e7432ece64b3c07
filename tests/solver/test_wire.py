"""Numbers written into a message as bytes are those it takes one by one."""

from __future__ import annotations

import numpy as np
import pytest
from ortools.math_opt import model_pb2

from solver.program import Floats, Ints
from solver.wire import put

WHOLE = [0, 1, 127, 128, 300, 16_383, 16_384, 2**21, 2**35, 2**62]


@pytest.mark.parametrize("ids", [[], [0], WHOLE, list(range(1000))], ids=["none", "zero", "long", "many"])
def test_what_is_put_into_a_message_is_what_it_takes_one_by_one(ids: list[int]) -> None:
    bounds, integers = [number / 3 - 5 for number in ids], [number % 2 == 0 for number in ids]
    slowly, quickly = model_pb2.VariablesProto(), model_pb2.VariablesProto()

    slowly.ids.extend(ids)
    slowly.upper_bounds.extend([*bounds, np.inf])
    slowly.integers.extend(integers)
    numbers: Ints = np.array(ids, dtype=np.int64)
    upper: Floats = np.array([*bounds, np.inf])
    put(quickly, ids=numbers, upper_bounds=upper, integers=np.array(integers, dtype=bool))

    assert quickly == slowly
