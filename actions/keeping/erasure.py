"""Personal data of closed requests and of people without roles are erased after the set term, with an act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial

from sqlalchemy import and_, exists, or_, select, update
from sqlmodel import col

from actions.cards import names, people
from actions.checklists import checklist_workers
from actions.context import Work
from actions.corrections.standing import without_words
from actions.log import audit
from actions.post import links
from actions.steps import comments
from catalog.kinds import RequestKind
from models.audit import Event
from models.checklist import ChecklistItem, ChecklistWorker, OpenedChecklist
from models.correction import Correction
from models.employee import Employee
from models.grant import EndedFor, Grant
from models.letters import InboxLetter, InboxState, OutboxLetter
from models.person import Person
from models.request import AccessRequest, FormerVersion, RequestedRole, RequestFile, RequestLine
from states.statuses import CLOSED


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
    kinds = [code for code, kind in work.catalog.kinds.items() if _patient_fields(kind)]
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
    query = (
        select(Event).where(col(Event.action).in_(("erasure.act", "patients.erased"))).order_by(col(Event.seq).desc())
    )
    return list(work.session.execute(query.limit(limit)).scalars())


def erase_due(work: Work) -> int:
    """Erase what is closed longer than the retention term. Returns how many requests lost their personal data."""
    limit = work.now - dt.timedelta(days=work.policy.retention_days)
    erased = closed_due(work, work.now)
    for request in erased:
        _erase_request(work, request)
    workers, items = checklist_workers.erase_done(work, limit)
    cards = _erase_people(work, limit)
    if erased or cards or workers or items:
        audit.record(
            work,
            "erasure.act",
            "erasure",
            requests=[request.id for request in erased],
            employees=cards,
            workers=workers,
            checklist_items=items,
            ground="152-ФЗ, ст. 21",
            term_days=work.policy.retention_days,
        )
    return len(erased)


def erase_patients(work: Work) -> int:
    """Patients' data of closed requests have a term of their own (SKL-3, SKL-5). Returns how many requests lost them."""
    found = patients_due(work, work.now)
    for request in found:
        gone = _patient_fields(work.catalog.kind(request.kind))
        request.fields = {name: value for name, value in request.fields.items() if name not in gone}
        request.question, request.note, request.patients_erased_on = None, "", work.now
        _forget_versions(work, request.id)
        comments.erase(work, request.id, authors=False)
        # Papers and scans bear the same data, and so do letters that carried them.
        hashes = [*_file_hashes(work, request.id), *_letter_hashes(work, request.id)]
        work.session.flush()
        _delete(work, hashes)
    if found:
        audit.record(
            work,
            "patients.erased",
            "erasure",
            requests=[request.id for request in found],
            term_days=work.policy.patient_days,
        )
    return len(found)


def _patient_fields(kind: RequestKind) -> set[str]:
    return {field.code for field in kind.fields if field.holds == "patient"}


def _delete(work: Work, hashes: Iterable[str]) -> None:
    for digest in hashes:
        if not _still_used(work, digest):
            work.after_commit.append(partial(work.files.delete, digest))


def _in_force(work: Work, request: AccessRequest) -> bool:
    """A role still held needs its evidence."""
    query = select(col(Grant.id)).where(col(Grant.request_id) == request.id, col(Grant.until).is_(None)).limit(1)
    return work.session.execute(query).first() is not None


def _erase_request(work: Work, request: AccessRequest) -> None:
    request.fields, request.intake, request.signature = {}, [], None
    request.question, request.note, request.erased_on = None, "", work.now
    _forget_versions(work, request.id)
    session, number = work.session, request.id
    session.execute(
        update(RequestLine)
        .where(col(RequestLine.request_id) == number)
        .values(typed={})
        .execution_options(synchronize_session=False)
    )
    lines = select(col(RequestLine.id)).where(col(RequestLine.request_id) == number)
    session.execute(
        update(RequestedRole)
        .where(col(RequestedRole.line_id).in_(lines))
        .values(reason=None, quote=None, ground=None)
        .execution_options(synchronize_session=False)
    )
    comments.erase(work, number)
    letters = select(col(InboxLetter.id)).where(col(InboxLetter.request_id) == number)
    _erase_corrections(work, [f"request:{number}", *(f"inbox:{each}" for each in session.execute(letters).scalars())])
    hashes = [*_file_hashes(work, number), *_letter_hashes(work, number)]
    links.end_of_lines(work, EndedFor.ERASED, col(AccessRequest.id) == number)
    session.flush()
    _delete(work, hashes)


def _forget_versions(work: Work, request_id: int | None) -> None:
    """Which version was refused stays; what it said goes, and it cannot be put back any more."""
    for row in work.session.execute(select(FormerVersion).where(col(FormerVersion.request_id) == request_id)).scalars():
        row.stood, row.lines, row.last_number = {}, [], row.last_number or row.version


def _erase_corrections(work: Work, subjects: Iterable[str]) -> None:
    """That something was put right stays; the words of it go."""
    for row in work.session.execute(select(Correction).where(col(Correction.subject).in_(list(subjects)))).scalars():
        row.why, row.by = "", ""
        row.before, row.after = without_words(row.before), without_words(row.after)


