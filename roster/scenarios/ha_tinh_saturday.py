"""Hà Tĩnh Youth Union with the provincial police: Volunteer Saturday for e-ID accounts, by day and in the evening.

Nearly 300 community digital teams in 216 communes with over 6,000 members. A team always mixes police and youth: the
police are members of their own union at home, so a team is where the two meet. In the morning a team is at the
village's cultural house, in the evening it goes from house to house, never without an adult pair of both.
"""

from datetime import time

from roster.models import Half, Programme, ProgrammeKind, SiteKind, Unit, UnitKind, Weekday
from roster.scenarios.generator import Cast, Scenario, World
from roster.scenarios.history import Volunteer
from roster.scenarios.people import Point
from roster.scenarios.places import HA_TINH, Commune
from roster.scenarios.timetables import chances, usual_week
from roster.vietnam.office_hours import Hours

TEAMS = 296
YOUTH, POLICE = 18, 3  # members of one team: 6,216 in all
PUPILS = 2  # of the youth
BY_DAY, IN_THE_EVENING = Hours(time(7, 30), time(10, 30)), Hours(time(18, 30), time(20, 30))
SATURDAY = {(Weekday.SATURDAY, Half.MORNING): 0.6, (Weekday.SATURDAY, Half.EVENING): 0.5}
MEMBER = chances(by_day=0, evening=0.15, weekend=0.4, special=SATURDAY)
OFFICER = chances(by_day=0, evening=0.3, weekend=0.3, special=dict.fromkeys(SATURDAY, 0.7))


def build(world: World) -> Cast:
    province = world.unit("Tỉnh đoàn Hà Tĩnh", UnitKind.PROVINCE)
    police = world.unit("Đoàn Thanh niên Công an tỉnh Hà Tĩnh", UnitKind.AGENCY, province)
    saturday = world.programme(province, ProgrammeKind.SATURDAY, "Ngày thứ bảy tình nguyện")
    communes = [commune for district in HA_TINH for commune in district.communes]
    with_two = set(world.rng.sample(communes, TEAMS - len(communes)))
    casts = []
    for place in HA_TINH:
        district = world.unit(place.union, UnitKind.DISTRICT, province)
        for commune in place.communes:
            unit = world.unit(commune.union, UnitKind.COMMUNE, district)
            for number in (1, 2) if commune in with_two else (0,):
                casts.append(_team(world, province, unit, police, commune, number, saturday))
    return casts[0]


def _team(
    world: World, province: Unit, unit: Unit, police: Unit, place: Commune, number: int, saturday: Programme
) -> Cast:
    """One team of a commune; `number` 0 if it is the only one."""
    at, which = place.somewhere(world.rng), f" số {number}" if number else ""
    youth = [_young(world, unit, at, pupil=index < PUPILS) for index in range(YOUTH)]
    officers = [_officer(world, police, at) for _ in range(POLICE)]
    world.grant(youth[-1], "lead")
    team = world.team(unit, f"Tổ công nghệ số cộng đồng{which} {place.full}", youth + officers, leads=youth[-1:])
    house = world.site(unit, SiteKind.CULTURAL_HOUSE, f"Nhà văn hóa thôn {number or 1}, {place.full}", at)
    homes = world.site(unit, SiteKind.HOME_VISITS, f"Đến từng nhà{which}, {place.full}", at)
    with_police = {"police": 1}
    world.demand(
        house, saturday, "Sáng thứ Bảy", BY_DAY, [Weekday.SATURDAY], people=(3, 4, 6), needs=with_police, pool=team
    )
    world.demand(
        homes, saturday, "Tối thứ Bảy, đến từng nhà", IN_THE_EVENING, [Weekday.SATURDAY],
        people=(2, 3, 4), needs=with_police, pool=team, adults_only=True, all_or_nothing=True,
    )  # fmt: skip
    return Cast(province, province, house, youth[-2])


def _young(world: World, unit: Unit, near: Point, *, pupil: bool) -> Volunteer:
    ages = (16, 17) if pupil else (18, 30)
    turns = world.rng.choice([1, 1, 2])
    return world.volunteer(unit, usual_week(world.rng, MEMBER), ages=ages, near=near, km=3, max_turns=turns)


def _officer(world: World, police: Unit, near: Point) -> Volunteer:
    """Two turns a Saturday are the rule for officers: a team has three, and no round may go without one."""
    week = usual_week(world.rng, OFFICER)
    return world.volunteer(
        police, week, ages=(22, 30), near=near, km=3, women=0.2, skills=["police"], max_turns=2, max_turns_per_day=2
    )


SCENARIO = Scenario(
    "ha-tinh-saturday",
    name_vi="Ngày thứ bảy tình nguyện Hà Tĩnh",
    name_en="Volunteer Saturday in Hà Tĩnh",
    region="north_central",
    build=build,
)
