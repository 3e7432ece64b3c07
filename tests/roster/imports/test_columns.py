"""Which column holds what is found as a reader would find it."""

import pytest

from roster.imports import columns

LAN = ("1", "Nguyễn Thị Lan", "12/03/2005", "0912345678")


@pytest.mark.parametrize(
    ("labels", "fields"),
    [
        (("STT", "Họ và tên", "Ngày sinh", "Số ĐT"), ("", "full_name", "birth_date", "phone")),
        (
            ("Số TT", "HỌ TÊN ĐOÀN VIÊN", "Ngày, tháng, năm sinh", "SĐT (Zalo)"),
            ("", "full_name", "birth_date", "phone"),
        ),
        (("No", "Full name", "Date of birth", "Mobile"), ("", "full_name", "birth_date", "phone")),
        (("Họ đệm", "Tên", "Lớp", "Thư điện tử"), ("full_name", "given_name", "unit", "email")),
        (("Tên", "Điện thoại phụ huynh", "Điện thoại", "Tên đơn vị"), ("full_name", "", "phone", "unit")),
        (("Đội hình", "Chứng nhận tập huấn", "Họ tên", "Nơi sinh"), ("team", "qualifications", "full_name", "")),
    ],
)
def test_names_of_columns_are_known_in_many_forms(labels: tuple[str, ...], fields: tuple[str, ...]):
    assert columns.guess([labels, LAN]).columns == fields


def test_the_row_of_names_is_found_beneath_titles():
    rows = [("DANH SÁCH TÌNH NGUYỆN VIÊN", "", "", ""), ("", "", "", ""), ("STT", "Họ tên", "NS", "SĐT"), LAN]

    assert columns.guess(rows) == columns.Layout(2, ("", "full_name", "birth_date", "phone"))


def test_a_merged_name_over_two_columns_takes_the_second_for_the_given_name():
    rows = [("Họ và tên", "", "SĐT"), ("Nguyễn Thị", "Lan", "0912345678"), ("Trần Văn", "Đức", "0987654321")]

    assert columns.guess(rows).columns == ("full_name", "given_name", "phone")


def test_without_names_of_columns_their_content_tells():
    rows = [("0912345678", "Nguyễn Thị Lan", "12/03/2005", "a@b.vn"), ("0987654321", "Trần Đức", "1/2/2004", "c@d.vn")]

    assert columns.guess(rows) == columns.Layout(None, ("phone", "full_name", "birth_date", "email"))
