"""The mailbox's gateways from the settings."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from notifications.composing import OutgoingLetter, compose, new_message_id
from notifications.errors import MailboxError, PostError, explain
from notifications.imap import ImapGateway, ImapSettings
from notifications.smtp import SmtpGateway
from notifications.smtp_conversation import SmtpSettings
from notifications.tls import Security
from notifications.webhooks import WebhookGateway
from wiring.settings import Settings


class NoMailbox(Exception):
    """The settings name no mail server."""

    for_people = True


def reads_mail(settings: Settings) -> bool:
    return bool(settings.imap.host)


def unset_mail(settings: Settings) -> str:
    """What of the mail is not set up and how the work goes on without it; "" when both directions are."""
    sends, reads = bool(settings.smtp.host), reads_mail(settings)
    if sends and reads:
        return ""
    if sends:
        return (
            "Входящая почта не настроена: письма уходят по-настоящему, а ответов СТП программа сама не увидит. Сохраните ответ "
            "файлом .eml и положите его на страницу «Письма» (или egisz-access letter take ФАЙЛ) либо внесите ответ в заявке "
            "руками; так же с ответами из веб-канала. Чтобы ответы приходили сами, впишите раздел [imap]."
        )
    if reads:
        return (
            "Исходящая почта не настроена: ответы читаем, но ни одно письмо не уйдёт. Впишите раздел [smtp] или передавайте "
            "комплекты через веб-канал."
        )
    return (
        "Почта не настроена: письма не уйдут, ответы сами не придут. Впишите разделы [smtp] и [imap] или передавайте комплекты "
        "через веб-канал и вносите ответы руками."
    )


def smtp_gateway(settings: Settings) -> SmtpGateway:
    """Raises NoMailbox."""
    part = settings.smtp
    if not part.host:
        raise NoMailbox("Почта не настроена: впишите раздел [smtp] в settings.toml.")
    return SmtpGateway(
        SmtpSettings(
            host=part.host,
            port=part.port,
            security=Security(part.tls),
            username=part.login,
            password=part.password.get_secret_value(),
            ca_bundle=part.ca_bundle,
            timeout=part.timeout_seconds,
        )
    )


def imap_gateway(settings: Settings) -> ImapGateway:
    """Raises NoMailbox."""
    part = settings.imap
    if not part.host:
        raise NoMailbox("Почта не настроена: впишите раздел [imap] в settings.toml.")
    return ImapGateway(
        ImapSettings(
            account=settings.mail.sender,
            host=part.host,
            port=part.port,
            username=part.login,
            password=part.password.get_secret_value(),
            security=Security(part.tls),
            ca_bundle=part.ca_bundle,
            timeout=part.timeout_seconds,
            max_letter_bytes=part.max_letter_megabytes * 2**20,
            sent_folder=part.sent_folder,
        )
    )


def webhook_gateway() -> WebhookGateway:
    """To whoever subscribed; nothing of it is set."""
    return WebhookGateway()


@dataclass(frozen=True, slots=True)
class Probed:
    """One thing that was tried, in a line of Russian."""

    ok: bool
    text: str


def probe(settings: Settings, to: str) -> Iterator[Probed]:
    """Send a test letter and look into the mailbox. Raises NoMailbox."""
    now = dt.datetime.now(dt.UTC)
    letter = OutgoingLetter(
        sender=settings.mail.sender,
        sender_name=settings.mail.sender_name,
        to=(to,),
        subject="Пробное письмо «Доступа ЕГИСЗ»",
        text="Здравствуйте!\n\nЕсли вы это читаете, исходящая почта настроена верно.\n",
        message_id=new_message_id(settings.mail.sender.rpartition("@")[2]),
        date=now,
    )
    try:
        asyncio.run(smtp_gateway(settings).send(compose(letter), settings.mail.sender, [to]))
        yield Probed(True, f"Исходящая почта работает: письмо на {to} принято сервером.")
    except PostError as error:
        yield Probed(False, f"Исходящая почта: {explain(error)}")
    if not reads_mail(settings):
        yield Probed(False, unset_mail(settings))
        return
    try:
        with imap_gateway(settings) as mailbox:
            names = [folder.name for folder in mailbox.folders()]
    except MailboxError as error:
        yield Probed(False, f"Входящая почта: {explain(error)}")
        return
    yield Probed(True, f"Входящая почта работает. Папки: {', '.join(names)}.")
    for name in (*settings.imap.folders, *filter(None, [settings.imap.sent_folder])):
        if name not in names:
            yield Probed(False, f"Папки «{name}» в ящике нет. Проверьте её имя в настройках.")
