"""Programs are named as their users know them."""

import pytest

from roster.feeds.clients import client_name


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Google-Calendar-Importer", "Google"),
        ("iOS/18.1 (22B83) dataaccessd/1.0", "iPhone, iPad"),
        ("macOS/15.1 (24B83) CalendarAgent/1140", "Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4", "Thunderbird"),
        ("Microsoft.Exchange/15.20 (Windows NT 10.0; Win64; x64)", "Outlook"),
        ("ICSx5/2.3.1 (ical4j/3.2.19)", "ICSx⁵"),
        ("Evolution/3.52.3", "GNOME"),
        ("vdirsyncer/0.21.0", "vdirsyncer"),
        ("Mozilla/5.0 (Windows NT 10.0) Firefox/133.0", "Web"),
        ("curl/8.5.0", "curl"),
        ("", ""),
        ("\x00<script>", ""),
    ],
)
def test_a_program_is_known_by_its_user_agent(user_agent, name):
    assert client_name(user_agent) == name


def test_a_name_fits_its_column():
    assert len(client_name("x" * 5000)) <= 100
