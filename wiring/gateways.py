"""The mailbox's gateways from the settings."""

from __future__ import annotations

from notifications.imap import ImapGateway, ImapSettings
from notifications.smtp import SmtpGateway
from notifications.smtp_conversation import SmtpSettings
from notifications.tls import Security
from notifications.webhooks import WebhookGateway
from refusals import Refusal
from wiring.settings import Settings


class NoMailbox(Refusal):
    """The settings name no mail server."""

    http_status = 500


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
            data_timeout=part.data_timeout_seconds,
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


def webhook_gateway(settings: Settings) -> WebhookGateway:
    """To whoever subscribed."""
    return WebhookGateway(own=settings.webhooks.networks)
