"""What a row asks for: «ФРМО и ФРМР», «обе», a column of marks, «Работник организации (ФРМО)», several in a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from catalog.rosters import roster_wording
from catalog.schema import Role
from documents.rosters.headings import Cell
from documents.rosters.parts import RosterRow
from documents.rosters.vocabulary import Vocabulary, cyrillic
from models.facts import OrganisationFacts, RoleRef
from models.findings import Finding, Severity

_BETWEEN = re.compile(r"[\n;,/+&|\\]+|(?<!\s)\s++(?:и|а также)\s++|(?<=\n)[^\S\n]++(?:и|а также)\s++", re.IGNORECASE)
_WORKER = re.compile(r"(?<!\s)\s++(?=(?:\d\s*+[.)]\s*+)?работник\b)", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)")
_ACRONYM = re.compile(r"(?<!\w)[А-ЯЁA-Z]{3,}(?!\w)")
_WORD = re.compile(r"\w+")


@dataclass(slots=True)
class Asking:
    """One row's reading: what is not understood is an error that says so (APP-10)."""

    row: RosterRow
    vocabulary: Vocabulary
    kind: str | None
    person: str | None
    findings: list[Finding] = field(default_factory=list)

    def roles(self, organisation: OrganisationFacts) -> tuple[RoleRef, ...]:
        subsystems = self._subsystems()
        named = self._named_roles(subsystems)
        wanted = subsystems or list(dict.fromkeys(ref.subsystem for ref in named)) or self._of_kind()
        if not any(
            finding.field == "role" for finding in self.findings
        ):  # the usual role stands in for none, not for a wrong one
            levels = [self.vocabulary.catalog.role(ref.subsystem, ref.role).level for ref in named]
            missing = [code for code in wanted if all(ref.subsystem != code for ref in named)]
            usual = [(code, _fitting(self.vocabulary, code, organisation, levels)) for code in missing]
            named += [RoleRef(code, role.code) for code, role in usual if role is not None]
        if not named and not self.findings and self._has_column:
            self._error("subsystem", "Не указано, к чему нужен доступ: впишите подсистему в эту строку.")
        return tuple(dict.fromkeys(named))

    @property
    def _has_column(self) -> bool:
        """The table says what each asks for; one without such a column is told once for all of it."""
        return bool(self.row.marks) or bool({"subsystem", "role"} & set(self.row.cells))

    def _text(self, name: str) -> str:
        text = str(self.row.cells.get(name, "")).strip()
        return "" if is_placeholder(text) else text

    def _error(self, name: str, message: str) -> None:
        found = Finding("APP-10", Severity.ERROR, message, row=self.row.number, field=name, person=self.person)
        self.findings.append(found)

    def _of_kind(self) -> list[str]:
        return list(self.vocabulary.catalog.kind(self.kind).subsystems) if self.kind else []

    def _subsystems(self) -> list[str]:
        marked = [code for code, value in self.row.marks.items() if is_marked(value)]
        text = self._text("subsystem")
        if not text:
            return marked
        codes, rest = self.vocabulary.subsystems_in(text)
        if not codes:
            codes, rest = self.vocabulary.subsystems_in(re.sub(r"(?<=\b\w)\s+(?=\w\b)", "", text))  # «Ф Р М О»
        plain = cyrillic(text).strip(" .")
        if not codes and any(word in (*_WORD.findall(plain), plain) for word in roster_wording().words.both):
            return self._of_kind() or self._widest()
        if (not codes or self._foreign(text, rest)) and not self._says_roles(text):
            names = ", ".join(entry.name for entry in self.vocabulary.catalog.subsystems.values())
            self._error("subsystem", f"Подсистема «{text}» не распознана. Напишите одну из: {names}.")
        return list(dict.fromkeys([*codes, *marked]))

    def _foreign(self, text: str, rest: Sequence[str]) -> bool:
        """Something beside the known names that is not a remark in brackets; an acronym always is."""
        acronyms = {cyrillic(word) for word in _ACRONYM.findall(text)}
        outside = set(self.vocabulary.subsystems_in(_BRACKETS.sub(" ", text))[1])
        return any(word in acronyms or word in outside for word in rest)

    def _says_roles(self, text: str) -> bool:
        """What is left of the cell beside the subsystems' names are names of roles: «ФРМО (работник организации)»."""
        if str(self.row.cells.get("role", "")).strip() == text:
            return True
        bare = [self.vocabulary.role_text(part)[0] for part in _parts(text)]
        named = [name for name in bare if name]
        return bool(named) and all(self._with_role(name) for name in named)

    def _with_role(self, bare: str) -> list[str]:
        return [code for code in self.vocabulary.catalog.subsystems if self.vocabulary.role(bare, code)]

    def _widest(self) -> list[str]:
        """«Обе» without a kind: the kind of request that joins two subsystems."""
        kinds = [kind for kind in self.vocabulary.catalog.kinds.values() if len(kind.subsystems) == 2]
        return list(kinds[0].subsystems) if kinds else []

    def _named_roles(self, subsystems: Sequence[str]) -> list[RoleRef]:
        refs: list[RoleRef] = []
        stated = self._text("role")
        for part in _parts(stated or self._text("subsystem")):
            refs += self._of_part(part, subsystems, stated=bool(stated))
        for code, value in self.row.marks.items():
            refs += self._of_mark(code, value)
        return refs

    def _of_part(self, part: str, subsystems: Sequence[str], *, stated: bool) -> list[RoleRef]:
        bare, told = self.vocabulary.role_text(part)
        if not bare:
            return []  # «Работник организации (ФРМО), ФРМР»: a bare subsystem adds no role of its own
        strange = [code for code in told if subsystems and code not in subsystems and self._is_asked_for(code)]
        scope = told or list(subsystems) or self._with_role(bare)
        refs = [RoleRef(code, role.code) for code in scope if (role := self.vocabulary.role(bare, code)) is not None]
        if strange:
            names = ", ".join(self.vocabulary.catalog.subsystems[code].name for code in strange)
            self._error("role", f"Роль «{part.strip()}» – для {names}, а в строке указана другая подсистема.")
        elif not refs and stated:
            self._error("role", self._unknown(part, scope))
        return refs

    def _of_mark(self, code: str, value: Cell) -> list[RoleRef]:
        """A subsystem's own column may hold the role instead of a mark."""
        bare, _ = self.vocabulary.role_text(str(value))
        role = self.vocabulary.role(bare, code) if is_marked(value) else None
        if role is None and bare.startswith("работник"):
            self._error("role", self._unknown(str(value), [code]))
        return [RoleRef(code, role.code)] if role else []

    def _is_asked_for(self, code: str) -> bool:
        """Some kind of request names the subsystem; a part of another one is asked for under that one's name."""
        return any(code in kind.subsystems for kind in self.vocabulary.catalog.kinds.values())

    def _unknown(self, part: str, scope: Sequence[str]) -> str:
        subsystems = self.vocabulary.catalog.subsystems
        roles = (role for code in scope or subsystems for role in subsystems[code].roles)
        names = dict.fromkeys(_BRACKETS.sub("", role.label).strip() for role in roles)
        return f"Роли «{part.strip()}» нет. Есть: {', '.join(names)}."


