"""Whom a piece of text names: by СНИЛС in any spelling, by surname and initials or full name in any case."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from models.identifiers import BadIdentifier, snils_digits, valid_snils
from notifications.reading.normal import Plain
from notifications.reading.result import KnownPerson

_SNILS = re.compile(r"(?<![\d.+-])(\d{3})[\s-]{0,3}(\d{3})[\s-]{0,3}(\d{3})[\s-]{0,3}(\d{2})(?![\d-]|\.\d)")
_LABELLED = re.compile(r"снилс\w{0,2}\s?(?:№|n|:|-|=)?\s?([\d][\d\s-]{7,15}\d)(?!\d)", re.IGNORECASE)
_NAME = r"[А-ЯЁ][А-Яа-яЁё]{1,40}"  # bounded: a long run of letters is looked at from each of them
_SURNAME = rf"{_NAME}(?:-{_NAME})?"
_PATRONYMIC = r"[А-ЯЁ][А-Яа-яЁё]{0,40}(?:ич|ИЧ|ича|ИЧА|ичу|ИЧУ|ичем|ИЧЕМ|иче|вн[аеыу]|ВН[АЕЫУ]|вной|ВНОЙ|чн[аеыу]|ЧН[АЕЫУ]|чной|ЧНОЙ)"
# «Доступ М. П. Ивановой»: a word that only stands before initials which belong to the next one.
_NO_SURNAME = (
    r"(?:[А-ЯЁ]{2,5}|Доступ\w*|Прав\w{1,3}|Рол[ьией]\w{0,2}|Полномочи\w{1,2}|Заявк\w|Сотрудник\w{0,3}|Работник\w{0,3}|Пользовател\w{1,3}|"
    r"Для|По|Также|Предоставлен\w?|Назначен\w?|Открыт\w?|Отказано|Коллег\w{1,2}|Уважаем\w{2})"
)
_NAMES = re.compile(
    rf"(?!{_NO_SURNAME}\s[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.)?\s?[А-ЯЁ][а-яё])(?P<s1>{_SURNAME})\s(?P<i1>[А-ЯЁ])\.\s?(?:(?P<j1>[А-ЯЁ])\.)?"
    rf"|(?<!\w)(?P<i2>[А-ЯЁ])\.\s?(?:(?P<j2>[А-ЯЁ])\.)?\s?(?P<s2>{_SURNAME})"
    rf"|(?P<s3>{_SURNAME})\s(?P<i3>{_NAME})\s(?P<j3>{_PATRONYMIC}|{_NAME}\s(?:оглы|кызы|Оглы|Кызы))\b"
    rf"|(?P<i4>{_NAME})\s(?P<j4>{_PATRONYMIC})\s(?P<s4>{_SURNAME})\b"
)
_ADDRESSED = ("уважаем", "здравствуй", "добрый", "доброе", "глубокоуважаем")
_WORD = re.compile(rf"\b{_SURNAME}\b")
_CASES = frozenset(
    [
        "а",
        "у",
        "ом",
        "ым",
        "е",
        "ой",
        "ою",
        "ы",
        "и",
        "я",
        "ю",
        "ем",
        "ей",
        "ия",
        "ию",
        "ием",
        "ье",
        "ья",
        "ью",
        "ьем",
        "ов",
        "ова",
        "ову",
        "овым",
        "ове",
        "овой",
        "ий",
        "ый",
        "ого",
        "его",
        "ому",
        "ему",
        "им",
        "ом",
        "ем",
        "ая",
        "яя",
        "ую",
        "юю",
        "ую",
        "ой",
        "ей",
        "ых",
        "их",
        "ым",
        "им",
        "ыми",
        "ими",
    ]
) | {""}


@dataclass(frozen=True, slots=True)
class Mention:
    """A person at a place of a unit. `key` is a СНИЛС, or a name for somebody whose СНИЛС is not known.

    `name` is where the name stands that goes with the number; `contradicted`: that name is another's than the number.
    """

    start: int
    end: int
    key: str
    by_name: bool = False
    ambiguous: bool = False
    name: tuple[int, int] = (0, 0)
    contradicted: bool = False


@dataclass(frozen=True, slots=True)
class _Named:
    start: int
    end: int
    surname: str
    name: str
    patronymic: str


_Number = tuple[int, int, str]


def is_snils(key: str) -> bool:
    return key.isdigit() and len(key) == 11


def snils_in(text: Plain, known: Collection[str] = ()) -> list[_Number]:
    """Every СНИЛС with its place: with a right check number, one that is `known`, or any that is called so."""
    found: dict[int, _Number] = {}
    for match in _SNILS.finditer(text.tidy):
        digits = "".join(match.groups())
        called = "снилс" in text.low[max(0, match.start() - 12) : match.start()]
        if valid_snils(digits) or digits in known or called:
            found[match.start()] = (match.start(), match.end(), digits)
    for match in _LABELLED.finditer(text.tidy):
        if not any(start <= match.start(1) < end for start, end, _ in found.values()):
            try:
                found[match.start(1)] = (match.start(1), match.end(1), snils_digits(match.group(1)))
            except BadIdentifier:
                continue
    return [found[start] for start in sorted(found)]


class People:
    """Who can be meant: the lines of our request, and the pairs of name and СНИЛС that the letter itself shows."""

    def __init__(self, known: Sequence[KnownPerson], texts: Iterable[Plain]) -> None:
        self.known = list(known)
        self.shown: list[KnownPerson] = []
        given = {person.snils for person in known if person.surname}
        for text in texts:
            for person in _pairs(text):
                if person.snils not in given and person not in self.shown:
                    self.shown.append(person)

    def mentions(self, text: Plain) -> list[Mention]:
        """Persons named in the text in order; a name beside its СНИЛС counts once."""
        numbers = snils_in(text, [person.snils for person in self.known])
        names = _names(text)
        found: list[Mention] = []
        for named in names:
            if _beside(named, numbers) is None:
                found.append(self._resolved(named))
        alone, beside = self._surnames_alone(text, names, numbers)
        owners = [named for named in [*names, *beside] if _beside(named, numbers) is not None]
        found.extend(self._numbered(number, owners, numbers) for number in numbers)
        return sorted([*found, *alone], key=lambda mention: mention.start)

    def _numbered(self, number: _Number, owners: Sequence[_Named], numbers: Sequence[_Number]) -> Mention:
        """A СНИЛС with the name that stands beside it, and whether the two belong together."""
        start, end, digits = number
        named = next((one for one in owners if _beside(one, numbers) == digits), None)
        if named is None:
            return Mention(start, end, digits)
        person = next((one for one in self.known if one.snils == digits and one.surname), None)
        return Mention(
            start,
            end,
            digits,
            name=(named.start, named.end),
            contradicted=person is not None and not _is_same(named, person),
        )

    def _all(self) -> list[KnownPerson]:
        return [*self.known, *self.shown]

    def _resolved(self, named: _Named) -> Mention:
        fitting = {person.snils for person in self._all() if _is_same(named, person)}
        if len(fitting) == 1:
            return Mention(named.start, named.end, fitting.pop(), by_name=True)
        key = f"{named.surname.lower()[:5]} {named.name[:1]}{named.patronymic[:1]}".strip()
        return Mention(named.start, named.end, key, by_name=True, ambiguous=len(fitting) > 1)

    def _surnames_alone(
        self, text: Plain, names: Sequence[_Named], numbers: Sequence[_Number]
    ) -> tuple[list[Mention], list[_Named]]:
        """Bare surnames of people whom we know: those that stand for themselves, and those beside their number."""
        alone, numbered = [], []
        taken = [(start, end) for start, end, _ in numbers] + [(named.start, named.end) for named in names]
        for match in _WORD.finditer(text.tidy):
            if any(start <= match.start() < end for start, end in taken):
                continue
            fitting = {person.snils for person in self._all() if may_be(match.group(), person)}
            if not fitting:
                continue
            named = _Named(match.start(), match.end(), match.group(), "", "")
            if _beside(named, numbers) is not None:
                numbered.append(named)
                continue
            key = fitting.pop() if len(fitting) == 1 else match.group().lower()[:5]
            alone.append(Mention(match.start(), match.end(), key, by_name=True, ambiguous=bool(fitting)))
        return alone, numbered


def same_surname(word: str, nominative: str) -> bool:
    """Whether the word is the surname in one of its cases."""
    spoken, base = (value.lower().replace("ё", "е") for value in (word, nominative))
    if spoken == base:
        return True
    if "-" in base and spoken.count("-") == base.count("-"):
        return all(same_surname(one, other) for one, other in zip(spoken.split("-"), base.split("-"), strict=True))
    stem = base[:-2] if base.endswith(("ий", "ый", "ой", "ая", "яя")) else base.rstrip("аяьй")
    return len(stem) > 2 and spoken.startswith(stem) and spoken[len(stem) :] in _CASES


# Endings that only the surname of a woman, or only that of a man, takes in some case.
_HERS, _HIS = ("ой", "ою", "ая", "ую"), ("ым", "ыми", "ом", "ого", "ому", "его", "ему")


def may_be(word: str, person: KnownPerson) -> bool:
    """Whether the word is this person's surname in one of its cases: «Петровой» is never Пётр Петров."""
    if not person.surname or not same_surname(word, person.surname):
        return False
    spoken, base, father = word.lower(), person.surname.lower(), person.patronymic.lower()
    if spoken == base:
        return True
    if father.endswith(("ич", "оглы")):
        return not spoken.endswith(_HERS) or base.endswith(_HERS)
    return not (father.endswith(("на", "кызы")) and spoken.endswith(_HIS))


