"""Which lines of a letter are its own, which are its signature, and which were written by somebody else before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.letters import QuotePatterns

_QUOTE_MARK = re.compile(r"^\s{0,3}(?:[>»]|&gt;)")
_AUTHOR_ADDRESS = re.compile(r"[\w.+-]{1,64}@([\w.-]{3,200})")
_HEADER_LINE = re.compile(r"^[*\s]{0,4}[\w-]+(?: [\w-]+){0,2}\s{0,2}\*{0,2}:")

_MARK_LENGTH = 400


@dataclass(frozen=True, slots=True)
class Split:
    """`own` up to `signature` (an offset) is what the author says; `forwarded` is an inline forward, if any.

    `forwarded_head` are its mark and header lines as they stand.
    """

    own: str
    signature: int
    quoted: str
    forwarded: str = ""
    forwarded_domain: str = ""
    forwarded_head: str = ""


class _Sorter:
    """One pass over the lines; every method handles one kind of mark and says where to go on."""

    def __init__(self, lines: list[str], patterns: QuotePatterns, subject: str) -> None:
        self.lines, self.patterns = lines, patterns
        self.lows = [_comparable(line) for line in lines]
        self.forwarding = bool(patterns.forward_subject.match(subject.strip().lower()))
        self.own: list[str] = []
        self.quoted: list[str] = []
        self.forwarded: list[str] = []
        self.signature: int | None = None

    def sort(self) -> Split:
        index = 0
        while index < len(self.lines):
            index = self._line(index)
        own = "\n".join(self.own)
        start = len(own) if self.signature is None else len("\n".join(self.own[: self.signature]))
        forwarded, domain, head = _opened(self.forwarded, self.patterns)
        return Split(own, start, "\n".join(self.quoted), forwarded, domain, head)

    def _line(self, index: int) -> int:
        low, patterns = self.lows[index], self.patterns
        unquoted = re.sub(r"^(?:[>»|]\s?)+", "", low)
        if patterns.forwards.search(unquoted):
            return self._forward(index)
        if _QUOTE_MARK.match(self.lines[index]):
            self.quoted.append(self.lines[index])
            return index + 1
        if patterns.reply_above.search(low):
            return index + 1 if not self._said() else self._rest_is_quoted(index)
        if patterns.originals.search(low):
            return (
                self._forward(index)
                if self.forwarding and not self._author_follows_reply(index)
                else self._rest_is_quoted(index)
            )
        if patterns.block_authors.match(low) and self._is_block(index):
            return self._forward(index) if self.forwarding else self._rest_is_quoted(index)
        length = self._attribution(index)
        if length:
            return self._attributed(index, length)
        if patterns.echoes.search(low):
            return self._echo(index)
        if self.signature is None and self._said() and patterns.sign_offs.search(low):
            self.signature = len(self.own)
        self.own.append(self.lines[index])
        return index + 1

    def _said(self) -> bool:
        return any(line.strip() for line in self.own)

    def _author_follows_reply(self, index: int) -> bool:
        return bool(self.patterns.reply_subject.match(self.lows[index]))

    def _rest_is_quoted(self, index: int) -> int:
        self.quoted.extend(self.lines[index:])
        return len(self.lines)

    def _forward(self, index: int) -> int:
        self.forwarded = self.lines[index:]
        return len(self.lines)

    def _is_block(self, index: int) -> bool:
        return any(self.patterns.block_keys.match(low) for low in self.lows[index + 1 : index + 5])

    def _attribution(self, index: int) -> int:
        """How many lines, one to three, make up «23.11.2026, ООО … пишет:»; 0 when none do."""
        if not self.lows[index]:
            return 0
        if self.patterns.attributions.search(self.lows[index]):
            return 1
        if not self.patterns.attribution_starts.match(self.lows[index]) or self.lows[index].endswith("."):
            return 0
        for length in (2, 3):
            joined = " ".join(self.lows[index : index + length])
            if joined.rstrip().endswith(":") and self.patterns.attributions.search(joined):
                return length
        return 0

    def _attributed(self, index: int, length: int) -> int:
        """Before «>» lines only the mark itself is taken: the answer may stand below or between them."""
        after = next((line for line in self.lines[index + length :] if line.strip()), "")
        if not _QUOTE_MARK.match(after):
            return self._rest_is_quoted(index)
        self.quoted.extend(self.lines[index : index + length])
        return index + length

    def _echo(self, index: int) -> int:
        """Our own words repeated by a template: a single line for the subject, else up to «Решение:» or the end."""
        self.quoted.append(self.lines[index])
        index += 1
        if re.match(r"^(?:тема|subject)\b", self.lows[index - 1]):
            return index
        while index < len(self.lines) and not self.patterns.resumes.match(self.lows[index]):
            if self.patterns.sign_offs.search(self.lows[index]):
                break
            self.quoted.append(self.lines[index])
            index += 1
        return index


def _opened(lines: list[str], patterns: QuotePatterns) -> tuple[str, str, str]:
    """A forwarded letter less its mark and header lines, the domain of its author ('' when not shown), and those lines."""
    lines = [re.sub(r"^\s{0,3}(?:>\s?)+", "", line) for line in lines]
    domain, body = "", 0
    for number, line in enumerate(lines[:14]):
        low = line.strip().lower()
        if patterns.block_authors.match(low) and not domain:
            address = _AUTHOR_ADDRESS.search(low)
            domain = address.group(1) if address else ""
        if (
            number == 0
            or patterns.block_authors.match(low)
            or patterns.block_keys.match(low)
            or (not low and body == number)
        ) or (body == number and _HEADER_LINE.match(line) and number < 8 and not patterns.resumes.match(low)):
            body = number + 1
        elif body < number:
            break
    return "\n".join(lines[body:]).strip("\n"), domain, "\n".join(lines[:body]).strip("\n")


def _comparable(line: str) -> str:
    """The beginning of a line in one spelling; no mark of quoting is longer than this."""
    return " ".join(line[:_MARK_LENGTH].lower().replace("ё", "е").replace("\ufeff", "").split())


def split(text: str, patterns: QuotePatterns, subject: str = "") -> Split:
    """Sort the lines of a letter's text."""
    return _Sorter(text.split("\n"), patterns, subject).sort()
