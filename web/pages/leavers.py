"""Those who left: a roster compared with who holds roles, shown as a plan; only then drafts that ask to end them."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.cards import organisations as cards
from actions.context import Conflict, NotFound, Work
from actions.reviews import leavers
from actions.reviews.leavers import Case, Departures
from actions.rosters.rosters import OpenQuestions
from documents.rosters import RosterError
from models.findings import Finding, Severity, sourced
from models.identifiers import BadIdentifier
from models.row_numbers import row_numbers
from states.words.reviews import LEFT
from views.organisations.offered import with_roles
from web.shell import Form, looked, page, reading, text, uploads, work_of

router = APIRouter()
_SNILS = re.compile(r"\d{3}[-‑– ]?\d{3}[-‑– ]?\d{3}[-‑– ]?\d{2}|\d{9,11}")
_HEADED = re.compile(r"снилс|фамили|фио|ф\.\s*и\.\s*о", re.IGNORECASE)
_MOST = 20 * 1024 * 1024


@router.get("/leavers")
def ask(request: Request) -> Response:
    with reading(request) as work:
        return _form(request, work)


@router.post("/leavers")
def compare(request: Request, form: Form) -> Response:
    """The plan; nothing is written but that it was looked at."""
    typed = {name: text(form, name) for name in ("inn", "pasted", "way")}
    with reading(request) as work:
        try:
            found, card_id = _compared(work, form, typed["inn"])
        except (BadIdentifier, NotFound, RosterError) as wrong:
            return _form(request, work, status=422, problem=_problem(wrong), typed=typed)
        answer = _plan(request, work, found)
    looked(request, leavers.COMPARED, f"organisation:{card_id}", cases=found.cases(), drafts=[])
    return answer


@router.post("/leavers/drafts")
def draft(request: Request, form: Form) -> Response:
    """Drafts for the roles that stayed ticked in the plan."""
    chosen = row_numbers(form.getlist("grant"))
    if not chosen:
        raise Conflict("Ни одна роль не отмечена. Вернитесь назад и отметьте, что прекратить.")
    with work_of(request) as work:
        drafts = leavers.ask_to_end(work, inn=text(form, "inn", 20), grant_ids=chosen)
        return page(request, "people/leavers-done.html", drafts=drafts)


def _compared(work: Work, form: FormData, inn: str) -> tuple[Departures, int]:
    """Raises BadIdentifier, NotFound, RosterError."""
    if not inn:
        raise NotFound("Выберите организацию, из которой ушли.")
    card = next(iter(cards.numbers_of(work, inn)), None)
    if card is None:
        raise NotFound("Такой организации среди ваших нет. Выберите другую.")
    with tempfile.TemporaryDirectory() as folder:
        left, old, new = (_file(form, name, Path(folder)) for name in ("left", "old", "new"))
        pasted = _pasted(text(form, "pasted", 500_000), Path(folder))
        if old and new:
            return leavers.compare(work, new, inn=inn, before=old), card
        one = pasted if text(form, "way") == "paste" else left or pasted
        if text(form, "way") == "two" or one is None:
            raise NotFound(
                _MISSING.get(text(form, "way"), "Приложите список ушедших, вставьте его или приложите два списка.")
            )
        return leavers.compare(work, one, inn=inn), card


_MISSING = {
    "two": "Нужны оба файла: прежний список и нынешний.",
    "file": "Приложите файл со списком ушедших.",
    "paste": "Вставьте список ушедших: по человеку в строке.",
}


def _file(form: FormData, name: str, folder: Path) -> Path | None:
    """An uploaded roster under a name of ours; its bytes decide what it is."""
    chosen = uploads(form, name, _MOST)
    if not chosen:
        return None
    path = folder / name
    path.write_bytes(chosen[0][1])
    return path


def _pasted(typed: str, folder: Path) -> Path | None:
    """Cells copied with their headings stay a table; else each line is a name and a СНИЛС in any order."""
    rows = [line for line in typed.splitlines() if line.strip()]
    if not rows:
        return None
    path = folder / "pasted"
    if _HEADED.search(rows[0]):
        path.write_text("\n".join(rows), "utf-8")
        return path
    written = io.StringIO()
    table = csv.writer(written, delimiter=";")
    table.writerow(("СНИЛС", "ФИО"))
    for line in rows:
        number = _SNILS.search(line)
        snils = number.group() if number else ""
        name = " ".join(re.sub(r"[^\w.\- ]", " ", line.replace(snils, " ") if snils else line).split())
        table.writerow((snils, re.sub(r"^\d+[.)]?\s+", "", name)))
    path.write_text(written.getvalue(), "utf-8")
    return path


def _problem(wrong: Exception) -> Finding:
    """A file that is no roster comes with the rule that says what a roster is."""
    if isinstance(wrong, OpenQuestions):
        return sourced(Finding(wrong.rule, Severity.ERROR, wrong.in_words, field="file"))
    if isinstance(wrong, RosterError):
        return sourced(Finding(wrong.rule, Severity.ERROR, str(wrong), field="file"))
    return Finding("", Severity.ERROR, str(wrong), field="inn")


@dataclass(frozen=True, slots=True)
class Part:
    """People of one case."""

    case: Case
    title: str
    help: str
    people: Sequence[leavers.Leaver]


def _plan(request: Request, work: Work, found: Departures) -> Response:
    groups = [Part(Case(case), *told, found.of(Case(case))) for case, told in LEFT.items() if found.of(Case(case))]
    return page(
        request,
        "people/leavers-plan.html",
        it=found,
        groups=groups,
        to_draft=any(part.case in (Case.HOLDS, Case.QUESTION) for part in groups),
    )


def _form(
    request: Request,
    work: Work,
    *,
    status: int = 200,
    problem: Finding | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    return page(
        request,
        "people/leavers.html",
        status=status,
        organisations=with_roles(work, now=True),
        problems=[problem] if problem else [],
        typed={"inn": "", "pasted": "", "way": "file"} | (typed or {}),
    )
