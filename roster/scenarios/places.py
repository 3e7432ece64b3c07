"""Real districts and communes of the scenarios' provinces, as they were in the years of the reports (2020–2024).

A district lies at the coordinates of its seat; its communes lie around it.
"""

from random import Random
from typing import NamedTuple

from roster.scenarios.people import Point

KINDS = {"wards": "phường", "townships": "thị trấn", "communes": "xã"}
UNIONS = {"thành phố": "Thành đoàn", "thị xã": "Thị đoàn", "huyện": "Huyện đoàn"}
COMMUNES_WITHIN_KM = 8


class Commune(NamedTuple):
    """A commune, ward or township ("xã", "phường", "thị trấn") of the district called `within`."""

    kind: str
    name: str
    within: str
    seat: Point

    @property
    def union(self) -> str:
        return f"Đoàn {self.kind} {self.name}"

    @property
    def full(self) -> str:
        """With its district: many a name occurs twice in a province."""
        return f"{self.kind} {self.name}, {self.within}"

    def somewhere(self, rng: Random) -> Point:
        """A place in the commune, as far as we know where that is: some way from its district's seat."""
        return self.seat.scattered(rng, COMMUNES_WITHIN_KM)


class District(NamedTuple):
    """A district, town or city of a province with its communes."""

    kind: str
    short: str
    seat: Point
    communes: tuple[Commune, ...]

    @property
    def union(self) -> str:
        return f"{UNIONS[self.kind]} {self.short}"


def _district(kind: str, name: str, latitude: float, longitude: float, **names: str) -> District:
    """`wards`, `townships` and `communes` as one line of names each."""
    seat = Point(latitude, longitude)
    communes = [Commune(KINDS[kind], one, name, seat) for kind, line in names.items() for one in line.split(", ")]
    return District(kind, name, seat, tuple(communes))


DONG_THAP = (
    _district("thành phố", "Cao Lãnh", 10.4577, 105.6339, wards="1, 2, 3, 4, 6, 11, Hòa Thuận, Mỹ Phú",
              communes="Hòa An, Mỹ Ngãi, Mỹ Tân, Mỹ Trà, Tân Thuận Đông, Tân Thuận Tây, Tịnh Thới"),
    _district("thành phố", "Sa Đéc", 10.2918, 105.7557, wards="1, 2, 3, 4, An Hòa, Tân Quy Đông",
              communes="Tân Khánh Đông, Tân Phú Đông, Tân Quy Tây"),
    _district("thành phố", "Hồng Ngự", 10.8093, 105.3430, wards="An Bình A, An Bình B, An Lạc, An Lộc, An Thạnh",
              communes="Bình Thạnh, Tân Hội"),
    _district("huyện", "Tân Hồng", 10.8730, 105.4660, townships="Sa Rài",
              communes="An Phước, Bình Phú, Tân Công Chí, Tân Hộ Cơ, Tân Phước, Tân Thành A, Tân Thành B, "
                       "Thông Bình"),
    _district("huyện", "Hồng Ngự", 10.8280, 105.2700, townships="Thường Thới Tiền",
              communes="Long Khánh A, Long Khánh B, Long Thuận, Phú Thuận A, Phú Thuận B, Thường Lạc, "
                       "Thường Phước 1, Thường Phước 2, Thường Thới Hậu A"),
    _district("huyện", "Tam Nông", 10.6670, 105.5630, townships="Tràm Chim",
              communes="An Hòa, An Long, Hòa Bình, Phú Cường, Phú Đức, Phú Hiệp, Phú Ninh, Phú Thành A, Phú Thành B, "
                       "Phú Thọ, Tân Công Sính"),
    _district("huyện", "Thanh Bình", 10.5590, 105.4870, townships="Thanh Bình",
              communes="An Phong, Bình Tấn, Bình Thành, Phú Lợi, Tân Bình, Tân Hòa, Tân Huề, Tân Long, Tân Mỹ, "
                       "Tân Phú, "
                       "Tân Quới, Tân Thạnh"),
    _district("huyện", "Tháp Mười", 10.5230, 105.8430, townships="Mỹ An",
              communes="Đốc Binh Kiều, Hưng Thạnh, Láng Biển, Mỹ An, Mỹ Đông, Mỹ Hòa, Mỹ Quý, Phú Điền, Tân Kiều, "
                       "Thanh Mỹ, Thạnh Lợi, Trường Xuân"),
    _district("huyện", "Cao Lãnh", 10.4430, 105.7030, townships="Mỹ Thọ",
              communes="An Bình, Ba Sao, Bình Hàng Tây, Bình Hàng Trung, Bình Thạnh, Gáo Giồng, Mỹ Hiệp, Mỹ Hội, "
                       "Mỹ Long, Mỹ Thọ, Mỹ Xương, Nhị Mỹ, Phong Mỹ, Phương Thịnh, Phương Trà, Tân Hội Trung, "
                       "Tân Nghĩa"),
    _district("huyện", "Lấp Vò", 10.3630, 105.5210, townships="Lấp Vò",
              communes="Bình Thành, Bình Thạnh Trung, Định An, Định Yên, Hội An Đông, Long Hưng A, Long Hưng B, "
                       "Mỹ An Hưng A, Mỹ An Hưng B, Tân Khánh Trung, Tân Mỹ, Vĩnh Thạnh"),
    _district("huyện", "Lai Vung", 10.2880, 105.6570, townships="Lai Vung",
              communes="Định Hòa, Hòa Long, Hòa Thành, Long Hậu, Long Thắng, Phong Hòa, Tân Dương, Tân Hòa, "
                       "Tân Phước, "
                       "Tân Thành, Vĩnh Thới"),
    _district("huyện", "Châu Thành", 10.2590, 105.8710, townships="Cái Tàu Hạ",
              communes="An Hiệp, An Khánh, An Nhơn, An Phú Thuận, Hòa Tân, Phú Hựu, Phú Long, Tân Bình, "
                       "Tân Nhuận Đông, "
                       "Tân Phú, Tân Phú Trung"),
)  # fmt: skip

