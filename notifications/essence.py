"""What makes a letter the one it is, whichever way it came: the same words and files under the same Message-ID.

A second copy (another folder, another server on its way, delivered again) differs in its traces only.
"""

from __future__ import annotations

import hashlib
import re

_OF_THE_AUTHOR = (b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"in-reply-to", b"references")
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_LINE_END = re.compile(rb"\r\n|\r|\n")


def essence(raw: bytes) -> str:
    """A SHA-256 in hexadecimal; "" for a letter without a Message-ID, which nobody can tell from another."""
    head, _, body = _LINE_END.sub(b"\n", raw).partition(b"\n\n")
    said: dict[bytes, bytes] = {}
    for line in _FOLDED.sub(b" ", head).split(b"\n"):
        name, _, value = line.partition(b":")
        said.setdefault(name.strip().lower(), b" ".join(value.split()))
    if not said.get(b"message-id"):
        return ""
    digest = hashlib.sha256()
    for name in _OF_THE_AUTHOR:
        digest.update(name + b":" + said.get(name, b"") + b"\n")
    digest.update(b"\n".join(line.rstrip() for line in body.split(b"\n")).rstrip())
    return digest.hexdigest()
