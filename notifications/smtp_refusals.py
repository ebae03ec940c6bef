"""What the exceptions and reply codes of a mail server mean for the letter."""

from __future__ import annotations

import socket
from dataclasses import dataclass

import aiosmtplib

from notifications.errors import DeliveryError
from notifications.tls import tls_trouble

_AUTH_REQUIRED = 530
_TOO_BIG = 552
_TLS_REQUIRED = (530, 538)
_BY_STAGE = {"sender": "sender", "recipient": "recipient", "data": "content", "data-end": "content"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One recipient whom the server refused while it took the letter for others."""

    address: str
    reply: int
    text: str

    @property
    def permanent(self) -> bool:
        return self.reply >= 500


def connecting_failed(error: Exception, stage: str) -> DeliveryError:
    """From the first packet to the login."""
    if isinstance(error, DeliveryError):
        return error
    trouble = tls_trouble(error)
    if trouble:
        return DeliveryError(trouble, stage="tls", permanent=True)
    if _is_unknown_host(error):
        return DeliveryError("unknown-host", stage=stage)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _greeting_refused(error, stage)
    if isinstance(error, TimeoutError):
        return DeliveryError("timeout", stage=stage)
    if isinstance(error, aiosmtplib.SMTPConnectError) or stage == "connect":
        return DeliveryError("connect", stage=stage)
    return lost(error, stage)


def refused(error: Exception, stage: str) -> DeliveryError:
    """A reply to MAIL, RCPT, DATA or to the whole letter, or no reply before the letter was over."""
    if not isinstance(error, aiosmtplib.SMTPResponseException) or error.code < 0:
        return lost(error, stage)
    permanent = error.code >= 500
    code = _BY_STAGE[stage] if permanent else "busy"
    if error.code == _AUTH_REQUIRED:
        code = "auth-required"
    elif error.code == _TOO_BIG and stage != "recipient":
        code = "size"
    return DeliveryError(code, stage=stage, detail=error.message, permanent=permanent, reply=error.code)


def lost(error: Exception, stage: str) -> DeliveryError:
    """The line broke or fell silent while the letter could not yet have been taken."""
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, TimeoutError):
        return DeliveryError("timeout", stage=stage)
    if isinstance(error, ConnectionError):
        return DeliveryError("lost", stage=stage)
    return DeliveryError("protocol", stage=stage, detail=str(error))


def _greeting_refused(error: aiosmtplib.SMTPResponseException, stage: str) -> DeliveryError:
    permanent = error.code >= 500
    if stage == "auth" and error.code in _TLS_REQUIRED:
        code = "tls-required"
    elif stage == "auth":
        code = "auth" if permanent else "auth-temporary"
    elif stage == "tls":
        code = "tls" if permanent else "busy"
    else:
        code = "greeting" if permanent else "busy"
    return DeliveryError(code, stage=stage, detail=error.message, permanent=permanent, reply=error.code)


def _is_unknown_host(error: BaseException) -> bool:
    while error is not None:
        if isinstance(error, socket.gaierror):
            return error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
        error = error.__cause__  # type: ignore[assignment]
    return False