HA_TINH = (
    _district("thành phố", "Hà Tĩnh", 18.3430, 105.9060,
              wards="Bắc Hà, Đại Nài, Hà Huy Tập, Nam Hà, Nguyễn Du, Tân Giang, Thạch Linh, Thạch Quý, "
                       "Trần Phú, Văn Yên",
              communes="Đồng Môn, Thạch Bình, Thạch Hạ, Thạch Hưng, Thạch Trung"),
    _district("thị xã", "Hồng Lĩnh", 18.5270, 105.7070, wards="Bắc Hồng, Đậu Liêu, Đức Thuận, Nam Hồng, Trung Lương",
              communes="Thuận Lộc"),
    _district("thị xã", "Kỳ Anh", 18.0830, 106.2930, wards="Hưng Trí, Kỳ Liên, Kỳ Long, Kỳ Phương, Kỳ Thịnh, "
                       "Kỳ Trinh",
              communes="Kỳ Hà, Kỳ Hoa, Kỳ Lợi, Kỳ Nam, Kỳ Ninh"),
    _district("huyện", "Hương Sơn", 18.5150, 105.4240, townships="Phố Châu, Tây Sơn",
              communes="An Hòa Thịnh, Kim Hoa, Quang Diệm, Sơn Bằng, Sơn Bình, Sơn Châu, Sơn Giang, Sơn Hàm, "
                       "Sơn Hồng, "
                       "Sơn Kim 1, Sơn Kim 2, Sơn Lâm, Sơn Lễ, Sơn Lĩnh, Sơn Long, Sơn Ninh, Sơn Phú, Sơn Tây, "
                       "Sơn Tiến, Sơn Trà, Sơn Trung, Sơn Trường, Tân Mỹ Hà"),
    _district("huyện", "Đức Thọ", 18.5340, 105.5850, townships="Đức Thọ",
              communes="An Dũng, Bùi La Nhân, Đức Đồng, Đức Lạng, Hòa Lạc, Lâm Trung Thủy, Liên Minh, Quang Vĩnh, "
                       "Tân Dân, Tân Hương, Thanh Bình Thịnh, Trường Sơn, Tùng Ảnh, Tùng Châu, Yên Hồ"),
    _district("huyện", "Vũ Quang", 18.3710, 105.4960, townships="Vũ Quang",
              communes="Ân Phú, Đức Bồng, Đức Giang, Đức Hương, Đức Liên, Đức Lĩnh, Hương Minh, Quang Thọ, Thọ Điền"),
    _district("huyện", "Nghi Xuân", 18.6640, 105.7540, townships="Tiên Điền, Xuân An",
              communes="Cổ Đạm, Cương Gián, Đan Trường, Xuân Giang, Xuân Hải, Xuân Hội, Xuân Hồng, Xuân Lam, "
                       "Xuân Liên, "
                       "Xuân Lĩnh, Xuân Mỹ, Xuân Phổ, Xuân Thành, Xuân Viên, Xuân Yên"),
    _district("huyện", "Can Lộc", 18.4530, 105.7680, townships="Nghèn, Đồng Lộc",
              communes="Gia Hanh, Khánh Vĩnh Yên, Kim Song Trường, Mỹ Lộc, Phú Lộc, Quang Lộc, Sơn Lộc, Thanh Lộc, "
                       "Thiên Lộc, Thuần Thiện, Thường Nga, Thượng Lộc, Trung Lộc, Tùng Lộc, Vượng Lộc, Xuân Lộc"),
    _district("huyện", "Hương Khê", 18.1800, 105.6990, townships="Hương Khê",
              communes="Điền Mỹ, Gia Phố, Hà Linh, Hòa Hải, Hương Bình, Hương Đô, Hương Giang, Hương Lâm, "
                       "Hương Liên, "
                       "Hương Long, Hương Thủy, Hương Trà, Hương Trạch, Hương Vĩnh, Hương Xuân, Lộc Yên, Phú Gia, "
                       "Phú Phong, Phúc Đồng, Phúc Trạch"),
    _district("huyện", "Thạch Hà", 18.3610, 105.8670, townships="Thạch Hà",
              communes="Đỉnh Bàn, Lưu Vĩnh Sơn, Nam Điền, Ngọc Sơn, Tân Lâm Hương, Thạch Đài, Thạch Hải, Thạch Hội, "
                       "Thạch Kênh, Thạch Khê, Thạch Lạc, Thạch Liên, Thạch Long, Thạch Ngọc, Thạch Sơn, "
                       "Thạch Thắng, "
                       "Thạch Trị, Thạch Văn, Thạch Xuân, Tượng Sơn, Việt Tiến"),
    _district("huyện", "Cẩm Xuyên", 18.2520, 106.0010, townships="Cẩm Xuyên, Thiên Cầm",
              communes="Cẩm Bình, Cẩm Duệ, Cẩm Dương, Cẩm Hà, Cẩm Hưng, Cẩm Lạc, Cẩm Lĩnh, Cẩm Lộc, Cẩm Minh, "
                       "Cẩm Mỹ, "
                       "Cẩm Nhượng, Cẩm Quan, Cẩm Quang, Cẩm Sơn, Cẩm Thạch, Cẩm Thành, Cẩm Thịnh, Cẩm Trung, "
                       "Cẩm Vịnh, "
                       "Nam Phúc Thăng, Yên Hòa"),
    _district("huyện", "Kỳ Anh", 18.1300, 106.2000, townships="Kỳ Đồng",
              communes="Kỳ Bắc, Kỳ Châu, Kỳ Giang, Kỳ Hải, Kỳ Khang, Kỳ Lạc, Kỳ Phong, Kỳ Phú, Kỳ Sơn, Kỳ Tân, "
                       "Kỳ Tây, "
                       "Kỳ Thọ, Kỳ Thư, Kỳ Thượng, Kỳ Tiến, Kỳ Trung, Kỳ Văn, Kỳ Xuân, Lâm Hợp"),
    _district("huyện", "Lộc Hà", 18.4600, 105.8880, townships="Lộc Hà",
              communes="Bình An, Hộ Độ, Hồng Lộc, Ích Hậu, Mai Phụ, Phù Lưu, Tân Lộc, Thạch Châu, Thạch Kim, "
                       "Thạch Mỹ, "
                       "Thịnh Lộc"),
)  # fmt: skip
