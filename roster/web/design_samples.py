"""Invented values for the design page, in the shapes the component macros name in their comments.

Names of people and places are made up; words around them go through gettext like those of any page.
"""

import re
from datetime import date, timedelta
from typing import Any

from flask import current_app
from flask_babel import format_date
from flask_babel import gettext as _

from roster import paths
from roster.web.assets import asset
from roster.web.forms import Form
from roster.web.qr_codes import qr_code

MONDAY = date(2026, 11, 23)
MORNING, AFTERNOON = "07:30–11:30", "13:30–17:00"
CENTER = "Trung tâm Phục vụ hành chính công tỉnh"
ADDRESS = "http://127.0.0.1:8000/feeds/volunteer/khong-phai-dia-chi-that.ics"


def a_form() -> Form:
    """A form that came back: one field refused, everything typed still there."""
    typed = {"name": "Võ Thị Ánh Nguyệt", "phone": "0912 34", "unit": "it", "turns": "2", "consent": "1"}
    return Form(typed, {"phone": _("This is no phone number that can exist.")})


def a_grid() -> dict[str, Any]:
    days = [_grid_day(number) for number in range(6)]
    return {
        "caption": _("Roster of week %(week)s, by site and day", week=48),
        "days": days,
        "rows": [
            _grid_row(CENTER, _("at least 2 each working day"), "a", _CENTER_CELLS),
            _grid_row("Bộ phận Một cửa phường Quy Nhơn", "", "b", _DESK_CELLS),
        ],
    }


_CENTER_CELLS: list[list[tuple[str, int, str]]] = [
    [(MORNING, 2, "Lan! Đức"), (AFTERNOON, 2, "Ánh Bảo")],
    [(MORNING, 2, "Hà Khoa+"), (AFTERNOON, 3, "Nguyệt Thảo-")],
    [(MORNING, 2, "Lan Phúc"), (AFTERNOON, 2, "Đức! Trâm!")],
    [(MORNING, 2, "Ánh Quân"), (AFTERNOON, 2, "")],
    [(MORNING, 2, "Hà Bảo Khoa"), (AFTERNOON, 2, "Vy Phúc")],
    [],
]
_DESK_CELLS: list[list[tuple[str, int, str]]] = [
    [(MORNING, 1, "Thảo")],
    [],
    [(MORNING, 1, "Quân")],
    [(MORNING, -1, "")],
    [(MORNING, 1, "Trâm")],
    [("17:30–20:00", 2, "Vy Đức")],
]


def _grid_day(number: int) -> dict[str, Any]:
    note = _("Working Saturday") if number == 5 else ""
    short = number in (1, 3)
    day = MONDAY + timedelta(number)
    return {
        "day": day,
        "note": note,
        "rest": False,
        "today": number == 1,
        "chosen": number == 1,
        "short": short,
        "lacks": number == 4 and not short,
    }


def _grid_row(title: str, detail: str, code: str, cells: list[list[tuple[str, int, str]]]) -> dict[str, Any]:
    slots = [[_slot(f"{code}{day}{nth}", *given) for nth, given in enumerate(cell)] for day, cell in enumerate(cells)]
    return {"title": title, "detail": detail, "href": "#grid", "cells": slots}


def _slot(code: str, hours: str, demand: int, names: str) -> dict[str, Any]:
    """`names`: given names; "!" pinned, "+" new and "-" gone since the last publication. Demand -1: cancelled."""
    people = [_chip(name) for name in names.split()]
    assigned = sum(chip["change"] != "gone" for chip in people)
    return {
        "id": f"shift-{code}",
        "hours": hours,
        "href": "#grid",
        "coverage": {"assigned": assigned, "demand": max(demand, 0)},
        "people": people,
        "cancelled": demand < 0,
        "causes": [_("4 trained people are free then, all 4 are already at their limit of 2 turns.")]
        if assigned < demand
        else [],
        "add_url": "#grid",
    }


def _chip(marked: str) -> dict[str, Any]:
    name = marked.rstrip("!+-")
    change = {"+": "added", "-": "gone"}.get(marked[-1], "")
    return {
        "name": name,
        "full_name": f"Nguyễn {name}",
        "pinned": marked.endswith("!"),
        "change": change,
        "pin_url": "" if change == "gone" else "#grid",
        "remove_url": "" if change == "gone" else "#grid",
        "move_url": "" if change == "gone" else "/design",
        "person_id": 1,
    }


def some_shifts() -> list[dict[str, Any]]:
    plain = {"place": "", "map_href": "", "programme": "", "companions": [], "others": 0, "note": "", "due": ""}
    plain |= {"href": "#shifts"}
    return [
        {
            **plain,
            "day": MONDAY + timedelta(1),
            "hours": AFTERNOON,
            "site": CENTER,
            "place": "127 Hai Bà Trưng, Quy Nhơn",
            "map_href": "#shifts",
            "programme": "Hỗ trợ dịch vụ công trực tuyến",
            "companions": ["Lan", "Đức"],
            "others": 1,
            "status": "",
            "note": _("Bring your volunteer card; the desk opens at %(time)s.", time="13:30"),
        },
        {
            **plain,
            "day": MONDAY + timedelta(5),
            "hours": "07:00–11:00",
            "site": "Nhà văn hóa thôn Hội Tân",
            "companions": ["Ánh"],
            "status": "tentative",
        },
        {
            **plain,
            "day": MONDAY + timedelta(7),
            "hours": MORNING,
            "site": CENTER,
            "status": "cancelled",
            "note": _("The center is closed that day."),
        },
    ]


