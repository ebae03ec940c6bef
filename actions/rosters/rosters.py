"""A roster file judged: read, understood, and held against the rules. Needs no database, but asks one who has it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog import Catalog
from documents.rosters import Choices, Roster, RosterError, read_roster, roster_lines
from documents.rosters.choices import Asked, Decided, Rows
from documents.rosters.pasting import read_pasted
from documents.rosters.questions import asked, hidden_columns, not_read, of_one_organisation, others_among, which_column
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
            "people": self.roster.people if self.roster else 0,
            "count": self.roster.count if self.roster else "",
            "unread": [
                {"sheet": one.sheet, "row": one.row, "why": one.why.value, "person": one.who}
                for one in (self.roster.unread if self.roster else ())
            ],
            "findings": [finding.as_json() for finding in self.findings],
        }


def ordinary_clinic(inn: str | None = None) -> OrganisationFacts:
    """What a roster is judged by when nobody says whose it is. Raises BadIdentifier."""
    digits = inn_digits(inn) if inn else ""
    return OrganisationFacts(
        inn=digits, kind="medical", sole_proprietor=len(digits) == 12, licence=Licence.HELD, seal=SealPolicy.SEAL
    )


def judge_roster(
    path: Path,
    *,
    catalog: Catalog,
    organisation: OrganisationFacts,
    kind: str | None,
    known: Callable[[Collection[str]], dict[str, Known]] | None = None,
    choices: Choices | None = None,
) -> Judged:
    """Every finding at once, in the order of the rows; a repeated value is told at its later row.

    `known` tells as whom numbers are on record with the organisation.
    """
    try:
        roster = read_roster(path, catalog, choices)
    except RosterError as problem:
        return Judged(None, (), (sourced(Finding(problem.rule, Severity.ERROR, str(problem), field="file")),))
    lines, intake = roster_lines(roster, catalog, organisation=organisation, kind=kind, choices=choices)
    facts = RequestFacts(
        kind=kind or _kind_of(lines, catalog),
        organisation=organisation,
        lines=tuple(lines),
        known=known({line.snils for line in lines}) if known else {},
    )
    judged = [
        *application.check(facts, catalog),
        *identity.check(facts, catalog),
        *roles.check(facts, catalog),
        *_unconfirmed(facts, catalog),
    ]
    others = {line.row for theirs in others_among(lines, organisation).values() for line in theirs}
    found = [*intake, *_without_echoes(judged, intake, roster, others)]
    placed = [_as_excel_counts(finding, roster) for finding in found]
    ordered = sorted(placed, key=lambda finding: finding.row or 0)
    return Judged(roster, tuple(lines), tuple(sourced(finding) for finding in ordered))


def _as_excel_counts(finding: Finding, roster: Roster) -> Finding:
    """Rows that share their number with a row of another table have one of their own; people look for Excel's."""
    row = next((row for row in roster.rows if row.number == finding.row), None)
    if row is None or (row.number == row.row and row.sheet == roster.main.sheet):
        return finding
    sheet = f"Лист «{row.sheet}»: " if row.sheet != roster.main.sheet else ""
    return dataclasses.replace(finding, row=row.row, sheet=row.sheet, message=f"{sheet}{finding.message}")


def _unconfirmed(facts: RequestFacts, catalog: Catalog) -> Iterable[Finding]:
    """Accounts of which the roster says that they are not confirmed; what it does not say is asked later."""
    said_no = {line.row for line in facts.lines if line.esia_confirmed is False}
    return [finding for finding in people.check_accounts(facts, catalog) if finding.row in said_no]


@dataclass(frozen=True, slots=True)
class Taken:
    """People for a draft, and what reading them found; `decided`: a person's words on columns, for `column_choices`."""

    lines: list[LineFacts]
    intake: list[Finding]
    roster: Roster
    decided: tuple[Decided, ...] = ()
    others: tuple[str, ...] = ()  # ИНН of the organisations whose people stand in the roster too

    @property
    def count(self) -> str:
        return self.roster.count

    @property
    def read(self) -> int:
        return len(self.roster.rows)

    @property
    def people(self) -> int:
        return self.roster.people


