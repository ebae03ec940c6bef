"""The catalogue put together from its files; an administrator's own folder lies over the shipped one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

from catalog.kinds import RequestKind, SubsystemFile
from catalog.problems import AnyEntry, CatalogError, Problem, read_file
from catalog.rules import FOLDER, rules
from catalog.schema import (
    Body,
    Capacity,
    Desk,
    DeskFile,
    Entry,
    Exclusion,
    Link,
    OrganisationKind,
    OrganisationsFile,
    Role,
    Subsystem,
)

OWN = "own"  # the body that is the applicant itself


class _Coded(Protocol):
    @property
    def code(self) -> str: ...


_Entry = TypeVar("_Entry", bound=_Coded)


def _of_code(known: Sequence[_Entry], code: str, what: str) -> _Entry:
    found = next((entry for entry in known if entry.code == code), None)
    if found is None:
        raise CatalogError(f"{what} в справочнике нет. Есть: {', '.join(sorted(entry.code for entry in known))}.")
    return found


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
        """Raises CatalogError, as the next ones do for a code that is not here."""
        known = self.subsystems[subsystem].roles if subsystem in self.subsystems else ()
        return _of_code(known, code, f"Роли «{subsystem}: {code}»")

    def organisation_kind(self, code: str) -> OrganisationKind:
        return _of_code(self.organisations.kinds, code, f"Вида организации «{code}»")

    def capacity(self, code: str) -> Capacity:
        return _of_code(self.organisations.capacities, code, f"Качества подписанта «{code}»")

    def body(self, code: str) -> Body | None:
        """None for the applicant itself."""
        return next((body for body in self.organisations.bodies if body.code == code), None)

    def check_body(self, code: str) -> None:
        """Raises CatalogError for one that is neither known nor the applicant itself."""
        if code not in ("", OWN):
            _of_code(self.organisations.bodies, code, f"Органа «{code}»")

    def authority_label(self, code: str) -> str:
        return _of_code(self.organisations.authorities, code, f"Подчинённости «{code}»").label

    @property
    def register(self) -> str:
        """Name of the register that every organisation must stand in."""
        return self.subsystems[self.organisations.register_code].name

    @property
    def exclusions(self) -> tuple[Exclusion, ...]:
        return self.organisations.exclusions


def overlaid(name: str, own: Path | None) -> Path:
    """The administrator's file of that name where there is one, else the shipped one."""
    return own / name if own is not None and (own / name).exists() else FOLDER / name


def subsystem_files(own: Path | None) -> dict[str, Path]:
    """Files of both folders by name."""
    named = {path.name: path for path in sorted((FOLDER / "subsystems").glob("*.toml"))}
    if own is not None:
        named |= {path.name: path for path in sorted((own / "subsystems").glob("*.toml"))}
    return named


def _dangling(file: str, key: str, used: Iterable[str], known: Collection[str]) -> Iterator[Problem]:
    for code in dict.fromkeys(used):
        if code not in known:
            yield Problem(file, key, f"«{code}» в справочнике нет. Есть: {', '.join(sorted(known))}.")


def rule_ids(entry: object, key: str = "") -> Iterator[tuple[str, str]]:
    """(key, rule) of every rule that an entry cites."""
    if isinstance(entry, Entry):
        for name in type(entry).model_fields:
            value, place = getattr(entry, name), f"{key}.{name}" if key else name
            if (name.endswith("rule") or name == "restricted_by") and value:
                yield place, value
            elif name == "rules":
                yield from ((place, rule) for rule in value)
            else:
                yield from rule_ids(value, place)
    elif isinstance(entry, tuple):
        for number, part in enumerate(entry, 1):
            yield from rule_ids(part, f"{key}.{number}")


def _unknown_rules(file: str, entry: Entry, where: str = "") -> Iterator[Problem]:
    for key, rule in rule_ids(entry, where):
        if rule not in rules():
            yield Problem(file, key, f"правила {rule} в реестре нет.")


def _subsystem_problems(file: str, entry: Subsystem, catalog: Catalog) -> Iterator[Problem]:
    levels = {level.code for level in catalog.organisations.levels}
    roles = {role.code for role in entry.roles}
    yield from _dangling(file, "subsystem.same_level_as", entry.same_level_as, catalog.subsystems)
    if entry.needs:
        yield from _dangling(file, "subsystem.needs.subsystem", [entry.needs.subsystem], catalog.subsystems)
    for exclusion in entry.exclusions:
        yield from _dangling(file, "subsystem.exclusions.roles", exclusion.roles, roles)
    kinds = {kind.code for kind in catalog.organisations.kinds}
    authorities = {authority.code for authority in catalog.organisations.authorities}
    for number, role in enumerate(entry.roles, 1):
        where = f"subsystem.roles.{number}"
        yield from _dangling(file, f"{where}.level", [role.level], levels)
        yield from _dangling(file, f"{where}.organisation_kinds", role.organisation_kinds, kinds)
        yield from _dangling(file, f"{where}.authorities", role.authorities, authorities)
        try:
            role.organisation_text.format(organisation="", subject="")
        except (KeyError, ValueError, IndexError):
            yield Problem(file, f"{where}.organisation_text", "подставляются только {organisation} и {subject}.")
    for caution in entry.cautions:
        yield from _dangling(file, "subsystem.cautions.organisation_kinds", caution.organisation_kinds, kinds)


