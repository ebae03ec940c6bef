"""What an uploaded list leaves to a person, as a form; the file travels in it, so that nothing of it is kept meanwhile."""

from __future__ import annotations

import base64
import binascii
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import FormData

from actions.rosters import rosters
from actions.rosters.rosters import OpenQuestions, Taken
from catalog import Catalog
from catalog.rosters import FIELD_NAMES
from documents.rosters import Choices, RosterError, read_roster
from documents.rosters.choices import Asked, Rows
from models.facts import OrganisationFacts
from models.findings import Finding
from sandbox import Killed, Refused
from web.shell import text

_WHERE_FROM = (".xlsx", ".xls", ".ods", ".csv", ".docx", ".xlsb", ".xlsm")
_CARRIED = 700_000  # bytes that fit into a field of a form; a larger file is chosen again


@dataclass(frozen=True, slots=True)
class Carried:
    """The uploaded file; empty for a list that was pasted."""

    name: str = ""
    data: bytes = b""

    @property
    def encoded(self) -> str:
        return base64.b64encode(self.data).decode() if len(self.data) <= _CARRIED else ""

    def read(self, *, catalog: Catalog, kind: str, organisation: OrganisationFacts, choices: Choices) -> Taken:
        suffix = Path(self.name).suffix.lower()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"roster{suffix if suffix in _WHERE_FROM else '.xlsx'}"
            path.write_bytes(self.data)
            return rosters.read_people(path, catalog=catalog, kind=kind, organisation=organisation, choices=choices)

    def look_ahead(self, catalog: Catalog, choices: Choices) -> None:
        """Read it while nobody waits for the write lock: what was read is remembered for the transaction that follows."""
        if self.data:
            with suppress(RosterError, Killed, Refused), tempfile.TemporaryDirectory() as folder:
                suffix = Path(self.name).suffix.lower()
                path = Path(folder) / f"roster{suffix if suffix in _WHERE_FROM else '.xlsx'}"
                path.write_bytes(self.data)
                read_roster(path, catalog, choices)


@dataclass(frozen=True, slots=True)
class Column:
    field: str
    label: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asking:
    """The questions about a list, in the order of the page; `answered` goes along, as fields of the form."""

    count: str
    findings: tuple[Finding, ...]
    asked: frozenset[Asked]
    columns: tuple[Column, ...]
    sheets: tuple[str, ...]
    carried: Carried
    answered: tuple[tuple[str, str], ...]

    @property
    def of_file(self) -> bool:
        return bool(self.carried.data)


def asking_about(questions: OpenQuestions, carried: Carried, choices: Choices, *, replace: bool) -> Asking:
    doubles = {double.field: double for double in questions.roster.doubles}
    columns = tuple(Column(double.field, FIELD_NAMES[double.field], double.options) for double in doubles.values())
    return Asking(
        questions.roster.count,
        tuple(questions.findings),
        questions.asked,
        columns,
        questions.roster.sheets,
        carried,
        tuple(_answered(questions.asked, choices, replace)),
    )


def _answered(asked: frozenset[Asked], choices: Choices, replace: bool) -> Iterator[tuple[str, str]]:
    if replace:
        yield "replace", "1"
    yield from ((f"column.{field}", column) for field, column in choices.columns.items())
    for name in (Asked.HIDDEN, Asked.UNREAD, Asked.OTHERS):
        told: Rows = getattr(choices, name.value)
        if name not in asked and told is not Rows.ASK:
            yield name.value, told.value
    if Asked.SHEETS not in asked:
        yield from (("sheet", name) for name in choices.sheets)


def choices_in(form: FormData) -> Choices:
    """The answers of the form; what it does not hold is still open."""
    columns = {field: column for field in FIELD_NAMES if (column := text(form, f"column.{field}", 3))}
    return Choices(
        columns=columns,
        hidden=_rows(form, "hidden"),
        sheets=tuple(str(name) for name in form.getlist("sheet"))[:200] if form.getlist("sheet") else (),
        unread=_rows(form, "unread"),
        others=_rows(form, "others"),
    )


def _rows(form: FormData, name: str) -> Rows:
    told = text(form, name, 10)
    return Rows(told) if told in (Rows.TAKE, Rows.SKIP) else Rows.ASK


def carried_in(form: FormData, files: Sequence[tuple[str, bytes]]) -> Carried:
    """The chosen file, else the one that came with the questions; a spoilt one is none."""
    if files:
        return Carried(*files[0])
    try:
        data = base64.b64decode(text(form, "carried", 1024 * 1024), validate=True)
    except (binascii.Error, ValueError):
        return Carried()
    return Carried(text(form, "carried-name", 200), data)
