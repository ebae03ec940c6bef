"""The name of an attachment, in whatever way the writer spelt it."""

from __future__ import annotations

import re
from email.message import Message
from urllib.parse import unquote_to_bytes

from notifications.reading.charsets import decode
from notifications.reading.headers import decoded, raw_values

# filename=…, filename*=…, filename*0=…, filename*0*=…; a value in quotes may hold semicolons.
_PARAMETER = re.compile(
    r'(?:;|(?<![;\s])\s)\s*+(?P<name>filename|name)(?:\*(?P<place>\d{1,3}))?(?P<extended>\*)?\s*+=\s*+(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^;]*))',
    re.IGNORECASE | re.DOTALL,
)
_LANGUAGE = re.compile(r"(?P<charset>[\w.:-]*)'[\w-]*'(?P<rest>.*)", re.DOTALL)
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_LONGEST = 4000

Piece = tuple[int, bool, str]


def file_name(part: Message) -> str:
    """Without folders, as people read it; '' when the part has no name."""
    for header, name in (("content-disposition", "filename"), ("content-type", "name")):
        found = _named(part, header, name)
        if found:
            return found
    return ""


def _named(part: Message, header: str, name: str) -> str:
    """The spelling of RFC 2231 before the plain one: writers that know it put the plain one for those that do not."""
    extended: list[Piece] = []
    plain: list[str] = []
    for value in raw_values(part, header):
        for found in _PARAMETER.finditer(value[:_LONGEST]):
            if found["name"].lower() != name:
                continue
            text = _unescaped(found["quoted"]) if found["quoted"] is not None else found["bare"].strip()
            if found["place"] is not None or found["extended"]:
                extended.append((int(found["place"] or 0), bool(found["extended"]), text))
            else:
                plain.append(text)
    spelt = [_joined(extended)] if extended else []
    return next((last for text in [*spelt, *plain] if (last := _last(_percent(decoded(text))))), "")


def _unescaped(quoted: str) -> str:
    r"""Only \" and \\ are taken for escapes: writers of «C:\Сканы\скан.pdf» do not escape at all."""
    return re.sub(r'\\(["\\])', r"\1", quoted)


def _joined(pieces: list[Piece]) -> str:
    """Continuations in their order; bytes first, characters after, for a character may be split between two."""
    charset, data, said = "", b"", False
    for place, extended, text in sorted(pieces, key=lambda piece: piece[0]):
        found = _LANGUAGE.fullmatch(text) if extended and not said and place == 0 else None
        if found:
            charset, text, said = found["charset"], found["rest"], True
        raw = text.encode("utf-8", "surrogateescape")
        data += unquote_to_bytes(raw) if extended else raw
    return decode(data, charset)[0]


def _percent(text: str) -> str:
    """Names written as in an address: only where the escapes stand for letters or for spaces; «100%.pdf» stays."""
    escapes = _ESCAPE.findall(text)
    letters = any(int(escape[1:], 16) >= 0x80 for escape in escapes)
    spaces = " " not in text and any(escape == "%20" for escape in escapes)
    return decode(unquote_to_bytes(text))[0] if letters or spaces else text


def _last(path: str) -> str:
    """The name behind the last folder, whichever way the slashes lean."""
    name = path.strip().strip("\"'").replace("\\", "/").rstrip("/").rpartition("/")[2]
    return "".join(mark for mark in name if mark.isprintable()).strip()
