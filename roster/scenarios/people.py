"""Invented people: Vietnamese full names as often as they occur, birth dates, homes near a place.

Shares of family names follow Lê Trung Hoa, "Họ và tên người Việt Nam" (2005), rounded; middle and given names are
those of people born around 2000, the commonest first. Nobody here is real, so nobody gets a phone number: any
number that is valid rings at somebody's home.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from math import cos, radians
from random import Random
from typing import Literal, NamedTuple

Region = Literal["north_central", "south_central", "south"]

FAMILY = {
    "Nguyễn": 384, "Trần": 121, "Lê": 95, "Phạm": 70, "Hoàng": 51, "Phan": 45, "Vũ": 39, "Đặng": 21,
    "Bùi": 20, "Đỗ": 14, "Hồ": 13, "Ngô": 13, "Dương": 10, "Lý": 5, "Đinh": 5, "Đoàn": 5, "Mai": 5,
    "Trịnh": 5, "Trương": 10, "Cao": 5, "Châu": 3, "Lâm": 3, "Tạ": 2, "Thái": 3, "Tô": 2, "Hà": 3,
}  # fmt: skip
# The same two families are called otherwise towards the south.
BY_REGION: dict[Region, dict[str, str]] = {
    "north_central": {"Vũ": "Võ"},
    "south_central": {"Hoàng": "Huỳnh", "Vũ": "Võ"},
    "south": {"Hoàng": "Huỳnh", "Vũ": "Võ"},
}
# Chance would christen these sooner or later, and every reader would think of somebody else.
WELL_KNOWN = frozenset({"Nguyễn Xuân Phúc", "Lê Minh Hưng", "Lê Thành Long", "Nguyễn Quang Hải", "Trần Quốc Tuấn"})
MIDDLE = {
    "f": "Thị Ngọc Thị Thị_Thanh Thị_Thu Thị_Kim Thanh Thị_Mỹ Thị_Hồng Minh Thị_Bích Phương Thị_Phương Khánh Thảo Như "
    "Thị_Minh Mỹ Bảo Thúy Hoàng Thị_Diễm Yến Quỳnh Thùy Thị_Cẩm Hồng Kim Thị_Yến Tường",
    "m": "Văn Minh Quốc Hữu Đức Thành Hoàng Anh Công Ngọc Đình Gia Quang Xuân Trọng Thanh Tuấn Nhật Duy Tấn Phúc Hải "
    "Bá Trường Thế Chí Tiến Việt Khánh Viết",
}
GIVEN = {
    "f": "Linh Trang Anh Ngọc Thảo Nhi Hương Vy Hà Phương Trâm Thư My Ngân Quỳnh Hân Như Trinh Yến Thúy Duyên Uyên Mai "
    "Tiên Châu Hiền Hằng Nga Vân Trân Nguyên Huyền Ly Lan Trúc Dung Loan Oanh Tuyền Giang Chi Thủy Quyên Hoa Tâm Ánh "
    "Diệu Thương Ý Kiều Lam Đào Ân Bình Xuân Nhung Hạnh Thơ Sương",
    "m": "Huy Anh Hiếu Nam Đạt Minh Long Tuấn Khoa Dũng Hưng Bảo Thịnh Phúc Khang Nhân Duy Hoàng Quân Phong Kiệt Tài "
    "Trung Đức Sơn Thành Hải Vinh Thắng Tiến Cường Lộc Toàn Nghĩa Trí Quang Tùng An Thiện Vũ Lâm Việt Hùng Khánh Tín "
    "Nhật Phát Thuận Bình Tân Danh Linh Khôi Sang Triều Ân Đông Hậu Quý",
}
DAYS_PER_YEAR = 365.25
KM_PER_DEGREE = 111.2


class Point(NamedTuple):
    """Degrees north and east (WGS 84)."""

    latitude: float
    longitude: float

    def scattered(self, rng: Random, km: float) -> "Point":
        """A point at most so far north or south, east or west, denser towards the middle."""
        north, east = (rng.triangular(-km, km) / KM_PER_DEGREE for _ in range(2))
        return Point(round(self.latitude + north, 5), round(self.longitude + east / cos(radians(self.latitude)), 5))


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented person."""

    full_name: str
    birth_date: date


class People:
    """Draws people one after another; the same generator of chance gives the same people."""

    def __init__(self, rng: Random, region: Region, today: date) -> None:
        self.rng, self.today = rng, today
        self.families = [BY_REGION[region].get(name, name) for name in FAMILY]
        self.shares = list(FAMILY.values())

    def person(self, ages: tuple[int, int], women: float = 0.5) -> Invented:
        """Somebody whose age in years lies within `ages`, both included; `women` is their share."""
        sex = "f" if self.rng.random() < women else "m"
        family = self.rng.choices(self.families, self.shares)[0]
        while True:
            middle, given = (_pick(self.rng, table[sex]) for table in (MIDDLE, GIVEN))
            words = [family, *middle.split("_"), given]
            full_name = " ".join(words)
            if len(set(words)) == len(words) and full_name not in WELL_KNOWN:  # nobody is called "Anh Anh" either
                return Invented(full_name, self._birth_date(ages))

    def _birth_date(self, ages: tuple[int, int]) -> date:
        youngest, oldest = ages[0] * DAYS_PER_YEAR + 1, (ages[1] + 1) * DAYS_PER_YEAR - 2
        return self.today - timedelta(days=int(self.rng.uniform(youngest, oldest)))


def _pick(rng: Random, names: str) -> str:
    """One of the names; the first is some six times as likely as the last."""
    listed = names.split()
    return rng.choices(listed, [1 / (index + len(listed) / 5) for index in range(len(listed))])[0]
