"""Lists of roles that people hold already: read and judged first, then written down by word, and taken back if mistaken."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from actions.cards import enrolling, identities, organisations, people
from actions.context import Conflict, NotFound, Work
from actions.log import audit
from actions.roles import giving, grants
from actions.roles.holdings import role_label
from actions.rosters.rosters import OpenQuestions, refuse_open
from catalog import Catalog
from documents.rosters import Choices, RosterError, read_roster, roster_lines
from documents.rosters.choices import Rows
from documents.rosters.parts import RosterRow
from documents.rosters.reading import Roster
from documents.rosters.understanding import day
from models.facts import LineFacts, OrganisationFacts, RoleRef, ToldHolding
from models.file_names import safe
from models.findings import Finding, Severity, sourced
from models.grant import Grant, HoldingsImport
from models.identifiers import BadIdentifier, format_snils, valid_snils
from models.lengths import within
from models.moments import MOSCOW
from models.organisation import Organisation
from models.text import tidy
from states.rules import holding
from states.rules.identity import Place, clash_of

COMPARED, LEAST_REASON = "holdings.compared", 10
_ELSEWHERE = frozenset(
    {"file", "email", "inn"}
)  # of reading a list: its columns that matter here are judged by the rules


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as it was read, which takes a while: outside of any transaction."""

    roster: Roster
    name: str
    sha256: str


