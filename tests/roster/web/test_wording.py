"""Repetitions read as people say them."""

from datetime import UTC, datetime, time

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from roster import paths
from roster.vietnam.office_hours import ZONE
from roster.web import wording


@pytest.fixture
def app() -> Flask:
    app = Flask("words")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(paths.TRANSLATIONS)
    Babel(app)
    return app


@pytest.fixture
def words(app: Flask):
    def of(rule, language):
        with app.test_request_context(), force_locale(language):
            return wording.rule_in_words(rule)

    return of


@pytest.mark.parametrize(
    ("rule", "vietnamese", "english"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,FR", "hằng tuần vào Thứ Hai và Thứ Sáu", "every Monday and Friday"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", "2 tuần một lần vào Chủ Nhật", "every 2 weeks on Sunday"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "từ thứ Hai đến thứ Sáu hằng tuần", "every day from Monday to Friday"),
        ("FREQ=DAILY", "hằng ngày", "every day"),
        ("FREQ=MONTHLY;BYDAY=1SU", "theo quy tắc FREQ=MONTHLY;BYDAY=1SU", "by the rule FREQ=MONTHLY;BYDAY=1SU"),
    ],
)
def test_a_repetition_reads_as_people_say_it(words, rule, vietnamese, english):
    assert (words(rule, "vi"), words(rule, "en")) == (vietnamese, english)


@pytest.mark.parametrize(
    ("rule", "parts"),
    [
        ("FREQ=WEEKLY;BYDAY=MO,FR", ([0, 4], 1)),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", ([6], 2)),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=3", None),
        ("FREQ=MONTHLY;BYDAY=1SU", None),
    ],
)
def test_only_plain_weekly_rules_fit_the_tick_boxes(rule, parts):
    assert wording.weekly_parts(rule) == parts


def test_whoever_was_forgotten_is_somebody_and_no_dash():
    app = Flask("words")
    Babel(app)
    with app.test_request_context(), force_locale("en"):
        kept = [wording.somebody(name) for name in ("–", "– (Chi đoàn A)", "Nguyễn Thị Lan", "Lan")]

    assert kept == ["Somebody", "Somebody", "Nguyễn Thị Lan", "Lan"]


@pytest.mark.parametrize(("language", "told"), [("vi", "22:00–06:00 hôm sau"), ("en", "22:00–06:00 the next day")])
def test_hours_past_midnight_say_that_they_end_on_the_next_day(app: Flask, language: str, told: str):
    with app.test_request_context(), force_locale(language):
        assert wording.hours(time(22), time(6)) == told
        assert wording.hours(time(7, 30), time(11, 30)) == "07:30–11:30"


@pytest.mark.parametrize(
    ("clock", "words"),
    [("2026-11-22 21:00", "Hôm nay"), ("2026-11-23 02:00", "Đang diễn ra"), ("2026-11-21 23:00", "Ngày mai")],
)
def test_a_night_that_began_yesterday_is_under_way_and_not_called_todays(app: Flask, clock, words):
    starts, now = (datetime.fromisoformat(moment).replace(tzinfo=ZONE) for moment in ("2026-11-22 22:00", clock))
    with app.test_request_context(), force_locale("vi"):
        assert wording.soon(starts, now.astimezone(UTC)) == words
