"""Sends composed letters over SMTP: one by one or on one kept connection for a batch."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from notifications.smtp_conversation import Receipt, SmtpConversation, SmtpSettings
from notifications.smtp_refusals import Refusal
from notifications.tls import Security, trusting

__all__ = ["Receipt", "Refusal", "Security", "SmtpConversation", "SmtpGateway", "SmtpSettings", "send_once"]


class SmtpGateway:
    """Keeps what connections share; connects only when a letter is to go."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._tls: ssl.SSLContext | None = None

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[SmtpConversation]:
        """Opened with the first letter; opened again when the server hung up between two letters."""
        kept = SmtpConversation(self._settings, self._trusting)
        try:
            yield kept
        finally:
            await kept.close()

    async def send(self, raw: bytes, sender: str, recipients: Sequence[str]) -> Receipt:
        """One letter on a connection of its own. Raises DeliveryError or DeliveryUncertain."""
        async with self.connection() as post:
            return await post.send(raw, sender, recipients)

    def _trusting(self) -> ssl.SSLContext:
        # Reading the system's authorities takes tens of milliseconds: once is enough.
        self._tls = self._tls or trusting(self._settings.ca_bundle)
        return self._tls

    async def check(self) -> None:
        """Connect, protect, log in, leave: what the settings page tries. Raises DeliveryError."""
        async with self.connection() as post:
            await post.open()


def send_once(settings: SmtpSettings, raw: bytes, sender: str, recipients: Sequence[str]) -> Receipt:
    """The test letter of the settings page, for callers without an event loop."""
    return asyncio.run(SmtpGateway(settings).send(raw, sender, recipients))
