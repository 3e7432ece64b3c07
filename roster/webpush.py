"""Web push: the installation's key pair, and messages that only one browser can read.

A push service (Google's, Mozilla's, Apple's) carries what it cannot open: the body is encrypted for the browser (RFC
8291, in the coding of RFC 8188) and the request signed with our own key (VAPID, RFC 8292). Apprise knows this as well,
but lets a push service keep a message for a minute at most, and a phone is in a pocket for longer.
"""

import base64
import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256 (SEC 2, 2.4.2)."""
RECORD = 4096
"""Octets of one record; no push service has to take more (RFC 8030, section 7.2)."""
LONGEST = RECORD - 16 - 1 - 86
"""Octets of a message: a record without its tag, delimiter and header."""
SIGNED_FOR = timedelta(hours=12)
"""RFC 8292 allows a day; a clock may be wrong."""


class BadKey(ValueError):
    """Not a key of the kind that was expected."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """One browser on one device. `p256dh` and `auth` as it gave them: its public key and a secret, in base64url."""

    endpoint: str
    p256dh: str
    auth: str


def require_good(subscription: Subscription) -> None:
    """Raises BadKey unless somebody could be written to by it."""
    try:
        point, secret = decoded(subscription.p256dh), decoded(subscription.auth)
        _ = _public(point)
        _ = urlsplit(subscription.endpoint)
    except ValueError as error:
        raise BadKey("no key or no address of a browser") from error
    if len(secret) != 16:
        raise BadKey("no secret of a browser")
    if (encoded(point), encoded(secret)) != (subscription.p256dh, subscription.auth):
        raise BadKey("more than a key of a browser")  # base64 is read past whatever else there is


def public_key(kept: str) -> str:
    """What browsers subscribe with: the public half of the key that this installation keeps, in base64url."""
    return encoded(_point(_private(kept).public_key()))


def authorization(kept: str, endpoint: str, *, contact: str, now: datetime) -> str:
    """The header that says who sends (RFC 8292, section 3). `contact`: an https or mailto address of ours."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int((now + SIGNED_FOR).timestamp()), "sub": contact}
    head, body = ({"typ": "JWT", "alg": "ES256"}, claims)
    signed = ".".join(encoded(json.dumps(part, separators=(",", ":")).encode()) for part in (head, body))
    r, s = decode_dss_signature(_private(kept).sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    signature = encoded(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={signed}.{signature}, k={public_key(kept)}"


def encrypt(
    message: bytes, to: Subscription, *, salt: bytes = b"", ours: ec.EllipticCurvePrivateKey | None = None
) -> bytes:
    """The body of a push message, in one record (RFC 8291, section 3). `salt`, `ours`: fixed only to test vectors.

    Raises ValueError for more than LONGEST octets.
    """
    if len(message) > LONGEST:
        raise ValueError(f"{len(message)} octets are more than the {LONGEST} of a push message")
    salt, ours = salt or os.urandom(16), ours or ec.generate_private_key(CURVE)
    theirs, sender = decoded(to.p256dh), _point(ours.public_key())
    shared = ours.exchange(ec.ECDH(), _public(theirs))
    secret = _derived(shared, decoded(to.auth), b"WebPush: info\x00" + theirs + sender, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\x00", 12)
    header = salt + RECORD.to_bytes(4, "big") + bytes([len(sender)]) + sender
    return header + AESGCM(key).encrypt(nonce, message + b"\x02", None)


def encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _private(kept: str) -> ec.EllipticCurvePrivateKey:
    number = int.from_bytes(decoded(kept), "big")
    if not 0 < number < ORDER:
        raise BadKey("the key of web push is no number of its curve")
    return ec.derive_private_key(number, CURVE)


def _public(point: bytes) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)
