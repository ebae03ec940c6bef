"""How many people or subsystems a sentence speaks of, when it says so by a number."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORDS = {
    r"одн(?:ому|ой|им|ого|и)": 1,
    r"дв(?:а|е|ум|умя|ух|оим|ое|оих)|об(?:оим|еим|а|е|оих|еих|оими|еими)": 2,
    r"тр(?:и|ем|ех|емя|оим|ое|оих)": 3,
    r"четыр(?:е|ем|ех|ьмя)|четвер(?:ым|о|ых)": 4,
    r"пят(?:ь|и|ью|ерым|еро|ерых)": 5,
    r"шест(?:ь|и|ью|ерым|еро|ерых)": 6,
    r"сем(?:ь|и|ью|ерым|еро|ерых)": 7,
    r"вос(?:емь|ьми|ьмью|емью)|восьмер(?:ым|о|ых)": 8,
    r"девят(?:ь|и|ью|ерым|еро|ерых)": 9,
    r"десят(?:ь|и|ью|ерым|еро)": 10,
}
_NUMBER = r"(?:\d{1,4}|" + "|".join(_WORDS) + r")"
_PEOPLE = r"(?:сотрудник\w*|работник\w*|пользовател\w*|специалист\w*|человек\w*|чел\.?|учетн\w+ запис\w+|учет\w+|лиц\w{0,3}|строк\w*|позици\w*|люд\w+)"
_SYSTEM = r"(?:подсистем\w*|систем\w*|реестр\w*|регистр\w*|компонент\w*|модул\w*|рол\w{1,3}|доступ\w{0,3})"
_ASIDE = rf"(?: ?\({_NUMBER}\))?+"
_BETWEEN = r"(?:\w{1,20}(?:[ыи]х|[ыи]е|[ыи]м|ой|ая|ую|ими|ыми) )"  # «двух запрошенных ролей»
_OF_SYSTEMS = rf" (?:(?!{_PEOPLE}|{_NUMBER}\b){_BETWEEN}){{0,2}}{_SYSTEM}\b"
_NOT_SYSTEMS = rf"(?!{_OF_SYSTEMS})"
_COUNTS = re.compile(
    rf"(?<!ни )(?<![.:/-])\b(?:(?P<n>{_NUMBER}){_ASIDE}(?: из (?:\w+ )?(?P<of>{_NUMBER}))?(?= {_BETWEEN}{{0,2}}{_PEOPLE}\b)"
    rf"|(?P<n2>{_NUMBER}) из (?P<of2>{_NUMBER})\b{_ASIDE}{_NOT_SYSTEMS}"
    rf"|(?:всем|все|всех) \(?(?P<n3>{_NUMBER})\b\)?{_ASIDE}{_NOT_SYSTEMS}"
    rf"|\b{_PEOPLE} ?(?:[:=-] ?|\()(?P<n5>\d{{1,4}})\b\)?"
    rf"|\bостальн\w+ (?P<n6>{_NUMBER})\b|\b(?P<n7>{_NUMBER}) остальн\w+|\bкажд\w+ из (?P<n8>{_NUMBER})\b"
    rf"|(?P<n4>об(?:оим|еим|а|е)|(?:двоим|троим|двое|трое|двоих|троих)|(?:четвер|пятер|шестер|семер|восьмер)(?:ым|о|ых))\b{_NOT_SYSTEMS})"
)
_SYSTEMS = re.compile(
    rf"\bрол(?:ей|и) ?[:=-] ?(?P<m>\d{{1,4}})\b|(?<![\w.:/-])(?P<n>{_NUMBER}){_ASIDE}(?: из (?P<of>{_NUMBER}))?(?={_OF_SYSTEMS})"
)


@dataclass(frozen=True, slots=True)
class Count:
    """«3 из 5 сотрудников»: `whole` is 0 where the letter does not say of how many; `bare`: «обоим», of nobody knows what."""

    start: int
    end: int
    number: int
    whole: int = 0
    bare: bool = False


def counts_in(text: str) -> list[Count]:
    """Numbers of people in the text (lower case, «е» for «ё»)."""
    found = []
    for match in _COUNTS.finditer(text):
        groups = match.groupdict()
        number = next(groups[name] for name in ("n", "n2", "n3", "n4", "n5", "n6", "n7", "n8") if groups[name])
        whole = groups["of"] or groups["of2"]
        found.append(
            Count(match.start(), match.end(), _value(number), _value(whole) if whole else 0, bool(groups["n4"]))
        )
    return found


def systems_in(text: str) -> list[Count]:
    """Numbers of subsystems in the text: «обе подсистемы», «двух реестрах»."""
    return [
        Count(match.start(), match.end(), _value(match["m"] or match["n"]), _value(match["of"]) if match["of"] else 0)
        for match in _SYSTEMS.finditer(text)
    ]


def _value(word: str) -> int:
    if word.isdecimal():
        return int(word)
    return next(value for pattern, value in _WORDS.items() if re.fullmatch(pattern, word))
