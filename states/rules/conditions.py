"""Conditions of the catalogue held against a request's facts."""

from __future__ import annotations

from collections.abc import Callable

from catalog import Catalog
from catalog.kinds import Condition, RequestKind
from models.facts import RequestFacts
from states.rules.values import read_value

_ORGANISATION: dict[str, Callable[[RequestFacts], str | bool]] = {
    "organisation.kind": lambda facts: facts.organisation.kind,
    "organisation.authority": lambda facts: facts.organisation.authority or "",
    "organisation.subordination": lambda facts: facts.organisation.subordination,
    "organisation.licence": lambda facts: facts.organisation.licence or "",
    "organisation.education": lambda facts: facts.organisation.education.level if facts.organisation.education else "",
    "organisation.sole-proprietor": lambda facts: facts.organisation.sole_proprietor,
    "organisation.branch": lambda facts: facts.organisation.branch is not None,
}


def holds(condition: Condition, facts: RequestFacts, catalog: Catalog) -> bool:
    """All of it. An empty condition holds always."""
    kind = catalog.kind(facts.kind)
    return all(_one(wanted, _fact(name, facts, kind)) for name, wanted in condition.items())


def _one(wanted: str | bool | tuple[str, ...], values: set[str]) -> bool:
    if isinstance(wanted, bool):
        return bool(values) is wanted
    return bool(values & ({wanted} if isinstance(wanted, str) else set(wanted)))


def _fact(name: str, facts: RequestFacts, kind: RequestKind) -> set[str]:
    """The values of a fact; empty for what is not stated and for a plain no."""
    if name == "role":
        return {ref.role for line in facts.lines for ref in line.roles}
    group, _, code = name.partition(".")
    if group == "field":
        entry = kind.field(code)
        value = read_value(entry, facts.fields.get(code, ""))[0] if entry else ""
        return {value} - {"", "нет"}
    if group == "attachment":
        return {code} if any(file.code == code for file in facts.attached) else set()
    stated = _ORGANISATION[name](facts)
    return {str(stated)} if stated else set()
