"""The parts of a letter: its texts (plain and HTML), enclosed letters, delivery reports."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message

from notifications.reading.charsets import decode
from notifications.reading.headers import decoded, lenient_base64, raw_values

MAX_TEXT = 400_000
# What decorates or signs a letter and says nothing in words.
_DUMB = frozenset({"image", "audio", "video"})
_SIGNATURES = frozenset(
    {
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
        "application/pgp-signature",
        "text/calendar",
        "text/vcard",
        "text/x-vcard",
    }
)
_MAX_DEPTH, _MAX_PARTS = 12, 200
_STATUS = ("message/delivery-status", "message/global-delivery-status")
_RECEIPTS = ("message/disposition-notification", "message/global-disposition-notification", "message/feedback-report")
_BOUNDARY = re.compile(rb"(?m)^--([^\s-][^\r\n]{0,70}?)[ \t]*\r?$")
_LOOKS_HTML = re.compile(r"<(?:!doctype html|html|head|body|div|table|p|br|span|b|font)\b[^>]{0,200}>", re.IGNORECASE)


@dataclass(slots=True)
class Body:
    """One readable part; an alternative holds both spellings of the same."""

    plain: str | None = None
    html: str | None = None


@dataclass(slots=True)
class Parts:
    """What a letter carries. `reports` are blocks on delivery, `receipts` those on reading and complaints."""

    bodies: list[Body] = field(default_factory=list)
    enclosed: list[Message] = field(default_factory=list)
    reports: list[Message] = field(default_factory=list)
    receipts: list[Message] = field(default_factory=list)
    headers_only: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)  # names of attached files that may say something
    problems: list[str] = field(default_factory=list)
    truncated: bool = False
    count: int = 0


def parse(raw: bytes) -> Message:
    """Bytes as a message; NULs, a leading BOM, an mbox line and blank lines before the headers are dropped."""
    raw = raw.replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n \t")
    if raw.startswith((b"From ", b">From ")):
        raw = raw.partition(b"\n")[2]
    message: Message = message_from_bytes(raw, policy=policy.compat32)
    return message


def parts_of(message: Message) -> Parts:
    """All readable parts, in order; attachments are left alone."""
    found = Parts()
    _collect(message, found, 0)
    return found


def _collect(part: Message, found: Parts, depth: int) -> None:
    found.count += 1
    if depth > _MAX_DEPTH or found.count > _MAX_PARTS:
        found.truncated = True
        return
    kind = part.get_content_type()
    if kind in _STATUS:
        found.reports.extend(_blocks(part, found))
    elif kind in _RECEIPTS:
        found.receipts.extend(_blocks(part, found))
    elif kind in ("message/rfc822", "message/global"):
        found.enclosed.extend(_children(part) if part.is_multipart() else [parse(_bytes(part))])
    elif part.is_multipart():
        _collect_many(part, kind, found, depth)
    elif kind.startswith("multipart/"):
        _collect_broken(part, found, depth)
    elif kind in ("text/rfc822-headers", "message/global-headers"):
        found.headers_only.append(_text(part, found))
    elif kind in ("text/plain", "text/html", "text/enriched") and not _attached(part):
        _add_body(found, kind, _text(part, found))
    elif kind.partition("/")[0] not in _DUMB and kind not in _SIGNATURES:
        found.documents.append(decoded(str(part.get_filename() or "без имени")))


def _collect_many(part: Message, kind: str, found: Parts, depth: int) -> None:
    inner = Parts(count=found.count)
    for child in _children(part):
        _collect(child, inner, depth + 1)
    if kind == "multipart/alternative" and len(inner.bodies) > 1:
        plains = [body.plain for body in inner.bodies if body.plain is not None]
        htmls = [body.html for body in inner.bodies if body.html is not None]
        inner.bodies = [Body("\n\n".join(plains) if plains else None, "\n".join(htmls) if htmls else None)]
    found.bodies.extend(inner.bodies)
    found.enclosed.extend(inner.enclosed)
    found.reports.extend(inner.reports)
    found.receipts.extend(inner.receipts)
    found.headers_only.extend(inner.headers_only)
    found.documents.extend(inner.documents)
    found.problems.extend(inner.problems)
    found.count, found.truncated = inner.count, found.truncated or inner.truncated


def _collect_broken(part: Message, found: Parts, depth: int) -> None:
    """A multipart whose boundary is missing or wrong: the boundary is looked up in the body."""
    data = _bytes(part)
    mark = _BOUNDARY.search(data)
    if mark is None or depth > 3:
        _add_body(found, "text/plain", decode(data)[0])
        return
    found.problems.append("Граница частей письма указана неверно: части разобраны по тексту.")
    boundary = mark.group(1).decode("latin-1")
    _collect(
        parse(f'Content-Type: multipart/mixed; boundary="{boundary}"\n\n'.encode("latin-1") + data), found, depth + 1
    )


def _add_body(found: Parts, kind: str, text: str) -> None:
    if len(text) > MAX_TEXT:
        text, found.truncated = text[:MAX_TEXT], True
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    looks_html = bool(_LOOKS_HTML.match(text.lstrip()[:300])) and "</" in text
    if kind == "text/html" or (looks_html and kind == "text/plain"):
        found.bodies.append(Body(html=text))
    elif text.strip():
        found.bodies.append(Body(plain=re.sub(r"</?[a-z]{1,20}>", "", text) if kind == "text/enriched" else text))


def _children(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (child for child in payload if isinstance(child, Message))


def _attached(part: Message) -> bool:
    disposition = " ".join(raw_values(part, "content-disposition")).lower()
    return disposition.strip().startswith("attachment") or ("filename" in disposition and "inline" not in disposition)


def _blocks(part: Message, found: Parts) -> Iterator[Message]:
    """Groups of fields parted by blank lines; the library takes those of most kinds for one letter and its body."""
    if part.is_multipart():
        data = b"\n\n".join(_as_written(child) for child in _children(part))
        encoding = " ".join(raw_values(part, "content-transfer-encoding")).strip().lower()
        if encoding.startswith("base64"):
            data = lenient_base64(data)
        elif encoding.startswith("quoted-printable"):
            data = quopri.decodestring(data)
        text = decode(data, "utf-8")[0].replace("\r\n", "\n")
    else:
        text = _text(part, found).replace("\r\n", "\n")
    for block in re.split(r"\n[ \t]*\n", text.strip()):
        yield parse(block.strip("\n").encode() + b"\n\n")


def _as_written(message: Message) -> bytes:
    """Fields and body; the library's own writing would lose lines that hold only spaces."""
    fields = "".join(f"{name}: {value}\n" for name, value in message.raw_items())
    return fields.encode("utf-8", "surrogateescape") + b"\n" + _bytes(message)


