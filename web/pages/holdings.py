"""Roles from before: a list is uploaded, shown as a plan, and only then written down; a mistaken one is taken back."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.context import Conflict, NotFound, Work
from actions.roles import holdings_import
from actions.roles.holdings_import import Plan, Sheet
from documents.rosters import RosterError
from documents.tables.holders import holdings_template
from models.findings import Finding, Severity, sourced
from models.identifiers import BadIdentifier
from models.row_numbers import row_numbers
from views.organisations.offered import by_name
from web.shell import Form, installed, looked, page, reading, see_other, text, uploads, work_of
from web.shell.downloads import download

router = APIRouter()
_MOST = 5 * 1024 * 1024
_PIECE = 900_000  # of the file in one field of the form
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form beside the file."""

    inn: str = ""
    kpp: str = ""
    told_by: str = ""
    told_on: str = ""

    @classmethod
    def of(cls, form: FormData) -> Typed:
        inn, _, kpp = text(form, "place", 30).partition("/")
        return cls(inn, kpp, text(form, "told_by", 300), text(form, "told_on", 20))

    @property
    def place(self) -> str:
        return f"{self.inn}/{self.kpp}"


@router.get("/holders/import")
def ask(request: Request) -> Response:
    with reading(request) as work:
        return _form(request, work)


@router.get("/holders/import/template.xlsx")
def template(request: Request) -> Response:
    return download(holdings_template(), "Имеющиеся роли, образец.xlsx", _XLSX)


@router.post("/holders/import")
def show(request: Request, form: Form) -> Response:
    """The plan; nothing is written but that it was looked at."""
    typed = Typed.of(form)
    try:
        name, data = _sent(form)
        sheet = _read(request, name, data)
        with reading(request) as work:
            found = _plan(work, sheet, typed, _checked(form))
            answer = page(
                request,
                "people/holdings-plan.html",
                it=found,
                typed=typed,
                name=name,
                kept=_pieces(data),
                shown=_SHOWN,
                checked=_checked(form),
                confirmable={row.told.line.row for row in found.rows if row.confirmable},
            )
    except (BadIdentifier, NotFound, RosterError) as wrong:
        with reading(request) as work:
            return _form(request, work, status=422, problem=_problem(wrong), typed=typed)
    looked(request, holdings_import.COMPARED, f"organisation:{found.organisation.id}", cases=found.counts)
    return answer


@router.post("/holders/import/write")
def write(request: Request, form: Form) -> Response:
    """The same file judged once more; what is new is written down."""
    typed = Typed.of(form)
    try:
        sheet = _read(request, *_sent(form))
        with work_of(request) as work:
            found = holdings_import.take(
                work,
                sheet,
                inn=typed.inn,
                kpp=typed.kpp,
                told_by=typed.told_by,
                told_on=typed.told_on,
                checked=_checked(form),
            )
            if found.made is None:
                raise Conflict("Вносить нечего: все роли без ошибок уже числятся.")
    except (BadIdentifier, NotFound, RosterError) as wrong:
        with reading(request) as work:
            return _form(request, work, status=422, problem=_problem(wrong), typed=typed)
    return see_other("/holders/import#imports")


@router.post("/holders/imports/{number:int}/withdraw")
def withdraw(request: Request, number: int, form: Form) -> Response:
    try:
        with work_of(request) as work:
            holdings_import.withdraw(work, holdings_import.get(work, number), reason=text(form, "reason", 500))
    except BadIdentifier as wrong:
        with reading(request) as work:
            return _form(request, work, status=422, problem=_problem(wrong))
    return see_other("/holders/import#imports")


def _sent(form: FormData) -> tuple[str, bytes]:
    """The uploaded file, or the one that the plan was made of. Raises NotFound."""
    chosen = uploads(form, "file", _MOST)
    if chosen:
        return chosen[0]
    kept = "".join(part for part in form.getlist("kept") if isinstance(part, str))
    if not kept:
        raise NotFound("Приложите список имеющихся ролей.")
    try:
        return text(form, "name", 200), base64.b64decode(kept, validate=True)
    except ValueError:
        raise NotFound("Список по дороге испортился. Приложите его ещё раз.") from None


def _pieces(data: bytes) -> list[str]:
    """The file in the plan's own form: nothing of it is kept here before it is written down."""
    whole = base64.b64encode(data).decode()
    return [whole[start : start + _PIECE] for start in range(0, len(whole), _PIECE)]


def _read(request: Request, name: str, data: bytes) -> Sheet:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        path.write_bytes(data)
        return holdings_import.read(path, installed(request).catalog, name)


def _plan(work: Work, sheet: Sheet, typed: Typed, checked: Collection[int]) -> Plan:
    if not typed.inn:
        raise NotFound("Выберите организацию, чьи это работники.")
    return holdings_import.plan(
        work, sheet, inn=typed.inn, kpp=typed.kpp, told_by=typed.told_by, told_on=typed.told_on, checked=checked
    )


def _checked(form: FormData) -> set[int]:
    return row_numbers(form.getlist("checked"))


def _problem(wrong: Exception) -> Finding:
    if isinstance(wrong, RosterError):
        return sourced(Finding(wrong.rule, Severity.ERROR, str(wrong), field="file"))
    return Finding("", Severity.ERROR, str(wrong))


def _form(
    request: Request, work: Work, *, status: int = 200, problem: Finding | None = None, typed: Typed | None = None
) -> Response:
    return page(
        request,
        "people/holdings.html",
        status=status,
        organisations=by_name(work),
        problems=[problem] if problem else [],
        typed=typed or Typed(),
        imports=holdings_import.imports(work),
    )
