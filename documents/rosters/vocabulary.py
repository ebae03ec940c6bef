"""The words of the catalogue as rosters spell them: subsystems and roles, made ready once for a whole file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from catalog import Catalog
from catalog.rosters import roster_wording
from catalog.schema import Role
from models.text import fold

_LATIN_LOOKALIKES = "abcehkmoptxy"
_TO_RUSSIAN = str.maketrans(_LATIN_LOOKALIKES, "авсенкмортху")
_RUSSIAN = re.compile("[а-я]")
_WORD = re.compile(r"[\w-]+")
_LATIN_WORD = re.compile(r"[a-zа-я]+")
_EMPTY_BRACKETS = re.compile(r"\([\s,/и+;.-]*\)")
_MARKS = re.compile(r"[«»\"'“”:]|(?<!\w)[-.]|[-.](?!\w)|^\s*\d\s*[.)]")


@lru_cache(maxsize=20_000)
def cyrillic(text: str) -> str:
    """Folded, with Latin letters that look Russian turned into them in words of a Russian text; e-mail stays e-mail."""
    folded = fold(text)
    return _LATIN_WORD.sub(_as_russian, folded) if _RUSSIAN.search(folded) else folded


def _as_russian(word: re.Match[str]) -> str:
    text = word.group()
    mixed = _RUSSIAN.search(text) or all(letter in _LATIN_LOOKALIKES for letter in text)
    return text.translate(_TO_RUSSIAN) if mixed else text


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`codes`: a subsystem's spelling to its code, `names` finds any of them; `roles`: subsystem, then bare name, to role."""

    catalog: Catalog
    codes: Mapping[str, str]
    names: re.Pattern[str]
    roles: Mapping[str, Mapping[str, Role]]

    def subsystems_in(self, text: str) -> tuple[list[str], list[str]]:
        """Codes in the order of the text, and the words that are left."""
        codes, plain = self._taken_out(text)
        noise = roster_wording().words.noise
        rest = [word for word in _WORD.findall(plain) if word not in noise and not re.fullmatch(r"-+|\d", word)]
        return codes, rest

    def role_text(self, part: str) -> tuple[str, list[str]]:
        """«Работник МО (ФРМО, ФРМР)» to «работник мо» and the codes in brackets or beside."""
        codes, plain = self._taken_out(part)
        return _bare(plain), codes

    def role(self, bare: str, subsystem: str) -> Role | None:
        return self.roles[subsystem].get(bare)

    def _taken_out(self, text: str) -> tuple[list[str], str]:
        plain = cyrillic(text)
        found = dict.fromkeys(self.codes[match.group()] for match in self.names.finditer(plain))
        return list(found), self.names.sub(lambda match: " " * len(match.group()), plain) if found else plain


def vocabulary_of(catalog: Catalog) -> Vocabulary:
    """Prepare the catalogue's names; done once for a file."""
    codes = _spellings(catalog)
    bare = Vocabulary(catalog, codes, _any_of(codes), {})
    roles = {
        code: {bare.role_text(name)[0]: role for role in reversed(entry.roles) for name in (*role.aliases, role.label)}
        for code, entry in catalog.subsystems.items()
    }
    return Vocabulary(catalog, codes, bare.names, roles)


def _spellings(catalog: Catalog) -> dict[str, str]:
    return {
        cyrillic(name): entry.code
        for entry in catalog.subsystems.values()
        for name in (entry.name, entry.full_name, *entry.aliases)
    }


def _any_of(spellings: Iterable[str]) -> re.Pattern[str]:
    """One expression for all; longest first, so that a name within another one's is not taken for itself."""
    names = "|".join(re.escape(name) for name in sorted(spellings, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{names})(?!\w)")


def _bare(plain: str) -> str:
    """A role's name less brackets, marks, noise; synonyms put into the catalogue's words."""
    wording = roster_wording().words
    text = " ".join(_MARKS.sub(" ", _EMPTY_BRACKETS.sub(" ", plain)).replace("(", " ").replace(")", " ").split())
    words = [word for word in text.strip(" .,-").split() if word not in wording.noise and word != "-"]
    text = " ".join(words)
    for spelling, meant in wording.synonyms.items():
        text = re.sub(rf"(?<!\w){spelling}(?!\w)", meant, text)
    return text