def _kind_problems(file: str, number: int, kind: RequestKind, catalog: Catalog) -> Iterator[Problem]:
    where = f"kinds.{number}"
    yield from _dangling(file, f"{where}.subsystems", kind.subsystems, catalog.subsystems)
    yield from _dangling(file, f"{where}.companion", [kind.companion] if kind.companion else [], catalog.kinds)
    bodies = {OWN, *(body.code for body in catalog.organisations.bodies)}
    capacities = {capacity.code for capacity in catalog.organisations.capacities}
    for signer in kind.signers:
        yield from _dangling(file, f"{where}.signers.body", [signer.body], bodies)
        yield from _dangling(file, f"{where}.signers.least", [signer.least], capacities)
    roles = {
        role.code for code in kind.subsystems if code in catalog.subsystems for role in catalog.subsystems[code].roles
    }
    known = _values(catalog) | {"role": roles}
    for condition in kind.conditions():
        for name, wanted in condition.items():
            if name in known and not isinstance(wanted, bool):
                values = (wanted,) if isinstance(wanted, str) else wanted
                yield from _dangling(file, f"{where}: условие {name}", values, known[name])


def _values(catalog: Catalog) -> dict[str, set[str]]:
    organisations = catalog.organisations
    return {
        "organisation.kind": {entry.code for entry in organisations.kinds},
        "organisation.authority": {entry.code for entry in organisations.authorities},
        "organisation.subordination": {entry.code for entry in organisations.subordinations},
    }


def _form_problems(file: str, number: int, kind: RequestKind, layouts: Collection[str]) -> Iterator[Problem]:
    """A kind without its form is refused before anybody drafts a request."""
    for key, code in (("layout", kind.layout), ("letter", kind.letter)):
        if code is not None:
            yield from _dangling(file, f"kinds.{number}.{key}", [code], layouts)


def _references(files: dict[str, SubsystemFile], catalog: Catalog, own: Path | None) -> Iterator[Problem]:
    from catalog.layouts import examine_layouts

    layouts, problems = examine_layouts(own)
    yield from problems
    yield from _dangling(
        "organisations.toml", "register_code", [catalog.organisations.register_code], catalog.subsystems
    )
    yield from _unknown_rules("organisations.toml", catalog.organisations)
    for number, link in enumerate(catalog.links.values(), 1):
        yield from _unknown_rules("desk.toml", link, f"links.{number}")
    for name, parsed in files.items():
        file = f"subsystems/{name}"
        yield from _unknown_rules(file, parsed)
        if parsed.subsystem:
            yield from _subsystem_problems(file, parsed.subsystem, catalog)
        for number, kind in enumerate(parsed.kinds, 1):
            yield from _kind_problems(file, number, kind, catalog)
            yield from _form_problems(file, number, kind, layouts)


def _doubles(files: dict[str, SubsystemFile]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for name, parsed in files.items():
        for code in (*([parsed.subsystem.code] if parsed.subsystem else ()), *(kind.code for kind in parsed.kinds)):
            if seen.setdefault(code, name) != name:
                yield Problem(f"subsystems/{name}", "code", f"код «{code}» уже занят в файле {seen[code]}.")


def _attempt(problems: list[Problem], path: Path, schema: type[AnyEntry]) -> AnyEntry | None:
    """The file, or None with its problems noted."""
    try:
        return read_file(path, schema)
    except CatalogError as error:
        problems += error.problems
        return None


def examine(own: Path | None = None) -> tuple[Catalog | None, list[Problem]]:
    """What the files make, as far as they can be read, and every problem of theirs at once.

    A reference into a file that cannot be read is not called dangling.
    """
    problems: list[Problem] = []
    paths = subsystem_files(own)
    read = {name: _attempt(problems, path, SubsystemFile) for name, path in paths.items()}
    files = {name: parsed for name, parsed in read.items() if parsed is not None}
    organisations = _attempt(problems, overlaid("organisations.toml", own), OrganisationsFile)
    desk = _attempt(problems, overlaid("desk.toml", own), DeskFile)
    problems += _doubles(files)
    if organisations is None or desk is None:
        return None, problems
    catalog = Catalog(
        {parsed.subsystem.code: parsed.subsystem for parsed in files.values() if parsed.subsystem},
        {kind.code: kind for parsed in files.values() for kind in parsed.kinds},
        organisations,
        desk.desk,
        {link.code: link for link in desk.links},
    )
    unread = {code for name, path in paths.items() if name not in files for code in _codes(path)}
    problems += (found for found in _references(files, catalog, own) if not _is_about(found, unread))
    return catalog, problems


def _codes(path: Path) -> set[str]:
    """Whatever an unreadable file may name, so that nobody is told that it is not there."""
    return set(
        re.findall(
            r"""^[ \t]*+code\s*+=\s*+["']([a-z][a-z0-9-]*)["']""", path.read_bytes().decode("utf-8", "replace"), re.M
        )
    )


def _is_about(problem: Problem, codes: set[str]) -> bool:
    return any(problem.message.startswith(f"«{code}»") for code in codes)


@cache
def load(own: Path | None = None) -> Catalog:
    """The shipped catalogue, with files of the folder `own` in place of shipped ones of the same name.

    Raises CatalogError with every problem that was found.
    """
    catalog, problems = examine(own)
    if problems or catalog is None:
        raise CatalogError(*problems)
    return catalog
