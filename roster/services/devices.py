"""Devices: the browsers somebody wants to be told in, turned on and off one by one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from roster import webpush
from roster.errors import FieldError, NotFound
from roster.models import Account, PushDevice
from roster.services import audit, fields
from roster.webpush import Subscription

MOST = 10
"""Devices of one account; the one turned on first makes room."""
LONGEST_ENDPOINT = 1000


def turn_on(session: Session, subscription: Subscription, *, label: str, by: Account, now: datetime) -> PushDevice:
    """Tell `by` in this browser from now on; whoever was told in it before is not any more.

    Raises FieldError (`endpoint`: `not_a_browser`).
    """
    _require_good(subscription)
    session.execute(delete(PushDevice).where(PushDevice.endpoint == subscription.endpoint))
    for surplus in _working(session, by)[MOST - 1 :]:
        session.delete(surplus)
    device = PushDevice(
        account_id=by.id,
        endpoint=subscription.endpoint,
        p256dh=subscription.p256dh,
        auth=subscription.auth,
        label=fields.one_line(label, "label", longest=60, required=False),
        created_at=now,
    )
    session.add(device)
    session.flush()
    audit.record(session, "device.on", f"device:{device.id}", by=by, now=now, unit=by.home)
    return device


def turn_off(session: Session, device_id: int, *, by: Account, now: datetime) -> None:
    """Raises NotFound: also for the device of somebody else."""
    device = session.get(PushDevice, device_id)
    if device is None or device.account_id != by.id:
        raise NotFound(what="device", id=device_id)
    session.delete(device)
    audit.record(session, "device.off", f"device:{device_id}", by=by, now=now, unit=by.home)


def leave(session: Session, device: PushDevice, *, by: Account, now: datetime) -> None:
    """Tell nobody in a browser any more in which somebody else, `by`, has signed in."""
    session.delete(device)
    audit.record(session, "device.off", f"device:{device.id}", by=by, now=now, unit=by.home)


def of_account(session: Session, account: Account) -> Sequence[PushDevice]:
    """Every device of the account, the latest first, those that are gone as well."""
    mine = select(PushDevice).where(PushDevice.account_id == account.id)
    return session.scalars(mine.order_by(PushDevice.id.desc())).all()


def gone(session: Session, device_id: int | None, *, now: datetime) -> None:
    """Its push service no longer knows it: it stays on its owner's list, and nothing is sent there any more."""
    device = session.get(PushDevice, device_id) if device_id else None
    if device is not None:
        device.gone_at = device.gone_at or now


def _working(session: Session, account: Account) -> list[PushDevice]:
    return [device for device in of_account(session, account) if device.gone_at is None]


def _require_good(subscription: Subscription) -> None:
    try:
        webpush.require_good(subscription)
    except webpush.BadKey:
        raise FieldError(field="endpoint", reason="not_a_browser") from None
    if not subscription.endpoint.startswith("https://") or len(subscription.endpoint) > LONGEST_ENDPOINT:
        raise FieldError(field="endpoint", reason="not_a_browser")
