"""The navigation marks where the reader is: one entry, also on a page that came back from a form."""

import pytest
from flask import Flask

from roster.web.context import ENTRIES, _is_here


@pytest.mark.parametrize(
    ("path", "method", "here"),
    [
        ("/me/", "GET", ["me.index"]),
        ("/me/availability", "GET", ["me.availability_page"]),
        ("/me/availability/exceptions", "POST", ["me.availability_page"]),
    ],
)
def test_one_entry_is_marked(app: Flask, path: str, method: str, here: list[str]):
    with app.test_request_context(path, method=method):
        assert [entry.endpoint for entry in ENTRIES if _is_here(entry)] == here
