"""A roster file judged: read, understood, and held against the rules. Needs no database, but asks one who has it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from catalog import Catalog
from documents.rosters import Roster, RosterError, read_roster, roster_lines
from documents.rosters.pasting import read_pasted
from documents.rosters.understanding import missing_fields
from models.facts import Known, Licence, LineFacts, OrganisationFacts, RequestFacts, SealPolicy
from models.findings import Finding, Severity, has_errors, sourced
from models.identifiers import inn_digits
from states.rules import application, identity, people, roles


@dataclass(frozen=True, slots=True)
class Judged:
    """`roster` is None when the file as a whole could not be used; then `findings` says why."""

    roster: Roster | None
    lines: tuple[LineFacts, ...]
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        return not has_errors(self.findings)

    def as_json(self) -> dict[str, object]:
        """JSON of `roster check`."""
        return {
            "ok": self.ok,
            "rows": len(self.lines),
            "findings": [finding.as_json() for finding in self.findings],
        }


def ordinary_clinic(inn: str | None = None) -> OrganisationFacts:
    """What a roster is judged by when nobody says whose it is. Raises BadIdentifier."""
    digits = inn_digits(inn) if inn else ""
    return OrganisationFacts(
        inn=digits, kind="medical", sole_proprietor=len(digits) == 12, licence=Licence.HELD, seal=SealPolicy.SEAL
    )


def judge_roster(
    path: Path, *, catalog: Catalog, organisation: OrganisationFacts, kind: str | None,
    known: Callable[[Collection[str]], dict[str, Known]] | None = None,
) -> Judged:  # fmt: skip
    """Every finding at once, in the order of the rows; a repeated value is told at its later row.

    `known` tells as whom numbers are on record with the organisation.
    """
    try:
        roster = read_roster(path, catalog)
    except RosterError as problem:
        return Judged(None, (), (sourced(Finding(problem.rule, Severity.ERROR, str(problem), field="file")),))
    lines, intake = roster_lines(roster, catalog, organisation=organisation, kind=kind)
    facts = RequestFacts(
        kind=kind or _kind_of(lines, catalog), organisation=organisation, lines=tuple(lines),
        known=known({line.snils for line in lines}) if known else {},
    )  # fmt: skip
    judged = [*application.check(facts, catalog), *identity.check(facts, catalog), *roles.check(facts, catalog), *_unconfirmed(facts, catalog)]
    found = [*intake, *_without_echoes(judged, intake, missing_fields(roster))]
    ordered = sorted(found, key=lambda finding: finding.row or 0)
    return Judged(roster, tuple(lines), tuple(sourced(finding) for finding in ordered))


def _unconfirmed(facts: RequestFacts, catalog: Catalog) -> Iterable[Finding]:
    """Accounts of which the roster says that they are not confirmed; what it does not say is asked later."""
    said_no = {line.row for line in facts.lines if line.esia_confirmed is False}
    return [finding for finding in people.check_accounts(facts, catalog) if finding.row in said_no]


def read_people(
    path: Path, *, catalog: Catalog, kind: str, organisation: OrganisationFacts
) -> tuple[list[LineFacts], list[Finding]]:
    """Lines for a draft, and what reading the file found. Raises RosterError for a file that is no roster."""
    roster = read_roster(path, catalog)
    lines, intake = roster_lines(roster, catalog, organisation=organisation, kind=kind)
    return lines, [sourced(finding) for finding in intake]


def paste_people(
    text: str, *, catalog: Catalog, kind: str, organisation: OrganisationFacts
) -> tuple[list[LineFacts], list[Finding]]:
    """The same of rows that were copied in a table programme. Raises RosterError."""
    roster = read_pasted(text, catalog)
    lines, intake = roster_lines(roster, catalog, organisation=organisation, kind=kind)
    return lines, [sourced(finding) for finding in intake]


def _kind_of(lines: Iterable[LineFacts], catalog: Catalog) -> str:
    """The kind of request that covers what the subsystem column asks for, the narrowest one."""
    asked = {ref.subsystem for line in lines for ref in line.roles}
    kinds = [kind for kind in catalog.kinds.values() if kind.people and kind.subsystems]
    covering = [kind for kind in kinds if asked <= set(kind.subsystems)]
    if covering:
        return min(covering, key=lambda kind: len(kind.subsystems)).code
    return max(kinds, key=lambda kind: len(asked & set(kind.subsystems))).code


def _without_echoes(judged: Iterable[Finding], intake: list[Finding], absent: set[str]) -> Iterable[Finding]:
    """A missing column is told once, not per row; an unreadable subsystem is not also a missing one.

    Without a row only errors and what concerns the choice of subsystems are worth saying of a roster.
    """
    told = {(finding.rule, finding.row) for finding in intake}
    unsaid = {finding.row for finding in intake if finding.rule == "APP-10"}
    whole = any(finding.rule == "APP-10" and finding.person is None for finding in intake)
    for finding in judged:
        if finding.rule == "APP-11" and finding.field in absent:
            continue
        if finding.rule == "APP-10" and (finding.row in unsaid or whole or (finding.rule, finding.row) in told):
            continue
        if finding.row is None and finding.severity is not Severity.ERROR and finding.field != "subsystem":
            continue
        yield finding
