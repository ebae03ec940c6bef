"""Those who left an organisation: whose roles there are to end, and which of them only a person can tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select
from sqlmodel import col

from actions.cards import organisations, people
from actions.context import Conflict, Work
from actions.log import audit
from actions.reviews import revocations
from actions.roles.holdings import Holding, held_by, held_in
from actions.rosters.rosters import refuse_open
from catalog import Catalog
from documents.rosters import Choices, read_roster, roster_lines
from documents.rosters.choices import Rows
from models.employee import Employee
from models.facts import LineFacts, OrganisationFacts
from models.findings import Finding
from models.identifiers import format_snils, inn_digits, valid_snils
from models.organisation import Organisation
from models.request import AccessRequest
from models.text import fold

COMPARED = "leavers.compared"


class Case(StrEnum):
    """What there is to do about somebody who left."""

    HOLDS = "holds"
    OPEN = "open"
    QUESTION = "question"
    IDLE = "idle"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Leaver:
    """`holdings` are his roles here, `ending` those of them that an open revocation is about already."""

    name: str
    snils: str
    row: int | None
    case: Case
    note: str = ""
    holdings: tuple[Holding, ...] = ()
    ending: tuple[Holding, ...] = ()
    requests: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    @property
    def to_end(self) -> tuple[Holding, ...]:
        return tuple(held for held in self.holdings if held not in self.ending)

    def as_json(self) -> dict[str, object]:
        return {
            "person": self.name,
            "snils": format_snils(self.snils) if valid_snils(self.snils) else self.snils,
            "row": self.row,
            "case": self.case.value,
            "note": self.note,
            "roles": [held.label for held in self.holdings],
            "requests": list(self.requests),
            "elsewhere": list(self.elsewhere),
        }


@dataclass(frozen=True, slots=True)
class Departures:
    """Everybody who left, in the order of the roster; `drafts` only when the roles were asked to end."""

    inn: str
    organisation: str
    leavers: tuple[Leaver, ...]
    warnings: tuple[Finding, ...] = ()
    drafts: tuple[AccessRequest, ...] = ()

    def of(self, case: Case) -> list[Leaver]:
        return [leaver for leaver in self.leavers if leaver.case is case]

    def cases(self) -> dict[str, int]:
        """How many there are of each, for the log."""
        return {case.value: len(self.of(case)) for case in Case}

    def as_json(self) -> dict[str, object]:
        """JSON of `leavers`."""
        return {
            "organisation": {"inn": self.inn, "name": self.organisation},
            "leavers": [leaver.as_json() for leaver in self.leavers],
            "warnings": [finding.message for finding in self.warnings],
            "drafts": [{"id": draft.id, "number": draft.number} for draft in self.drafts],
        }


def departures(
    work: Work,
    file: Path,
    *,
    inn: object,
    before: Path | None = None,
    apply: bool = False,
    choices: Choices | None = None,
) -> Departures:
    """Who of the roster (or of `before` and no longer of the roster) holds what; with `apply` the roles are asked to end.

    Raises BadIdentifier, NotFound for an organisation without a card, RosterError, Conflict without a revoking kind.
    """
    found = compare(work, file, inn=inn, before=before, choices=choices)
    cards = _cards(work, found.inn)
    drafts = _apply(work, cards, found.leavers) if apply else ()
    audit.record(
        work, COMPARED, f"organisation:{cards[0].id}", cases=found.cases(), drafts=[draft.id for draft in drafts]
    )
    return replace(found, drafts=drafts)


def compare(
    work: Work, file: Path, *, inn: object, before: Path | None = None, choices: Choices | None = None
) -> Departures:
    """The same without writing anything; whoever shows it records that he looked. Raises what `departures` raises."""
    digits = inn_digits(inn)
    cards = _cards(work, digits)
    whose = organisations.facts_of(work, cards[0])
    lines, warnings = _read(file, work.catalog, whose, choices or Choices())
    left = lines
    doubtful: dict[int, str] = {}
    if before is not None:
        old, more = _read(before, work.catalog, whose, choices or Choices())
        (left, doubtful), warnings = departed(old, lines), [*more, *warnings]
    place = _Place.of(work, cards)
    leavers = tuple(_judged(work, place, line, doubtful.get(number, "")) for number, line in enumerate(left))
    return Departures(digits, cards[0].called, leavers, tuple(warnings))


def ask_to_end(work: Work, *, inn: object, grant_ids: Collection[int]) -> tuple[AccessRequest, ...]:
    """Drafts that ask to end these roles of people who left, as a person chose them from what was compared.

    Roles that ended meanwhile, and those that an open revocation is about, are left out. Raises NotFound for an
    organisation without a card, Conflict when nothing is left to draft.
    """
    cards = _cards(work, inn_digits(inn))
    held = [entry for entry in held_in(work, [card.id or 0 for card in cards]) if entry.grant.id in grant_ids]
    drafts = _drafted(work, cards, held)
    if not drafts:
        raise Conflict("Составлять нечего: отмеченные роли уже прекращены или стоят в заявках на прекращение.")
    return drafts


def _cards(work: Work, inn: str) -> Sequence[Organisation]:
    """The organisation's card and those of its branches that share the ИНН."""
    query = select(Organisation).where(col(Organisation.inn) == inn).order_by(col(Organisation.id))
    found = work.session.execute(query).scalars().all()
    if not found:
        raise organisations.unknown(inn)
    return found


