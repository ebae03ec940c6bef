"""Inside the sandbox's child: the text of plain files, in whatever charset, and of letters."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from documents.inside.pieces import Pieces
from documents.media import wide_order

_COMMON = "оеаинтсрвлкмдпу"
_CYRILLIC_CHARSETS = ("cp1251", "cp866", "koi8-r", "mac_cyrillic", "iso8859-5")
_LETTER = re.compile("[а-яё]")
_NOT_RUSSIAN = re.compile("[^\x00-\x7fА-Яа-яЁё«»–—№…„“”°§•\u00a0]")
_ODD_CASE = re.compile("[а-яё][А-ЯЁ]")
_TAG = re.compile(r"<[^<>]{0,20000}>")
_UNSEEN = re.compile(r"<(script|style)\b[^<>]{0,2000}>.*?</\1>", re.DOTALL | re.IGNORECASE)
_VALUE = re.compile(r"=\s*(?:\"([^\"<>]{1,4000})\"|'([^'<>]{1,4000})')")
_LINES = 40  # lines looked at to tell a table from a text
_RTF_LEFT_OUT = re.compile(
    r"\{\\\*?\\?(?:fonttbl|colortbl|stylesheet|info|pict|generator|themedata|datastore|listtable)[^{}]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^{}]*)*\}"
)
_RTF = re.compile(
    r"\\'([0-9a-fA-F]{2})|\\u(-?\d{1,6})\??|\\(par|line|row|cell|tab)\b ?|\\[a-zA-Z]{1,32}-?\d{0,10} ?|\\(.)|[{}]|([^\\{}]+)",
    re.DOTALL,
)


def decoded(data: bytes) -> str:
    """By its mark, as UTF-8, as UTF-16 without a mark, else the Cyrillic charset that makes the most Russian of it."""
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return data.decode("utf-32", "replace")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    order = wide_order(data)
    if order is not None:
        return data.decode(order, "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    return max((data.decode(charset, "replace") for charset in _CYRILLIC_CHARSETS), key=_russian)


def _russian(text: str) -> float:
    sample = text[:50_000]
    common = sum(sample.count(letter) for letter in _COMMON)
    return (
        common
        - 3 * len(_ODD_CASE.findall(sample))
        + 0.2 * len(_LETTER.findall(sample))
        - len(_NOT_RUSSIAN.findall(sample))
    )


def plain(data: bytes, pieces: Pieces) -> None:
    """Lines of a text, cells of a CSV."""
    text = decoded(data)
    lines = text.splitlines()
    mark = _delimiter(lines[:_LINES])
    if mark:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=mark), 1):
            for column, cell in enumerate(row, 1):
                pieces.add(f"строка {number}, столбец {column}", cell, 1, number, column)
        return
    for number, line in enumerate(lines, 1):
        pieces.add(f"строка {number}", line)


def _delimiter(lines: list[str]) -> str | None:
    """A sign that stands as often in every line as in the first one."""
    filled = [line for line in lines if line.strip()]
    for mark in (";", "\t", ","):
        counts = {line.count(mark) for line in filled}
        if len(filled) > 1 and len(counts) == 1 and counts != {0}:
            return mark
    return None


def structured(data: bytes, pieces: Pieces) -> None:
    """XML and HTML: what stands between the tags, then what stands in them."""
    text = _UNSEEN.sub(" ", decoded(data))
    for number, line in enumerate(html.unescape(_TAG.sub(" ", text)).splitlines(), 1):
        pieces.add(f"строка {number}", line)
    values = [html.unescape(first or second) for tag in _TAG.findall(text) for first, second in _VALUE.findall(tag)]
    pieces.add("значения внутри тегов", "\n".join(values))


def as_json(data: bytes, pieces: Pieces) -> None:
    """Letters written as \\u0418 are letters."""
    text = decoded(data)
    try:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=0)
    except (ValueError, RecursionError):
        text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found.group(1), 16)), text)
    for number, line in enumerate(text.splitlines(), 1):
        pieces.add(f"строка {number}", re.sub(r'["{}\[\]]', " ", line))


def rtf(data: bytes, pieces: Pieces) -> None:
    """The words of a document, less its tables of fonts and styles."""
    source = _RTF_LEFT_OUT.sub(" ", data.decode("latin-1"))
    parts: list[str] = []
    for eight_bit, wide, breaks, escaped, run in _RTF.findall(source):
        if eight_bit:
            parts.append(bytes([int(eight_bit, 16)]).decode("cp1251", "replace"))
        elif wide:
            parts.append(chr(int(wide) % 0x10000))
        elif breaks:
            parts.append("\t" if breaks in ("cell", "tab") else "\n")
        elif escaped:
            parts.append({"~": " ", "_": "-", "-": ""}.get(escaped, escaped))
        elif run:
            parts.append(re.sub(r"[\r\n]", "", run).encode("latin-1", "replace").decode("cp1251", "replace"))
    for number, line in enumerate("".join(parts).splitlines(), 1):
        pieces.add(f"абзац {number}", line)


def letter(data: bytes, pieces: Pieces) -> None:
    """Subject and bodies; what is attached to the letter is not opened."""
    message = message_from_bytes(data, policy=policy.default)
    pieces.add("тема письма", str(message["subject"] or ""))
    for part in message.walk():
        if not isinstance(part, EmailMessage) or part.is_multipart():
            continue
        if part.get_content_maintype() != "text" or part.get_filename():
            pieces.complete = False
            continue
        body = part.get_payload(decode=True)
        if not isinstance(body, bytes):
            continue
        text = _charset_of(part, body)
        if part.get_content_type() == "text/html":
            text = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", text)))
        for number, line in enumerate(text.splitlines(), 1):
            pieces.add(f"текст письма, строка {number}", line)


def _charset_of(part: EmailMessage, body: bytes) -> str:
    try:
        return body.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return decoded(body)
