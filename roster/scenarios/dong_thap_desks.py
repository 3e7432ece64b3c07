"""Đồng Tháp Youth Union: online public services at every commune's one-stop desk on Mondays and Fridays.

12 district and 143 commune teams, 950 members. At weekends the district teams go out in turn, to public places
on Saturdays and to homes on Sundays: four outings a week, which makes the 200 a year that were planned.
"""

from datetime import time

from roster.models import Half, Programme, ProgrammeKind, SiteKind, Unit, UnitKind, Weekday
from roster.scenarios.generator import Cast, Scenario, World
from roster.scenarios.history import Volunteer
from roster.scenarios.people import Point
from roster.scenarios.places import DONG_THAP, Commune, District
from roster.scenarios.timetables import chances, usual_week
from roster.vietnam.office_hours import AFTERNOON, MORNING, Hours

COMMUNE_MEMBERS = 6
DISTRICT_MEMBERS = (8, 8, 7)  # in turn: 92 in 12 districts, and 858 in 143 communes
DESK_DAYS = (Weekday.MONDAY, Weekday.FRIDAY)
OUTING_HOURS = Hours(time(7), time(10, 30))
OUTING_WEEKS = 6  # a district's market comes round every six weeks, its home visits three weeks later
ON_DESK_DAYS = {(day, half): 0.6 for day in DESK_DAYS for half in (Half.MORNING, Half.AFTERNOON)}
MEMBER = chances(by_day=0.2, evening=0.3, weekend=0.5, special=ON_DESK_DAYS)
PUPIL = chances(by_day=0, evening=0.2, weekend=0.7, special={(Weekday.FRIDAY, Half.AFTERNOON): 0.4})


def build(world: World) -> Cast:
    province = world.unit("Tỉnh đoàn Đồng Tháp", UnitKind.PROVINCE)
    desk = world.programme(province, ProgrammeKind.DESK, "Hỗ trợ dịch vụ công trực tuyến tại bộ phận Một cửa")
    outing = world.programme(province, ProgrammeKind.WEEKEND, "Ra quân cuối tuần")
    visits = world.programme(province, ProgrammeKind.HOME_VISITS, "Đến từng nhà hỗ trợ")
    casts = []
    for number, place in enumerate(DONG_THAP):
        district = world.unit(place.union, UnitKind.DISTRICT, province)
        _district_team(world, district, place, number, outing, visits)
        casts += [_commune_desk(world, province, district, commune, desk) for commune in place.communes]
    return casts[0]


def _commune_desk(world: World, province: Unit, district: Unit, place: Commune, desk: Programme) -> Cast:
    commune = world.unit(place.union, UnitKind.COMMUNE, district)
    at = place.somewhere(world.rng)
    members = [_member(world, commune, at, number) for number in range(COMMUNE_MEMBERS)]
    team = world.team(commune, f"Tổ hỗ trợ dịch vụ công {place.full}", members, leads=members[:1])
    site = world.site(
        commune,
        SiteKind.DESK,
        f"Bộ phận Một cửa {place.full}",
        at,
        address=f"UBND {place.full}, Đồng Tháp",
        promised_min=1,
    )
    for name, hours in (("Buổi sáng", MORNING), ("Buổi chiều", AFTERNOON)):
        world.demand(site, desk, name, hours, DESK_DAYS, people=(1, 2, 3), requires=["trained"], pool=team)
    return Cast(province, province, site, members[1])


def _district_team(
    world: World, district: Unit, place: District, number: int, outing: Programme, visits: Programme
) -> None:
    size = DISTRICT_MEMBERS[number % len(DISTRICT_MEMBERS)]
    members = [_member(world, district, place.seat, index) for index in range(size)]
    team = world.team(district, f"Đội tình nguyện {place.union}", members, leads=members[:1])
    market = world.site(district, SiteKind.MARKET, f"Chợ trung tâm {place.short}", place.seat)
    homes = world.site(district, SiteKind.HOME_VISITS, f"Đến từng nhà, {place.short}", place.seat)
    world.demand(
        market, outing, "Sáng thứ Bảy", OUTING_HOURS, [Weekday.SATURDAY],
        people=(3, 5, None), pool=team, every=OUTING_WEEKS, from_week=number % OUTING_WEEKS,
    )  # fmt: skip
    world.demand(
        homes, visits, "Sáng Chủ nhật", OUTING_HOURS, [Weekday.SUNDAY], all_or_nothing=True,
        people=(2, 4, 6), pool=team, every=OUTING_WEEKS, from_week=(number + OUTING_WEEKS // 2) % OUTING_WEEKS,
    )  # fmt: skip


def _member(world: World, unit: Unit, near: Point, number: int) -> Volunteer:
    """The first of a team leads it; the last is now and then a pupil, or somebody who has yet to be trained."""
    last = number == COMMUNE_MEMBERS - 1
    pupil, fresh = last and world.rng.random() < 0.4, last and world.rng.random() < 0.3
    skills = ["trained", "lead"] if number == 0 else [] if fresh else ["trained"]
    ages, likely = ((16, 17), PUPIL) if pupil else ((18, 30), MEMBER)
    week = usual_week(world.rng, likely)
    return world.volunteer(unit, week, ages=ages, near=near, km=3, skills=skills, newcomer=fresh, max_turns=2)


SCENARIO = Scenario(
    "dong-thap-desks",
    name_vi="Đồng Tháp hỗ trợ tại bộ phận Một cửa cấp xã",
    name_en="Đồng Tháp at the communes' one-stop desks",
    region="south",
    build=build,
)