def read(file: Path, catalog: Catalog, name: str = "") -> Sheet:
    """Raises RosterError for a file that is no list."""
    roster = read_roster(file, catalog)
    return Sheet(roster, safe(tidy(name or file.name)), hashlib.sha256(file.read_bytes()).hexdigest())


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """A row of the list and what becomes of it. `fresh`: the roles that it adds; none where all are on record already.

    `confirmable`: its СНИЛС stands elsewhere beside another name, which a look into the document can settle.
    """

    told: ToldHolding
    fresh: tuple[RoleRef, ...]
    labels: tuple[str, ...]
    findings: tuple[Finding, ...]
    confirmable: bool = False

    @property
    def bad(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def state(self) -> str:
        return "bad" if self.bad else "new" if self.fresh else "known"

    def as_json(self) -> dict[str, object]:
        line = self.told.line
        return {
            "row": line.row,
            "person": line.name,
            "snils": format_snils(line.snils) if valid_snils(line.snils) else line.snils,
            "roles": list(self.labels),
            "since": self.told.since,
            "until": line.asked_until or None,
            "source": self.told.told_by,
            "source_date": self.told.told_on,
            "state": self.state,
            "findings": [finding.as_json() for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do. `warnings` concern the file as a whole; `made` is the import once it is written."""

    organisation: Organisation
    rows: tuple[PlannedRow, ...]
    warnings: tuple[Finding, ...] = ()
    made: HoldingsImport | None = None

    def of(self, state: str) -> list[PlannedRow]:
        return [row for row in self.rows if row.state == state]

    @property
    def counts(self) -> dict[str, int]:
        return {state: len(self.of(state)) for state in ("new", "known", "bad")}

    def as_json(self) -> dict[str, object]:
        """JSON of `holders import`."""
        return {
            "organisation": {"inn": self.organisation.inn, "name": self.organisation.called},
            "counts": self.counts,
            "rows": [row.as_json() for row in self.rows],
            "warnings": [finding.message for finding in self.warnings],
            "import": self.made.id if self.made else None,
        }


def plan(
    work: Work,
    sheet: Sheet,
    *,
    inn: object,
    kpp: str = "",
    told_by: str = "",
    told_on: str = "",
    checked: Collection[int] = (),
) -> Plan:
    """What the file says and what is wrong with it; nothing is written.

    `told_by`, `told_on` are the source of rows that name none, `checked` the rows whose СНИЛС somebody held against a
    document. Raises BadIdentifier, NotFound for an organisation without a card.
    """
    card = organisations.known(work, inn, kpp)
    whose = organisations.facts_of(work, card)
    roster = sheet.roster
    lines, intake = roster_lines(roster, work.catalog, organisation=whose, kind=None)
    _refuse_open(roster, lines, whose)
    headings = {part.heading_row for part in roster.parts}
    rows = [_told(row, line, told_by, told_on, checked) for row, line in zip(roster.rows, lines, strict=True)]
    around = _around(work, card, whose, lines)
    judged = holding.check(rows, around, work.catalog)
    found = [*(each for each in intake if each.field not in _ELSEWHERE and each.row not in headings), *judged]
    held = _held_here(work, card, lines)
    return Plan(card, tuple(_planned(work, row, found, held, around) for row in rows), tuple(_whole(roster, intake)))


def _refuse_open(roster: Roster, lines: Sequence[LineFacts], whose: OrganisationFacts) -> None:
    """Raises RosterError that tells what to mend in the file; another organisation's row is an error of its own."""
    try:
        refuse_open(roster, lines, whose, Choices(others=Rows.SKIP))
    except OpenQuestions as questions:
        raise RosterError(questions.code, questions.in_words, questions.rule) from None


def _told(row: RosterRow, line: LineFacts, told_by: str, told_on: str, checked: Collection[int]) -> ToldHolding:
    if line.row in checked:
        line = replace(line, snils_checked=line.identity)
    source = tidy(str(row.cells.get("told_by", "")))
    return ToldHolding(
        line,
        since=day(row.cells.get("since")),
        told_by=source or within(tidy(told_by), 300, "Кто сообщил"),
        told_on=day(row.cells.get("told_on")) or day(told_on),
    )


def _around(work: Work, card: Organisation, whose: OrganisationFacts, lines: Sequence[LineFacts]) -> holding.Around:
    numbers = {line.snils for line in lines if valid_snils(line.snils)}
    persons = people.persons_by_number(work, numbers)
    held: dict[str, set[RoleRef]] = {}
    for person_id, subsystem, role, _ in grants.held_by(work, list(persons)):
        held.setdefault(persons[person_id], set()).add(RoleRef(subsystem, role))
    known = identities.known(work, card.id or 0, numbers)
    return holding.Around(whose, work.now.astimezone(MOSCOW).date(), known, held)


def _held_here(work: Work, card: Organisation, lines: Sequence[LineFacts]) -> set[tuple[str, RoleRef]]:
    """СНИЛС and role of what is in force in the organisation."""
    persons = people.persons_by_number(work, {line.snils for line in lines})
    query = select(col(Grant.person_id), col(Grant.subsystem), col(Grant.role)).where(
        col(Grant.organisation_id) == card.id, col(Grant.until).is_(None)
    )
    return {
        (persons[person], RoleRef(subsystem, role))
        for person, subsystem, role in work.session.execute(query)
        if person in persons
    }


def _planned(
    work: Work,
    told: ToldHolding,
    found: Sequence[Finding],
    held: Collection[tuple[str, RoleRef]],
    around: holding.Around,
) -> PlannedRow:
    line, known = told.line, around.known.get(told.line.snils)
    clash = clash_of(replace(line, snils_checked=""), known)
    own = tuple(sourced(finding) if finding.rule else finding for finding in found if finding.row == line.row)
    return PlannedRow(
        told,
        tuple(ref for ref in line.roles if (line.snils, ref) not in held),
        tuple(role_label(work, ref.subsystem, ref.role) for ref in line.roles),
        tuple(dict.fromkeys(own)),
        confirmable=clash is not None and clash.place is not Place.HERE,
    )


def _whole(roster: Roster, intake: Sequence[Finding]) -> list[Finding]:
    """Other sheets with people, which nobody must think read."""
    return [sourced(finding) for finding in intake if finding.field == "file"]


def take(
    work: Work,
    sheet: Sheet,
    *,
    inn: object,
    kpp: str = "",
    told_by: str = "",
    told_on: str = "",
    checked: Collection[int] = (),
) -> Plan:
    """Write down what of the list is new and without errors; a repetition writes nothing. Raises what `plan` raises."""
    found = plan(work, sheet, inn=inn, kpp=kpp, told_by=told_by, told_on=told_on, checked=checked)
    new = found.of("new")
    if not new:
        return found
    card = found.organisation
    made = HoldingsImport(
        organisation_id=card.id or 0,
        file_name=sheet.name,
        sha256=sheet.sha256,
        imported_at=work.now,
        imported_by=work.by,
    )
    work.session.add(made)
    work.session.flush()
    cards = enrolling.enrol(work, card.id or 0, [row.told.line for row in new])
    told = [
        Grant(
            person_id=employee.person_id,
            organisation_id=card.id or 0,
            subsystem=ref.subsystem,
            role=ref.role,
            import_id=made.id or 0,
            since=_midnight(row.told.since),
            ends_on=_date(row.told.line.asked_until),
            told_by=row.told.told_by,
            told_on=_date(row.told.told_on),
        )
        for row, employee in zip(new, cards, strict=True)
        if employee is not None
        for ref in row.fresh
    ]
    giving.put_on_record(work, told, "grant.told")
    numbers = [role.id for role in told]
    audit.record(
        work,
        "holdings.imported",
        subject(made),
        organisation=card.id,
        rows=len(new),
        grants=numbers,
        sha256=made.sha256,
    )
    return replace(found, made=made)


def _date(value: str) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def _midnight(value: str) -> dt.datetime:
    """The day's beginning by Moscow's clock."""
    return dt.datetime.combine(dt.date.fromisoformat(value), dt.time(), MOSCOW).astimezone(dt.UTC)


def subject(entry: HoldingsImport) -> str:
    return f"holdings:{entry.id}"


def get(work: Work, number: int) -> HoldingsImport:
    found = work.session.get(HoldingsImport, number)
    if found is None:
        raise NotFound("Такого внесённого списка ролей нет.")
    return found


def imports(work: Work) -> Sequence[tuple[HoldingsImport, Organisation, Sequence[Grant]]]:
    """Newest first, with the roles that each brought."""
    query = (
        select(HoldingsImport, Organisation)
        .join(Organisation, col(Organisation.id) == col(HoldingsImport.organisation_id))
        .order_by(col(HoldingsImport.id).desc())
    )
    rows = work.session.execute(query).tuples().all()
    given: dict[int, list[Grant]] = {}
    brought = select(Grant).where(col(Grant.import_id).in_([entry.id for entry, _ in rows]))
    for grant in work.session.execute(brought).scalars():
        given.setdefault(grant.import_id or 0, []).append(grant)
    return [(entry, card, given.get(entry.id or 0, [])) for entry, card in rows]


def withdraw(work: Work, entry: HoldingsImport, *, reason: str) -> list[Grant]:
    """The list was a mistake: its roles were never held. Raises Conflict when it is taken back already, BadIdentifier
    without a reason."""
    if entry.withdrawn_at is not None:
        raise Conflict("Этот список уже отменён.")
    if len(tidy(reason)) < LEAST_REASON:
        raise BadIdentifier(
            f"Напишите, почему список отменяется, хотя бы {LEAST_REASON} знаками: это остаётся на записи."
        )
    rows = list(work.session.execute(select(Grant).where(col(Grant.import_id) == entry.id)).scalars())
    gone = [row for row in rows if not row.never]
    grants.retract(work, *gone)
    entry.withdrawn_at, entry.withdrawn_by, entry.withdrawn_reason = (
        work.now,
        work.by,
        within(tidy(reason), 4000, "Причина"),
    )
    work.session.add(entry)
    audit.record(work, "holdings.withdrawn", subject(entry), grants=[row.id for row in gone])
    return gone


def as_json(entry: HoldingsImport, card: Organisation, brought: Sequence[Grant]) -> dict[str, object]:
    return {
        "id": entry.id,
        "inn": card.inn,
        "organisation": card.called,
        "file": entry.file_name,
        "imported_at": entry.imported_at.isoformat(),
        "imported_by": entry.imported_by,
        "roles": len(brought),
        "in_force": sum(grant.until is None for grant in brought),
        "withdrawn_at": entry.withdrawn_at.isoformat() if entry.withdrawn_at else None,
        "withdrawn_reason": entry.withdrawn_reason or None,
    }


__all__ = [
    "Plan",
    "PlannedRow",
    "RosterError",
    "Sheet",
    "as_json",
    "get",
    "imports",
    "plan",
    "read",
    "subject",
    "take",
    "withdraw",
]
