"""The access key of the managers' page, computed from the installation's secret."""

from __future__ import annotations

import base64
import hashlib
import hmac


def page_key(secret: bytes) -> str:
    """What `egisz-access up` prints and the page asks for."""
    return mac(secret, "page-key")


def mac(secret: bytes, text: str) -> str:
    """A short keyed digest that fits an address."""
    digest = hmac.new(secret, text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()
