"""Who really calls, and how: a proxy's word for it is believed only where `[page] proxies` names the proxy."""

from __future__ import annotations

from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from wiring.work import Installation

_Network = IPv4Network | IPv6Network
_Address = IPv4Address | IPv6Address


class Proxies:
    """ASGI middleware: the address and the scheme of the scope become those of the person behind a known proxy."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            installation: Installation = scope["app"].state.installation
            known = networks(installation.settings.page.believed)
            if scope["client"] and _is_among(scope["client"][0], known):
                _believe(scope, known)
        await self.app(scope, receive, send)


def _believe(scope: Scope, known: tuple[_Network, ...]) -> None:
    """The last address of the chain that is no proxy of ours: what stands before it anybody may have written."""
    headers = Headers(scope=scope)
    if headers.get("x-forwarded-proto", "").strip().lower() in ("http", "https"):
        scope["scheme"] = headers["x-forwarded-proto"].strip().lower()
    chain = [part.strip() for line in headers.getlist("x-forwarded-for") for part in line.split(",")]
    for named in reversed(chain[-20:]):
        if _parsed(named) is None:
            return
        scope["client"] = (named, 0)
        if not _is_among(named, known):
            return


@cache
def networks(named: tuple[str, ...]) -> tuple[_Network, ...]:
    return tuple(ip_network(each, strict=False) for each in named)


def _is_among(host: str, known: tuple[_Network, ...]) -> bool:
    address = _parsed(host)
    return address is not None and any(address in each for each in known if each.version == address.version)


def _parsed(host: str) -> _Address | None:
    try:
        found = ip_address(host)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found


def caller_address(request: Request) -> str:
    """By which tries are counted: one IPv6 subscriber has a whole /64 to come from."""
    host = request.client.host if request.client else ""
    address = _parsed(host)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False))
    return str(address) if address else host