def _file_hashes(work: Work, request_id: int | None) -> list[str]:
    rows = work.session.execute(select(RequestFile).where(col(RequestFile.request_id) == request_id)).scalars().all()
    hashes = [row.sha256 for row in rows]
    for row in rows:
        row.name, row.detail, row.added_by, row.sha256 = "", {}, "", f"erased:{row.sha256}"
    return hashes


def _letter_hashes(work: Work, request_id: int | None) -> list[str]:
    """Letters lose their words; their place in the history stays."""
    hashes = []
    out = work.session.execute(select(OutboxLetter).where(col(OutboxLetter.request_id) == request_id)).scalars()
    for letter in out.all():
        if letter.raw_sha256:
            hashes.append(letter.raw_sha256)
        letter.recipient = letter.subject = letter.text = ""
        letter.made_from = {}
        letter.attachments, letter.error, letter.raw_sha256 = [], None, None
    received = work.session.execute(select(InboxLetter).where(col(InboxLetter.request_id) == request_id)).scalars()
    for entry in received.all():
        hashes.append(entry.sha256)
        entry.sender = entry.subject = ""
        entry.reading, entry.problem, entry.state = {}, None, InboxState.SETTLED
    return hashes


def _still_used(work: Work, digest: str) -> bool:
    query = select(col(RequestFile.id)).where(col(RequestFile.sha256) == digest).limit(1)
    return work.session.execute(query).first() is not None


def _erase_people(work: Work, limit: dt.datetime) -> list[int]:
    """Cards that hold no role in the organisation and all of whose requests there are erased; gives their numbers.

    Where a role came without a request of the organisation, the term counts from the end of the last one.
    """
    own = (
        col(RequestLine.person_id) == col(Employee.person_id),
        col(RequestLine.request_id) == col(AccessRequest.id),
        col(AccessRequest.organisation_id) == col(Employee.organisation_id),
    )
    query = select(Employee).where(
        col(Employee.erased_on).is_(None),
        or_(
            exists().where(*own, col(AccessRequest.erased_on).is_not(None)),
            and_(exists().where(people.OF_GRANT), ~exists().where(people.OF_GRANT, col(Grant.until) >= limit)),
        ),
        ~exists().where(*own, col(AccessRequest.erased_on).is_(None)),
        ~exists().where(people.OF_GRANT, col(Grant.until).is_(None)),
        *(~needed for needed in checklist_workers.still_needed()),
    )
    gone = work.session.execute(query).scalars().all()
    for card in gone:
        _erase_card(work, card)
    return [card.id for card in gone if card.id is not None]


def _erase_card(work: Work, card: Employee) -> None:
    """Rows of an erased employee belong to nobody from now on, also when another organisation still knows the person."""
    card.erased_on, card.email_is_esia, card.unit = work.now, None, None
    for name in ("surname", "given", "patronymic", "fold", "email", "email_fold", "post"):
        setattr(card, name, "")
    work.session.execute(
        update(Grant)
        .where(col(Grant.person_id) == card.person_id, col(Grant.organisation_id) == card.organisation_id)
        .values(told_by="")
        .execution_options(synchronize_session="fetch")
    )
    for former in names.former_names(work, card):
        for name in (
            "surname",
            "given",
            "patronymic",
            "fold",
            "next_surname",
            "next_given",
            "next_patronymic",
            "ground",
        ):
            setattr(former, name, "")
        former.recorded_by = ""
    _erase_corrections(work, [people.subject(card)])
    others = select(col(Employee.id)).where(
        col(Employee.person_id) == card.person_id, col(Employee.id) != card.id, col(Employee.erased_on).is_(None)
    )
    if work.session.execute(others.limit(1)).first() is None:
        card.person.snils, card.person.erased_on = f"erased:{card.person_id}", work.now
    else:
        _part(work, card)
    work.session.flush()


def _part(work: Work, card: Employee) -> None:
    """What the organisation has of him goes over to a person without a number."""
    nobody = Person(snils=f"erased:card-{card.id}", erased_on=work.now)
    work.session.add(nobody)
    work.session.flush()
    requests = select(col(AccessRequest.id)).where(col(AccessRequest.organisation_id) == card.organisation_id)
    lists = select(col(OpenedChecklist.id)).where(col(OpenedChecklist.organisation_id) == card.organisation_id)
    for table, column, here in (
        (RequestLine, "person_id", col(RequestLine.request_id).in_(requests)),
        (OutboxLetter, "person_id", col(OutboxLetter.request_id).in_(requests)),
        (Grant, "person_id", col(Grant.organisation_id) == card.organisation_id),
        (ChecklistWorker, "person_id", col(ChecklistWorker.checklist_id).in_(lists)),
        (ChecklistItem, "assignee_id", col(ChecklistItem.checklist_id).in_(lists)),
    ):
        work.session.execute(
            update(table)
            .where(getattr(table, column) == card.person_id, here)
            .values({column: nobody.id})
            .execution_options(synchronize_session="fetch")
        )
    card.person_id, card.person = nobody.id or 0, nobody
