"""What a row asks for: «ФРМО и ФРМР», «обе», a column of marks, «Работник организации (ФРМО)», several in a cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from catalog import Catalog
from catalog.rosters import roster_wording
from catalog.schema import Role
from documents.rosters.headings import cyrillic
from documents.rosters.reading import RosterRow
from models.facts import OrganisationFacts, RoleRef
from models.findings import Finding, Severity

_BETWEEN = re.compile(r"[\n;,/+&|]+(?![^()]*\))|\s+(?:и|а также)\s+(?![^()]*\))")
_WORD = re.compile(r"[\w-]+")
_BRACKETS = re.compile(r"\(([^()]*)\)")


def asked_roles(
    row: RosterRow, catalog: Catalog, organisation: OrganisationFacts, kind: str | None, person: str | None
) -> tuple[tuple[RoleRef, ...], list[Finding]]:
    """Roles of one row. What is not understood is an error that says so (APP-10)."""
    findings: list[Finding] = []
    subsystems = _subsystems(row, catalog, kind, person, findings)
    named = list(_named_roles(row, catalog, subsystems, person, findings))
    found = dict.fromkeys(named)
    wanted = subsystems or list(dict.fromkeys(ref.subsystem for ref in named)) or _of_kind(catalog, kind)
    for code in wanted:
        if not any(ref.subsystem == code for ref in found):
            role = _fitting(catalog, code, organisation, [catalog.role(ref.subsystem, ref.role).level for ref in named])
            if role is not None and not _unknown_role(findings):
                found[RoleRef(code, role.code)] = None
    return tuple(found), findings


def _unknown_role(findings: Sequence[Finding]) -> bool:
    """A role that was not understood is not replaced by the usual one."""
    return any(finding.field == "role" for finding in findings)


def _error(row: RosterRow, field: str, person: str | None, message: str) -> Finding:
    return Finding("APP-10", Severity.ERROR, message, row=row.number, field=field, person=person)


def _of_kind(catalog: Catalog, kind: str | None) -> list[str]:
    return list(catalog.kind(kind).subsystems) if kind else []


def _subsystems(
    row: RosterRow, catalog: Catalog, kind: str | None, person: str | None, findings: list[Finding]
) -> list[str]:
    from documents.rosters.understanding import is_marked

    marked = [code for code, value in row.marks.items() if is_marked(value)]
    text = str(row.cells.get("subsystem", ""))
    if not text.strip():
        return marked
    named, rest = subsystems_in(text, catalog)
    plain = cyrillic(text)
    if not named and any(word in _WORD.findall(plain) or word == plain for word in roster_wording().words.both):
        return _of_kind(catalog, kind) or _widest(catalog)
    if (rest and not _says_roles(row, text, catalog)) or not named:
        names = ", ".join(entry.name for entry in catalog.subsystems.values())
        findings.append(
            _error(row, "subsystem", person, f"Подсистема «{text.strip()}» не распознана. Напишите одну из: {names}.")
        )
    return list(dict.fromkeys([*named, *marked]))


def _says_roles(row: RosterRow, text: str, catalog: Catalog) -> bool:
    """What is left of the cell beside the subsystems' names is the name of a role: «ФРМО (работник организации)»."""
    if str(row.cells.get("role", "")) == text:
        return True
    parts = [part for part in _BETWEEN.split(text) if part.strip()]
    return any(_role_text(part, catalog)[0] for part in parts) and all(
        not (base := _role_text(part, catalog)[0]) or any(_role_named(base, code, catalog) for code in catalog.subsystems)
        for part in parts
    )


def _widest(catalog: Catalog) -> list[str]:
    """«Обе» without a kind: the kind of request that joins two subsystems."""
    kinds = [kind for kind in catalog.kinds.values() if len(kind.subsystems) == 2]
    return list(kinds[0].subsystems) if kinds else []


