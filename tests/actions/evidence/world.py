"""A granted request with its letters in both directions, and another organisation's request beside it."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import select

from actions.answers import inbox, mailbox
from actions.cards import organisations
from actions.evidence import evidence
from actions.evidence.evidence import Pack
from actions.requests import creation, lookup
from actions.steps import taking, verification
from demo.people import EMPLOYEES
from models.letters import OutboxLetter
from models.request import Status
from notifications.imap import FetchedLetter
from notifications.reading import read_letter_safely
from tests.walking import KIND, deliver, lines, request_at
from wiring.work import Installation

OTHER_INN, OTHER = "7728168971", EMPLOYEES[4]
ANSWER = "Добрый день!\n\nЗаявка выполнена, доступ предоставлен.\n\nС уважением, СТП ЕГИСЗ\n"


def answered(installation: Installation) -> int:
    """Sent by letter, answered by letter; people of the request were written to personally."""
    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        query = select(OutboxLetter).where(OutboxLetter.request_id == number, OutboxLetter.purpose == "package")
        sent = work.session.execute(query).scalar_one().message_id
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "egisz@stp-egisz.ru", "clinic@example.com", "Re: заявка"
    message["Message-ID"], message["In-Reply-To"] = "<answer@stp-egisz.ru>", sent
    message.set_content(ANSWER)
    raw = message.as_bytes()
    with installation.work("почта") as work:
        letter = mailbox.store(work, FetchedLetter("clinic", "INBOX", 1, 1, None, raw, len(raw)))
        assert letter is not None
    with installation.work("почта") as work:
        path = work.files.path(inbox.get(work, letter).sha256)
        asked = inbox.asked_for(work, read_letter_safely(path))
        assert asked is not None
        inbox.apply(work, letter, read_letter_safely(path, asked=asked.as_dict()))
    deliver(installation)
    with installation.work("тест") as work:
        assert lookup.get(work, number).status is Status.GRANTED
    return number


def elsewhere(installation: Installation) -> int:
    """Another organisation asks for another person; events of it stand between those of the first."""
    with installation.work("другие") as work:
        card = organisations.card(work, OTHER_INN)
        organisations.change(
            work,
            card,
            {
                "full_name": "ООО «Другая клиника»",
                "subject": "77",
                "head_name": "Ким Ольга",
                "head_post": "Директор",
                "seal": "seal",
                "licence": "held",
            },
        )
        request = creation.create(work, kind=KIND, organisation_id=card.id or 0, lines=lines(5)[4:])
        taking.take(work, request, "validate")
        assert request.id is not None
        return request.id


OURS, FOREIGN = 2, 3


def both(installation: Installation) -> None:
    """Requests OURS and FOREIGN; events of other cases stand before, between and after those of ours."""
    with installation.work("тест") as work:
        ours = creation.create(work, kind=KIND, organisation_id=organisations.card(work, OTHER_INN).id or 0)
        taking.take(work, ours, "withdraw")
    number = answered(installation)
    other = elsewhere(installation)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        for line in lookup.lines_of(work, request)[:1]:
            verification.prove(work, line)
    assert (number, other) == (OURS, FOREIGN)


def made(installation: Installation, number: int) -> Pack:
    with installation.work("ответственный") as work:
        return evidence.of_request(work, lookup.get(work, number))


@dataclass
class Unpacked:
    """A pack in an empty folder, to be looked at, tampered with and verified as a stranger does."""

    folder: Path

    @classmethod
    def of(cls, data: bytes, folder: Path) -> Unpacked:
        folder.mkdir()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            archive.extractall(folder)
        return cls(folder)

    def path(self, end: str) -> Path:
        [found] = [path for path in self.folder.rglob("*") if path.is_file() and path.as_posix().endswith(end)]
        return found

    def verify(self, *arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-I", "-X", "utf8", str(self.folder / "verify.py"), *arguments],
            capture_output=True, text=True, encoding="utf-8", cwd=self.folder.parent, check=False,
        )  # fmt: skip
        assert done.stderr == "", done.stderr
        return done.returncode, done.stdout
