"""Web push as its standards say: an example of RFC 8291 to the octet, and signatures a push service accepts."""

from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec

from roster import webpush
from roster.webpush import BadKey, Subscription, decoded, encoded
from tests.browsers import Browser, signed_claims

KEPT = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
ENDPOINT = "https://push.example.net:8443/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV"
POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"


def test_the_example_of_rfc_8291_section_5_comes_out_to_the_octet():
    ours = ec.derive_private_key(int.from_bytes(decoded(KEPT), "big"), webpush.CURVE)

    body = webpush.encrypt(
        b"When I grow up, I want to be a watermelon",
        Subscription(ENDPOINT, POINT, AUTH),
        salt=decoded("DGv6ra1nlYgDCS1FRnbzlw"),
        ours=ours,
    )

    assert encoded(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A"
        "_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_only_the_browser_it_is_for_reads_it_and_the_longest_fits_one_record():
    lan, binh = Browser(), Browser()
    longest = b'"' + b"a" * (webpush.LONGEST - 2) + b'"'

    body = webpush.encrypt(longest, lan.subscribes(ENDPOINT))

    assert lan.reads(body) == "a" * (webpush.LONGEST - 2)
    assert len(body) == webpush.RECORD
    with pytest.raises(InvalidTag):
        binh.reads(body)
    with pytest.raises(ValueError, match="more than"):
        webpush.encrypt(longest + b" ", lan.subscribes(ENDPOINT))


def test_a_push_service_learns_who_sends_and_that_it_is_meant():
    now = datetime(2026, 11, 22, tzinfo=UTC)

    header = webpush.authorization(KEPT, ENDPOINT, contact="https://roster.example.vn", now=now)

    claims = signed_claims(header, webpush.public_key(KEPT))
    assert claims == {
        "aud": "https://push.example.net:8443",
        "exp": int(now.timestamp()) + 12 * 60 * 60,
        "sub": "https://roster.example.vn",
    }


@pytest.mark.parametrize(
    ("point", "auth"), [("", AUTH), (POINT[:-4], AUTH), (POINT.replace("BCVx", "BCVy"), AUTH), (POINT, "short")]
)
def test_what_no_browser_would_give_is_refused(point: str, auth: str):
    webpush.require_good(Subscription(ENDPOINT, POINT, AUTH))

    with pytest.raises(BadKey):
        webpush.require_good(Subscription(ENDPOINT, point, auth))


@pytest.mark.parametrize(
    "subscription",
    [
        Subscription(ENDPOINT, POINT + "\x00" * 100, AUTH),
        Subscription(ENDPOINT, POINT, AUTH + "=" * 100),
        Subscription("https://[push.example.net/1", POINT, AUTH),
    ],
)
def test_what_no_column_holds_and_no_letter_could_be_sent_to_is_refused(subscription: Subscription):
    with pytest.raises(BadKey):
        webpush.require_good(subscription)
