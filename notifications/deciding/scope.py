"""Whom a sentence means, by names, numbers, rows and counts, and what speaks against that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from catalog.letters import LetterPatterns
from notifications.deciding.asked import Asked
from notifications.deciding.counting import counts_in, systems_in
from notifications.deciding.known import Known, Span
from notifications.reading.judging import Clause
from notifications.reading.persons import Mention, is_snils

_SINGULAR = re.compile(r"\b(?:сотрудник|работник|пользовател|специалист)(?:у|ю|а|я|ом|ем)\b")
_EVERYBODY = re.compile(r"\b(?:всем|все|всех|всеми|кажд\w+|обоим|обеим|ни одному|никому)\b")
_ACCUSATIVE = re.compile(r"[а-я-]+(?:ов|ев|ин|ын)у")
_ONE_SYSTEM = re.compile(r"\b(?:под)?систем(?:е|у|ы|ой)\b")
_ONE_ROLE = re.compile(r"\bроль\b")


@dataclass(frozen=True)
class Scope:
    """`positions` are row numbers of the letter's own list, else of the application."""

    asked: Asked
    patterns: LetterPatterns
    positions: dict[int, str]

    @cached_property
    def everybody(self) -> frozenset[str]:
        """Every employee of the application."""
        return frozenset(person.snils for person in self.asked.people)

    def whom(self, clause: Clause, low: str, part: Span) -> tuple[frozenset[str] | None, list[str]]:
        """Whose СНИЛС a part of the clause means, None for nobody in particular; with what speaks against that."""
        mentions = [mention for mention in clause.mentions if part[0] <= mention.start - clause.start < part[1]]
        named = frozenset(mention.key for mention in mentions)
        doubts = []
        for mention in mentions:
            if mention.ambiguous:
                doubts.append(f"неясно, о ком из работников речь: {shown_of(clause, mention)}")
            elif mention.key not in self.everybody:
                doubts.append(f"назван человек, которого в заявке нет: {shown_of(clause, mention)}")
            elif mention.contradicted:
                doubts.append(f"имя и СНИЛС принадлежат разным людям: {shown_of(clause, mention)}")
        rows = {self.positions[number] for number in clause.numbers if number in self.positions}
        if clause.numbers and len(rows) != len(set(clause.numbers)):
            doubts.append("названы строки, которых в заявке нет")
        named |= rows
        named_here = len(named & self.everybody)
        if named or doubts:
            doubts += self._miscounted(
                low, {named_here, len(self.everybody)} if named_here == len(self.everybody) else {named_here}
            )
            doubts += self._in_another_case(clause, mentions)
            return named & self.everybody if named else None, doubts
        return None, [] if clause.rest else self.counted(low)

    def _in_another_case(self, clause: Clause, mentions: Sequence[Mention]) -> list[str]:
        """«Предоставлен … и Соколову» is a man: a woman would be «Соколовой», unless the verb takes the accusative."""
        if self.patterns.whole.accusative.search(clause.low):
            return []
        women = {person.snils for person in self.asked.people if person.patronymic.lower().endswith(("на", "кызы"))}
        bare = [mention for mention in mentions if mention.by_name and mention.key in women]
        return [
            f"фамилия стоит не в том падеже или роде: {shown_of(clause, mention)}"
            for mention in bare
            if _ACCUSATIVE.fullmatch(clause.unit.plain.low[mention.start : mention.end])
        ]

    def _miscounted(self, low: str, allowed: set[int]) -> list[str]:
        everybody = len(self.everybody)
        for count in counts_in(low):
            if count.bare and count.number == len(self.asked.subsystems):
                continue  # «обе» of subsystems
            if count.number not in allowed or count.whole not in (0, everybody):
                return [f"в письме названо {count.number} из {everybody} работников"]
        return []

    def counted(self, low: str) -> list[str]:
        """Doubts from «двум сотрудникам» and «сотруднику», where the application has more or fewer."""
        everybody = len(self.everybody)
        if wrong := self._miscounted(low, {everybody}):
            return wrong
        if everybody > 1 and self.patterns.whole.to_reader.search(low):
            return ["доступ дан «вам»: неясно, кому из работников"]
        if everybody > 1 and _SINGULAR.search(low) and not _EVERYBODY.search(low):
            return [f"сказано об одном работнике, а в заявке их {everybody}"]
        return []

    def vague(self, clause: Clause, low: str, known: Known, whom: frozenset[str] | None) -> list[str]:
        """«Подсистема», «роль» in the singular where several were asked for."""
        meant = [pair for pair in self.asked.roles_asked if whom is None or pair.snils in whom]
        doubts = []
        asked = {
            len({pair.subsystem for pair in meant}),
            len(meant),
            len(meant) // max(1, len({pair.snils for pair in meant})),
        }
        if known.subsystems:
            asked.add(len({pair.snils for pair in meant}))  # «ФРМО – 5 ролей»
        for count in systems_in(low):
            if count.number in clause.numbers:
                continue
            if count.number not in asked or count.whole not in (0, *asked):
                doubts.append(f"названо подсистем или ролей: {count.number}, а в заявке их другое число")
        if (
            len({pair.subsystem for pair in meant}) > 1
            and not (known.subsystems or systems_in(low))
            and _ONE_SYSTEM.search(low)
        ):
            doubts.append("сказано об одной подсистеме, а запрошено несколько")
        names = [set(self.asked.roles.get(f"{pair.subsystem}/{pair.role}", ())) for pair in meant]
        alike = bool(names) and bool(set.intersection(*names))
        if len(meant) > 1 and not alike and _ONE_ROLE.search(low) and not known.roles and not known.subsystems:
            doubts.append("сказано об одной роли, а запрошены разные")
        return doubts


def shown_of(clause: Clause, mention: Mention) -> str:
    """The name as it stands; a number is shown by its last digits only."""
    written = clause.unit.plain.tidy[mention.start : mention.end]
    return f"СНИЛС …{mention.key[-2:]}" if is_snils(mention.key) and not mention.by_name else written
