"""Which words of a sentence are known because they were asked for: subsystems, roles, organisation, numbers, days."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from catalog.letters import LetterPatterns
from notifications.deciding.asked import Asked, AskedRole
from notifications.deciding.moments import TIME, days_in
from notifications.reading.normal import plain
from notifications.reading.tickets import our_numbers, tickets_in

Span = tuple[int, int]
# Words of a name that take cases lose their ending; short ones and abbreviations stand as they are.
_LONG = 5
_LEGAL = re.compile(
    r"\b(?:ооо|оао|зао|пао|ао|ано|ип|чуз|нуз|муз|(?:г|м|ф|ч|об|к|кг|мб|фг|гк|рг)?[абкгу]{0,3}уз\w?|общество с ограниченной ответственностью|"
    r"(?:государственное |муниципальное |областное |краевое |федеральное |городское ){0,6}(?:бюджетное|казенное|автономное)? ?учреждение(?: здравоохранения)?)\b"
)
_OWN_WORDS = re.compile(r'"([^"]{3,120})"')
_AFTER_ROLE = re.compile(r'\bрол\w{1,3}\b[^";.]{0,25}?"(?P<name>[^"]{2,80})"')
_BEFORE_ROLE_NAME = re.compile(r'(?:\bрол\w{1,3}(?: пользовател\w)?[ :"-]{1,4}|"|[|;:,]\s?|^)$')
_OF_APPLICATION = re.compile(r"(?:заявк\w{1,3}|обращени\w|заявлени\w|запрос\w?|письм\w)\b[^.;]{0,60}?\bот\s$")
_IDENTIFIER = re.compile(r"\b(?P<kind>инн|огрн|кпп|oid|оид)\b\W{0,4}(?P<number>\d[\d.]{7,40}\d)")
_FROM, _UNTIL = re.compile(r"\b(?:с|со|начиная с)\s$"), re.compile(r"\b(?:до|по|включительно до)\s$")


@dataclass(slots=True)
class Known:
    """What a piece of text names of the request; `strange` tells in Russian what speaks of something else."""

    covered: list[Span] = field(default_factory=list)
    subsystems: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    tickets: list[str] = field(default_factory=list)
    until: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    def what(self, asked: Asked) -> frozenset[AskedRole] | None:
        """The asked roles that are meant; None when none is singled out."""
        singled = bool(self.subsystems or self.roles)
        if not singled or not any(pair.subsystem for pair in asked.roles_asked):
            return None  # a kind without roles has nothing to single out
        return frozenset(
            pair
            for pair in asked.roles_asked
            if (not self.roles or f"{pair.subsystem}/{pair.role}" in self.roles)
            and (not self.subsystems or pair.subsystem in self.subsystems)
        )


class Finder:
    """Compiled once per letter from what was asked."""

    def __init__(self, asked: Asked, patterns: LetterPatterns) -> None:
        self.asked, self.patterns = asked, patterns
        self.subsystems = _each(asked.subsystems)
        self.roles = _each(asked.roles)
        self.strange = _pattern(asked.strange)
        self.organisation = _pattern([*asked.organisation, *_short(asked.organisation)])
        self.posts = _pattern(asked.posts)
        self.identifiers = _pattern(asked.identifiers)
        self.tickets = {canonical(ticket) for ticket in asked.tickets}

    @property
    def topics(self) -> tuple[re.Pattern[str], ...]:
        """Names of the subsystems that were asked for."""
        return tuple(self.subsystems.values())

    def find(self, low: str) -> Known:
        """`low`: a clause in its comparable form."""
        known = Known()
        self._names(low, known)
        self._numbers(low, known)
        for word in self.patterns.whole.organisations.finditer(low):
            if self._is_ours(low, word.span(), known.covered):
                known.covered.append(word.span())
        self._days(low, known)
        return known

    def _is_ours(self, low: str, span: Span, covered: list[Span]) -> bool:
        """Whether a word for a medical organisation («поликлиники») at this place means the one that asks."""
        if any(start <= span[0] < end for start, end in covered):
            return True
        own = " ".join(plain(name).low for name in self.asked.organisation)
        before = re.search(r"(?<![а-я-])([а-я-]+(?:ая|ой|ую|ое|ого|ому|ый|ий|ым|ом))\s$", low[: span[0]])
        alien = before and before.group(1)[:5] not in own and not self.patterns.whole.words.fullmatch(before.group(1))
        numbered = re.match(r"\s?(?:№|n|\")", low[span[1] :])
        return low[span[0] : span[1]][:6] in own and not alien and not numbered

    def _names(self, low: str, known: Known) -> None:
        for code, pattern in self.subsystems.items():
            for match in pattern.finditer(low):
                known.subsystems.add(code)
                known.covered.append(match.span())
        for code, pattern in self.roles.items():
            for match in pattern.finditer(low):
                if _BEFORE_ROLE_NAME.search(low[max(0, match.start() - 24) : match.start()]):
                    known.roles.add(code)
                    known.covered.append(match.span())
        for pattern in (self.organisation, self.posts, self.identifiers):
            known.covered.extend(match.span() for match in pattern.finditer(low))
        for match in _AFTER_ROLE.finditer(low):
            if not any(start <= match.start("name") < end for start, end in known.covered):
                known.strange.append(f"названа роль «{match.group('name')}», которой в заявке нет")
        for match in self.strange.finditer(low):
            if not any(start <= match.start() < end for start, end in known.covered):
                known.strange.append(f"названо «{match.group()}», чего в заявке нет")

    def _numbers(self, low: str, known: Known) -> None:
        for ours in our_numbers(low, self.patterns):
            known.covered.append((ours.start, ours.end))
            if canonical(ours.number) != canonical(self.asked.number):
                known.strange.append(f"назван другой номер заявки: {ours.number}")
        own = {re.sub(r"\D", "", one) for one in self.asked.identifiers}
        for match in _IDENTIFIER.finditer(low):
            if own and re.sub(r"\D", "", match["number"]) not in own:
                known.strange.append(f"назван другой {match['kind'].upper()}: {match['number']}")
        for ticket, start, end in tickets_in(low, self.patterns):
            known.covered.append((start, end))
            known.tickets.append(ticket)

    def _days(self, low: str, known: Known) -> None:
        asked, today = self.asked, self.asked.today
        for day in days_in(low, today):
            before = low[max(0, day.start - 80) : day.start]
            known.covered.append((day.start, day.end))
            written = low[day.start : day.end].strip()
            if day.day is None:
                known.strange.append(f"дата «{written}» не понята")
            elif _OF_APPLICATION.search(before):
                if day.day not in asked.dates:
                    known.strange.append(f"названа заявка от {written}, а у этой другие даты")
            elif _UNTIL.search(before):
                known.until.append(day.day.isoformat())
                known.strange.append(f"срок доступа: до {written}")
            elif today is not None and day.day > today:
                known.strange.append(f"названа будущая дата: {written}")
            elif asked.dates and day.day < min(asked.dates):
                known.strange.append(f"дата {written} раньше этой заявки")
        known.covered.extend(match.span() for match in TIME.finditer(low))


def canonical(number: str) -> str:
    """A number in one spelling, whichever alphabet its letters came from."""
    return plain(number).low.replace("_", "-").strip("-. ")


def _short(names: Iterable[str]) -> list[str]:
    """Names of an organisation as letters shorten them: what stands in quotes, and without its legal form."""
    found = []
    for name in names:
        low = plain(name).low
        found.extend(_OWN_WORDS.findall(low))
        bare = _LEGAL.sub(" ", low).strip(' ",')
        if len(bare) > 5:
            found.append(bare)
    return found


def _each(names: Mapping[str, Iterable[str]]) -> dict[str, re.Pattern[str]]:
    return {code: _pattern(each) for code, each in names.items()}


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    return _compiled(tuple(sorted({plain(name).low for name in names if name.strip()}, key=len, reverse=True)))


@lru_cache(maxsize=512)
def _compiled(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the names in any case; one that matches nothing for no names."""
    return re.compile("|".join(_in_any_case(name) for name in names) or r"(?!)")


def _in_any_case(name: str) -> str:
    words = re.findall(r"[^\W_]+", name)
    stems = [
        re.escape(word[:-2]) + r"[а-я]{0,4}"
        if len(word) >= _LONG and word.isalpha() and not word.isascii()
        else re.escape(word)
        for word in words
    ]
    return r"(?<![^\W_])" + r"[\W_]{1,4}".join(stems) + r"(?![^\W_])"
