"""The data of a draft out of a TOML file: fields, people, the planned signer."""

from __future__ import annotations

import contextlib
import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.facts import LineFacts, OrganisationFacts, RoleRef, SignatureFacts
from refusals import Refusal
from states.rules.values import read_date
from views.offers.line_questions import usual_roles

if TYPE_CHECKING:
    from catalog import Catalog
    from catalog.kinds import RequestKind

_LINE_TEXTS = ("snils", "surname", "given", "patronymic", "email", "post", "unit")
_LINE_FLAGS = ("email_is_esia", "esia_confirmed", "own_card")
_LINE_KEYS = (*_LINE_TEXTS, *_LINE_FLAGS, "roles", "role", "confirmed", "first_login_on", "until")
_SIGNER_KEYS = (
    "capacity",
    "body",
    "seal_of",
    "name",
    "post",
    "seal",
    "attorney_number",
    "attorney_date",
    "attorney_until",
)
_TABLES = ("fields", "people", "signer", "organisation")


class BadData(Refusal, ValueError):
    """The data file cannot be understood; the text says where and what to do."""


@dataclass(frozen=True, slots=True)
class DraftData:
    """What a data file says."""

    fields: dict[str, str]
    lines: tuple[LineFacts, ...]
    signer: SignatureFacts | None


def read_toml(path: Path) -> dict[str, Any]:
    """Raises BadData."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise BadData(f"Файл {path} не прочитать.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadData(f"Файл {path.name} не разобрать как TOML: {error}.") from error


def card_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """What [organisation] says of the card; the keys are those of `organisation set`. Raises BadData."""
    return _table("organisation", values.get("organisation"))


def understood(
    values: Mapping[str, Any], kind: RequestKind, catalog: Catalog, organisation: OrganisationFacts
) -> DraftData:
    """Fields stand at the top or under [fields]; people under [[people]]; who signs under [signer]. Raises BadData."""
    values = dict(values)
    tables = {name: values.pop(name, None) for name in _TABLES}
    named = {**values, **_table("fields", tables["fields"])}
    people = tables["people"] or []
    if not isinstance(people, list) or not all(isinstance(person, dict) for person in people):
        raise BadData("people: нужны таблицы [[people]], по одной на человека.")
    return DraftData(
        {name: text_of(name, value) for name, value in named.items()},
        tuple(_line(person, number, kind, catalog, organisation) for number, person in enumerate(people, 1)),
        _signer(_table("signer", tables["signer"])) if tables["signer"] is not None else None,
    )


def _table(name: str, value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadData(f"{name}: нужна таблица [{name}].")
    return value


def text_of(name: str, value: object) -> str:
    """A TOML value as the text that a person would type."""
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, list):
        return "\n".join(text_of(name, part) for part in value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dict):
        raise BadData(f"{name}: поле не может быть таблицей.")
    return str(value)


def _known(where: str, given: Mapping[str, object], keys: tuple[str, ...]) -> None:
    strange = sorted(set(given) - set(keys))
    if strange:
        raise BadData(f"{where}: ключа «{strange[0]}» нет. Есть: {', '.join(keys)}.")


def _line(
    person: Mapping[str, Any], number: int, kind: RequestKind, catalog: Catalog, organisation: OrganisationFacts
) -> LineFacts:
    from models.identifiers import BadIdentifier, snils_digits

    where = f"people, человек {number}"
    _known(where, person, _LINE_KEYS)
    texts: dict[str, Any] = {name: str(person.get(name, "")).strip() for name in _LINE_TEXTS}
    with contextlib.suppress(BadIdentifier):  # the check says what is wrong with it
        texts["snils"] = snils_digits(texts["snils"])
    flags: dict[str, Any] = {name: person.get(name) for name in _LINE_FLAGS}
    wrong = next((name for name, value in flags.items() if value not in (None, True, False)), None)
    if wrong:
        raise BadData(f"{where}: {wrong} – это true или false.")
    unit = texts.pop("unit")
    return LineFacts(
        **texts,
        **flags,
        unit=unit or None,
        roles=_roles(where, person.get("roles", person.get("role")), kind, catalog, organisation),
        confirmed=tuple(str(code) for code in person.get("confirmed", ())),
        asked_until=read_date(str(person.get("until") or "").strip())[0],
        first_login_on=_moment(where, person.get("first_login_on")),
        row=number,
    )


def _moment(where: str, value: object) -> dt.datetime | None:
    if value is None:
        return None
    if isinstance(value, dt.datetime):
        return value if value.tzinfo else value.replace(tzinfo=dt.UTC)
    if isinstance(value, dt.date):
        return dt.datetime.combine(value, dt.time(12), dt.UTC)
    raise BadData(f"{where}: first_login_on – это дата, например 2026-11-20.")


def _roles(
    where: str, given: object, kind: RequestKind, catalog: Catalog, organisation: OrganisationFacts
) -> tuple[RoleRef, ...]:
    """Codes («frmo:organisation» or a role's code), labels or aliases; none asked for means the usual ones."""
    if not kind.roles_asked:
        return ()
    scope = [catalog.subsystems[code] for code in kind.subsystems or catalog.subsystems]
    if given is None:
        return usual_roles(kind, catalog, organisation)
    wanted = [given] if isinstance(given, str) else given
    if not isinstance(wanted, list):
        raise BadData(f"{where}: roles – это список в квадратных скобках.")
    found: list[RoleRef] = []
    for text in map(str, wanted):
        refs = _matching(text, kind, catalog)
        if not refs:
            known = "; ".join(f"{role.code} – {role.label}" for entry in scope for role in entry.roles)
            raise BadData(f"{where}: роли «{text}» нет. Есть: {known}.")
        found += refs
    return tuple(dict.fromkeys(found))


def _matching(text: str, kind: RequestKind, catalog: Catalog) -> list[RoleRef]:
    from models.text import fold

    named, _, code = text.rpartition(":")
    scope = [named] if named in catalog.subsystems else list(kind.subsystems or catalog.subsystems)
    wanted = fold(code if named else text)
    return [
        RoleRef(subsystem, role.code)
        for subsystem in scope
        for role in catalog.subsystems[subsystem].roles
        if wanted in {fold(role.code), fold(role.label), *(fold(alias) for alias in role.aliases)}
    ]


def _signer(given: Mapping[str, Any]) -> SignatureFacts:
    _known("signer", given, _SIGNER_KEYS)
    dates: dict[str, Any] = {name: given.get(name) for name in ("attorney_date", "attorney_until")}
    wrong = next((name for name, value in dates.items() if value is not None and not isinstance(value, dt.date)), None)
    if wrong:
        raise BadData(f"signer: {wrong} – это дата, например 2026-11-20.")
    return SignatureFacts(
        capacity=str(given.get("capacity", "head")),
        body=str(given.get("body", "")),
        seal_of=str(given.get("seal_of", "")),
        name=str(given.get("name", "")),
        post=str(given.get("post", "")),
        seal_present=given.get("seal"),
        attorney_number=str(given.get("attorney_number", "")),
        **dates,
    )
