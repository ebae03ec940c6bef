"""The nightly check of the audit log and the day's table for managers."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError
from sqlmodel import col

from actions.answers import inbox
from actions.context import Work
from actions.log import audit
from actions.post import outbox
from models.audit import Event
from models.damage import DamageKind
from models.request import AccessRequest, Status
from service import anchors
from service.damage import files, looking
from service.damage.checks import LOOKED
from states.words.requests import STATUS_LABELS
from views.board.turns import is_late
from wiring.work import Installation

_LETTERS = 1000  # of the last ones sent, whose anchors are compared


def sweep(installation: Installation) -> dict[str, object]:
    """The verdict on the log, what is damaged, the day's figures, for the artifact. Raises Damaged for a database that cannot be read."""
    damage = looking.look(installation)
    try:
        return {
            **_checked(installation, damage),
            "damage": [line for told in damage.values() for line in told.values()],
        }
    except DatabaseError as error:
        if not damage[DamageKind.DATABASE]:
            raise
        raise looking.damaged(damage) from error


def _checked(installation: Installation, damage: looking.Found) -> dict[str, object]:
    orphans = files.orphans(installation)
    with installation.work("ночная проверка") as work:
        known = anchors.kept(installation.settings)
        outside = [*known.anchors, *(told for _, told in anchors.mailed(installation, work.session, _LETTERS))]
        verdict = audit.verify(work.session, outside, anchors.seals(installation.settings))
        why = verdict.why or anchors.contradiction(installation, work.session, 0)
        ok = not why
        audit.record(work, "audit.checked", "audit", ok=ok, events=verdict.events)
        told = {kind.value: len(which) for kind, which in damage.items()}
        audit.record(work, LOOKED, "data", ok=not any(told.values()), orphans=len(orphans), **told)
        found: dict[str, object] = {"audit": {**verdict.as_json(), "ok": ok}, "why": why, "day": day_of(work)}
    if ok:
        anchors.keep(installation)
    return found


def day_of(work: Work) -> list[dict[str, object]]:
    """Rows of the day's table: what stands where, what is late, what waits for a person."""
    by_status = select(col(AccessRequest.status), func.count()).group_by(col(AccessRequest.status))
    counted: dict[Status, int] = dict(row._tuple() for row in work.session.execute(by_status))
    late = work.session.execute(select(func.count()).select_from(AccessRequest).where(is_late(work))).scalar_one()
    yesterday = work.now - dt.timedelta(days=1)
    sent = work.session.execute(
        select(func.count()).where(col(Event.action) == "letter.sent", col(Event.at) >= yesterday)
    ).scalar_one()
    letters = outbox.counts(work)
    rows: list[dict[str, object]] = [
        {"Показатель": f"Заявки: {STATUS_LABELS[status]}", "Сколько": counted.get(status, 0)} for status in Status
    ]
    return [
        *rows,
        {"Показатель": "Ответ просрочен", "Сколько": late},
        {"Показатель": "Писем отправлено за сутки", "Сколько": sent},
        {"Показатель": "Писем не ушло", "Сколько": letters.get("failed", 0)},
        {"Показатель": "Писем с неясной судьбой", "Сколько": letters.get("uncertain", 0)},
        {"Показатель": "Писем ждут решения человека", "Сколько": len(inbox.triage(work))},
    ]
