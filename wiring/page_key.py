"""The key of a new installation's page, computed from its secret: with it the first administrator is made."""

from __future__ import annotations

import base64
import hashlib
import hmac


def page_key(secret: bytes) -> str:
    """What `egisz-access up` prints while there is no account yet."""
    digest = hmac.new(secret, b"page-key", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def is_page_key(secret: bytes, offered: str) -> bool:
    return hmac.compare_digest(page_key(secret).encode(), offered.encode())
