"""What a sentence says about access: an argument about its clauses, not a search for words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Flag, auto

from catalog.letters import LetterPatterns
from notifications.reading.cutting import Span, in_row, on_topic, pieces
from notifications.reading.persons import Mention
from notifications.reading.sentences import Shape, Unit


class Sign(Flag):
    """What a clause shows."""

    NOTHING = 0
    GRANT = auto()  # said as done, with nothing in the clause against it
    REFUSE = auto()
    NOT_YET = auto()  # not granted, but still open
    ASK = auto()
    LACK = auto()  # something is missing or wrong: without a refusal it is a question
    PROMISE = auto()
    OUR_MOVE = auto()  # promised for after something that we must do
    PARTIAL = auto()
    ACKNOWLEDGE = auto()
    DOUBT = auto()  # something that a grant in the same letter does not survive
    SAID = auto()  # the words of a grant stand there, though not as a statement or a promise
    ABOUT = auto()  # speaks of access or requests at all
    REVOKED = auto()  # roles were taken away: a doubt, but for a request that asks for just that


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause (part of a unit) with its signs and the persons in it."""

    signs: Sign
    mentions: tuple[Mention, ...]
    excepted: tuple[Mention, ...]
    low: str
    unit: Unit
    heading: bool = False
    rest: bool = False
    numbers: tuple[int, ...] = ()
    systems: frozenset[str] = frozenset()
    start: int = 0  # of `low` in the unit


_NUMBER = re.compile(r"(?<![\d.])\d{3}[\s-]{0,3}\d{3}[\s-]{0,3}\d{3}[\s-]{0,3}\d{2}(?!\d)")
_NUMBERED_START = re.compile(r"^[,;а\s]{0,4}(?P<numbers>\d{1,3}(?:\s?,\s?\d{1,3}|\sи\s\d{1,3}){0,30})\s?[-:]")
_ONLY = re.compile(
    r"\b(?P<only>(?:только|лишь|в части)) (?:(?:в|во|к|ко|по|для|роль|роли|доступ к|подсистем\w|системе?)\s){0,2}"
)
_ALL_OF_THEM = re.compile(r"\b(?P<all>\d{1,4}) из (?P=all)\b")
_FROM_TO = re.compile(r"\bс (\d{1,3}) по (\d{1,3})\b")
_DATED = re.compile(r"(?<=\d)\.(?=\d)")
_NONE_AT_ALL = re.compile(r"[:=-]\s?(?:0|нет)$")
_CONDITION_FIRST = re.compile(r"\s*(?:если|в случае|при|когда|обра|сообщ|пиш|звон|напи|свяж|позв|не)")


