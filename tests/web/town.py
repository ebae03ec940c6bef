"""A town of synthetic clinics with something on every page; whatever an address asks for by number, number 1 has it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from actions.accounts import accounts
from actions.checklists import checklist_workers, checklists
from actions.context import Work
from actions.requests import creation, lookup, pairs
from actions.reviews import reorganising, reviews
from actions.steps import comments
from actions.subscriptions import webhooks
from models.account import Role
from models.facts import LineFacts
from models.letters import InboxLetter, InboxState, OutboxState
from models.organisation import Organisation
from models.request import AccessRequest, LineState, Status
from models.text import fold
from tests import walking
from tests.kinds.files import pdf
from tests.roles import granted
from tests.web.world import KIND, World, open_world, package_letter

CLINICS = (
    ("5902012349", "ГБУЗ ПК «Детская поликлиника № 3»", "59"),
    ("5406123450", "АО «Стоматология на Ленина»", "54"),
    ("7810334452", "ООО «Семейный врач»", "78"),
)
HOUR = dt.timedelta(hours=1)
_SURNAMES = ("Абрамова", "Воронина", "Гусева", "Дроздова", "Журавлёва", "Зимина", "Калинина", "Лебедева")
_LETTER = """From: egisz@stp-egisz.ru
To: clinic@example.com
Subject: =?utf-8?b?0J7QsdGA0LDRidC10L3QuNC1?= DEF-402-76990
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Добрый день! По обращению DEF-402-76990: уточните, пожалуйста, должность второго работника.
С уважением, СТП ЕГИСЗ
"""


@contextmanager
def built(folders: pytest.TempPathFactory) -> Iterator[World]:
    """A town of its own for the tests of a module."""
    with pytest.MonkeyPatch.context() as patch:
        home = folders.mktemp("home")
        patch.setenv("EGISZ_HOME", str(home))
        world = open_world(home)
        build(world, folders.mktemp("refbook"))
        yield world
        world.installation.engine.dispose()


def build(world: World, folder: Path) -> None:
    """Requests in every state, letters to settle, roles held since different days, lists to fill in, a review."""
    walking.request_at(world.installation, Status.GRANTED)
    with world.installation.work(by="officer") as work:
        first = lookup.get(work, 1)
        _answer(work, first)
        account = accounts.create(work, login="director", name="Соколова Мария", roles={Role.MANAGER}, everywhere=True)
        webhooks.create(work, account, url="https://hooks.clinic.example/egisz")
        _others(work)
        comments.add(work, first, "Орлова в отпуске до понедельника, вход проверит после.")
        checklists.open_checklist(work, first.organisation_id, "sections")
        checklists.open_checklist(work, first.organisation_id, "worker")
        checklist_workers.add_worker(
            work, first.organisation_id, name="Мкртчян Артур", snils="132-109-303 00", code="worker"
        )
        reviews.start(work, until=work.now.date() + dt.timedelta(days=21))
        clinic = work.session.get_one(Organisation, first.organisation_id)
        reorganising.rename(
            work, clinic, {"kpp": "770702001"}, since=work.now.date(), ground="лист записи ЕГРЮЛ от 20.11.2026 № 5"
        )
    walking.load_refbook(world.installation, folder)  # last: the other clinics are not in it


def _others(work: Work) -> None:
    late, now = work.now - 26 * HOUR * 4, work.now
    children, dental, family = _clinics(work)
    _held(work, children, 6, months=3)
    _held(work, dental, 4, months=9)
    at(work, Status.AWAITING, children, sent_at=late, due_at=late + 50 * HOUR, status_since=late)
    asked = at(
        work,
        Status.AWAITING,
        dental,
        sent_at=now,
        due_at=now + 29 * HOUR,
        ticket="DEF-402-76990",
        question="Уточните должность второго работника",
    )
    at(work, Status.AWAITING, family, sent_at=now, due_at=now + 48 * HOUR)
    at(work, Status.REJECTED, family, version=2, note="Отказ: неверный СНИЛС в строке 2")
    at(work, Status.SIGNED, children)
    package_letter(
        work, at(work, Status.SIGNED, dental), OutboxState.UNCERTAIN, error="Связь оборвалась после отправки"
    )
    package_letter(work, at(work, Status.SIGNED, family), OutboxState.PROMISED)
    at(work, Status.VALIDATED, family)
    at(work, Status.DRAFT, children)
    at(work, Status.DRAFT, dental, status_since=now - 6 * 24 * HOUR)
    at(work, Status.VERIFIED, dental)
    at(work, Status.WITHDRAWN, family)
    work.session.add(
        InboxLetter(
            account="clinic",
            folder="INBOX",
            uid_validity=1,
            uid=7,
            sha256=work.files.put(_forwarded()),
            received_at=now,
            state=InboxState.TRIAGE,
            sender="egisz@stp-egisz.ru",
            subject="Обращение DEF-402-76990",
            request_id=asked.id,
            problem="Ответ стоит во вложении «Ответ.docx»: такие ответы применяет человек.",
            brought_by="everybody",
            reading=_READING,
        )
    )


_QUESTION = "уточните, пожалуйста, должность второго работника"
_READING: dict[str, object] = {
    "kind": "answer", "outcome": "question", "ticket": "DEF-402-76990", "evidence": [_QUESTION], "from_file": "Ответ.docx",
    "problems": ["Граница частей письма указана неверно: части разобраны по тексту."],
    "voices": [
        {"kind": "own", "head": [], "text": "Коллеги, для сведения.", "signature": "С уважением,\nМИАЦ", "quoted": ""},
        {
            "kind": "forwarded", "head": [["От", "egisz@stp-egisz.ru"], ["Тема", "Обращение DEF-402-76990"]],
            "text": f"Добрый день! По заявке {_QUESTION}. " + "Длинноесловобезпробелов" * 9, "signature": "", "quoted": "> Просим предоставить доступ.",
        },
    ],
    "attachments": [
        {"place": 0, "name": "Ответ.docx", "media_type": "application/msword", "size": 4, "text": _QUESTION, "whole": True, "problem": ""},
        {"place": 1, "name": "Список.pdf", "media_type": "application/pdf", "size": 700, "text": "", "whole": False, "problem": "Текста в файле нет."},
    ],
}  # fmt: skip


def _forwarded() -> bytes:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = (
        "egisz@stp-egisz.ru",
        "clinic@example.com",
        "Обращение DEF-402-76990",
    )
    letter.set_content(_LETTER)
    letter.add_attachment(b"word", maintype="application", subtype="octet-stream", filename="Ответ.docx")
    letter.add_attachment(pdf("List", 2), maintype="application", subtype="pdf", filename="Список.pdf")
    return bytes(letter)


def _answer(work: Work, request: AccessRequest) -> None:
    """The desk's grant with a paper of theirs, as it lies in the mailbox."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = (
        "egisz@stp-egisz.ru",
        "clinic@example.com",
        "Обращение ABC-123-45678",
    )
    letter.set_content("Добрый день! Доступ предоставлен всем работникам из заявки.\nС уважением, СТП ЕГИСЗ\n")
    letter.add_attachment(b"%PDF-1.4 answer", maintype="application", subtype="pdf", filename="Ответ.pdf")
    letter.add_attachment(pdf("List", 2), maintype="application", subtype="pdf", filename="Список.pdf")
    raw = letter.as_bytes()
    work.session.add(
        InboxLetter(
            account="clinic",
            folder="INBOX",
            uid_validity=1,
            uid=6,
            sha256=work.files.put(raw),
            received_at=work.now,
            state=InboxState.APPLIED,
            sender="egisz@stp-egisz.ru",
            subject=str(letter["Subject"]),
            request_id=request.id,
            reading={
                "kind": "answer",
                "outcome": "granted",
                "evidence": ["Доступ предоставлен всем работникам из заявки."],
                "attachments": _READING["attachments"],
            },
        )
    )
    work.session.flush()