@lru_cache(maxsize=8)
def _names(spellings: tuple[tuple[str, str], ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    longest_first = sorted(spellings, key=lambda pair: -len(pair[1]))
    return tuple((code, re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")) for code, name in longest_first)


def subsystems_in(text: str, catalog: Catalog) -> tuple[list[str], list[str]]:
    """Codes in the order of the catalogue's names found in the text, and the words that are left."""
    plain = cyrillic(text)
    spellings = tuple(
        (entry.code, cyrillic(name))
        for entry in catalog.subsystems.values()
        for name in (entry.name, entry.full_name, *entry.aliases)
    )
    found: dict[str, int] = {}
    for code, pattern in _names(spellings):
        for match in pattern.finditer(plain):
            found[code] = min(found.get(code, match.start()), match.start())
        plain = pattern.sub(lambda match: " " * len(match.group()), plain)
    noise = roster_wording().words.noise
    rest = [word for word in _WORD.findall(plain) if word not in noise and word != "-"]
    return sorted(found, key=found.__getitem__), rest


def _named_roles(
    row: RosterRow, catalog: Catalog, subsystems: Sequence[str], person: str | None, findings: list[Finding]
) -> Iterator[RoleRef]:
    text = str(row.cells.get("role") or row.cells.get("subsystem", ""))
    for part in _BETWEEN.split(text):
        if not part or not part.strip(" .-–—"):
            continue
        base, told = _role_text(part, catalog)
        if not base:
            continue  # «Работник организации (ФРМО), ФРМР»: a bare subsystem adds no role of its own
        scope = told or list(subsystems) or [c for c in catalog.subsystems if _role_named(base, c, catalog)]
        refs = [RoleRef(code, role.code) for code in scope if (role := _role_named(base, code, catalog)) is not None]
        strange = [code for code in told if subsystems and code not in subsystems]
        if strange:
            names = ", ".join(catalog.subsystems[code].name for code in strange)
            findings.append(
                _error(row, "role", person, f"Роль «{part.strip()}» – для {names}, а в строке указана другая подсистема.")
            )
        elif not refs and row.cells.get("role"):
            findings.append(_error(row, "role", person, _unknown(part, scope, catalog)))
        yield from refs


def _role_text(part: str, catalog: Catalog) -> tuple[str, list[str]]:
    """«Работник МО (ФРМО, ФРМР)» to «работник мо» and the codes in brackets or beside."""
    codes, _ = subsystems_in(part, catalog)
    plain = cyrillic(part)
    for code in codes:
        entry = catalog.subsystems[code]
        for name in sorted((entry.name, entry.full_name, *entry.aliases), key=len, reverse=True):
            plain = re.sub(rf"(?<!\w){re.escape(cyrillic(name))}(?!\w)", " ", plain)
    plain = _BRACKETS.sub(lambda match: " " if not _WORD.search(match.group(1)) else match.group(), plain)
    plain = re.sub(r"\(\s*(?:[,/и+]|\s)*\)|[«»\"']|\s[-–—]\s*$", " ", plain).strip(" .,-–—()")
    words = plain.split()
    noise = roster_wording().words.noise
    return ("" if all(word.strip("()") in noise for word in words) else " ".join(words)), codes


def _role_named(base: str, subsystem: str, catalog: Catalog) -> Role | None:
    for role in catalog.subsystems[subsystem].roles:
        spellings = {_role_text(name, catalog)[0] for name in (role.label, *role.aliases)}
        if base in spellings:
            return role
    return None


def _unknown(part: str, scope: Sequence[str], catalog: Catalog) -> str:
    codes = scope or list(catalog.subsystems)
    names = dict.fromkeys(_BRACKETS.sub("", role.label).strip() for code in codes for role in catalog.subsystems[code].roles)
    return f"Роли «{part.strip()}» нет. Есть: {', '.join(names)}."


def _fitting(catalog: Catalog, code: str, organisation: OrganisationFacts, levels: Sequence[str]) -> Role | None:
    """The role of the same level as the row's other one, else the organisation kind's own, else the usual one."""
    roles = catalog.subsystems[code].roles
    same = [role for role in roles if role.level in levels]
    own = [
        role
        for role in roles
        if organisation.kind in role.organisation_kinds
        and (not role.authorities or organisation.authority in role.authorities)
    ]
    usual = [role for role in roles if role.default]
    return next(iter([*same, *own, *usual]), None)
