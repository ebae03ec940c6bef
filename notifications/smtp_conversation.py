"""A conversation with an SMTP server that knows at each moment whether the letter can have been taken."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiosmtplib

from notifications.composing import BadAddress, address
from notifications.errors import DeliveryError, DeliveryUncertain
from notifications.server_words import readable
from notifications.smtp_refusals import Refusal, connecting_failed, lost, refused
from notifications.tls import BadBundle, Security, is_loopback

_BARE_LINE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")
_LEADING_DOT = re.compile(rb"(?m)^\.")
_CHUNK = 256 * 1024
_DRAIN_POLL = 0.002
_METHODS = ("plain", "login", "cram-md5")


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Times in seconds; `data_timeout` is how long the server may think about a whole letter."""

    host: str
    port: int
    security: Security = Security.STARTTLS
    username: str = ""
    password: str = field(default="", repr=False)
    ca_bundle: Path | None = None
    timeout: float = 30.0
    data_timeout: float = 300.0
    local_hostname: str = "localhost"
    plain_allowed: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's 250: from here on the letter is its care, for everybody but `refused`."""

    reply: str
    refused: tuple[Refusal, ...] = ()

    @property
    def partial(self) -> bool:
        return bool(self.refused)


class SmtpConversation:
    """Not for several tasks at once."""

    def __init__(self, settings: SmtpSettings, trusting: Callable[[], ssl.SSLContext]) -> None:
        self._settings = settings
        self._trusting = trusting
        self._client: aiosmtplib.SMTP | None = None
        self._line: asyncio.BaseTransport | None = None
        self._used = False

    async def send(
        self, raw: bytes, sender: str, recipients: Sequence[str], *, still_ours: Callable[[], bool] = lambda: True
    ) -> Receipt:
        """Raises DeliveryError when the letter was surely not taken, DeliveryUncertain when nobody can tell.

        `still_ours` is asked once more before the dot that makes the server take the letter.
        """
        if not recipients or _BARE_LINE_END.search(raw) or not raw:
            raise DeliveryError("format", stage="content", permanent=True)
        sender, recipients = _wire(sender, "sender"), [_wire(each, "address") for each in recipients]
        client = await self._begin(raw, sender)
        try:
            refusals = await self._name_recipients(client, recipients)
            reply = await self._hand_over(client, raw, still_ours)
        except DeliveryError:
            await self._forget_envelope()
            raise
        except BaseException:
            self._drop()
            raise
        self._used = True
        return Receipt(reply, tuple(refusals))

    async def open(self) -> aiosmtplib.SMTP:
        """A greeted, protected, logged-in connection. Raises DeliveryError."""
        if self._client is not None and self._client.is_connected:
            return self._client
        settings = self._settings
        if settings.security is Security.PLAIN and not (settings.plain_allowed or is_loopback(settings.host)):
            raise DeliveryError("plain-refused", stage="connect", permanent=True)
        self._drop()
        self._used = False
        try:
            self._client = client = self._new_client()
            await self._greet(client)
            self._line = client.transport
        except BadBundle as error:
            raise connecting_failed(error, "connect") from error
        except BaseException:
            self._drop()
            raise
        return client

    async def close(self) -> None:
        if self._client is not None and self._client.is_connected:
            with suppress(aiosmtplib.SMTPException, OSError):
                await self._client.quit(timeout=2.0)
        self._drop()

    def _new_client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.security is Security.TLS,
            start_tls=False,
            tls_context=None if settings.security is Security.PLAIN else self._trusting(),
            timeout=settings.timeout,
            local_hostname=settings.local_hostname,
        )

    async def _greet(self, client: aiosmtplib.SMTP) -> None:
        stage = "connect"
        try:
            await client.connect()
            await client.ehlo()
            if self._settings.security is Security.STARTTLS:
                stage = "tls"
                await self._protect(client)
            if self._settings.username:
                stage = "auth"
                await self._log_in(client)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise connecting_failed(error, stage) from error

    async def _protect(self, client: aiosmtplib.SMTP) -> None:
        if not client.supports_extension("starttls"):
            raise DeliveryError("no-starttls", stage="tls", permanent=True)
        await client.starttls()
        await client.ehlo()

    async def _log_in(self, client: aiosmtplib.SMTP) -> None:
        # One method, one try: three wrong answers in a row lock mailboxes.
        offered = [name for name in _METHODS if name in client.supported_auth_methods]
        if not offered:
            raise DeliveryError("auth-missing", stage="auth", permanent=True)
        log_in = {"plain": client.auth_plain, "login": client.auth_login, "cram-md5": client.auth_crammd5}[offered[0]]
        await log_in(self._settings.username.encode(), self._settings.password.encode())

    async def _begin(self, raw: bytes, sender: str) -> aiosmtplib.SMTP:
        for again in (True, False):
            client = await self.open()
            self._fits(client, raw)
            try:
                await client.mail(sender, options=self._mail_options(client, raw))
                return client
            except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
                hung_up = isinstance(error, ConnectionError) or getattr(error, "code", 0) == 421
                if again and self._used and hung_up:
                    self._drop()
                    continue
                await self._forget_envelope()
                raise refused(error, "sender") from error
        raise AssertionError("unreachable")

    @staticmethod
    def _mail_options(client: aiosmtplib.SMTP, raw: bytes) -> list[str]:
        return [f"SIZE={len(raw)}"] if client.supports_extension("size") else []

    @staticmethod
    def _fits(client: aiosmtplib.SMTP, raw: bytes) -> None:
        limit = client.esmtp_extensions.get("size", "").strip()
        if limit.isdigit() and 0 < int(limit) < len(raw):
            raise DeliveryError("size", stage="sender", permanent=True, detail=f"SIZE {limit}")

    async def _name_recipients(self, client: aiosmtplib.SMTP, recipients: Sequence[str]) -> list[Refusal]:
        refusals: list[Refusal] = []
        for where in recipients:
            try:
                await client.rcpt(where)
            except aiosmtplib.SMTPRecipientRefused as error:
                refusals.append(Refusal(where, error.code, error.message))
            except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
                raise refused(error, "recipient") from error
        if len(refusals) == len(recipients):
            worst = min(refusals, key=lambda one: one.reply)
            raise refused(aiosmtplib.SMTPRecipientRefused(worst.reply, worst.text, worst.address), "recipient")
        return refusals

    async def _hand_over(self, client: aiosmtplib.SMTP, raw: bytes, still_ours: Callable[[], bool]) -> str:
        protocol = client.protocol
        try:
            start = await client.execute_command(b"DATA")
            if start.code != 354 or protocol is None:
                raise refused(aiosmtplib.SMTPDataError(start.code, start.message), "data")
            body = _LEADING_DOT.sub(b"..", raw) + (b"" if raw.endswith(b"\r\n") else b"\r\n")
            async with asyncio.timeout(self._settings.data_timeout):
                await _push(client, protocol, body)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            # Without the closing dot a server must throw away what it has got: surely not taken.
            self._drop()
            raise lost(error, "data") from error
        if not still_ours():
            self._drop()
            raise DeliveryError("no-longer-ours", stage="data")
        return await self._close_letter(protocol)

    async def _close_letter(self, protocol: aiosmtplib.protocol.SMTPProtocol) -> str:
        try:
            protocol.write(b".\r\n")
            answer = await protocol.read_response(timeout=self._settings.data_timeout)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            self._drop()
            raise DeliveryUncertain from error
        if 200 <= answer.code < 300:
            return f"{answer.code} {readable(answer.message)}"
        if 400 <= answer.code < 600:
            raise refused(aiosmtplib.SMTPDataError(answer.code, answer.message), "data-end")
        self._drop()
        raise DeliveryUncertain(detail=f"{answer.code} {answer.message}")

    async def _forget_envelope(self) -> None:
        if self._client is None or not self._client.is_connected:
            return
        try:
            await self._client.rset()
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        line, self._line = self._line, None
        if client is not None:
            line = line or client.transport
            client.close()
        if line is not None:
            # The library closes politely, which over TLS waits for the other end: the event loop may be gone by then.
            line.abort()  # type: ignore[attr-defined]


def _wire(where: str, wrong: str) -> str:
    """An address as it travels, a domain in national letters by its ASCII name. Raises DeliveryError before anything is begun."""
    try:
        return address(where)
    except BadAddress as error:
        raise DeliveryError(wrong, stage="address", permanent=True) from error


async def _push(client: aiosmtplib.SMTP, protocol: aiosmtplib.protocol.SMTPProtocol, body: bytes) -> None:
    for start in range(0, len(body), _CHUNK):
        protocol.write(body[start : start + _CHUNK])
        while client.transport is not None and client.transport.get_write_buffer_size():  # type: ignore[attr-defined]
            await asyncio.sleep(_DRAIN_POLL)
        if client.transport is None:
            raise aiosmtplib.SMTPServerDisconnected("connection lost")
