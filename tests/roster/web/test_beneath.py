"""The page on which all units beneath are planned together: it follows the runs, and ends with the last of them."""

import re

import pytest

from tests.builders import MONDAY
from tests.roster.web.test_places import as_user, later, week

__all__ = ["as_user", "later", "week"]  # the same week


@pytest.fixture
def page(week) -> str:
    return f"/plan/{week.unit}/{MONDAY}/beneath"


def test_the_page_follows_the_runs_until_all_are_over(as_user, page):
    client = as_user("coordinator")
    client.post("/preferences/", data={"language": "en"})
    assert "Not planned yet." in client.get(page).text

    asked = client.post(f"{page}/plan")
    assert (asked.status_code, asked.location) == (303, page)
    assert "Stop all and keep the best so far" in client.get(page).text

    lines = client.get(page, headers={"HX-Request": "true"})
    assert "Waiting for a free worker" in lines.text
    assert 'hx-trigger="every 2s"' in lines.text
    assert "HX-Refresh" not in lines.headers

    client.post(f"{page}/cancel")
    lines = client.get(page, headers={"HX-Request": "true"})
    assert "Stopped before any roster was found." in lines.text
    assert lines.headers["HX-Refresh"] == "true"


def test_of_two_who_press_at_once_the_second_reads_who_was_first_and_starts_nothing_twice(as_user, page):
    clients = [as_user("coordinator") for _ in range(2)]
    for client in clients:
        client.post("/preferences/", data={"language": "en"})
    seen = re.search(r'name="seen" value="(\d+)"', clients[1].get(page).text)[1]

    first, second = (client.post(f"{page}/plan", data={"seen": seen}, follow_redirects=True) for client in clients)

    assert "One week is being planned." in first.text
    assert "had one of these weeks planned. Look at it" in second.text
    third = clients[1].post(f"{page}/plan", data={"seen": int(seen) + 1}, follow_redirects=True)
    assert "All of these weeks are being planned already." in third.text


@pytest.mark.parametrize("who", ["stranger", "lan"])
def test_nobody_else_sees_it_starts_or_stops_anything(as_user, page, who):
    client = as_user(who)

    answers = [client.get(page), client.post(f"{page}/plan"), client.post(f"{page}/cancel")]

    assert {answer.status_code for answer in answers} == {403}
