"""Turns kept and missed."""

from datetime import timedelta

from roster.planning import kept
from tests.published import PublishedWeek


def test_a_turn_belongs_to_the_time_in_which_it_begins_though_it_passes_midnight(session):
    week = PublishedWeek(session)
    midnight = week.monday.ends_at
    week.monday.ends_at = midnight + timedelta(hours=2)
    session.flush()

    def counted(since, until):
        return dict(session.execute(kept.turns(since, until)).all()).get(week.lan.id, 0)

    assert counted(midnight - timedelta(days=1), midnight) == 1
    assert counted(midnight, week.monday.ends_at) == 0
