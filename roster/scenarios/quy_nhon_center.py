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
EVENING, MARKET_HOURS, TRAINING_HOURS = (
    Hours(time(18, 30), time(20, 30)),
    Hours(time(7), time(10, 30)),
    Hours(time(8), time(11)),
)
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
YEARS_OF_STUDY = (1, 1, 2, 2, 3, 3, 3, 4, 4)
CLASS_MEETING = (Weekday.FRIDAY, Half.AFTERNOON)
WITHOUT_MEETING = {"Ngoại ngữ", "Sư phạm"}  # their fourth years are away at schools and meet online
LIKELY = chances(by_day=0.75, evening=0.2, weekend=0.45)


def build(world: World) -> Cast:
    province = world.unit("Tỉnh đoàn Bình Định", UnitKind.PROVINCE)
    university = world.unit("Đoàn Trường Đại học Quy Nhơn", UnitKind.UNIVERSITY, province)
    students = [student for faculty in FACULTIES for student in _faculty(world, university, faculty)]
    for one in world.rng.sample(students, 6):
        friday = world.monday + WEEK + timedelta(days=4)
        world.away(one, friday - timedelta(days=2), friday, "Thi giữa kỳ")
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
        world.demand(center, desk, name, hours, WEEKDAYS, people=(2, 3, 4), requires=["trained"], pool=university)
    _elsewhere(world, university)
    return Cast(province, university, center, max(filter(_is_ordinary, students), key=lambda one: len(one.week)))


def _faculty(world: World, university: Unit, faculty: str) -> list[Volunteer]:
    """Nine students of one faculty; those of one year share their lectures."""
    branch = world.unit(f"Liên chi đoàn Khoa {faculty}", UnitKind.BRANCH, university)
    timetables = {}
    for year in sorted(set(YEARS_OF_STUDY)):
        meets = year < 4 or faculty not in WITHOUT_MEETING
        timetables[year] = lectures(world.rng, 5, [CLASS_MEETING] if meets else [])
    students = [_student(world, branch, year, timetables[year]) for year in YEARS_OF_STUDY]
    first, second, *older = students
    second.person.newcomer = first.person.newcomer = True
    for one in (second, *older):
        world.grant(one, "trained")
    world.grant(older[-1], "lead")
    world.team(branch, f"Đội tình nguyện Khoa {faculty}", students, leads=[older[-1]])
    return students


def _student(world: World, branch: Unit, year: int, taken: Collection[Slot]) -> Volunteer:
    answered = world.rng.random() > 0.05
    week = usual_week(world.rng, LIKELY, taken) if answered else {}
    turns = world.rng.choice([1, 2, 2, 2, 3])
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
    sunday = world.programme(university, ProgrammeKind.SUNDAY, "Ngày Chủ nhật tình nguyện")
    training = world.programme(university, ProgrammeKind.TRAINING, "Tập huấn dịch vụ công trực tuyến")
    friday, thursday = [Weekday.WEDNESDAY, Weekday.FRIDAY], [Weekday.THURSDAY]
    world.demand(
        ward, support, "Buổi chiều", AFTERNOON, friday, people=(2, 2, 3), requires=["trained"], pool=university
    )
    world.demand(lodgings, drive, "Buổi tối", EVENING, thursday, people=(3, 4, 6), needs={"lead": 1}, pool=university)
    world.demand(
        market,
        sunday,
        "Sáng Chủ nhật",
        MARKET_HOURS,
        [Weekday.SUNDAY],
        people=(4, 6, 8),
        needs={"lead": 1, "trained": 3},
        pool=university,
    )
    world.demand(
        campus,
        training,
        "Hướng dẫn tập huấn",
        TRAINING_HOURS,
        [Weekday.SATURDAY],
        people=(1, 2, 2),
        requires=["lead"],
        pool=university,
    )


def _is_ordinary(one: Volunteer) -> bool:
    return "trained" in one.skills and "lead" not in one.skills and not one.person.newcomer and one.person.shares_name


SCENARIO = Scenario(
    "quy-nhon-center",
    name_vi="Sinh viên Quy Nhơn trực Trung tâm Phục vụ hành chính công",
    name_en="Quy Nhơn students at the provincial service center",
    region="south_central",
    build=build,
)
