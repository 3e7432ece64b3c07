"""Whom an account may make links for: asked by whoever makes one, and by the pages that offer it."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from roster import access
from roster.models import Account, AuditEntry, RoleKind, Unit


def let_in_by(session: Session, account: Account, others: Collection[Account]) -> set[int]:
    """By id, those of the others for whom the account may make a link.

    It stands above every role of theirs, and, where the link lets somebody choose another password, above those they
    once had: what their holder was told since stands in their inbox.
    """
    above = [one for one in others if access.may_manage_account(account, one)]
    settled = {f"account:{one.id}": one.id for one in above if one.password_hash and one is not account}
    past = select(AuditEntry.subject, AuditEntry.facts, Unit).join(Unit, Unit.id == AuditEntry.unit_id)
    taken = past.where(AuditEntry.subject.in_(settled), AuditEntry.action == "role.revoke")
    barred = {
        settled[subject]
        for subject, facts, unit in (session.execute(taken) if settled else ())
        if not access.may_grant(account, RoleKind(facts["kind"]), unit)
    }
    return {one.id for one in above} - barred