class Judge:
    """Compiled patterns applied to units; knows nothing of the letter as a whole."""

    def __init__(self, patterns: LetterPatterns, topics: Sequence[re.Pattern[str]] = ()) -> None:
        """`topics`: names of what was asked for: beside one a predicate needs no other subject."""
        self.signs, self.rows, self.topics = patterns.signs, patterns.rows, tuple(topics)

    def clauses(self, unit: Unit, mentions: list[Mention]) -> list[Clause]:
        """The unit's clauses, each judged; conditions anywhere in the sentence hold for all of it."""
        masked = self.signs.harmless.sub(self._blank, unit.plain.low)
        spans = pieces(masked, mentions, self.signs, self.rows, self.topics)
        conditional = bool(self.signs.conditions.search(masked))
        in_row = unit.shape is not Shape.SENTENCE or len(spans) > 1
        found = [self._clause(unit, masked, span, mentions, in_row, conditional) for span in spans]
        hedged = conditional or bool(self.signs.hedges.search(masked)) or unit.too_long
        return [_demoted(clause) if hedged else clause for clause in found]

    def _blank(self, found: re.Match[str]) -> str:
        """Harmless spans go blank as long as no refusal hides in them; lengths stay, so that places still fit."""
        span = found.group()
        hides = self.signs.refusals.search(span) and not _CONDITION_FIRST.match(span) and not _NONE_AT_ALL.search(span)
        return span if hides else "§" * len(span)

    def _clause(
        self, unit: Unit, masked: str, span: Span, mentions: list[Mention], in_row: bool, conditional: bool
    ) -> Clause:
        text = masked[span[0] : span[1]]
        here = [mention for mention in mentions if span[0] <= mention.start < span[1]]
        text = _less_dots(text, here, span[0])
        text = self._less_only(text, here, span[0])
        bare = _ALL_OF_THEM.sub("всем", _NUMBER.sub(" № ", text))
        numbers = self._numbers(text) if not here else ()
        bare_verdict = (in_row and bool(here or numbers or self.rows.rest.search(text))) or self._on_topic(text)
        signs = self._signs(bare, bare_verdict, conditional)
        cut = self.signs.exceptions.search(text)
        excepted: tuple[Mention, ...] = ()
        if cut and self._before_exception(bare):
            excepted = tuple(mention for mention in here if mention.start >= span[0] + cut.start())
            signs = Sign.PARTIAL | Sign.ABOUT
        return Clause(
            signs,
            tuple(mention for mention in here if mention not in excepted),
            excepted,
            text,
            unit,
            heading=text.rstrip().endswith(":"),
            rest=bool(self.rows.rest.search(text)),
            numbers=numbers,
            systems=frozenset(self.signs.systems.findall(text)),
            start=span[0],
        )

    def _less_only(self, text: str, here: list[Mention], start: int) -> str:
        """«Назначены только Петрову», «только в ФРМО»: whoever and whatever is named, the verdict is read of it alone."""
        if not self.topics:
            return text
        for only in _ONLY.finditer(text):
            named = any(mention.start - start == only.end() for mention in here)
            if named or any(topic.match(text, only.end()) for topic in self.topics):
                text = text[: only.start("only")] + " " * len(only["only"]) + text[only.end("only") :]
        return text

    def _on_topic(self, text: str) -> bool:
        """«ФРМО – предоставлен»: what was asked for is itself the subject, and no other is named."""
        return on_topic(text, self.topics) and not self.rows.other_subjects.search(text)

    def _before_exception(self, text: str) -> bool:
        """«Доступ предоставлен всем, кроме …»: what stands after «кроме» is whom and why, not a verdict."""
        cut = self.signs.exceptions.search(text)
        return cut is not None and self._granted(text[: cut.start()], False) is Sign.GRANT

    def _numbers(self, text: str) -> tuple[int, ...]:
        text = _FROM_TO.sub(r"\1-\2", text)
        found = self.rows.numbered.search(text) or _NUMBERED_START.match(text)
        if found is None:
            return ()
        out: list[int] = []
        for piece in re.findall(r"\d+\s?-\s?\d+|\d+", found.group("numbers")):
            low, _, high = piece.partition("-")
            out.extend(range(int(low), min(int(high or low), int(low) + 200) + 1))
        return tuple(out)

    def _signs(self, text: str, as_row: bool, conditional: bool) -> Sign:
        signs, found = self.signs, Sign.NOTHING
        found |= Sign.ABOUT if signs.subjects.search(text) else Sign.NOTHING
        found |= Sign.ACKNOWLEDGE if signs.acknowledgements.search(text) else Sign.NOTHING
        if signs.double_negations.search(text):
            return found | Sign.DOUBT
        if not conditional:
            found |= self._requests(text)
        if signs.promises.search(text):
            found |= Sign.PROMISE | (Sign.OUR_MOVE if signs.our_move.search(text) else Sign.NOTHING)
        if signs.refusals.search(text) or (as_row and self.rows.refusals.search(in_row(text, self.topics))):
            return found | self._refused(text, conditional)
        if signs.revocations.search(text):
            return found | Sign.DOUBT | Sign.REVOKED
        granted = self._granted(text, as_row)
        if granted is Sign.DOUBT and not conditional and not found & Sign.PROMISE:
            found |= Sign.SAID
        rest = self._less_partial(text) if granted is Sign.PARTIAL else text
        return found | granted | (Sign.DOUBT if conditional or signs.contraries.search(rest) else Sign.NOTHING)

    def _less_partial(self, text: str) -> str:
        """«Выполнена не полностью: не найден СНИЛС»: less its «не полностью» and the reason after the colon."""
        partial = self.signs.partials.search(text)
        colon = text.find(":", partial.end()) if partial else -1
        return self.signs.partial_words.sub(" ", text if colon < 0 else text[:colon])

    def _refused(self, text: str, conditional: bool) -> Sign:
        if conditional or self.signs.questions.search(text) or self.signs.generals.search(text):
            return Sign.DOUBT
        return Sign.NOT_YET if self.signs.still_open.search(text) else Sign.REFUSE

    def _requests(self, text: str) -> Sign:
        text = _DATED.sub(" ", text)
        found = Sign.ASK if self.signs.asks.search(text) or self.signs.questions.search(text) else Sign.NOTHING
        return found | (Sign.LACK if self.signs.deficiencies.search(text) else Sign.NOTHING)

    def _granted(self, text: str, as_row: bool) -> Sign:
        """GRANT only when nothing in the clause speaks against it; a blocked grant is a doubt."""
        partial = self.signs.partials.search(text)
        said = self.signs.grants.search(text) or (as_row and self.rows.grants.search(in_row(text, self.topics)))
        without = self._less_partial(text) if partial else text
        if not (said or self.signs.grants.search(without) or (partial and "частично" in partial.group())):
            return Sign.NOTHING
        if self.signs.blockers.search(without):
            return Sign.DOUBT
        return Sign.PARTIAL if partial else Sign.GRANT


def _less_dots(text: str, mentions: list[Mention], start: int) -> str:
    """Initials without their full stops, at which an expression would end."""
    for mention in mentions:
        begin, end = max(mention.start - start, 0), max(mention.end - start, 0)
        text = text[:begin] + text[begin:end].replace(".", " ") + text[end:]
    return text


def _demoted(clause: Clause) -> Clause:
    """A grant in a sentence with a condition or a question, or in one too long to judge, becomes a doubt."""
    if not clause.signs & (Sign.GRANT | Sign.PARTIAL):
        return clause
    return replace(clause, signs=(clause.signs & ~(Sign.GRANT | Sign.PARTIAL)) | Sign.DOUBT)
