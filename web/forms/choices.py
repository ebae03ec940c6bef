"""An answer as a grid of choices, people against roles, and as the form brings it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from starlette.datastructures import FormData

from actions.context import Work
from actions.requests import lookup, pairs
from models.answers import Outcome, PairAnswer, PairKey, Said
from models.request import AccessRequest, RequestedRole, RequestLine
from views.requests.grid import Column, columns_of, name_in_form, name_of
from web.shell import text

OUTCOMES: tuple[Outcome, ...] = ("granted", "rejected")
_EVERYBODY = "outcome-all"
_OF_ROLE = "outcome-role-"


@dataclass(frozen=True, slots=True)
class Choice:
    """One role of one person: `outcome` and `reason` are what was typed before or what a letter says."""

    name: str  # behind «outcome-» and «reason-» in the form
    label: str
    outcome: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A person with a choice under each column, None where he does not ask for the role. `name`: of the whole row."""

    line: RequestLine
    who: str
    name: str
    outcome: str
    choices: tuple[Choice | None, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """`columns` with the names of their shortcuts; a request of one role of one person needs no grid."""

    columns: tuple[tuple[Column, str, str], ...]
    rows: tuple[Row, ...]
    everybody: str

    @property
    def only(self) -> Choice | None:
        found = [choice for row in self.rows for choice in row.choices if choice]
        return found[0] if len(found) == 1 else None


def choices(
    work: Work,
    request: AccessRequest,
    typed: Mapping[str, object],
    proposed: Mapping[PairKey, PairAnswer] | None = None,
) -> Choices:
    """`typed` is what a refused form held, `proposed` what a letter says."""
    lines = lookup.lines_of(work, request)
    columns = columns_of(work, request, lines) or (Column(("", ""), "", "Ответ"),)
    return Choices(
        tuple((column, _column_name(column), str(typed.get(_column_name(column), ""))) for column in columns),
        tuple(_row(work, line, columns, typed, proposed or {}) for line in lines),
        str(typed.get(_EVERYBODY, "")),
    )


def _column_name(column: Column) -> str:
    return f"{_OF_ROLE}{column.pair[0]}.{column.pair[1]}"


def _row(
    work: Work,
    line: RequestLine,
    columns: Sequence[Column],
    typed: Mapping[str, object],
    proposed: Mapping[PairKey, PairAnswer],
) -> Row:
    asked = {(pair.subsystem, pair.role): pair for pair in line.asked}
    found = [asked.get(column.pair) for column in columns]
    whole = f"outcome-{line.id}"
    return Row(
        line,
        name_of(line) or "без имени",
        whole,
        str(typed.get(whole, "")),
        tuple(_choice(work, pair, typed, proposed) if pair else None for pair in found),
    )


def _choice(
    work: Work, pair: RequestedRole, typed: Mapping[str, object], proposed: Mapping[PairKey, PairAnswer]
) -> Choice:
    said, name = proposed.get(pairs.key_of(pair)), name_in_form(pair)
    return Choice(
        name,
        pairs.label(work, pair),
        str(typed.get(f"outcome-{name}", said.outcome if said else "")),
        str(typed.get(f"reason-{name}", said.reason if said else "")),
    )


def said_in(form: FormData, lines: Sequence[RequestLine]) -> Iterator[Said]:
    """What was chosen: for everybody, for a role, for a person, for one role of one person."""
    yield from _said(form, _EVERYBODY)
    for code in (name.removeprefix(_OF_ROLE) for name in form if name.startswith(_OF_ROLE)):
        subsystem, _, role = code.partition(".")
        yield from _said(form, f"{_OF_ROLE}{code}", subsystem=subsystem, role=role)
    for line in lines:
        yield from _said(form, f"outcome-{line.id}", f"reason-{line.id}", line=line.id)
        for pair in line.asked:
            name = name_in_form(pair)
            yield from _said(
                form,
                f"outcome-{name}",
                f"reason-{name}",
                line=line.id,
                subsystem=pair.subsystem,
                role=pair.role,
                exact=True,
            )


def _said(
    form: FormData,
    name: str,
    reason: str = "",
    *,
    line: int | None = None,
    subsystem: str = "",
    role: str = "",
    exact: bool = False,
) -> Iterator[Said]:
    chosen = text(form, name)
    for outcome in OUTCOMES:
        if chosen == outcome:
            why = text(form, reason) if reason else ""
            yield Said(outcome, why, line=line, subsystem=subsystem, role=role, exact=exact)
