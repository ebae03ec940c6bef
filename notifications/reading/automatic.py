"""Letters that no person wrote to us: auto-replies, mailings, announcements."""

from __future__ import annotations

import re
from collections.abc import Iterable
from email.message import Message

from catalog.letters import AutomaticPatterns, HeaderMark
from notifications.reading.headers import decoded, raw_values
from notifications.reading.normal import plain


def _marked(message: Message, marks: Iterable[HeaderMark]) -> bool:
    return any(
        mark.value.search(decoded(value).strip().lower()) for mark in marks for value in raw_values(message, mark.name)
    )


def by_machine(message: Message, patterns: AutomaticPatterns) -> bool:
    """Whether the headers say that a program answered."""
    return _marked(message, patterns.auto_headers)


def to_everybody(message: Message, patterns: AutomaticPatterns) -> bool:
    """Whether the headers say that it is a mailing."""
    return _marked(message, patterns.bulk_headers)


def away_words(subject: str, text: str, patterns: AutomaticPatterns) -> list[str]:
    """The lines that say the addressee is away; the subject first."""
    found = (
        [subject] if patterns.auto_subjects.search(plain(subject).low) or patterns.away.search(subject.lower()) else []
    )
    return found + [line.strip() for line in text.split("\n")[:60] if _says_away(line, patterns)]


def _says_away(line: str, patterns: AutomaticPatterns) -> bool:
    return bool(patterns.away.search(plain(line[:1000]).low) or patterns.away.search(line[:1000].lower()))


def is_notice(subject: str, text: str, patterns: AutomaticPatterns) -> bool:
    """Whether it announces something to everybody."""
    return bool(patterns.notices.search(plain(subject).low) or patterns.notices.search(plain(text[:3000]).low))


def is_closing(subject: str, text: str, patterns: AutomaticPatterns) -> bool:
    """Whether it says nothing but that a ticket is closed, or asks for a mark: no other sentence decides anything."""
    sentences = [plain(part[:400]).low for part in re.split(r"[.!?\n]", f"{subject[:400]}\n{text[:6000]}")]
    others = [sentence for sentence in sentences if not patterns.closings.search(sentence)]
    return len(others) < len(sentences) and not any(patterns.closing_contradicted.search(one) for one in others)
