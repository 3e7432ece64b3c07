"""The referee: the contract's rules and terms once more, in plain Python and without a solver.

Nothing here is shared with the engine, so an error has to be made twice, in two ways, to go unnoticed. The product
asks it too, where an answer must come at once: whether a person may take a place, and why not.
"""

from solver.check.findings import Misreport, Report, Value, Violation
from solver.check.joining import Standing, may_take
from solver.check.rosters import Roster
from solver.check.verdicts import broken_rules, check, holds_a_roster, shortfalls_of

__all__ = [
    "Misreport",
    "Report",
    "Roster",
    "Standing",
    "Value",
    "Violation",
    "broken_rules",
    "check",
    "holds_a_roster",
    "may_take",
    "shortfalls_of",
]
