"""Which text of a letter is read: plain or HTML, its own or a forwarded one, and whether the spellings agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from email.message import Message

from catalog.letters import LetterPatterns
from notifications.reading.headers import header
from notifications.reading.html_text import html_to_text
from notifications.reading.judging import Sign
from notifications.reading.mime import Parts, parts_of
from notifications.reading.normal import hides_order
from notifications.reading.outcome import Understanding, understand
from notifications.reading.quoting import Split, split
from notifications.reading.result import KnownPerson, Outcome
from notifications.reading.sender import is_trusted

# A plain part that only says «see the HTML» is shorter than this.
_STUB = 90
# No answer of a desk is longer; what lies beyond is not judged, and then nothing is granted.
_JUDGED = 40_000
_NOTHING = Split("", 0, "")


@dataclass(frozen=True, slots=True)
class Body:
    """A text with what it means. `conflict`: the plain and the HTML spelling disagree.

    `inner`: the words are those of a letter forwarded in this one, `foreign`: and not the desk's; `inner_subject` is its own.
    """

    parts: Split
    meaning: Understanding
    conflict: bool = False
    foreign: bool = False
    inner: bool = False
    inner_subject: str = ""


class BodyReader:
    """Reads bodies with the given patterns; `people` are the lines of our request."""

    def __init__(self, patterns: LetterPatterns, people: Sequence[KnownPerson]) -> None:
        self.patterns, self.people = patterns, people

    def texts(self, parts: Parts) -> list[str]:
        """The body as plain text and, where a letter has both, as its HTML reads."""
        quotes = self.patterns.quotes
        pairs = []
        for body in parts.bodies:
            seen = html_to_text(body.html, quotes.html_classes, quotes.html_ids) if body.html is not None else None
            pairs.append((body.plain, seen))
        by_plain = "\n\n".join(plain if plain is not None else seen or "" for plain, seen in pairs)
        by_html = "\n\n".join(seen if seen is not None else plain or "" for plain, seen in pairs)
        both = any(plain is not None and seen is not None for plain, seen in pairs)
        return [by_plain, by_html] if both and by_plain.strip() else [by_html] if pairs else []

    def read(self, texts: Sequence[str], subject: str, parts: Parts) -> Body:
        """The body to believe; a letter enclosed or forwarded is read where the outer one decides nothing."""
        own = self._chosen([self._one(text, subject, parts) for text in texts])
        if own.conflict or own.meaning.outcome is not Outcome.NONE:
            return own
        if own.parts.forwarded.strip():
            domain = own.parts.forwarded_domain
            foreign = bool(domain) and domain not in self.patterns.trusted_domains
            return replace(self._one(own.parts.forwarded, "", parts), foreign=foreign, inner=True)
        inner = [self._enclosed(message) for message in parts.enclosed[:3]]
        return next((body for body in inner if body is not None), own)

    def _one(self, text: str, subject: str, parts: Parts) -> Body:
        sorted_lines = split(text, self.patterns.quotes, subject)
        own = sorted_lines.own[:_JUDGED]
        doubtful = parts.truncated or hides_order(own) or len(own) < len(sorted_lines.own)
        return Body(sorted_lines, understand(own, sorted_lines.signature, self.patterns, self.people, doubtful))

    def _enclosed(self, message: Message) -> Body | None:
        parts = parts_of(message)
        texts = self.texts(parts)
        if not texts:
            return None
        subject = header(message, "subject")
        body = self._chosen([self._one(text, subject, parts) for text in texts])
        foreign = not is_trusted(message, self.patterns.trusted_domains)
        return replace(body, foreign=foreign, inner=True, inner_subject=subject)

    def _chosen(self, bodies: Sequence[Body]) -> Body:
        if len(bodies) < 2:
            return bodies[0] if bodies else Body(_NOTHING, Understanding(Outcome.NONE, Sign.NOTHING))
        by_plain, by_html = bodies
        if by_plain.meaning.outcome is by_html.meaning.outcome:
            return _richer(by_plain, by_html)
        if len(by_plain.parts.own.strip()) < _STUB and by_plain.meaning.outcome is Outcome.NONE:
            return by_html
        return by_plain if not by_html.parts.own.strip() else replace(by_html, conflict=True)


def _richer(by_plain: Body, by_html: Body) -> Body:
    """Both decide the same; tables survive only in HTML. Different lines are a contradiction."""
    plain_lines, html_lines = by_plain.meaning.lines, by_html.meaning.lines
    conflict = bool(plain_lines and html_lines) and plain_lines != html_lines
    return replace(by_html if len(html_lines) > len(plain_lines) else by_plain, conflict=conflict)
