"""The people of a request against the roles asked for: what came of each, by fifties."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlmodel import col

from actions.context import Work
from actions.letters import invitations
from actions.post import links
from actions.requests import pairs
from models.employee import Employee
from models.grant import Grant
from models.moments import MOSCOW
from models.request import AccessRequest, LineState, RequestedRole, RequestLine, Status
from models.row_numbers import row_number
from states.outcomes import ACCESS
from states.statuses import GIVEN, IN_HOUSE
from states.words.requests import LINES
from views.requests.places import PEOPLE_ON_A_PAGE

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """A role that somebody in the request asks for."""

    pair: Pair
    subsystem: str
    role: str


@dataclass(frozen=True, slots=True)
class Cell:
    """`style` names a shape and a colour; `asked` false for a role that this person does not ask for.

    `reason`, `quote` and `ground` are shown on demand, nobody else's СНИЛС in them.
    """

    asked: bool
    style: str = ""
    label: str = ""
    until: dt.date | None = None
    reason: str = ""
    quote: str = ""
    ground: str = ""
    letter: int | None = None
    asked_until: dt.date | None = None

    @property
    def explained(self) -> bool:
        return bool(self.reason or self.quote or self.ground or self.letter)


@dataclass(frozen=True, slots=True)
class Row:
    line: RequestLine
    person: Employee | None
    name: str
    post: str
    cells: tuple[Cell, ...]
    rest: Cell  # what came of a line that asks for no role
    owes: str  # which login is still awaited, "" when none


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many people have a role with this outcome; `chosen` when only they are shown."""

    state: LineState
    label: str
    number: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """`page` 0 shows all on one page."""

    columns: tuple[Column, ...]
    heads: tuple[tuple[str, int], ...]  # subsystem and how many of its roles stand under it
    rows: tuple[Row, ...]
    outcomes: tuple[Outcome, ...]
    total: int
    shown: int
    page: int
    pages: int
    only: str

    @property
    def first(self) -> int:
        return (max(self.page, 1) - 1) * PEOPLE_ON_A_PAGE + 1


@dataclass(frozen=True, slots=True)
class View:
    """Which people the address asks for."""

    page: int = 1
    only: str = ""


_PAGES = 99_999  # more is nobody's page


def view_of(people: str, only: str) -> View:
    """`people` is a page or "all"; what makes no sense is the first page."""
    number = row_number(people) or 1
    page = 0 if people == "all" else number if number <= _PAGES else 1
    return View(page, only if only in {state.value for state in LineState} else "")


def grid(
    work: Work, request: AccessRequest, lines: Sequence[RequestLine], persons: Mapping[int, Employee], view: View
) -> Grid:
    columns = columns_of(work, request, lines)
    wanted = [line for line in lines if not view.only or any(pair.state.value == view.only for pair in line.asked)]
    pages = max(1, -(-len(wanted) // PEOPLE_ON_A_PAGE))
    page = min(view.page, pages)
    shown = wanted[(page - 1) * PEOPLE_ON_A_PAGE : page * PEOPLE_ON_A_PAGE] if page else wanted
    ended = _ended(work, request)
    counts = Counter(state for line in lines for state in {pair.state for pair in line.asked})
    return Grid(
        columns=columns,
        heads=tuple((name, len(list(group))) for name, group in groupby(columns, lambda column: column.subsystem)),
        rows=tuple(_row(work, request, line, persons.get(line.person_id or 0), columns, ended) for line in shown),
        outcomes=tuple(
            Outcome(state, LINES[state], counts[state], state.value == view.only)
            for state in LineState
            if counts[state]
        ),
        total=len(lines),
        shown=len(wanted),
        page=page,
        pages=pages,
        only=view.only,
    )


def columns_of(work: Work, request: AccessRequest, lines: Sequence[RequestLine]) -> tuple[Column, ...]:
    """In the catalogue's order, whatever page of people is shown."""
    asked = {pair for line in lines for pair in line.roles}
    return tuple(
        Column((code, role.code), work.catalog.subsystems[code].name, role.label)
        for code in dict.fromkeys([*work.catalog.kind(request.kind).subsystems, *sorted({pair[0] for pair in asked})])
        for role in work.catalog.subsystems[code].roles
        if (code, role.code) in asked
    )


def _row(
    work: Work,
    request: AccessRequest,
    line: RequestLine,
    person: Employee | None,
    columns: Sequence[Column],
    ended: Mapping[tuple[int, str, str], dt.datetime],
) -> Row:
    asked = {(pair.subsystem, pair.role): pair for pair in line.asked}
    cells = tuple(_cell(asked.get(column.pair), person, ended) for column in columns)
    return Row(
        line,
        person,
        name_of(line) or ("имя стёрто" if request.erased_on else "без имени"),
        str(line.typed.get("post") or ""),
        cells,
        _cell(asked.get(("", "")), person, ended),
        owed_login(work, request, line, person),
    )


def _cell(
    pair: RequestedRole | None, person: Employee | None, ended: Mapping[tuple[int, str, str], dt.datetime]
) -> Cell:
    if pair is None:
        return Cell(False)
    gone = ended.get(pairs.key_of(pair))
    style, label = pair.state.value, LINES[pair.state]
    if gone is not None:
        style, label = "cancelled", f"прекращена {gone.astimezone(MOSCOW):%d.%m.%Y}"
    own = person.snils if person else ""
    reason = "" if pair.state in ACCESS else pairs.said(pair.reason, own)
    quote = pairs.said(pair.quote, own)
    return Cell(
        True,
        style,
        label,
        pair.until,
        reason or "",
        "" if quote == reason else quote or "",
        pairs.said(pair.ground, own) or "",
        pair.letter_id,
        pair.asked_until,
    )


def name_of(line: RequestLine) -> str:
    """As it stands in this request, whatever the person is called since."""
    return " ".join(str(part) for name in ("surname", "given", "patronymic") if (part := line.typed.get(name)))


def owed_login(work: Work, request: AccessRequest, line: RequestLine, person: Employee | None) -> str:
    """Which login of an employee is awaited, "" when none."""
    kind = work.catalog.kind(request.kind)
    if request.status in IN_HOUSE and kind.first_login:
        purpose = links.FIRST_LOGIN
    elif request.status is Status.GRANTED and kind.verified == "login":
        purpose = links.LOGIN_CHECK
    else:
        return ""
    return purpose if person is not None and invitations.owes(line, person, purpose) else ""


def _ended(work: Work, request: AccessRequest) -> dict[tuple[int, str, str], dt.datetime]:
    """When roles that were given by this request ended since."""
    if request.status not in GIVEN:
        return {}
    query = select(col(Grant.line_id), col(Grant.subsystem), col(Grant.role), col(Grant.until)).where(
        col(Grant.request_id) == request.id, col(Grant.until).is_not(None)
    )
    return {(row[0], row[1], row[2]): row[3] for row in work.session.execute(query).tuples() if row[3]}


def name_in_form(pair: RequestedRole) -> str:
    """Numbers of rows: no form carries a СНИЛС."""
    return f"{pair.line_id}-{pair.id}"
