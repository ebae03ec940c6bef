"""The test letter: whether mail leaves and is read, and how the mailbox's server marks who wrote a letter."""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass

from notifications.composing import OutgoingLetter, ascii_domain, compose
from notifications.errors import MailboxError, PostError, explain
from notifications.imap import ImapGateway
from notifications.message_ids import drawn
from notifications.reading import read_letter_safely
from notifications.reading.authenticity import Place, is_of
from wiring.gateways import imap_gateway, reads_mail, smtp_gateway, unset_mail
from wiring.settings import Settings

PATIENCE = 20.0  # seconds until a letter to oneself has come back


@dataclass(frozen=True, slots=True)
class Learned:
    """What may be set: the server's own name in its marks (`imap.authserv_id`), and where it puts them."""

    server: str
    below: bool


@dataclass(frozen=True, slots=True)
class Probed:
    """One thing that was tried, in a line of Russian."""

    ok: bool
    text: str
    learned: Learned | None = None


def probe(settings: Settings, to: str, *, patience: float = PATIENCE) -> Iterator[Probed]:
    """Send a test letter and look into the mailbox; where it goes to the mailbox itself, for it. Raises NoMailbox."""
    letter = _letter(settings, to)
    sent = False
    try:
        asyncio.run(smtp_gateway(settings).send(compose(letter), settings.mail.sender, [to]))
        yield Probed(True, f"Исходящая почта работает: письмо на {to} принято сервером.")
        sent = True
    except PostError as error:
        yield Probed(False, f"Исходящая почта: {explain(error)}")
    if not reads_mail(settings):
        yield Probed(False, unset_mail(settings))
        return
    try:
        with imap_gateway(settings) as mailbox:
            names = [folder.name for folder in mailbox.folders()]
            yield Probed(True, f"Входящая почта работает. Папки: {', '.join(names)}.")
            for name in (*settings.imap.folders, *filter(None, [settings.imap.sent_folder])):
                if name not in names:
                    yield Probed(False, f"Папки «{name}» в ящике нет. Проверьте её имя в настройках.")
            if sent and to.lower() == settings.mail.sender.lower():
                here = [name for name in settings.imap.folders if name in names]
                yield _marks(settings, _came_back(mailbox, here, letter.message_id, patience))
    except MailboxError as error:
        yield Probed(False, f"Входящая почта: {explain(error)}")


def _letter(settings: Settings, to: str) -> OutgoingLetter:
    now = dt.datetime.now(dt.UTC)
    return OutgoingLetter(
        sender=settings.mail.sender,
        sender_name=settings.mail.sender_name,
        to=(to,),
        subject="Пробное письмо «Доступа ЕГИСЗ»",
        text="Здравствуйте!\n\nЕсли вы это читаете, исходящая почта настроена верно.\n",
        message_id=drawn(
            ascii_domain(settings.mail.sender.rpartition("@")[2]), now, secrets.token_bytes(16)
        ),  # in no outbox
        date=now,
    )


def _came_back(mailbox: ImapGateway, folders: list[str], message_id: str, patience: float) -> bytes | None:
    until = time.monotonic() + patience
    while True:
        for folder in folders:
            raw = mailbox.letter(folder, message_id)
            if raw is not None:
                return raw
        if time.monotonic() >= until:
            return None
        time.sleep(min(1.0, patience))


def _marks(settings: Settings, raw: bytes | None) -> Probed:
    """What the server says of the author of our own letter, topmost first."""
    if raw is None:
        return Probed(
            False,
            "Пробное письмо самому себе в ящик ещё не пришло. Посмотрите позже или проверьте папки, которые читаем.",
        )
    found = read_letter_safely(raw, own_catalog=settings.catalog_folder).statements
    top = next((each for each in found if each.server and each.place is not Place.BELOW), None)
    if top is None:
        return Probed(True, _UNMARKED if not settings.imap.authserv_ids else _LOST)
    learned = Learned(_general(top.server), top.place is Place.UNDER)
    known = is_of(top.server, settings.imap.authserv_ids) and settings.imap.results_below_received >= learned.below
    if known:
        return Probed(True, f"Почтовый сервер отмечает, кто написал письмо; его имя «{top.server}» записано.")
    return Probed(
        True,
        f"Почтовый сервер отмечает, кто написал письмо, под именем «{top.server}». {_BELOW if learned.below else _ABOVE}",
        learned,
    )


_UNMARKED = (
    "На пробном письме нет отметки почтового сервера о том, кто его написал (Authentication-Results). На письмах самому себе её "
    "ставят не все серверы. Спросите того, кто ведёт почту: ставит ли её сервер на письма снаружи и под каким именем. Без неё "
    "программа верит только ответам на наши письма, остальные письма СТП решает человек."
)
_LOST = (
    "На пробном письме отметки почтового сервера нет, хотя его имя записано. На письмах самому себе её ставят не все серверы: "
    "смотрите на странице «Состояние», есть ли она на письмах СТП."
)
_ABOVE = "Запомните его, и программа будет верить и тем письмам СТП, которые отвечают не на наше письмо."
_BELOW = (
    "Но отметка стоит под строкой приёма, где мог бы писать и отправитель. Запоминайте его, только если сервер сам убирает такие "
    "отметки из чужих писем: спросите того, кто ведёт почту."
)


def _general(server: str) -> str:
    """«mxback7j.mail.example.net» is one of many of that service; a clinic's own server is itself."""
    first, _, rest = server.partition(".")
    return f"*.{rest}" if rest.count(".") >= 2 and any(char.isdigit() for char in first) else server
