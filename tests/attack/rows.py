"""Addresses with numbers and words put in: number 1 of everything is there in a town."""

from __future__ import annotations

import re

_WORDS = {
    "code": "sections", "item": "card", "subsystem": "frmo", "role": "organisation", "kind": "frmo-frmr-access", "rule": "SGN-3",
    "layout": "access", "trigger": "send", "name": "x", "page": "1", "what": "x",
}  # fmt: skip


def numbered(path: str) -> str:
    return re.sub(r"\{(\w+)[^}]*\}", lambda match: _WORDS.get(match[1], "1"), path)
