"""Pins: what a coordinator has fixed stays. Forbidden turns are no possible turns to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from solver.variables import Model


def constrain(model: Model) -> None:
    for pin in model.problem.pins:
        if pin.state == "assigned" and model.kept.holds("pins", pin.volunteer, pin.shift):
            model.must_serve(pin.volunteer, pin.shift)
