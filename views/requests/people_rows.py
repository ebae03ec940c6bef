"""A draft's people as rows: what stands in each, what is wrong with it, and a mark of what was shown."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from actions.context import Work
from actions.requests import cases, drafting, lookup
from catalog import Catalog
from catalog.kinds import RequestKind
from catalog.wording import LINE_HEADINGS
from models.employee import Employee
from models.facts import HeldRole, Known, LineFacts, OrganisationFacts, RoleRef
from models.findings import Finding, Severity
from models.identifiers import format_snils, valid_snils
from models.moments import MOSCOW
from models.request import AccessRequest
from models.text import fold
from states.rules.emails import email_problem
from states.rules.identity import clash_of
from views.offers.line_questions import LineQuestions, line_questions, role_label, role_options, usual_roles
from views.requests.drafts import of_rows, only_missing
from views.requests.findings import Shown, grouped

# Told once above the table: it is mended by an invitation, not by typing.
LATER = frozenset({"esia"})


@dataclass(frozen=True, slots=True)
class RoleChoice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A finding of a row; `style` is error, warning, advice, or open for what is not typed yet."""

    style: str
    shown: Shown


@dataclass(frozen=True, slots=True)
class RowView:
    """`key` names the row's controls; `line` is 0 until it is saved; `seen` is what was shown, in short."""

    key: str
    line: int
    place: int
    facts: LineFacts
    roles: tuple[RoleChoice, ...]
    told: tuple[Told, ...] = ()
    wrong: frozenset[str] = frozenset()
    held: tuple[str, ...] = ()
    login: str = ""
    account_known: bool = False
    seen: str = ""
    clash: bool = False
    stranger: str = ""  # where the number stands under another name
    on_card: str = ""  # the employee's address on record, where the row has another one

    def text(self, name: str) -> str:
        """As it is written everywhere; a wrong value as it was typed."""
        value = str(getattr(self.facts, name) or "")
        return format_snils(value) if name == "snils" and valid_snils(value) else value


@dataclass(frozen=True, slots=True)
class Table:
    """`rest` are findings of the whole list, `later` how many have no confirmed account yet."""

    rows: tuple[RowView, ...]
    asked: LineQuestions
    rest: tuple[Finding, ...]
    later: int
    usual: tuple[RoleChoice, ...]


def table(
    work: Work, request: AccessRequest, judged: drafting.Judged, clashes: Mapping[int, LineFacts] | None = None
) -> Table:
    """`clashes`: what was typed over lines that somebody else has changed; it stands in the rows instead."""
    kind = work.catalog.kind(request.kind)
    asked, facts = line_questions(kind, work.catalog), judged.facts
    lines = lookup.lines_of(work, request)
    found = of_rows(judged.findings, range(1, len(lines) + 1))
    held = _held(facts.held, work.catalog, facts.organisation.inn)
    options = _options(kind, work.catalog, facts.organisation, work.now.date())
    cards = lookup.persons_of(work, lines)
    stored = {line.id or 0: cases.line_facts(line, None) for line in lines}
    rows = []
    for place, (line, shown) in enumerate(zip(lines, facts.lines, strict=True), 1):
        typed = (clashes or {}).get(line.id or 0)
        mine = [ref for ref, _ in held.get(shown.snils, ())] if kind.revokes and shown.snils else []
        own = role_options(kind, work.catalog, facts.organisation, work.now.date(), held=mine) if mine else options
        now = typed or shown
        rows.append(
            RowView(
                key=str(line.id),
                line=line.id or 0,
                place=place,
                facts=now,
                roles=_choices(own, now.roles, work.catalog),
                told=_told(found[place], shown),
                wrong=_wrong(found[place], shown),
                login=_login(shown) if kind.first_login else "",
                held=tuple(label for _, label in held.get(shown.snils, ())) if shown.snils else (),
                account_known=bool(shown.esia_confirmed) and stored[line.id or 0].esia_confirmed is None,
                seen=digest(shown, asked),
                clash=typed is not None,
                stranger=_stranger(shown, facts.known),
                on_card=_on_card(shown, cards.get(line.person_id or 0), facts.known),
            )
        )
    pages = ("lines", "email", "role", "subsystem", "unit", "purpose")
    rest = tuple(finding for finding in judged.findings if finding.row is None and finding.field in pages)
    later = sum(1 for row in found.values() for finding in row if finding.field in LATER)
    before = next(
        (line.roles for line in reversed(facts.lines) if line.roles),
        usual_roles(kind, work.catalog, facts.organisation),
    )
    return Table(tuple(rows), asked, rest, later, _choices(options, () if kind.revokes else before, work.catalog))


