"""Parts of a letter made from what was unpacked elsewhere, so that it is read as any other letter is."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from email.message import Message


def text_part(text: str, subtype: str) -> Message:
    """`subtype`: plain or html."""
    part = Message()
    part.set_type(f"text/{subtype}")
    part.set_param("charset", "utf-8")
    return _filled(part, text.encode("utf-8", "replace"))


def file_part(name: str, media_type: str, data: bytes) -> Message:
    part = Message()
    part["Content-Type"] = media_type if _is_type(media_type) else "application/octet-stream"
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
    return _filled(part, data)


def letter_part(inner: Message) -> Message:
    part = Message()
    part["Content-Type"] = "message/rfc822"
    part.set_payload([inner])
    return part


def many(subtype: str, parts: Sequence[Message]) -> Message:
    """A multipart; the boundary is chosen when it is written out."""
    whole = Message()
    whole["Content-Type"] = f"multipart/{subtype}"
    whole.set_payload(list(parts))
    return whole


def bodies(plain: str, html: str) -> list[Message]:
    """The spellings of one text: none, one, or an alternative of both."""
    parts = [text_part(text, kind) for text, kind in ((plain, "plain"), (html, "html")) if text.strip()]
    return [many("alternative", parts)] if len(parts) == 2 else parts


def _filled(part: Message, data: bytes) -> Message:
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.encodebytes(data).decode("ascii"))
    return part


def _is_type(stated: str) -> bool:
    kind, mark, rest = stated.partition("/")
    plain = stated.isascii() and stated.replace("/", "").replace("-", "").replace("+", "").replace(".", "").isalnum()
    return bool(kind and mark and rest) and plain and kind not in ("multipart", "message") and "/" not in rest