def _is_same(named: _Named, person: KnownPerson) -> bool:
    return (
        may_be(named.surname, person)
        and _fits(named.name, person.name, 2)
        and _fits(named.patronymic, person.patronymic, 3)
    )


def _fits(spoken: str, base: str, letters: int) -> bool:
    """An initial by its letter, a name by its beginning, which no case changes (Лев – Льва aside: first letter)."""
    if not spoken or not base:
        return True
    spoken, base = (value.lower().replace("ё", "е") for value in (spoken, base))
    letters = min(letters, len(spoken), len(base)) if base not in ("лев", "любовь") else 1
    return spoken[:letters] == base[:letters]


def _names(text: Plain) -> list[_Named]:
    found = []
    for match in _NAMES.finditer(text.tidy):
        groups = match.groupdict()
        if match.group().lower().startswith(_ADDRESSED):
            continue  # «Уважаемая Ольга Николаевна» is the reader
        kind = next(number for number in "1234" if groups[f"s{number}"])
        found.append(
            _Named(match.start(), match.end(), groups[f"s{kind}"], groups[f"i{kind}"] or "", groups[f"j{kind}"] or "")
        )
    return found


def _beside(named: _Named, numbers: Sequence[_Number]) -> str | None:
    """The СНИЛС written right after the name, or else right before it."""
    after = [digits for start, _, digits in numbers if 0 <= start - named.end <= 14]
    before = [digits for _, end, digits in numbers if 0 <= named.start - end <= 6]
    return after[0] if after else before[0] if before else None


def _pairs(text: Plain) -> Iterable[KnownPerson]:
    numbers = snils_in(text)
    for named in _names(text) if numbers else []:
        digits = _beside(named, numbers) or (numbers[0][2] if len(numbers) == 1 else None)
        if digits is not None:
            yield KnownPerson(digits, named.surname, named.name, named.patronymic)
