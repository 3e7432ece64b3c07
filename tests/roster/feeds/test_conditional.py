"""RFC 9110's conditions and encodings, clause by clause."""

from datetime import UTC, datetime

import pytest

from roster.feeds.conditional import Outcome, accepts_gzip, http_date, outcome

MODIFIED = datetime(2026, 11, 21, 8, 0, 0, tzinfo=UTC)
SAME, EARLIER, LATER = "Sat, 21 Nov 2026 08:00:00 GMT", "Sat, 21 Nov 2026 07:59:59 GMT", "Sat, 21 Nov 2026 08:00:01 GMT"


def judged(**fields):
    return outcome({f"HTTP_{name.upper()}": value for name, value in fields.items()}, "abc", MODIFIED)


@pytest.mark.parametrize("field", ['"abc"', 'W/"abc"', '"x", "abc"', '"x" , W/"abc"', "*", ' "abc" ', '"a,b","abc"'])
def test_a_tag_that_matches_means_not_modified(field):
    assert judged(if_none_match=field) is Outcome.NOT_MODIFIED


@pytest.mark.parametrize("field", ['"abcd"', '"x"', "abc", "", '"ABC"', '"x,abc"'])
def test_a_tag_that_differs_means_the_whole_answer(field):
    assert judged(if_none_match=field) is Outcome.OK


@pytest.mark.parametrize(("field", "expected"), [(SAME, 304), (LATER, 304), (EARLIER, 200)])
def test_time_decides_if_there_is_no_tag(field, expected):
    assert judged(if_modified_since=field) == expected


def test_a_tag_outweighs_the_time():
    assert judged(if_none_match='"x"', if_modified_since=LATER) is Outcome.OK
    assert judged(if_none_match='"abc"', if_modified_since=EARLIER) is Outcome.NOT_MODIFIED


@pytest.mark.parametrize("field", ["yesterday", "2026-11-21", "Sat, 99 Nov 2026 08:00:00 GMT", "", "0"])
def test_a_time_that_is_none_is_ignored(field):
    assert judged(if_modified_since=field) is Outcome.OK
    assert judged(if_unmodified_since=field) is Outcome.OK


@pytest.mark.parametrize(
    "field", ["Saturday, 21-Nov-26 08:00:00 GMT", "Sat Nov 21 08:00:00 2026", "Sat, 21 Nov 2026 08:00:00 +0000"]
)
def test_the_two_old_forms_of_dates_are_read_too(field):
    assert judged(if_modified_since=field) is Outcome.NOT_MODIFIED


def test_if_match_compares_strongly_and_comes_first():
    assert judged(if_match='"abc"') is Outcome.OK
    assert judged(if_match="*") is Outcome.OK
    assert judged(if_match='W/"abc"') is Outcome.PRECONDITION_FAILED
    assert judged(if_match='"x"', if_none_match='"abc"') is Outcome.PRECONDITION_FAILED


def test_if_unmodified_since_counts_only_without_if_match():
    assert judged(if_unmodified_since=EARLIER) is Outcome.PRECONDITION_FAILED
    assert judged(if_unmodified_since=SAME) is Outcome.OK
    assert judged(if_unmodified_since=EARLIER, if_match='"abc"') is Outcome.OK


def test_dates_are_written_as_rfc_9110_wants():
    assert http_date(MODIFIED.replace(microsecond=999)) == SAME


@pytest.mark.parametrize(
    "field",
    ["gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8, *;q=0.1", "*", "GZIP", "x-gzip", "identity;q=0.5, gzip"],
)
def test_gzip_is_sent_to_those_who_take_it(field):
    assert accepts_gzip(field)


@pytest.mark.parametrize(
    "field",
    ["", "identity", "gzip;q=0", "gzip;q=0.000", "*;q=0", "br", "identity, gzip;q=0.5", "gzip;q=x", "*, gzip;q=0"],
)
def test_plain_bytes_are_sent_to_the_others(field):
    assert not accepts_gzip(field)