class OpenQuestions(RosterError):
    """A roster of which nobody is taken before a person has decided what `findings` ask."""

    problem = "roster-questions"

    def __init__(self, asked: frozenset[Asked], roster: Roster, findings: Sequence[Finding]) -> None:
        super().__init__(
            "questions", f"Список пока не взят ({roster.count}): сначала ответьте на вопросы о нём.", "APP-12"
        )
        self.asked, self.roster, self.findings = asked, roster, findings

    @property
    def more(self) -> Mapping[str, object]:
        columns = [
            {"field": double.field, "options": [{"column": letter, "heading": text} for letter, text in double.options]}
            for double in self.roster.doubles
        ]
        return {
            "asked": sorted(self.asked),
            "columns": columns,
            "sheets": list(self.roster.sheets),
            "count": self.roster.count,
        }

    @property
    def in_words(self) -> str:
        """For a door that cannot ask: what to mend in the file."""
        told = " ".join(finding.message for finding in self.findings[:10])
        return f"Список не взят ({self.roster.count}). {told} Покажите эти строки в Excel или уберите лишнее и загрузите список снова."


def read_people(
    path: Path, *, catalog: Catalog, kind: str, organisation: OrganisationFacts, choices: Choices | None = None
) -> Taken:
    """Raises RosterError for a file that is no roster, OpenQuestions for one that leaves something to a person."""
    return _taken(read_roster(path, catalog, choices), catalog, kind, organisation, choices or Choices())


def paste_people(
    text: str, *, catalog: Catalog, kind: str, organisation: OrganisationFacts, choices: Choices | None = None
) -> Taken:
    """The same of rows that were copied in a table programme."""
    return _taken(read_pasted(text, catalog, choices), catalog, kind, organisation, choices or Choices())


def refuse_open(roster: Roster, lines: Sequence[LineFacts], organisation: OrganisationFacts, choices: Choices) -> None:
    """Raises OpenQuestions while something is left to a person."""
    open_now = asked(roster, lines, organisation, choices)
    if open_now:
        questions = [
            *not_read(roster, choices),
            *hidden_columns(roster, choices),
            *which_column(roster),
            *of_one_organisation(lines, organisation, choices)[1],
        ]
        raise OpenQuestions(
            open_now, roster, [sourced(found) for found in questions if found.severity is Severity.ERROR]
        )


def _taken(roster: Roster, catalog: Catalog, kind: str, organisation: OrganisationFacts, choices: Choices) -> Taken:
    lines, intake = roster_lines(roster, catalog, organisation=organisation, kind=kind, choices=choices)
    refuse_open(roster, lines, organisation, choices)
    told = [dataclasses.replace(found, row=None) if found.field == "file" else found for found in intake]
    others = () if choices.others is Rows.ASK else tuple(_inns(roster) - {organisation.inn})
    decided = tuple(one for part in roster.parts for one in part.decided)
    return Taken(lines, [sourced(finding) for finding in told], roster, decided, others)


def _inns(roster: Roster) -> set[str]:
    return {"".join(filter(str.isdigit, str(row.cells.get("inn", "")))) for row in roster.rows} - {""}


def _kind_of(lines: Iterable[LineFacts], catalog: Catalog) -> str:
    """The kind of request that covers what the subsystem column asks for, the narrowest one."""
    asked = {ref.subsystem for line in lines for ref in line.roles}
    kinds = [kind for kind in catalog.kinds.values() if kind.people and kind.subsystems]
    covering = [kind for kind in kinds if asked <= set(kind.subsystems)]
    if covering:
        return min(covering, key=lambda kind: len(kind.subsystems)).code
    return max(kinds, key=lambda kind: len(asked & set(kind.subsystems))).code


def _without_echoes(
    judged: Iterable[Finding], intake: Sequence[Finding], roster: Roster, others: Collection[int | None]
) -> Iterable[Finding]:
    """What reading told already: a missing column, a formula without a value, an unreadable subsystem.

    Without a row only errors and what concerns the choice of subsystems are worth saying of a roster.
    """
    told = {(finding.rule, finding.row) for finding in intake}
    unset = {
        (finding.row, field) for finding in intake for field in _TOGETHER.get(finding.field or "", (finding.field,))
    }
    absent = {(row.number, field) for row in roster.rows for field in row.absent}
    whole = any(finding.rule == "APP-10" and finding.person is None for finding in intake)
    unsaid = {finding.row for finding in intake if finding.rule == "APP-10"}
    for finding in judged:
        if finding.rule == "APP-11" and (finding.row, finding.field) in absent | unset:
            continue
        if finding.rule == "APP-10" and (finding.row in unsaid or whole or (finding.rule, finding.row) in told):
            continue
        if finding.rule in ("APP-8", "APP-9") and finding.row in others:
            continue
        if finding.field == "lines" and roster.unread:
            continue
        if finding.row is None and finding.severity is not Severity.ERROR and finding.field != "subsystem":
            continue
        yield finding


_TOGETHER = {"name": ("surname", "given"), "given_patronymic": ("given",)}