def _bytes(part: Message) -> bytes:
    """The decoded payload; base64 that the library gives up on is read as far as it goes."""
    data = part.get_payload(decode=True)
    data = data if isinstance(data, bytes) else b""
    encoding = " ".join(raw_values(part, "content-transfer-encoding")).strip().lower()
    if encoding.startswith("base64") and re.fullmatch(rb"[A-Za-z0-9+/=\s]{8,}", data[:2000]):
        payload = part.get_payload()
        body = payload.encode("ascii", "ignore") if isinstance(payload, str) else b""
        return lenient_base64(body) if body.strip() == data.strip() else data
    return data


def _text(part: Message, found: Parts) -> str:
    data = _bytes(part)
    content_type = " ".join(raw_values(part, "content-type"))
    stated = re.search(r"charset\*?\s*+=\s*+(?:[\w-]*+'[\w-]*+')?[\"']?\s*+([\w.:-]+)", content_type, re.IGNORECASE)
    text, remark = decode(data, stated.group(1) if stated else _declared_in_html(data))
    if remark and remark not in found.problems:
        found.problems.append(remark)
    return text


def _declared_in_html(data: bytes) -> str:
    stated = re.search(rb"<meta[^>]{0,200}charset\s*+=\s*+[\"']?\s*+([\w-]+)", data[:4000], re.IGNORECASE)
    return stated.group(1).decode("ascii") if stated else ""
