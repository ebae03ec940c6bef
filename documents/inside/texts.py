"""Inside the sandbox's child: the text of plain files, in whatever charset, and of letters."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from documents.inside.binary import words_in
from documents.inside.markup import is_encoded
from documents.inside.pieces import Pieces
from documents.media import wide_order

_COMMON = "оеаинтсрвлкмдпу"
_CYRILLIC_CHARSETS = ("cp1251", "cp866", "koi8-r", "mac_cyrillic", "iso8859-5")
_LETTER = re.compile("[а-яё]")
_NOT_RUSSIAN = re.compile("[^\x00-\x7fА-Яа-яЁё«»–—№…„“”°§•\u00a0]")
_ODD_CASE = re.compile("[а-яё][А-ЯЁ]")
_TAG = re.compile(r"<[^<>]{0,20000}>")
_UNSEEN = re.compile(r"<(script|style)\b[^<>]{0,2000}>(?:(?!<\1\b).)*?</\1>", re.DOTALL | re.IGNORECASE)
_NOTE = re.compile(r"<!--((?:(?!<!--).){0,100000}?)-->|<!\[CDATA\[((?:(?!<!\[CDATA\[).){0,100000}?)\]\]>", re.DOTALL)
_DRAWN = re.compile(
    r"<(?:img|svg|canvas|iframe|object|embed|picture|video|audio|image|v:imagedata|v:shape)\b|data:(?!text/)[a-z]+/",
    re.IGNORECASE,
)
_VALUE = re.compile(r"=\s*(?:\"([^\"<>]{1,4000})\"|'([^'<>]{1,4000})')")
_LINES = 40  # lines looked at to tell a table from a text
_RTF_LEFT_OUT = re.compile(
    r"\{(?:\\\*)?\\?(?:fonttbl|colortbl|stylesheet|author|operator|pict|generator|themedata|datastore|listtable)[^{}]*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}[^{}]*)*\}"
)
_HEXADECIMAL = re.compile(r"(?:[0-9a-fA-F]{2}\s{0,2}){100,}")
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
    _doubts(text, pieces)
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
    """XML and HTML: what stands between the tags, then what stands in them, in notes and scripts."""
    whole = decoded(data)
    _doubts(whole, pieces)
    if _DRAWN.search(whole):
        pieces.leave("картинка")
    text = _NOTE.sub(lambda found: f" {found.group(2) or ''} ", _UNSEEN.sub(" ", whole))
    for number, line in enumerate(html.unescape(_TAG.sub(" ", text)).splitlines(), 1):
        pieces.add(f"строка {number}", line)
    values = [html.unescape(first or second) for tag in _TAG.findall(text) for first, second in _VALUE.findall(tag)]
    pieces.add("значения внутри тегов", "\n".join(values))
    # Words that tags cut in two, notes, scripts; and letters written by their numbers in scripts.
    pieces.aside("текст без тегов", html.unescape(_TAG.sub("", text)).splitlines())
    unseen = [found.group(0) for found in _UNSEEN.finditer(whole)] + [
        found.group(1) or "" for found in _NOTE.finditer(whole)
    ]
    pieces.aside("примечания и сценарии", html.unescape(_spelled("\n".join(unseen))).splitlines())


def _spelled(text: str) -> str:
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found.group(1), 16)), text)


def _doubts(text: str, pieces: Pieces) -> None:
    if is_encoded(text):
        pieces.leave("данные, записанные буквами (Base64)")
    odd = len(_NOT_RUSSIAN.findall(text))
    if odd > 20 and odd > 0.05 * len(text):
        pieces.leave("знаки, которые не складываются в слова")


def as_json(data: bytes, pieces: Pieces) -> None:
    """Letters written as \\u0418 are letters."""
    text = decoded(data)
    _doubts(text, pieces)
    try:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=0)
    except (ValueError, RecursionError):
        text = _spelled(text)
    for number, line in enumerate(text.splitlines(), 1):
        pieces.add(f"строка {number}", re.sub(r'["{}\[\]]', " ", line))


def rtf(data: bytes, pieces: Pieces) -> None:
    """The words of a document, less its tables of fonts and styles; what is written in hexadecimal digits apart."""
    whole = data.decode("latin-1")
    if re.search(r"\\(?:pict|objdata|bin\d|shppict|nonshppict)\b", whole):
        pieces.leave("картинка или вложенный файл")
    for digits in _HEXADECIMAL.findall(whole):
        pieces.aside("данные внутри RTF", words_in(bytes.fromhex(digits)))
    source = _RTF_LEFT_OUT.sub(" ", whole)
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
            pieces.leave("вложенный файл")
            continue
        body = part.get_payload(decode=True)
        if not isinstance(body, bytes):
            continue
        text = _charset_of(part, body)
        _doubts(text, pieces)
        if _DRAWN.search(text):
            pieces.leave("картинка")
        if part.get_content_type() == "text/html":
            text = html.unescape(_TAG.sub(" ", _UNSEEN.sub(" ", text)))
        for number, line in enumerate(text.splitlines(), 1):
            pieces.add(f"текст письма, строка {number}", line)


def _charset_of(part: EmailMessage, body: bytes) -> str:
    try:
        return body.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return decoded(body)
