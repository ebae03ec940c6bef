"""Whose words a letter holds: the sender's, a forwarded author's, an enclosed letter's; each with what it quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from notifications.reading.bodies import BodyReader
from notifications.reading.headers import decoded, raw_values
from notifications.reading.mime import Parts, parts_of
from notifications.reading.quoting import Split, split
from notifications.reading.told import Voice

_MOST_TEXT, _MOST_QUOTED = 40_000, 20_000
_MOST_VOICES, _MOST_ENCLOSED = 6, 3
_HEADER = re.compile(r"^[*\s]{0,4}([A-Za-zА-Яа-яЁё][\w-]{1,20}(?: [\w-]{1,20})?)\s{0,2}\*{0,2}\s?:\s{0,4}(.{1,400})$")


def voices(parts: Parts, texts: list[str], reader: BodyReader, subject: str) -> list[Voice]:
    """The sender first. `texts` are the letter's spellings; the one with more in it is told."""
    found = [*_written(texts, reader, subject)]
    for inner in parts.enclosed[:_MOST_ENCLOSED]:
        found += _enclosed(inner, reader)
    return found[:_MOST_VOICES]


def _written(texts: list[str], reader: BodyReader, subject: str) -> Iterator[Voice]:
    """A text and what is forwarded in it, one inside the other."""
    if not texts:
        return
    patterns = reader.patterns.quotes
    sorted_lines = max((split(text, patterns, subject) for text in texts), key=_weight)
    yield _voice("own", sorted_lines, [])
    for _ in range(_MOST_VOICES):
        if not sorted_lines.forwarded.strip():
            return
        head = _head(sorted_lines.forwarded_head)
        # Its own subject says whether a letter inside it is forwarded or answered.
        subject = next((value for name, value in head if name.lower() in ("тема", "subject")), "")
        sorted_lines = split(sorted_lines.forwarded, patterns, subject)
        yield _voice("forwarded", sorted_lines, head)


def _weight(sorted_lines: Split) -> int:
    return len(sorted_lines.own.strip()) + len(sorted_lines.forwarded.strip())


def _enclosed(message: Message, reader: BodyReader) -> list[Voice]:
    parts = parts_of(message)
    names = ("From", "Date", "To", "Cc", "Subject")
    head = [
        [name, value]
        for name in names
        if (value := "; ".join(decoded(each) for each in raw_values(message, name.lower())))
    ]
    subject = next((value for name, value in head if name == "Subject"), "")
    found = list(_written(reader.texts(parts), reader, subject))
    first = found[0] if found else Voice("own")
    return [Voice("enclosed", head, first.text, first.signature, first.quoted), *found[1:]]


def _voice(kind: str, said: Split, head: list[list[str]]) -> Voice:
    own = said.own[:_MOST_TEXT]
    text, signature = own[: said.signature].strip("\n"), own[said.signature :].strip("\n")
    return Voice(kind, head, text, signature, said.quoted[:_MOST_QUOTED].strip("\n"))


def _head(block: str) -> list[list[str]]:
    """«From: …» and the like, in any language; lines that are no header go with the one before."""
    found: list[list[str]] = []
    for line in block.split("\n")[:20]:
        header = _HEADER.match(line)
        if header:
            found.append([header.group(1), header.group(2).strip("* ")])
        elif found and line.strip() and len(found[-1][1]) < 400:
            found[-1][1] += f" {line.strip()[:400]}"
    return found
