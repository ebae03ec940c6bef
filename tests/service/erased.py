"""A closed request with everything that may hold a name: lines, a scan, a preview, letters out and in; and one that is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

from sqlmodel import select

from actions.answers import mailbox
from actions.requests import lookup
from actions.roles import grants
from actions.steps import verification
from models.grant import Grant
from models.letters import InboxLetter
from models.request import RequestFile, Status
from notifications.imap import FetchedLetter
from sweeps import erase
from tests.conftest import Clock
from tests.walking import lines, request_at
from wiring.settings import Settings
from wiring.work import Installation

BEGUN = dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC)
OVER = BEGUN + dt.timedelta(days=365 * 3 + 30)
NAMES = [word.encode() for line in lines(2) for word in (line.surname, line.email, line.snils)]


def letter(uid: int, *, validity: int = 1, trace: str = "mx1") -> FetchedLetter:
    message = EmailMessage()
    message["Received"] = f"from {trace}"
    message["From"], message["Message-ID"] = "egisz@rt-eu.ru", "<answer.1@rt-eu.ru>"
    message["Subject"] = "Обращение ABC-123-45678"
    message.set_content(f"Доступ предоставлен: {lines(2)[0].surname}.")
    raw = message.as_bytes()
    return FetchedLetter("clinic", "INBOX", validity, uid, None, raw, len(raw))


def close(installation: Installation) -> int:
    """Granted, answered by a letter, proven, taken back: nothing keeps its data but the term."""
    number = request_at(installation, Status.GRANTED)
    with installation.work("тест") as work:
        mailbox.store(work, letter(7))
        work.session.exec(select(InboxLetter)).one().request_id = number
        for file in work.session.exec(select(RequestFile)):
            work.files.keep_derived(file.sha256, "1.200.png", b"picture")
        verification.record_logins(work, lookup.get(work, number), snils=[], proven=True)
        for grant in work.session.exec(select(Grant)).all():
            grants.end(work, grant_id=grant.id or 0, reason="уволен")
    return number


def opened(home: Path, now: dt.datetime = OVER) -> Installation:
    return Installation(Settings(home=home), Clock(now))


def sweep(home: Path) -> None:
    found = opened(home)
    erase.sweep(found)
    found.engine.dispose()


def traces(home: Path, *but: str) -> Iterator[str]:
    """Files of the folder in which a name, an address or a СНИЛС of the closed request stands, and files of the store."""
    for path in sorted(home.rglob("*")):
        name = str(path.relative_to(home))
        if path.is_file() and not name.startswith(but or ("\0",)):
            held = path.read_bytes()
            if name.startswith("files/") or any(word in held for word in NAMES):
                yield name