def some_days() -> list[dict[str, Any]]:
    def a_shift(hours: str, assigned: int, demand: int) -> dict[str, Any]:
        return {
            "hours": hours,
            "title": CENTER,
            "detail": "Lan, Đức" if assigned else "",
            "href": "#days",
            "status": "",
            "coverage": {"assigned": assigned, "demand": demand},
        }

    return [
        {"day": MONDAY, "note": "", "rest": False, "shifts": [a_shift(MORNING, 2, 2), a_shift(AFTERNOON, 1, 2)]},
        {"day": date(2027, 1, 1), "note": _("New Year's Day"), "rest": True, "shifts": []},
        {"day": date(2027, 1, 4), "note": "", "rest": False, "shifts": [a_shift(MORNING, 12, 10)]},
    ]


def an_availability() -> dict[str, Any]:
    halves = [
        {"label": _("Morning"), "icon": "sunrise"},
        {"label": _("Afternoon"), "icon": "sun-medium"},
        {"label": _("Evening"), "icon": "moon-star"},
    ]
    levels = ["preferred", "available", "if_needed", "not", "available", "preferred", ""]
    days = []
    for number in range(7):
        name = format_date(MONDAY + timedelta(number), "EEEE")
        cells = [
            {
                "name": f"half-{number}-{nth}",
                "label": f"{name}, {half['label']}",
                "level": levels[(number * 2 + nth) % 7],
            }
            for nth, half in enumerate(halves)
        ]
        days.append({"label": name, "note": "", "cells": cells})
    return {"halves": halves, "days": days}


def some_turns() -> dict[str, Any]:
    people = [
        ("Đặng Thị Lan", 7, 2),
        ("Trần Minh Đức", 6, 2),
        ("Lê Ngọc Ánh", 6, 1),
        ("Phạm Gia Bảo", 5, 2),
        ("Hồ Thu Hà", 3, 2),
    ]
    return {
        "caption": _("Turns in the last four weeks and in this roster"),
        "rows": [
            {"name": name, "detail": "", "before": before, "now": now, "href": ""} for name, before, now in people
        ],
        "mean": 7.2,
    }


def a_run() -> dict[str, Any]:
    return {
        "title": _("Planning week %(week)s", week=48),
        "percent": 64,
        "sentence": _("Looking for the best roster …"),
        "meter": {
            "filled": 36,
            "possible": 38,
            "wanted": 40,
            "words": _("%(filled)s of %(wanted)s filled", filled=36, wanted=40),
        },
        "levels": [
            {
                "name": _("Places"),
                "reached": _("%(filled)s of %(wanted)s filled", filled=36, wanted=40),
                "possible": _("at most %(possible)s possible", possible=38),
                "proved": False,
            },
            {"name": _("Fairness"), "reached": _("the best possible"), "possible": "", "proved": True},
        ],
        "facts": [(_("People placed"), "36/40"), (_("Time"), "0:07")],
        "cancel_url": "#run",
        "failed": False,
    }


def a_run_over() -> dict[str, Any]:
    return {
        **a_run(),
        "title": _("Last plan"),
        "sentence": _("Proved: as many places are filled as can be."),
        "over": True,
        "cancel_url": "",
    }


def a_spread() -> dict[str, Any]:
    counts = [(0, 3, 1), (1, 4, 2), (2, 18, 6), (3, 38, 40), (4, 9, 21), (5, 0, 2)]
    rows = [{"turns": turns, "people_before": before, "people_now": now} for turns, before, now in counts]
    return {"caption": _("People by number of turns"), "rows": rows}


def a_subscription() -> dict[str, Any]:
    return {
        "id": "sample",
        "webcal_href": ADDRESS.replace("http:", "webcal:"),
        "google_href": "https://calendar.google.com/calendar/r",
        "address": ADDRESS,
        "qr": qr_code(ADDRESS),
    }


def some_people() -> list[dict[str, Any]]:
    return [
        {"name": "Lê Ngọc Ánh", "unit": "Chi đoàn Kế toán K47", "turns": 6, "status": "active"},
        {"name": "Phạm Gia Bảo", "unit": "Chi đoàn Công nghệ thông tin K46", "turns": 5, "status": "invited"},
        {"name": "Trần Minh Đức", "unit": "Chi đoàn Sư phạm Toán K45", "turns": 6, "status": "inactive"},
    ]


def some_tiles() -> list[dict[str, Any]]:
    return [
        {"label": _("Places filled"), "value": 36, "unit": "/ 40", "hint": _("Week %(week)s", week=48)},
        {"label": _("Places short"), "value": 4, "tone": "short"},
        {"label": _("People free"), "value": 58},
        {"label": _("Promise kept"), "value": "5/5", "tone": "good", "hint": _("at least 2 each working day")},
    ]


def some_crumbs() -> list[dict[str, str]]:
    return [{"label": label, "href": "#top"} for label in ("Tỉnh đoàn Bình Định", "Đoàn Đại học Quy Nhơn")]


def icon_names() -> list[str]:
    """Every icon of the sprite that was built."""
    asset("icons.svg")  # says how to build when nothing is
    built = paths.ASSETS / current_app.extensions["assets"]["icons.svg"]
    return re.findall(r'<symbol id="([^"]+)"', built.read_text(encoding="utf-8"))
