"""Personal data of closed requests and of people without roles are erased after the set term, with an act.

The act empties rows and writes down what is owed outside them (models.erasure), in one transaction; who made it pays next
(service.erasing), and so does every later run.
"""

from __future__ import annotations

import datetime as dt
from functools import partial

from sqlalchemy import select
from sqlmodel import col

from actions.checklists import checklist_workers
from actions.context import Work
from actions.keeping.acts import ACTIONS, Act
from actions.keeping.erased_cards import erase_people
from actions.keeping.erased_requests import erase_patients_of, erase_request, patient_fields
from actions.log import audit
from actions.stored import owed
from actions.stored.named import named
from models.audit import Event
from models.erasure import Owed
from models.grant import Grant
from models.request import AccessRequest
from states.statuses import CLOSED

_OWED = (Owed.PAGES, Owed.MEMORY, Owed.COPIES)


def closed_due(work: Work, at: dt.datetime) -> list[AccessRequest]:
    """Closed requests whose term for employees' data is over at that moment."""
    query = select(AccessRequest).where(
        col(AccessRequest.status).in_(CLOSED),
        col(AccessRequest.status_since) < at - dt.timedelta(days=work.policy.retention_days),
        col(AccessRequest.erased_on).is_(None),
    )
    return [request for request in work.session.execute(query).scalars().all() if not _in_force(work, request)]


def patients_due(work: Work, at: dt.datetime) -> list[AccessRequest]:
    """Closed requests whose term for patients' data is over at that moment (SKL-3, SKL-5)."""
    kinds = [code for code, kind in work.catalog.kinds.items() if patient_fields(kind)]
    query = select(AccessRequest).where(
        col(AccessRequest.kind).in_(kinds),
        col(AccessRequest.status).in_(CLOSED),
        col(AccessRequest.status_since) < at - dt.timedelta(days=work.policy.patient_days),
        col(AccessRequest.patients_erased_on).is_(None),
        col(AccessRequest.erased_on).is_(None),
    )
    return list(work.session.execute(query).scalars().all())


def acts(work: Work, limit: int = 20) -> list[Event]:
    """Events of what was erased, the newest first."""
    query = select(Event).where(col(Event.action).in_(ACTIONS)).order_by(col(Event.seq).desc())
    return list(work.session.execute(query.limit(limit)).scalars())


def erase_due(work: Work) -> int:
    """Erase what is closed longer than the retention term. Returns how many requests lost their personal data."""
    limit, act = work.now - dt.timedelta(days=work.policy.retention_days), Act()
    for request in closed_due(work, work.now):
        erase_request(work, request, act)
    act.workers, act.items = checklist_workers.erase_done(work, limit)
    erase_people(work, limit, act)
    if act:
        event = audit.record(
            work,
            "erasure.act",
            "erasure",
            requests=list(act.requests),
            employees=act.cards,
            workers=act.workers,
            checklist_items=len(act.items),
            ground="152-ФЗ, ст. 21",
            term_days=work.policy.retention_days,
        )
        owe(work, act, event)
    return len(act.requests)


def erase_patients(work: Work) -> int:
    """Patients' data of closed requests have a term of their own (SKL-3, SKL-5). Returns how many requests lost them."""
    act = Act()
    for request in patients_due(work, work.now):
        erase_patients_of(work, request, act)
    if act:
        event = audit.record(
            work, "patients.erased", "erasure", requests=act.patients, term_days=work.policy.patient_days
        )
        owe(work, act, event)
    return len(act.patients)


def owe(work: Work, act: Act, event: Event) -> None:
    """What an act leaves to do outside the transaction; files are owed where they lost their names."""
    owed.owe_line(work, act.at(work.session, event).as_json())
    owed.owe(work, *_OWED)
    needed = named(work)
    for debt in owed.debts(work, Owed.FILE):
        if debt.what not in needed:  # at once, where nothing kills us before
            work.after_commit.append(partial(owed.deleted, work.files, debt.what))


def _in_force(work: Work, request: AccessRequest) -> bool:
    """A role still held needs its evidence."""
    query = select(col(Grant.id)).where(col(Grant.request_id) == request.id, col(Grant.until).is_(None)).limit(1)
    return work.session.execute(query).first() is not None
