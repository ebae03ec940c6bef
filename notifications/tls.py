"""Protected connections to mail servers: the certificate is always checked."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

_EXPIRED = 10
_OTHER_NAME = (62, 64)


class Security(StrEnum):
    """How a connection is protected; plain only inside one machine."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


class BadBundle(ValueError):
    """The file with the certificate authorities cannot be read."""


def trusting(ca_bundle: Path | None) -> ssl.SSLContext:
    """The system's certificate authorities and those of the bundle. Raises BadBundle."""
    context = ssl.create_default_context()
    if ca_bundle is not None:
        try:
            context.load_verify_locations(cafile=ca_bundle)
        except (OSError, ValueError):
            raise BadBundle("not a readable PEM file") from None
    return context


def is_loopback(host: str) -> bool:
    """Whether the name means this machine; other names are not resolved for that."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def tls_trouble(error: BaseException) -> str | None:
    """The code of what was wrong with the certificate or the handshake; None when TLS is not the trouble."""
    for cause in _causes(error):
        if isinstance(cause, BadBundle):
            return "ca-bundle"
        if isinstance(cause, ssl.SSLCertVerificationError):
            if cause.verify_code == _EXPIRED:
                return "tls-expired"
            return "tls-name" if cause.verify_code in _OTHER_NAME else "tls-untrusted"
        if isinstance(cause, ssl.SSLError):
            return "tls"
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
