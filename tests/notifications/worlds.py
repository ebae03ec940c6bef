"""One description of a mail system for both: the demo's servers and Debian's Postfix and Dovecot."""

from __future__ import annotations

import asyncio
import hashlib
import imaplib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from notifications.composing import Attachment, OutgoingLetter, compose
from notifications.imap import FetchedLetter, ImapGateway, ImapSettings
from notifications.smtp import Receipt, SmtpGateway, SmtpSettings
from notifications.tls import Security

CLINIC = "clinic@clinic.example"
DESK = "egisz@stp-egisz.ru"
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)  # Dovecot takes no date in the future
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SCAN_NAME = "Заявка ЕД-2026-000123 (скан с подписью).pdf"
SHEET_NAME = "Заявка ЕД-2026-000123, редактируемая.docx"


@dataclass(frozen=True)
class World:
    """Where to connect, and which addresses the server refuses for good or for now."""

    smtp: SmtpSettings
    imap: ImapSettings
    ports: Mapping[str, int]
    refused: str
    delayed: str
    desk_password: str

    @property
    def smtp_tls(self) -> SmtpSettings:
        return replace(self.smtp, port=self.ports["smtps"], security=Security.TLS)

    @property
    def imap_tls(self) -> ImapSettings:
        return replace(self.imap, port=self.ports["imaps"], security=Security.TLS)

    def box(self) -> ImapGateway:
        return ImapGateway(self.imap)

    def desk_letters(self) -> list[FetchedLetter]:
        with ImapGateway(replace(self.imap, username="desk", password=self.desk_password)) as box:
            return list(box.fetch_new("INBOX"))


def letter(key: str, *, to: Sequence[str] = (DESK,), subject: str = "", size: int = 0) -> bytes:
    return compose(
        OutgoingLetter(
            sender=CLINIC,
            sender_name="ГБУЗ «Поликлиника № 1»",
            to=tuple(to),
            subject=subject or f"ЕД-2026-000123 Заявка на доступ ({key})",
            text="Здравствуйте!\n.строка с точкой\n..две точки\n\nFrom начало строки",
            message_id=identity(key),
            date=NOW,
            attachments=(
                Attachment(SCAN_NAME, "application/pdf", b"%PDF-1.4\n" + b"s" * size),
                Attachment(SHEET_NAME, DOCX, b"PK\x03\x04" + b"\r\n.\r\n" * 5),
            ),
        )
    )


def identity(key: str) -> str:
    """A Message-ID by which a letter of a test is found again."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@clinic.example>"


def send(settings: SmtpSettings, raw: bytes, *recipients: str) -> Receipt:
    return asyncio.run(SmtpGateway(settings).send(raw, CLINIC, recipients or (DESK,)))


def with_id(letters: Sequence[FetchedLetter], key: str) -> list[FetchedLetter]:
    wanted = f"Message-ID: {identity(key)}".encode()
    return [one for one in letters if wanted in one.raw]


def eventually(look: Callable[[], list[FetchedLetter]], *, seconds: float = 15.0) -> list[FetchedLetter]:
    """Postfix delivers a moment after its 250."""
    over = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < over:
        time.sleep(0.05)
    return found


def put(world: World, raw: bytes, folder: str = "INBOX") -> None:
    """Another programme of the clinic puts a letter into the mailbox."""
    with other_client(world) as client:
        assert client.append(folder, "()", imaplib.Time2Internaldate(time.time()), raw)[0] == "OK"


def other_client(world: World) -> imaplib.IMAP4:
    client = imaplib.IMAP4(world.imap.host, world.imap.port, timeout=10)
    client.login(world.imap.username, world.imap.password)
    return client