def _clinics(work: Work) -> list[int]:
    rows = [
        Organisation(inn=inn, short_name=name, full_name=name, fold=fold(name), kind="medical", subject=subject)
        for inn, name, subject in CLINICS
    ]
    work.session.add_all(rows)
    work.session.flush()
    return [row.id or 0 for row in rows]


def people(organisation_id: int, count: int) -> list[LineFacts]:
    """Employees of one clinic, each with check digits that are right."""
    made = []
    for place in range(count):
        body = f"{100 + organisation_id:03d}{200 + place:03d}345"
        control = sum(int(digit) * weight for digit, weight in zip(body, range(9, 0, -1), strict=True)) % 101 % 100
        made.append(
            LineFacts(
                snils=f"{body}{control:02d}",
                surname=_SURNAMES[place % 8],
                given="Ольга",
                patronymic="Павловна",
                email=f"o{organisation_id}-{place}@example.com",
                post="Медицинский статистик",
                roles=walking.ROLES,
            )
        )
    return made


def at(work: Work, status: Status, organisation_id: int, count: int = 2, **columns: object) -> AccessRequest:
    """Put there directly: the way through the steps is tested elsewhere."""
    request = creation.create(work, kind=KIND, organisation_id=organisation_id, lines=people(organisation_id, count))
    request.status = status
    for name, value in columns.items():
        setattr(request, name, value)
    for line in lookup.lines_of(work, request):
        done = {Status.VERIFIED: LineState.VERIFIED, Status.GRANTED: LineState.GRANTED}
        pairs.put(line, done.get(status, LineState.OPEN))
    work.session.flush()
    return request


def _held(work: Work, organisation_id: int, count: int, *, months: int) -> None:
    """Roles granted one after the other over so many months back."""
    request = at(work, Status.VERIFIED, organisation_id, count)
    for place, line in enumerate(lookup.lines_of(work, request)):
        for role in walking.ROLES:
            grant = granted(
                work,
                person_id=line.person_id or 0,
                organisation_id=organisation_id,
                subsystem=role.subsystem,
                role=role.role,
                request_id=request.id or 0,
                line_id=line.id or 0,
            )
            grant.since = work.now - dt.timedelta(days=30 * months * (count - place) / count)
            grant.verified_at = grant.since