def blank(shown: Table, count: int) -> list[RowView]:
    """Empty rows to type into: they become lines with the first letter."""
    first = len(shown.rows) + 1
    return [
        RowView(key=f"new{number}", line=0, place=first + number - 1, facts=LineFacts(), roles=shown.usual)
        for number in range(1, count + 1)
    ]


def _options(kind: RequestKind, catalog: Catalog, organisation: OrganisationFacts, day: dt.date) -> list[RoleRef]:
    return role_options(kind, catalog, organisation, day) if kind.roles_asked else []


def _choices(options: Sequence[RoleRef], chosen: Sequence[RoleRef], catalog: Catalog) -> tuple[RoleChoice, ...]:
    """What is asked for already is always there to be taken back."""
    refs = dict.fromkeys([*options, *chosen])
    several = len({ref.subsystem for ref in refs}) > 1
    return tuple(
        RoleChoice(f"{ref.subsystem}:{ref.role}", role_label(ref, catalog, named=several), ref in chosen)
        for ref in refs
    )


def _held(held: Sequence[HeldRole], catalog: Catalog, inn: str) -> dict[str, list[tuple[RoleRef, str]]]:
    """СНИЛС to what that person holds where the user may know it, with where."""
    found: dict[str, list[tuple[RoleRef, str]]] = defaultdict(list)
    for one in held:
        entry = catalog.subsystems.get(one.subsystem)
        if (
            not one.snils
            or not one.organisation_inn
            or entry is None
            or all(role.code != one.role for role in entry.roles)
        ):
            continue
        ref = RoleRef(one.subsystem, one.role)
        where = "" if one.organisation_inn == inn else f" (организация с ИНН {one.organisation_inn})"
        found[one.snils].append((ref, f"{role_label(ref, catalog, named=True)}{where}"))
    return found


def _stranger(line: LineFacts, known: Mapping[str, Known]) -> str:
    found = clash_of(line, known.get(line.snils))
    return found.place.value if found else ""


def _on_card(line: LineFacts, card: Employee | None, known: Mapping[str, Known]) -> str:
    """A newer address is offered to the card, never written into it by itself."""
    if card is None or not card.email or not line.email or clash_of(line, known.get(line.snils)) is not None:
        return ""
    return "" if card.email_fold == fold(line.email) or email_problem(line.email) else card.email


def _told(findings: Sequence[Finding], line: LineFacts) -> tuple[Told, ...]:
    """Cells that nobody has filled in yet are told together."""
    missing = [finding for finding in findings if _is_empty(finding, line)]
    rest = [finding for finding in findings if finding.field not in LATER and finding not in missing]
    told = tuple(Told(group.style, shown) for group in grouped(rest) for shown in group.findings)
    if not missing:
        return told
    labels = ", ".join(LINE_HEADINGS[finding.field or ""] for finding in missing)
    (group,) = grouped([dataclasses.replace(missing[0], message=f"Осталось заполнить: {labels}.")])
    return (*told, Told("open", group.findings[0]))


def _is_empty(finding: Finding, line: LineFacts) -> bool:
    return finding.field in LINE_HEADINGS and only_missing(finding, str(getattr(line, finding.field or "")))


def _wrong(findings: Sequence[Finding], line: LineFacts) -> frozenset[str]:
    """Fields with a value that cannot be."""
    return frozenset(
        finding.field
        for finding in findings
        if finding.field and finding.severity is Severity.ERROR and not _is_empty(finding, line)
    )


def _login(line: LineFacts) -> str:
    if line.first_login_on:
        return f"первый вход был {line.first_login_on.astimezone(MOSCOW):%d.%m.%Y}"
    if line.esia_confirmed:
        return "запись подтверждена, первого входа ещё не было"
    return "первого входа ещё не было"


def digest(line: LineFacts, asked: LineQuestions) -> str:
    """The values of a row's controls in ten characters: whether it is still what was shown."""
    return hashlib.sha256(repr(_controlled(line, asked)).encode()).hexdigest()[:10]


def _controlled(line: LineFacts, asked: LineQuestions) -> tuple[object, ...]:
    return (
        *(getattr(line, name) for name in asked.texts),
        *(bool(getattr(line, mark.name)) for mark in asked.marks),
        tuple(sorted(line.roles)) if asked.roles else (),
        line.asked_until if asked.until else None,
        (line.unit or "") if asked.unit else None,
        tuple(sorted(set(line.confirmed) & {entry.code for entry in asked.confirmations})),
    )


def same(one: LineFacts, other: LineFacts, asked: LineQuestions) -> bool:
    return _controlled(one, asked) == _controlled(other, asked)
