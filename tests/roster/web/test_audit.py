"""The audit trail says what was changed in words and by the reader's clock."""

from flask import Flask

from roster.web.audit import _in_words


def test_moments_are_told_by_the_readers_clock(app: Flask):
    with app.test_request_context():
        assert (
            _in_words(["2026-11-23T00:30:00+00:00", "2026-11-23T11:00:00+07:00"]) == "07:30 23/11/26 – 11:00 23/11/26"
        )


def test_a_word_with_a_t_is_no_moment(app: Flask):
    with app.test_request_context():
        assert [_in_words("Trực sáng"), _in_words(3)] == ["Trực sáng", "3"]
