"""Publishing and sending by processes that are killed at random moments: nothing lost, nothing sent twice.

A short run; `python -m tests.benchmarks.kills` kills fifty on each engine.
"""

from tests.killing import outcome_of

KILLS = 4


def test_killed_while_publishing_and_sending_nothing_is_lost_and_nothing_sent_twice(sqlite_url):
    outcome = outcome_of(sqlite_url, kills=KILLS, seed=1)

    assert outcome.messages == outcome.changes > 0, "somebody was told of what did not happen, or not told of what did"
    assert outcome.sent > 0
    assert (outcome.unsent, outcome.twice, outcome.lost) == (0, 0, 0)
    assert outcome.unsure <= KILLS / 2, "only a worker killed between the last byte and its record leaves a doubt"
