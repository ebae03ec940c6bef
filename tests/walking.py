"""Requests brought to a status by real steps, the way people bring them there."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import io
import random
import time
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw

from actions.answers import delivery
from actions.cards import organisations
from actions.context import Work
from actions.post import destinations, outbox
from actions.post.links import LinkDead
from actions.requests import creation, lookup
from actions.steps import scans, taking
from actions.steps.answer import Answer
from demo import people
from documents.codes import PageCode, picture
from models.answers import Ground
from models.facts import LineFacts, RoleRef, SignatureFacts
from models.letters import OutboxLetter
from models.request import AccessRequest, Status
from states.lifecycle import Actor
from tests.documents.rosters.generated import snils
from wiring.work import Installation

KIND = "frmo-frmr-access"
GROUND = Ground(words="Звонок СТП 23 ноября, оператор Петрова")
ROLES = (RoleRef("frmo", "organisation"), RoleRef("frmr", "organisation"))


def load_refbook(installation: Installation, folder: Path) -> None:
    from registry.archive import import_archive

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "refbook.zip"
    path.write_bytes(people.refbook_zip())
    with installation.work("тест") as work:
        import_archive(work.session, path, now=work.now)


def confirm_desk(installation: Installation) -> Installation:
    """A person's one-time yes to the desk's address, without which nothing but invitations leaves."""
    with installation.work("тест") as work:
        destinations.confirm(work)
    return installation


def clinic(work: Work) -> int:
    """The demonstration's clinic with a complete card."""
    card = organisations.card(work, people.INN)
    values = {
        "full_name": people.FULL_NAME,
        "short_name": people.SHORT_NAME,
        "subject": "77",
        "kpp": people.KPP,
        "head_name": people.HEAD_NAME,
        "head_post": people.HEAD_POST,
        "seal": "seal",
        "licence": "held",
        "officer_email": "officer@clinic.example",
    }
    organisations.change(work, card, values)
    assert card.id is not None
    return card.id


def lines(count: int = 2, *, logged_in: bool = True) -> list[LineFacts]:
    return [
        LineFacts(
            snils=people.bare_snils(person),
            surname=person.surname,
            given=person.given,
            patronymic=person.patronymic,
            email=person.email,
            post=person.post,
            unit="hr",
            roles=ROLES,
            esia_confirmed=True if logged_in else None,
            first_login_on=dt.datetime(2026, 11, 20, tzinfo=dt.UTC) if logged_in else None,
        )
        for person in people.EMPLOYEES[:count]
    ]


def others(number: int, count: int = 2) -> list[LineFacts]:
    """As many people again, others for each number: the same ones twice would be the same request twice."""
    chance = random.Random(number)
    return [
        dataclasses.replace(line, snils=snils(chance), surname=f"Другова{'а' * number}", email=f"{number}.{line.email}")
        for line in lines(count)
    ]


def scan_of(request: AccessRequest, *, pages: int = 1, version: int | None = None) -> bytes:
    """A scanned paper of as many pages, each with its code and some writing."""
    return _scan(request.id or 0, version or request.version, pages)


@cache
def _scan(request: int, version: int, pages: int) -> bytes:
    sheets = []
    for number in range(1, pages + 1):
        sheet = Image.new("L", (1240, 1754), 255)
        code = PageCode(request, version, number, pages)
        stamp = Image.open(io.BytesIO(picture(code))).convert("L").resize((200, 200), Image.Resampling.NEAREST)
        sheet.paste(stamp, (980, 1500))
        for line in range(30):
            ImageDraw.Draw(sheet).text((100, 100 + line * 40), "Заявка на предоставление доступа " * 3, fill=0)
        sheets.append(sheet)
    buffer = io.BytesIO()
    dated = dict.fromkeys(("creationDate", "modDate"), time.gmtime(0))  # the same paper is the same bytes
    sheets[0].save(buffer, "PDF", save_all=True, append_images=sheets[1:], resolution=150.0, **dated)
    return buffer.getvalue()


SIGNED = SignatureFacts(
    capacity="head",
    name=people.HEAD_NAME,
    post=people.HEAD_POST,
    signed_on=dt.date(2026, 11, 23),
    seal_present=True,
    readable_confirmed=True,
)
_PATH = (Status.DRAFT, Status.VALIDATED, Status.SIGNED, Status.SENT, Status.AWAITING, Status.GRANTED)


def request_at(installation: Installation, status: Status, *, count: int = 2, of: int = 0) -> int:
    """A new request brought to `status` through the real steps; returns its row number. `of`: of which other people."""
    with installation.work("тест") as work:
        whom = others(of, count) if of else lines(count)
        request = creation.create(work, kind=KIND, organisation_id=clinic(work), lines=whom)
        number = request.id or 0
    for target in _PATH[1 : _PATH.index(status) + 1]:
        bring(installation, number, target)
    return number


def bring(installation: Installation, number: int, target: Status) -> None:
    """One step further along the path."""
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        if target is Status.VALIDATED:
            taking.take(work, request, "validate")
        elif target is Status.SIGNED:
            scans.sign(work, request, [("Скан.pdf", scan_of(request))], signature=SIGNED)
        elif target is Status.SENT:
            taking.take(work, request, "send", Answer(confirm_address=True))
        elif target is Status.AWAITING:
            taking.take(work, request, "acknowledge", Answer(ticket="ABC-123-45678"), actor=Actor.DESK)
        elif target is Status.GRANTED:
            taking.take(work, request, "grant", Answer(ground=GROUND), actor=Actor.DESK)
    if target is Status.SENT:
        deliver(installation)


def deliver(installation: Installation) -> list[OutboxLetter]:
    """Every due letter goes out, as the sweep does it, with a relay that always says 250."""
    sent = []
    with installation.work("отправка") as work:
        claimed = outbox.claim(work, owner="тест", limit=1000)
    for letter_id in claimed:
        with contextlib.suppress(LinkDead):  # a link may end while its letter waits
            with installation.work("отправка") as work:
                outbox.begin(work, letter_id=letter_id, owner="тест")
            with installation.work("отправка") as work:
                sent.append(delivery.confirmed(work, letter_id, "250 ok"))
    return sent
