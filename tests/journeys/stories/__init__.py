"""What people do with the service, told key by key; `by_keyboard.py` walks them, in the order of STORIES."""

from collections.abc import Callable

from tests.journeys.stories import coming_in, organising, planning, serving
from tests.journeys.walker import Walker

STORIES: tuple[Callable[[Walker], None], ...] = (
    coming_in.anybody_signs_in_and_changes_the_language,
    organising.a_coordinator_adds_a_site_and_its_demand,
    organising.a_coordinator_brings_in_people,
    organising.a_coordinator_looks_after_teams_and_posters,
    coming_in.a_member_comes_in_by_the_poster,
    organising.a_coordinator_asks_everybody,
    serving.a_volunteer_answers_a_round_in_three_keys,
    planning.a_coordinator_plans_and_stops_and_repairs_a_short_place,
    planning.a_coordinator_asks_what_if,
    planning.a_coordinator_moves_people_on_the_board,
    planning.a_coordinator_filters_copies_closes_and_publishes,
    planning.a_coordinator_finds_cover_and_repairs,
    organising.a_coordinator_sets_rules_and_reads_messages,
    planning.an_administrator_plans_all_units_beneath,
    serving.a_volunteer_says_when_they_can_come,
    serving.a_volunteer_brings_a_timetable,
    serving.letters_are_answered_by_their_links,
    serving.a_volunteer_changes_their_turns,
    serving.a_volunteer_takes_the_calendar_along,
    serving.a_volunteer_chooses_how_they_are_told,
    organising.a_coordinator_invites_many,
    coming_in.an_invited_person_comes_in_and_is_forgotten,
    serving.a_center_sees_whom_to_expect,
    organising.a_coordinator_changes_the_hours_of_a_series,
)
