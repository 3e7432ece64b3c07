"""A demo's passwords and calendar addresses are kept once, for their owner alone."""

import json

from roster.demo import credentials
from roster.demo.credentials import Credentials


def some(scenario="quy-nhon-center", base="http://127.0.0.1:8000") -> Credentials:
    logins = ({"role": "volunteer", "name": "Đào Thị Ánh", "password": "secret"},)
    return Credentials(scenario, base, logins, {"site": "/feeds/x.ics"})


def test_nothing_is_known_before_the_first_demo(tmp_path):
    assert credentials.read(tmp_path) == {}


def test_what_is_kept_is_read_back_and_only_its_owner_may_read_it(tmp_path):
    credentials.keep(tmp_path, some())

    assert credentials.read(tmp_path) == {"quy-nhon-center": some()}
    assert (tmp_path / credentials.FILE).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [credentials.FILE]


def test_the_scenario_shown_last_comes_last_and_the_others_stay(tmp_path):
    for scenario in ("quy-nhon-center", "ha-tinh-saturday", "quy-nhon-center"):
        credentials.keep(tmp_path, some(scenario))

    assert list(credentials.read(tmp_path)) == ["ha-tinh-saturday", "quy-nhon-center"]


def test_keeping_survives_an_earlier_attempt_that_was_broken_off(tmp_path):
    (tmp_path / f"{credentials.FILE}.new").write_text("half of it")

    credentials.keep(tmp_path, some())

    assert credentials.read(tmp_path) == {"quy-nhon-center": some()}


def test_the_links_have_the_shape_scripts_rely_on():
    shown = some(base="http://127.0.0.1:8080").as_links()

    assert json.loads(json.dumps(shown)) == {
        "base": "http://127.0.0.1:8080",
        "logins": [{"role": "volunteer", "name": "Đào Thị Ánh", "password": "secret"}],
        "feeds": {"site": "http://127.0.0.1:8080/feeds/x.ics"},
    }
