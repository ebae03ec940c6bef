"""A clinic with synthetic employees, and requests put where a page test needs them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from actions.cards import organisations
from actions.cards.people import has_snils
from actions.context import Work
from actions.post import links
from actions.requests import creation, lookup, pairs
from models.employee import Employee
from models.facts import LineFacts, RoleRef, SealPolicy
from models.letters import InboxLetter, InboxState, OutboxLetter, OutboxState
from models.organisation import Organisation
from models.request import AccessRequest, LineState, RequestFile, Status
from wiring.settings import PagePart, Settings
from wiring.work import Installation

NOON = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)  # a working Monday, 12:00 by Moscow's clock
INN = "7707083893"
PEOPLE = (("11223344595", "Иванова", "Анна", "Петровна"), ("08765430300", "Ёлкин", "Пётр", "Сергеевич"))
BOTH_ROLES = (RoleRef("frmo", "organisation"), RoleRef("frmr", "organisation"))
KIND = "frmo-frmr-access"


@dataclass
class Clock:
    now: dt.datetime = NOON

    def __call__(self) -> dt.datetime:
        return self.now


@dataclass
class World:
    """An installation in a temporary folder with a clock that tests turn."""

    installation: Installation
    clock: Clock = field(default_factory=Clock)


def open_world(home: object) -> World:
    clock = Clock()
    settings = Settings(home=home, page=PagePart(public_url="http://testserver"))  # type: ignore[arg-type]
    return World(Installation(settings, clock), clock)


def clinic(work: Work) -> Organisation:
    found = organisations.find(work, INN)
    if found is not None:
        return found
    row = Organisation(
        inn=INN,
        kpp="770701001",
        full_name="Общество с ограниченной ответственностью «Клиника на Садовой»",
        short_name="ООО «Клиника на Садовой»",
        fold="ооо «клиника на садовой»",
        kind="medical",
        subject="77",
        head_name="Соколова Мария Ильинична",
        head_post="Главный врач",
        seal=SealPolicy.SEAL,
        officer_email="officer@example.com",
    )
    work.session.add(row)
    work.session.flush()
    return row


def line(index: int, **more: Any) -> LineFacts:
    snils, surname, given, patronymic = PEOPLE[index]
    return LineFacts(
        snils=snils,
        surname=surname,
        given=given,
        patronymic=patronymic,
        email=f"person{index}@example.com",
        roles=BOTH_ROLES,
        post="Специалист по кадрам",
        **more,
    )


def request_at(work: Work, status: Status = Status.DRAFT, *, kind: str = KIND, **columns: Any) -> AccessRequest:
    """Put there directly: that the way is open only through steps is proven where steps are tested."""
    lines = (line(0), line(1)) if work.catalog.kind(kind).people else ()
    place = columns.pop("organisation_id", None) or clinic(work).id or 0
    request = creation.create(work, kind=kind, organisation_id=place, lines=lines)
    request.status = status
    for name, value in columns.items():
        setattr(request, name, value)
    if status in (Status.GRANTED, Status.VERIFIED):
        done = LineState.GRANTED if status is Status.GRANTED else LineState.VERIFIED
        for each in lookup.lines_of(work, request):
            pairs.put(each, done)
    work.session.flush()
    return request


def personal_link(work: Work, request: AccessRequest, purpose: str, index: int = 0) -> str:
    """The token as the letter would carry it."""
    first = lookup.lines_of(work, request)[index]
    return links.token(work, links.issue(work, line_id=first.id or 0, purpose=purpose))


def person(session: Session, index: int = 0) -> Employee:
    """The card of the only organisation that knows him."""
    from sqlmodel import select

    return session.exec(select(Employee).where(has_snils(PEOPLE[index][0]))).one()


def stored_file(work: Work, request: AccessRequest, name: str, data: bytes, purpose: str = "scan") -> RequestFile:
    row = RequestFile(
        request_id=request.id or 0,
        version=request.version,
        purpose=purpose,
        name=name,
        media_type="application/pdf",
        sha256=work.files.put(data),
        size=len(data),
        added_at=work.now,
        added_by="тест",
    )
    work.session.add(row)
    work.session.flush()
    return row


def received(work: Work, request: AccessRequest | None, reading: dict[str, object], uid: int = 1) -> InboxLetter:
    """A letter that waits for a person."""
    row = InboxLetter(
        account="clinic",
        folder="INBOX",
        uid_validity=1,
        uid=uid,
        sha256=work.files.put(b"From: desk\r\n\r\nletter %d" % uid),
        received_at=work.now,
        state=InboxState.TRIAGE,
        sender="egisz@stp-egisz.ru",
        subject="Ответ по обращению",
        request_id=request.id if request else None,
        reading=reading,
        problem="Ответ неясен: решает человек.",
    )
    work.session.add(row)
    work.session.flush()
    return row


def package_letter(work: Work, request: AccessRequest, state: OutboxState, **columns: Any) -> OutboxLetter:
    row = OutboxLetter(
        key=f"package:{request.id}:v{request.version}:1",
        purpose="package",
        request_id=request.id,
        version=request.version,
        message_id=f"<{request.id}@example.com>",
        recipient="egisz@stp-egisz.ru",
        subject="Заявка",
        state=state,
        next_attempt_at=work.now,
        promised_at=work.now,
        **columns,
    )
    work.session.add(row)
    work.session.flush()
    return row