def _read(
    path: Path, catalog: Catalog, whose: OrganisationFacts, choices: Choices
) -> tuple[list[LineFacts], list[Finding]]:
    """Of what reading finds only people who were not read matter here: somebody would be forgotten, or taken for gone.

    Raises OpenQuestions. Rows of other organisations ask nothing: their people hold nothing here.
    """
    roster = read_roster(path, catalog, choices)
    lines, found = roster_lines(roster, catalog, organisation=whose, kind=None, choices=choices)
    refuse_open(roster, lines, whose, replace(choices, others=Rows.SKIP))
    once = {line.snils if valid_snils(line.snils) else f"{line.row}": line for line in reversed(lines)}
    ordered = sorted(once.values(), key=lambda line: line.row or 0)
    return ordered, [finding for finding in found if finding.field == "file"]


def departed(old: Sequence[LineFacts], new: Iterable[LineFacts]) -> tuple[list[LineFacts], dict[int, str]]:
    """Who of the old roster is not in the new one; by place in that list, why only a person can tell.

    By СНИЛС. A name alone proves nothing: it makes a question, and it never makes somebody leave.
    """
    present = list(new)
    numbers = {line.snils for line in present if valid_snils(line.snils)}
    names = {fold(line.name) for line in present if line.name}
    left: list[LineFacts] = []
    doubtful: dict[int, str] = {}
    for line in old:
        named = fold(line.name) in names
        if line.snils in numbers or (named and not valid_snils(line.snils)):
            continue
        if named:
            doubtful[len(left)] = "в новом списке есть такое же имя, но СНИЛС там другой или его нет"
        elif not valid_snils(line.snils):
            doubtful[len(left)] = "в прежнем списке нет верного СНИЛС, совпасть могло только имя"
        left.append(line)
    return left, doubtful


@dataclass(frozen=True, slots=True)
class _Place:
    """What is held in the organisation, and what is ending there."""

    by_person: dict[int, list[Holding]]
    ending: dict[revocations.HeldKey, AccessRequest] = field(default_factory=dict)
    cards: frozenset[int] = frozenset()

    @classmethod
    def of(cls, work: Work, cards: Iterable[Organisation]) -> _Place:
        numbers = [card.id for card in cards if card.id is not None]
        by_person: dict[int, list[Holding]] = {}
        for held in held_in(work, numbers):
            by_person.setdefault(held.grant.person_id, []).append(held)
        ending = {key: request for number in numbers for key, request in revocations.under_way(work, number).items()}
        return cls(by_person, ending, frozenset(numbers))

    def named(self, name: str) -> list[Employee]:
        """Holders of that full name: namesakes too."""
        wanted = fold(name)
        return [held[0].person for held in self.by_person.values() if wanted and held[0].person.fold == wanted]


def _judged(work: Work, place: _Place, line: LineFacts, doubt: str) -> Leaver:
    if not valid_snils(line.snils):
        return _by_name(place, line, doubt)
    cards = people.cards_of(work, line.snils)
    if not cards:
        return Leaver(line.name, line.snils, line.row, Case.IDLE, "этого СНИЛС нет ни в одной заявке")
    person = next((card for card in cards if card.organisation_id in place.cards), cards[0])
    holdings = tuple(place.by_person.get(person.person_id, ()))
    away = [held for held in held_by(work, [person.person_id]) if held.grant.organisation_id not in place.cards]
    elsewhere = tuple(dict.fromkeys(held.organisation.called for held in away))
    if not holdings:
        return Leaver(
            line.name, line.snils, line.row, Case.IDLE, elsewhere=elsewhere
        )  # his name may be another's to know
    name = line.name or person.name
    ending = tuple(held for held in holdings if revocations.key_of(held) in place.ending)
    numbers = tuple(dict.fromkeys(place.ending[revocations.key_of(held)].number for held in ending))
    note = doubt or _other_person(line, person)
    case = Case.OPEN if len(ending) == len(holdings) else Case.QUESTION if note else Case.HOLDS
    return Leaver(name, line.snils, line.row, case, note, holdings, ending, numbers, elsewhere)


def _other_person(line: LineFacts, person: Employee) -> str:
    """Surnames change; when the first name differs as well, the number may be somebody else's."""
    if not line.name or fold(line.surname) == fold(person.surname) or fold(line.given) == fold(person.given):
        return ""
    return f"по этому СНИЛС здесь числится {person.name}: проверьте номер"


def _by_name(place: _Place, line: LineFacts, doubt: str) -> Leaver:
    """Without a right СНИЛС nothing is drafted; holders of the same name are shown to a person."""
    wrong = "СНИЛС не указан" if not line.snils else "СНИЛС с ошибкой"
    namesakes = place.named(line.name)
    if not namesakes:
        return Leaver(line.name, line.snils, line.row, Case.UNKNOWN, wrong)
    holdings = tuple(held for person in namesakes for held in place.by_person[person.person_id])
    note = f"{doubt or wrong}; роли числятся за человеком с таким именем, всего их здесь {len(namesakes)}"
    return Leaver(line.name, line.snils, line.row, Case.QUESTION, note, holdings)


def _apply(work: Work, cards: Sequence[Organisation], leavers: Iterable[Leaver]) -> tuple[AccessRequest, ...]:
    """One draft per card and kind; who is a question is in none."""
    return _drafted(work, cards, [held for leaver in leavers if leaver.case is Case.HOLDS for held in leaver.to_end])


def _drafted(work: Work, cards: Sequence[Organisation], ending: Sequence[Holding]) -> tuple[AccessRequest, ...]:
    drafts: list[AccessRequest] = []
    for card in cards:
        own = [held for held in ending if held.grant.organisation_id == card.id]
        drafts += revocations.draft(work, card.id or 0, own, why="left")
    return tuple(drafts)
