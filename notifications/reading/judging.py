"""What a sentence says about access: an argument about its clauses, not a search for words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Flag, auto

from catalog.letters import LetterPatterns
from notifications.reading.persons import Mention, is_snils
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
    ABOUT = auto()  # speaks of access or requests at all


NEGATIVE = Sign.REFUSE | Sign.ASK | Sign.LACK | Sign.NOT_YET


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


_JOINTS = re.compile(r";|,?\s(?:но|однако)\s|,\sа\s(?!также|именно)|,?\sпри этом\s|,\sзато\s|,?\sв то же время\s")
_COMMA = re.compile(r",\s|\sи\s")
_NUMBER = re.compile(r"(?<![\d.])\d{3}[\s-]{0,3}\d{3}[\s-]{0,3}\d{3}[\s-]{0,3}\d{2}(?!\d)")


class Judge:
    """Compiled patterns applied to units; knows nothing of the letter as a whole."""

    def __init__(self, patterns: LetterPatterns) -> None:
        self.signs, self.rows = patterns.signs, patterns.rows

    def clauses(self, unit: Unit, mentions: list[Mention]) -> list[Clause]:
        """The unit's clauses, each judged; conditions anywhere in the sentence hold for all of it."""
        masked = self._masked(unit.plain.low)
        in_row = unit.shape is not Shape.SENTENCE and bool(mentions)
        conditional = bool(self.signs.conditions.search(masked))
        pieces = self._pieces(masked, mentions, in_row)
        found = [
            self._clause(unit, masked, start, end, mentions, in_row or len(pieces) > 1, conditional)
            for start, end in pieces
        ]
        return _poisoned(found, masked, conditional, self._if_anywhere(masked))

    def _if_anywhere(self, masked: str) -> bool:
        return bool(
            re.search(
                r"\b(?:если|при условии|в случае|только после|после того|как только|до тех пор|пока|чтобы|ли)\b|\?",
                masked,
            )
        )

    def _masked(self, low: str) -> str:
        """Harmless spans blanked out, as long as no refusal hides in them; lengths stay, so that places still fit."""

        def blank(found: re.Match[str]) -> str:
            span = found.group()
            hidden = self.signs.refusals.search(span) and not re.match(
                r"\s*(?:если|в случае|при|когда|обра|сообщ|пиш|звон|напи|свяж|позв|не)", span
            )
            return span if hidden else "§" * len(span)

        return self.signs.harmless.sub(blank, low)

    def _pieces(self, masked: str, mentions: list[Mention], in_row: bool) -> list[tuple[int, int]]:
        edges = [0]
        for joint in _JOINTS.finditer(masked):
            edges.append(joint.start())
        pieces = [(start, end) for start, end in zip(edges, [*edges[1:], len(masked)], strict=True) if end > start]
        return [part for start, end in pieces for part in self._by_person(masked, start, end, mentions)]

    def _by_person(self, masked: str, start: int, end: int, mentions: list[Mention]) -> list[tuple[int, int]]:
        """«Иванову предоставлен, Петрову отказано»: a comma parts two persons when both sides have a verdict of their own."""
        if sum(start <= mention.start < end for mention in mentions) < 2:
            return [(start, end)]
        parts, begin = [], start
        for comma in _COMMA.finditer(masked, start, end):
            left, right = masked[begin : comma.start()], masked[comma.end() : end]
            named_left = any(begin <= m.start < comma.start() for m in mentions)
            next_named = min((m.start for m in mentions if m.start >= comma.end()), default=end + 9)
            if (
                named_left
                and next_named - comma.end() < 30
                and next_named < end
                and self._decides(left)
                and self._decides(right)
            ):
                parts.append((begin, comma.start()))
                begin = comma.end()
        return [*parts, (begin, end)]

    def _decides(self, text: str) -> bool:
        return bool(
            self.rows.grants.search(text) or self.signs.refusals.search(text) or self.signs.deficiencies.search(text)
        )

    def _clause(
        self, unit: Unit, masked: str, start: int, end: int, mentions: list[Mention], in_row: bool, conditional: bool
    ) -> Clause:
        text = masked[start:end]
        here = [mention for mention in mentions if start <= mention.start < end]
        cut = self.signs.exceptions.search(text)
        excepted = [mention for mention in here if cut and mention.start >= start + cut.start()]
        bare = _NUMBER.sub(" № ", text)
        signs = self._signs(bare, in_row and bool(here), conditional)
        rest = bool(self.rows.rest.search(text))
        numbers = self._numbers(text) if not here else ()
        if (
            numbers
            and not signs & (Sign.GRANT | Sign.REFUSE)
            and self.rows.grants.search(bare)
            and not self.signs.blockers.search(bare)
        ):
            signs |= Sign.GRANT
        if rest and signs & Sign.DOUBT and not self.signs.blockers.search(bare) and self.rows.grants.search(bare):
            signs = (signs | Sign.GRANT) & ~Sign.DOUBT
        return Clause(
            signs,
            tuple(m for m in here if m not in excepted),
            tuple(excepted),
            text,
            unit,
            text.rstrip().endswith(":"),
            rest,
            numbers,
            frozenset(self.signs.systems.findall(text)),
        )

    def _numbers(self, text: str) -> tuple[int, ...]:
        found = self.rows.numbered.search(text)
        if found is None:
            found = re.match(r"^[,;а\s]{0,4}(?P<numbers>\d{1,3}(?:\s?,\s?\d{1,3}|\sи\s\d{1,3}){0,30})\s?[-:]", text)
        if found is None:
            return ()
        out: list[int] = []
        for piece in re.findall(r"\d+\s?-\s?\d+|\d+", found.group("numbers")):
            low, _, high = piece.partition("-")
            out.extend(range(int(low), min(int(high or low), int(low) + 200) + 1))
        return tuple(out)

    def _signs(self, text: str, in_row: bool, conditional: bool) -> Sign:
        signs, found = self.signs, Sign.NOTHING
        if signs.subjects.search(text):
            found |= Sign.ABOUT
        if signs.acknowledgements.search(text):
            found |= Sign.ACKNOWLEDGE
        if signs.double_negations.search(text):
            return found | Sign.DOUBT
        refused = bool(signs.refusals.search(text) or (in_row and self.rows.refusals.search(text)))
        if refused and conditional:
            found |= Sign.DOUBT
        elif refused:
            found |= Sign.NOT_YET if signs.still_open.search(text) else Sign.REFUSE
        if not conditional:
            found |= self._requests(text)
        if signs.promises.search(text):
            found |= Sign.PROMISE | (Sign.OUR_MOVE if signs.our_move.search(text) else Sign.NOTHING)
        if refused:
            return found
        return found | self._granted(text, in_row) | (Sign.DOUBT if signs.contraries.search(text) else Sign.NOTHING)

    def _requests(self, text: str) -> Sign:
        found = Sign.ASK if self.signs.asks.search(text) or self.signs.questions.search(text) else Sign.NOTHING
        return found | (Sign.LACK if self.signs.deficiencies.search(text) else Sign.NOTHING)

    def _granted(self, text: str, in_row: bool) -> Sign:
        """GRANT only when nothing in the clause speaks against it; a blocked grant is a doubt."""
        grants = self.rows.grants if in_row else self.signs.grants
        if not (grants.search(text) or self.signs.grants.search(text)):
            return (
                Sign.PARTIAL
                if re.search(r"частично", text)
                and re.search(r"выполнен|исполнен|предоставлен", text)
                and not re.search(r"\bбуд", text)
                else Sign.NOTHING
            )
        if not self.signs.partials.search(text):
            return Sign.DOUBT if self.signs.blockers.search(text) else Sign.GRANT
        without = self.signs.partial_words.sub(" ", text)
        return Sign.DOUBT if self.signs.blockers.search(without) else Sign.PARTIAL


def _poisoned(clauses: list[Clause], masked: str, conditional: bool, hedged: bool) -> list[Clause]:
    """A grant in a sentence with a condition or question anywhere becomes a doubt; so does one in a sentence too long."""
    if not clauses or not (conditional or hedged or clauses[0].unit.too_long):
        return clauses
    return [_demoted(clause) if clause.signs & (Sign.GRANT | Sign.PARTIAL) else clause for clause in clauses]


def _demoted(clause: Clause) -> Clause:
    signs = (clause.signs & ~(Sign.GRANT | Sign.PARTIAL)) | Sign.DOUBT
    return Clause(
        signs,
        clause.mentions,
        clause.excepted,
        clause.low,
        clause.unit,
        clause.heading,
        clause.rest,
        clause.numbers,
        clause.systems,
    )


def named_keys(clause: Clause) -> list[str]:
    """СНИЛС numbers first, then names of people whose number the letter does not show."""
    keys = [mention.key for mention in clause.mentions]
    return sorted(set(keys), key=lambda key: (not is_snils(key), keys.index(key)))
