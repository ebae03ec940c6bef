"""The catalogue put together from its files; an administrator's own folder lies over the shipped one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from catalog.rules import FOLDER, rules
from catalog.schema import (
    Capacity,
    Desk,
    DeskFile,
    Entry,
    Exclusion,
    Link,
    OrganisationKind,
    OrganisationsFile,
    RequestKind,
    Role,
    Subsystem,
    SubsystemFile,
)

_AnyEntry = TypeVar("_AnyEntry", bound=Entry)


class CatalogError(ValueError):
    """A file of the catalogue is wrong; the text names file, key and reason in Russian."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """Справочник правил: everything the regulation says that is data."""

    subsystems: dict[str, Subsystem]
    kinds: dict[str, RequestKind]
    organisations: OrganisationsFile
    desk: Desk
    links: dict[str, Link]

    def kind(self, code: str) -> RequestKind:
        """Raises CatalogError for an unknown code, naming the known ones."""
        if code not in self.kinds:
            raise CatalogError(f"Вид заявки «{code}» неизвестен. Есть: {', '.join(sorted(self.kinds))}.")
        return self.kinds[code]

    def role(self, subsystem: str, code: str) -> Role:
        return next(role for role in self.subsystems[subsystem].roles if role.code == code)

    def organisation_kind(self, code: str) -> OrganisationKind:
        return next(kind for kind in self.organisations.kinds if kind.code == code)

    def capacity(self, code: str) -> Capacity:
        return next(capacity for capacity in self.organisations.capacities if capacity.code == code)

    def authority_label(self, code: str) -> str:
        return next(entry.label for entry in self.organisations.authorities if entry.code == code)

    @property
    def register(self) -> str:
        """Name of the register that every organisation must stand in."""
        return self.subsystems[self.organisations.register_code].name

    @property
    def exclusions(self) -> tuple[Exclusion, ...]:
        return self.organisations.exclusions


def read_file(path: Path, schema: type[_AnyEntry]) -> _AnyEntry:
    """One file checked against its schema. Raises CatalogError."""
    try:
        return schema.model_validate(tomllib.loads(path.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(f"{path.name}: не разобрать как TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise CatalogError(f"{path.name}: ключ {key}: {_reason(first['type'], first['msg'])}") from error


def _reason(kind: str, message: str) -> str:
    known = {"extra_forbidden": "такого ключа нет, проверьте написание.", "missing": "ключ обязателен, а его нет."}
    return known.get(kind, f"значение не подходит ({message}).")


def _overlaid(name: str, own: Path | None) -> Path:
    return own / name if own is not None and (own / name).exists() else FOLDER / name


def _subsystem_files(own: Path | None) -> Iterator[Path]:
    named = {path.name: path for path in sorted((FOLDER / "subsystems").glob("*.toml"))}
    if own is not None:
        named |= {path.name: path for path in sorted((own / "subsystems").glob("*.toml"))}
    yield from named.values()


def _known(where: str, key: str, used: Iterable[str], known: Iterable[str]) -> None:
    strange = sorted(set(used) - set(known))
    if strange:
        raise CatalogError(f"{where}: {key}: нет таких кодов в справочнике: {', '.join(strange)}.")


def _rule_ids(entry: object) -> Iterator[str]:
    if isinstance(entry, Entry):
        for name in type(entry).model_fields:
            value = getattr(entry, name)
            if name in {"rule", "restricted_by", "roles_rule", "same_level_rule"} and value:
                yield value
            elif name == "rules":
                yield from value
            else:
                yield from _rule_ids(value)
    elif isinstance(entry, tuple):
        for part in entry:
            yield from _rule_ids(part)


def _check_references(catalog: Catalog) -> None:
    kinds = {kind.code for kind in catalog.organisations.kinds}
    levels = {level.code for level in catalog.organisations.levels}
    authorities = {entry.code for entry in catalog.organisations.authorities}
    for subsystem in catalog.subsystems.values():
        where = f"подсистема {subsystem.code}"
        _known(where, "same_level_as", subsystem.same_level_as, catalog.subsystems)
        if subsystem.needs:
            _known(where, "needs", [subsystem.needs.subsystem], catalog.subsystems)
        for role in subsystem.roles:
            _known(where, f"роль {role.code}: level", [role.level], levels)
            _known(where, f"роль {role.code}: organisation_kinds", role.organisation_kinds, kinds)
            _known(where, f"роль {role.code}: authorities", role.authorities, authorities)
    _known("organisations.toml", "register_code", [catalog.organisations.register_code], catalog.subsystems)
    for kind in catalog.kinds.values():
        _known(f"вид заявки {kind.code}", "subsystems", kind.subsystems, catalog.subsystems)
        _known(f"вид заявки {kind.code}", "companion", [kind.companion] if kind.companion else [], catalog.kinds)
    for entry in (*catalog.subsystems.values(), *catalog.kinds.values(), catalog.organisations, catalog.desk):
        _known(getattr(entry, "code", type(entry).__name__), "rule", _rule_ids(entry), rules())


@cache
def load(own: Path | None = None) -> Catalog:
    """The shipped catalogue, with files of the folder `own` in place of shipped ones of the same name."""
    organisations = read_file(_overlaid("organisations.toml", own), OrganisationsFile)
    desk = read_file(_overlaid("desk.toml", own), DeskFile)
    subsystems: dict[str, Subsystem] = {}
    kinds: dict[str, RequestKind] = {}
    for path in _subsystem_files(own):
        parsed = read_file(path, SubsystemFile)
        if parsed.subsystem:
            subsystems[parsed.subsystem.code] = parsed.subsystem
        kinds |= {kind.code: kind for kind in parsed.kinds}
    catalog = Catalog(subsystems, kinds, organisations, desk.desk, {link.code: link for link in desk.links})
    _check_references(catalog)
    return catalog
