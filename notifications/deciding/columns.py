"""A table whose columns are subsystems: one verdict for each cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from notifications.deciding.claims import Claim, Polarity
from notifications.deciding.sentences import SentenceReader, quoted
from notifications.deciding.whole import leftover, told
from notifications.reading.judging import Clause, Sign
from notifications.reading.normal import Plain
from notifications.reading.persons import Mention, People
from notifications.reading.sentences import Shape, Unit

_EMPTY = " -–—."
_NEUTRAL = re.compile(
    r"^(?:№.{0,6}|n|п/?п|ф\.? ?и\.? ?о\.?.{0,20}|сотрудник\w*|работник\w*|пользовател\w*|фамилия.{0,30}|снилс|должност\w*|дата.{0,20}|)$"
)
_NUMBER_TITLE = re.compile(r"^(?:№.{0,12}|n|п/?п|строк\w|номер.{0,12})$")
_REASONS = re.compile(r"\b(?:примечани|комментари|причин|основани|замечани)")


class Columns:
    """Finds such tables among the units of a letter and reads them; what it took is not read again."""

    def __init__(self, reader: SentenceReader, people: People) -> None:
        self.reader, self.people = reader, people
        self.taken: set[int] = set()

    def claims(self, units: Sequence[Unit], text: str) -> list[Claim]:
        """All verdicts of all tables, by employee and subsystem."""
        found: list[Claim] = []
        header: Unit | None = None
        topics: dict[int, str] = {}
        for unit in units:
            if unit.shape is not Shape.ROW:
                header = None
            elif header is not None and (whose := self._whose(unit, header)):
                self.taken |= {id(header), id(unit)}
                found += self._row(unit, header, topics, whose, text)
            elif not self.people.mentions(unit.plain):
                topics = self._topics(unit)
                header = unit if topics else None
        return found

    def _whose(self, unit: Unit, header: Unit) -> tuple[Mention, ...]:
        """Who is named in a row, by name or by his number in the application."""
        mentions = tuple(self.people.mentions(unit.plain))
        number = unit.cells[0].low.strip(" .)")
        known = self.reader.scope.positions
        if mentions or not (
            _NUMBER_TITLE.match(header.cells[0].low.strip()) and number.isdecimal() and int(number) in known
        ):
            return mentions
        return (Mention(0, len(number), known[int(number)]),)

    def _topics(self, unit: Unit) -> dict[int, str]:
        """Which columns are a subsystem each."""
        named = {place: self.reader.finder.find(cell.low).subsystems for place, cell in enumerate(unit.cells)}
        single = {place: next(iter(codes)) for place, codes in named.items() if len(codes) == 1}
        return single if len(set(single.values())) == len(single) else {}

    def _row(
        self, unit: Unit, header: Unit, topics: dict[int, str], mentions: tuple[Mention, ...], text: str
    ) -> Iterator[Claim]:
        clause = Clause(Sign.ABOUT, mentions, (), unit.plain.low, unit)
        whom, doubts = self.reader.scope.whom(clause, clause.low, (0, len(clause.low)))
        said = {place: self._cell(unit.cells[place]) for place in topics if place < len(unit.cells)}
        refused = any(polarity is Polarity.REFUSED for polarity, _ in said.values())
        doubts += [
            doubt
            for place in range(len(unit.cells))
            if place not in topics
            for doubt in self._other(unit, header, place, refused)
        ]
        if len({mention.key for mention in mentions}) > 1:
            doubts.append("в строке таблицы названо несколько человек")
        if len(unit.cells) > len(header.cells):
            doubts.append("в строке таблицы столбцов больше, чем в её заголовке")
        for place, (polarity, doubt) in said.items():
            if polarity is None:
                continue
            what = frozenset(pair for pair in self.reader.asked.roles_asked if pair.subsystem == topics[place])
            quote = f"{header.cells[place].tidy}: {unit.cells[place].tidy} ({quoted(unit, text)})"
            found = Claim(polarity, quote, clause, whom, what=what)
            yield found.doubting(*doubts, *([doubt] if doubt else []))

    def _cell(self, cell: Plain) -> tuple[Polarity | None, str]:
        rows, signs, low = self.reader.patterns.rows, self.reader.patterns.signs, cell.low.strip()
        if not low.strip(_EMPTY):
            return None, ""
        if rows.yes.match(low):
            return Polarity.DONE, ""
        if rows.no.match(low) or signs.refusals.search(low) or rows.refusals.search(low):
            both = signs.double_negations.search(low) or signs.questions.search(low) or signs.still_open.search(low)
            return Polarity.REFUSED, f"двусмысленно: «{cell.tidy}»" if both else ""
        if rows.grants.search(low) and not signs.blockers.search(low):
            left = leftover(low, self.reader.patterns)
            return Polarity.DONE, told(left) if left else ""
        return Polarity.DOUBTED, ""

    def _other(self, unit: Unit, header: Unit, place: int, refused: bool) -> list[str]:
        """What stands in a column that is no subsystem."""
        title = header.cells[place].low.strip() if place < len(header.cells) else ""
        cell = unit.cells[place].low
        if not cell.strip(_EMPTY) or _NEUTRAL.match(title) or (refused and _REASONS.search(title)):
            return []
        known = self.reader.finder.find(cell)
        clause = Clause(Sign.NOTHING, tuple(self.people.mentions(unit.cells[place])), (), cell, unit)
        left = self.reader.left(clause, cell, known)
        return [f"в таблице {strange}" for strange in known.strange] + ([told(left)] if left else [])
