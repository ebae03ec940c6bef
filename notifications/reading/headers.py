"""Headers as written by all kinds of software: raw bytes, broken encoded words, several of the same name."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from email.message import Message

from notifications.reading.charsets import decode, repair

_ENCODED = re.compile(r"=\?([\w.:+*-]{1,40})\?([bq])\?([^?\n]*)(?:\?=|$)", re.IGNORECASE)
_BETWEEN = re.compile(r"(\?=)\s+(?==\?)")
_PERCENT = re.compile(r"^([\w-]+)'[\w-]*'((?:%[0-9A-Fa-f]{2}|[^%])+)$")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,300}>")
_BARE_ID = re.compile(r"(?<![<\w])[^<>\s,;]{1,200}@[^<>\s,;]{1,200}")


def raw_values(message: Message, name: str) -> list[str]:
    """Every header of the name as it stands, unfolded; bytes beyond ASCII are surrogates."""
    return [re.sub(r"\r?\n\s*", " ", str(value)) for key, value in message.raw_items() if key.strip().lower() == name]


def header(message: Message, name: str) -> str:
    """The first header of the name, decoded; '' when there is none."""
    values = raw_values(message, name)
    return decoded(values[0]) if values else ""


def decoded(value: str) -> str:
    """RFC 2047 and 2231 undone as far as possible; raw 8-bit text is guessed."""
    data = value.encode("utf-8", "surrogateescape")
    text = decode(data)[0] if not data.isascii() else value
    text = _words(_BETWEEN.sub(r"\1", text))
    percent = _PERCENT.match(text.strip())
    if percent:
        text = decode(
            quopri.decodestring(percent.group(2).replace("%", "=").encode("ascii", "replace")), percent.group(1)
        )[0]
    return re.sub(r"\s+", " ", repair(text)).strip()


def _words(text: str) -> str:
    """Neighbouring words of one charset are joined before decoding: writers split characters between them."""
    parts: list[str] = []
    run: list[re.Match[str]] = []
    last = 0
    for found in _ENCODED.finditer(text):
        if run and (found.start() > last or _charset(found) != _charset(run[0])):
            parts.append(_decoded_run(run))
            run = []
        parts.append(text[last : found.start()])
        run.append(found)
        last = found.end()
    return "".join([*parts, _decoded_run(run) if run else "", text[last:]])


def _charset(word: re.Match[str]) -> str:
    return word.group(1).split("*")[0].lower()


def _decoded_run(run: list[re.Match[str]]) -> str:
    """Base64 that some writers cut anywhere is put together before it is decoded."""
    bodies = [word.group(3).strip() for word in run]
    torn = any(len(body) % 4 and not body.endswith("=") for body in bodies[:-1])
    if torn and all(word.group(2) in "bB" for word in run):
        data = lenient_base64("".join(bodies).encode("ascii", "replace"))
    else:
        data = b"".join(map(_bytes_of, run))
    return decode(data, _charset(run[0]))[0]


def _bytes_of(word: re.Match[str]) -> bytes:
    body = word.group(3)
    if word.group(2) in "bB":
        return lenient_base64(body.encode("ascii", "replace"))
    return quopri.decodestring(_encoded(body.replace("_", " "), _charset(word)), header=False)


def _encoded(text: str, charset: str) -> bytes:
    """Letters that stand raw inside an encoded word are of its charset."""
    try:
        return text.encode(charset)
    except (LookupError, UnicodeEncodeError):
        return text.encode("utf-8", "replace")


def lenient_base64(data: bytes) -> bytes:
    """What can be read of base64 with broken padding or strange characters in it."""
    body = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    body = body[: len(body) - 1] if len(body) % 4 == 1 else body
    try:
        return base64.b64decode(body + b"=" * (-len(body) % 4))
    except binascii.Error:
        return b""


def message_ids(message: Message, *names: str) -> list[str]:
    """Message-IDs of these headers in order, each once; a bare one gets its brackets."""
    found: list[str] = []
    for name in names:
        for value in raw_values(message, name):
            ids = _MESSAGE_ID.findall(value) or [f"<{bare}>" for bare in _BARE_ID.findall(value)]
            found.extend(identifier for identifier in ids if identifier not in found)
    return found