def is_marked(value: Cell) -> bool:
    """A cell of a subsystem's own column: anything but a blank or a no."""
    return bool(str(value).strip()) and cyrillic(str(value)).strip(" .") not in roster_wording().words.no


def is_placeholder(text: str) -> bool:
    """«-», «нет», «не указано»: a cell filled in to say that it is empty."""
    return cyrillic(text).strip(" .") in roster_wording().words.placeholders if text else False


def _parts(text: str) -> list[str]:
    parts = [part for part in _outside_brackets(text) if part and part.strip(" .-–—")]
    return [
        piece for part in parts for piece in (_WORKER.split(part) if cyrillic(part).count("работник") > 1 else [part])
    ]


def _outside_brackets(text: str) -> Iterator[str]:
    """What stands between separators; a separator before which brackets open and behind which they close is none."""
    begun = 0
    for found in _BETWEEN.finditer(text):
        closes, opens = text.find(")", found.end()), text.find("(", found.end())
        if closes < 0 or 0 <= opens < closes:
            yield text[begun : found.start()]
            begun = found.end()
    yield text[begun:]


def _fitting(vocabulary: Vocabulary, code: str, organisation: OrganisationFacts, levels: Sequence[str]) -> Role | None:
    """The role of the same level as the row's other one, else the organisation kind's own, else the usual one."""
    subsystem = vocabulary.catalog.subsystems[code]
    same = (role for role in subsystem.roles if role.level in levels)
    return next(same, None) or subsystem.usual_role(organisation.kind, organisation.authority)
