"""The audit trail says what was changed in words and by the reader's clock."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from roster.models import ConsentKind, DayKind, FeedKind, RoleKind
from roster.queries.audit import AuditRow
from roster.services.turns import Way
from roster.web.audit_words import details


def told(**facts: object) -> dict[str, str]:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return dict(details(AuditRow(1, at, "", "shift.change", "", "", list(facts.items()))))


def test_moments_are_told_by_the_readers_clock(app: Flask):
    with app.test_request_context():
        assert told(before=["2026-11-23T00:30:00+00:00", "2026-11-23T11:00:00+07:00"]) == {
            "Trước": "07:30 23/11/26 – 11:00 23/11/26"
        }
        assert told(first_day="2026-11-23") == {"Ngày đầu": "23/11/26"}


def test_a_word_with_a_t_is_no_moment_and_a_number_is_told_as_it_is(app: Flask):
    with app.test_request_context():
        assert told(name="Trực sáng", asked=3) == {"Tên": "Trực sáng", "Số người được hỏi": "3"}


def test_a_truth_is_yes_or_no_and_what_only_the_service_knows_is_left_out(app: Flask):
    with app.test_request_context():
        assert told(claims_agreed=True, revision=4, run_id=7) == {"Nhận chỗ phải duyệt": "có"}


@pytest.mark.parametrize(
    ("fact", "codes"), [("way", Way), ("kind", [*ConsentKind, *DayKind, *FeedKind, *RoleKind]), ("rule", ["rest"])]
)
def test_no_code_is_shown_as_it_is_kept(app: Flask, fact: str, codes: list[str]):
    with app.test_request_context():
        assert [code for code in codes if str(code) in told(**{fact: str(code)}).values()] == []
