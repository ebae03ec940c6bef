"""Who may see the managers' pages: whoever has the installation's access key. Accounts come later."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets

from wiring.page_key import mac, page_key

COOKIE = "egisz-page"
LASTS = dt.timedelta(days=14)


def is_key(secret: bytes, offered: str) -> bool:
    return hmac.compare_digest(page_key(secret).encode(), offered.encode())


def issue_session(secret: bytes, now: dt.datetime) -> str:
    """A random token, signed with its end, so that it outlives a restart and needs no table."""
    body = f"{int((now + LASTS).timestamp())}.{secrets.token_urlsafe(16)}"
    return f"{body}.{mac(secret, f'page-session:{body}')}"


def is_session(secret: bytes, token: str, now: dt.datetime) -> bool:
    """Signed by us and not over."""
    body, _, signature = token.rpartition(".")
    expected = mac(secret, f"page-session:{body}")
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        return False
    return int(body.partition(".")[0]) > now.timestamp()
