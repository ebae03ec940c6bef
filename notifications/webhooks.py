"""Posting a notification over HTTP: signed as the Standard Webhooks convention says, to hosts that may be posted to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import logging
import socket
import ssl
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

import httpx2 as httpx

from refusals import Refusal

SECRET_BEGINS = "whsec_"
_SECONDS = 10.0
# Clouds tell their machines' secrets at these; 169.254.169.254 and its like are link-local.
_METADATA = frozenset(map(ipaddress.ip_address, ("100.100.100.200", "192.0.0.192", "fd00:ec2::254")))
# An IPv4 address in the clothes of IPv6: translated, 6to4, Teredo.
_WRAPPED = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
logging.getLogger("httpx2").setLevel(logging.WARNING)  # its INFO lines quote addresses, which may be secret


class BadTarget(Refusal, ValueError):
    """Where nothing may be posted; the text says in Russian why and what to do."""


class NotTaken(Refusal):
    """The receiver did not take it. `answer` is its HTTP status, None when there was none; the text is for the page."""

    http_status = 502

    def __init__(self, told: str, answer: int | None = None) -> None:
        super().__init__(told)
        self.answer = answer


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and base64 of HMAC-SHA256 over id, timestamp and body, joined by dots."""
    key = base64.b64decode(secret.removeprefix(SECRET_BEGINS))
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"


def headers(secret: str, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    return {
        "content-type": "application/json",
        "user-agent": "egisz-access",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, message_id, timestamp, body),
    }


def check_url(url: str, own: Sequence[str] = ()) -> SplitResult:
    """What can be told without asking the network; `own` are networks that the administrator lists. Raises BadTarget."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadTarget("Адрес не разобрать. Пример: https://mis.clinic.ru/egisz/hook.") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        raise BadTarget(
            "Адрес начинается с https:// (или http:// внутри вашей сети). Пример: https://mis.clinic.ru/egisz/hook."
        )
    if parts.username or parts.password or parts.fragment:
        raise BadTarget("В адресе не может быть пароля и «#»: подлинность доказывает подпись.")
    try:
        judge(parts.scheme, [ipaddress.ip_address(parts.hostname)], own)
    except ValueError as wrong:
        if isinstance(wrong, BadTarget):
            raise
    return parts


def judge(scheme: str, addresses: Iterable[_Address], own: Sequence[str] = ()) -> None:
    """Raises BadTarget: to public addresses by https, to others only in networks that the administrator lists."""
    listed = [ipaddress.ip_network(each, strict=False) for each in own]
    for given in addresses:
        address = getattr(given, "ipv4_mapped", None) or given
        if address.is_link_local or address.is_multicast or address.is_unspecified or address in _METADATA:
            raise BadTarget("На служебные адреса (169.254.0.0/16 и подобные) уведомления не отправляются.")
        if any(address in network for network in listed if network.version == address.version):
            continue
        if not address.is_global or any(
            address in network for network in _WRAPPED if network.version == address.version
        ):
            raise BadTarget(
                'Это адрес внутренней сети, а она не в списке. Администратор впишет её в settings.toml: [webhooks] networks = ["10.1.0.0/16"].'
            )
        if scheme == "http":
            raise BadTarget("По http уведомления уходят только внутри вашей сети. Для внешнего сервера нужен https.")


@dataclass
class WebhookGateway:
    """One try each; an address is judged as it resolves now, and the connection goes to what was judged."""

    seconds: float = _SECONDS
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    own: tuple[str, ...] = ()  # networks of the house that the administrator lists

    def post(self, url: str, body: bytes, sent: Mapping[str, str]) -> int:
        """The receiver's 2xx. Raises NotTaken. Redirects are not followed, the answer's body is not read."""
        try:
            parts = check_url(url, self.own)
            name, address = _resolved(parts, self.own)
        except BadTarget as wrong:
            raise NotTaken(str(wrong)) from None
        pinned = parts._replace(netloc=_netloc(address, parts.port)).geturl()
        try:
            with (
                httpx.Client(
                    verify=self.context, timeout=self.seconds, follow_redirects=False, trust_env=False
                ) as client,
                client.stream(
                    "POST",
                    pinned,
                    content=body,
                    headers={**sent, "host": _netloc(name, parts.port)},
                    extensions={"sni_hostname": name},
                ) as answer,
            ):
                status = answer.status_code
        except httpx.TimeoutException:
            raise NotTaken(f"Получатель не ответил за {self.seconds:.0f} с.") from None
        except (httpx.HTTPError, ssl.SSLError, OSError) as error:
            raise NotTaken(_why(error)) from None
        if 300 <= status < 400:
            raise NotTaken("Получатель отвечает перенаправлением: впишите конечный адрес.", status)
        if not 200 <= status < 300:
            raise NotTaken(f"Получатель ответил кодом {status}.", status)
        return status


def _netloc(host: str, port: int | None) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{port}" if port else shown


def _resolved(parts: SplitResult, own: Sequence[str]) -> tuple[str, str]:
    """The host in ASCII and its address. Raises BadTarget, NotTaken."""
    try:
        host = (parts.hostname or "").encode("idna").decode()
        found = socket.getaddrinfo(
            host, parts.port or (443 if parts.scheme == "https" else 80), type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError):
        raise NotTaken("Имя сервера не находится. Проверьте адрес и DNS.") from None
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    judge(parts.scheme, map(ipaddress.ip_address, addresses), own)
    return host, addresses[0]


def _why(error: Exception) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "Сертификату получателя нет доверия."
    return "Соединиться с получателем не удалось."
