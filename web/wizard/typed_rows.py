"""A row of people as the form brings it back, laid over what was kept."""

from __future__ import annotations

import dataclasses
from contextlib import suppress

from starlette.datastructures import FormData

from catalog import Catalog
from models.facts import LineFacts, RoleRef
from models.identifiers import BadIdentifier, snils_digits
from views.offers.line_questions import LineQuestions
from web.shell import text

_LIMITS = {"snils": 60, "email": 254}


def typed(
    form: FormData, key: str, base: LineFacts, shown: LineFacts, asked: LineQuestions, catalog: Catalog
) -> LineFacts:
    """The row as the form has it, laid over what was typed before. `shown` has what is on record of the person, too.

    A mark that was not shown as set and is not set says nothing; one that was and is not any more is taken back.
    """
    values: dict[str, object] = {name: _text(form, key, name) for name in asked.texts}
    if asked.roles:
        values["roles"] = _roles(form, key, catalog)
    for mark in asked.marks:
        values[mark.name] = _mark(form, f"{key}.{mark.name}", getattr(base, mark.name), getattr(shown, mark.name))
    if asked.until:
        values["asked_until"] = text(form, f"{key}.asked_until", 40)
    if asked.unit:
        values["unit"] = text(form, f"{key}.unit", 20) or None
    codes = {entry.code for entry in asked.confirmations}
    if codes:
        others = set(base.confirmed) - codes
        values["confirmed"] = tuple(
            sorted(others | {code for code in codes if text(form, f"{key}.confirmed-{code}", 5)})
        )
    return dataclasses.replace(base, **values)  # type: ignore[arg-type]


def _text(form: FormData, key: str, name: str) -> str:
    value = text(form, f"{key}.{name}", _LIMITS.get(name, 300))
    if name == "snils":
        with suppress(BadIdentifier):
            return snils_digits(value)
    return value


def _mark(form: FormData, name: str, before: bool | None, shown: bool | None) -> bool | None:
    if text(form, name, 5):
        return True
    return None if before or shown else before


def _roles(form: FormData, key: str, catalog: Catalog) -> tuple[RoleRef, ...]:
    refs = []
    for value in form.getlist(f"{key}.role"):
        subsystem, _, code = str(value).partition(":")
        entry = catalog.subsystems.get(subsystem)
        if entry is not None and any(role.code == code for role in entry.roles):
            refs.append(RoleRef(subsystem, code))
    return tuple(dict.fromkeys(refs))
