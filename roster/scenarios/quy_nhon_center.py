"""Quy Nhơn University's Youth Union for the provincial service center: at least two students each working day.

Volunteers are trained to the center's own requirements before they serve, under a provincial scheme of 2022–2027.
Nearly every class meets on Friday afternoon, when two desks draw on the few who are free: the shortage to show.
"""

from collections.abc import Collection
from datetime import time, timedelta

from roster.models import Half, ProgrammeKind, SiteKind, Unit, UnitKind, Weekday
from roster.scenarios.generator import WEEK, Cast, Scenario, World
from roster.scenarios.history import Volunteer
from roster.scenarios.people import Point
from roster.scenarios.timetables import WEEKDAYS, Slot, chances, lectures, usual_week
from roster.vietnam.office_hours import AFTERNOON, MORNING, Hours

CAMPUS, CENTER, WARD = Point(13.7588, 109.2177), Point(13.7716, 109.2290), Point(13.7622, 109.2149)
MARKET, LODGINGS = Point(13.7790, 109.2335), Point(13.7560, 109.2105)
EVENING = Hours(time(18, 30), time(20, 30))
MARKET_HOURS, TRAINING_HOURS = Hours(time(7), time(10, 30)), Hours(time(8), time(11))
FACULTIES = (
    "Công nghệ thông tin",
    "Kinh tế và Kế toán",
    "Khoa học xã hội và Nhân văn",
    "Lý luận chính trị, Luật và Quản lý nhà nước",
    "Ngoại ngữ",
    "Sư phạm",
    "Tài chính – Ngân hàng và Quản trị kinh doanh",
    "Toán và Thống kê",
)
YEARS_OF_STUDY = (1, 1, 2, 2, 3, 3, 3, 4)  # and one of the final year who leads
CLASS_MEETING = (Weekday.FRIDAY, Half.AFTERNOON)
FINAL_YEAR = 4  # has fewer lectures, and tutors instead of class meetings
LIKELY = chances(by_day=0.75, evening=0.2, weekend=0.45, special={CLASS_MEETING: 0.3})
LEAD_LIKELY = chances(by_day=0.6, evening=0.12, weekend=0.2, special={CLASS_MEETING: 0.3})


def build(world: World) -> Cast:
    province = world.unit("Tỉnh đoàn Bình Định", UnitKind.PROVINCE)
    university = world.unit("Đoàn Trường Đại học Quy Nhơn", UnitKind.UNIVERSITY, province)
    students = [student for faculty in FACULTIES for student in _faculty(world, university, faculty)]
    for one in world.rng.sample(students, 6):  # in both open weeks, so that either has the shortage to show
        for monday in (world.monday, world.monday + WEEK):
            world.away(one, monday + timedelta(days=2), monday + timedelta(days=4), "Thi giữa kỳ")
    center = world.site(
        university,
        SiteKind.SERVICE_CENTER,
        "Trung tâm Phục vụ hành chính công tỉnh Bình Định",
        CENTER,
        address="127 Hai Bà Trưng, thành phố Quy Nhơn",
        promised_min=2,
    )
    desk = world.programme(university, ProgrammeKind.DESK, "Trực Trung tâm Phục vụ hành chính công")
    for name, hours in (("Buổi sáng", MORNING), ("Buổi chiều", AFTERNOON)):
        world.demand(center, desk, name, hours, WEEKDAYS, people=(2, 3, 4), requires=["trained"])
    _elsewhere(world, university)
    return Cast(province, university, center, max(filter(_is_ordinary, students), key=lambda one: len(one.week)))


def _faculty(world: World, university: Unit, faculty: str) -> list[Volunteer]:
    """Nine students of one faculty; those of one year share their lectures."""
    branch = world.unit(f"Liên chi đoàn Khoa {faculty}", UnitKind.BRANCH, university)
    timetables = {
        year: lectures(world.rng, 3) if year == FINAL_YEAR else lectures(world.rng, 5, [CLASS_MEETING])
        for year in dict.fromkeys(YEARS_OF_STUDY)
    }
    students = [_student(world, branch, year, timetables[year]) for year in YEARS_OF_STUDY]
    lead = _student(world, branch, FINAL_YEAR, timetables[FINAL_YEAR], lead=True)
    students[0].person.newcomer = students[1].person.newcomer = True
    for one in (*students[1:], lead):
        world.grant(one, "trained")
    world.grant(lead, "lead")
    world.team(branch, f"Đội tình nguyện Khoa {faculty}", [*students, lead], leads=[lead])
    return [*students, lead]


def _student(world: World, branch: Unit, year: int, taken: Collection[Slot], *, lead: bool = False) -> Volunteer:
    """Who leads a team has a thesis to write as well: one turn a week."""
    answered = lead or world.rng.random() > 0.05
    week = usual_week(world.rng, LEAD_LIKELY if lead else LIKELY, taken) if answered else {}
    turns = 1 if lead else world.rng.choice([1, 2, 2, 2, 3])
    return world.volunteer(branch, week, ages=(17 + year, 17 + year), near=CAMPUS, women=0.65, max_turns=turns)


def _elsewhere(world: World, university: Unit) -> None:
    """What else the students do in the city: a ward's desk, lodgings by night, a market, teaching the newcomers."""
    ward = world.site(university, SiteKind.DESK, "Bộ phận Một cửa phường Nguyễn Văn Cừ", WARD)
    lodgings = world.site(university, SiteKind.OTHER, "Khu nhà trọ sinh viên An Dương Vương", LODGINGS)
    market = world.site(university, SiteKind.MARKET, "Chợ Đầm", MARKET)
    campus = world.site(
        university, SiteKind.SCHOOL, "Trường Đại học Quy Nhơn", CAMPUS, address="170 An Dương Vương, thành phố Quy Nhơn"
    )
    support = world.programme(university, ProgrammeKind.DESK, "Hỗ trợ bộ phận Một cửa phường")
    drive = world.programme(university, ProgrammeKind.EVENING, "Ra quân buổi tối kích hoạt định danh điện tử")
    outing = world.programme(university, ProgrammeKind.SUNDAY, "Ngày Chủ nhật tình nguyện")
    training = world.programme(university, ProgrammeKind.TRAINING, "Tập huấn dịch vụ công trực tuyến")
    ward_days, evenings = [Weekday.MONDAY, Weekday.WEDNESDAY, Weekday.FRIDAY], [Weekday.TUESDAY, Weekday.THURSDAY]
    saturday, sunday = [Weekday.SATURDAY], [Weekday.SUNDAY]
    with_lead = {"lead": 1}
    world.demand(ward, support, "Buổi chiều", AFTERNOON, ward_days, people=(2, 2, 3), requires=["trained"])
    world.demand(lodgings, drive, "Buổi tối", EVENING, evenings, people=(3, 4, 6), needs=with_lead)
    world.demand(
        market, outing, "Sáng Chủ nhật", MARKET_HOURS, sunday, people=(4, 6, 8), needs=with_lead | {"trained": 3}
    )
    world.demand(campus, training, "Hướng dẫn tập huấn", TRAINING_HOURS, saturday, people=(1, 2, 2), requires=["lead"])


def _is_ordinary(one: Volunteer) -> bool:
    return "trained" in one.skills and "lead" not in one.skills and not one.person.newcomer and one.person.shares_name


SCENARIO = Scenario(
    "quy-nhon-center",
    name_vi="Sinh viên Quy Nhơn trực Trung tâm Phục vụ hành chính công",
    name_en="Quy Nhơn students at the provincial service center",
    region="south_central",
    build=build,
)
