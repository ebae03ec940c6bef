"""Our Message-IDs: nobody can guess one, and whoever has this installation's key can tell when it was drawn.

One that is ours and that the database does not know was sent by a copy of this installation, or before a backup was put back.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets

_PREFIX = "r."
_OURS = re.compile(r"<r\.([0-9a-f]{8})([0-9a-f]{24})([0-9a-f]{16})@[^<>\s]+>")


def drawn(domain: str, at: dt.datetime, key: bytes) -> str:
    """A new one, for a letter that is promised at this moment. `domain` in ASCII."""
    moment, lot = f"{int(at.timestamp()) & 0xFFFFFFFF:08x}", secrets.token_hex(12)
    return f"<{_PREFIX}{moment}{lot}{_mark(moment + lot, key)}@{domain}>"


def is_unguessable(message_id: str) -> bool:
    """Whether it was drawn by lot; those of former releases were computed from what anybody can count up to."""
    return message_id.startswith(f"<{_PREFIX}")


def drawn_at(message_id: str, key: bytes) -> dt.datetime | None:
    """When an installation with this key drew it; None for any other, whatever it looks like."""
    found = _OURS.fullmatch(message_id)
    if found is None or not hmac.compare_digest(_mark(found[1] + found[2], key), found[3]):
        return None
    return dt.datetime.fromtimestamp(int(found[1], 16), dt.UTC)


def _mark(drawn_lot: str, key: bytes) -> str:
    return hmac.new(key, b"message-id " + drawn_lot.encode(), hashlib.sha256).hexdigest()[:16]
