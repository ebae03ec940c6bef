"""People and roles: the matrix as of a day, its workbooks, the card of a person, the history of a role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import RedirectResponse

from actions.context import Conflict, NotFound, Work
from actions.keeping import endings
from actions.reviews import revocations
from models.identifiers import BadIdentifier, format_snils
from models.row_numbers import row_number, row_numbers
from views.offers.line_questions import UNITS
from views.people.card import PersonCard, person_card, reached
from views.people.days import Day, date_of, day_of, shortcuts
from views.people.matrix import Filters, Matrix, choices, columns, everyone, matrix
from views.people.matrix_books import MOST, list_book, matrix_book, title_of
from views.people.role_history import role_history
from web.shell import Form, looked, own, page, reading, see_other, text, work_of
from web.shell.bodies import sought
from web.shell.downloads import download
from web.shell.sealed import token

router = APIRouter()
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BOOKS = {"matrix": ("Матрица", matrix_book), "list": ("Список", list_book)}


def _filters(
    organisation: str = "",
    role: str = "",
    text: str = "",
    clashing: str = "",
    everybody: str = "",
    after: str = "",
    before: str = "",
) -> Filters:
    """What an empty field or a mistyped number asks for is nothing."""
    return Filters(
        _number(organisation) or None,
        sought(role),
        sought(text),
        clashing == "1",
        everybody == "1",
        _number(after),
        _number(before),
    )


def _number(typed: str) -> int:
    return row_number(typed) or 0


Asked = Annotated[Filters, Depends(_filters)]


@router.get("/people")
def show_people(request: Request, asked: Asked, as_of: str = "", known_on: str = "", view: str = "") -> Response:
    """The matrix, or with `view=list` a row per role. A search for a person is recorded, and what was looked at."""
    with reading(request) as work:
        shown, problem = _matrix(work, asked, as_of, known_on)
        answer = page(
            request,
            "people/people.html",
            status=422 if problem else 200,
            it=shown,
            asked=asked,
            view="list" if view == "list" else "",
            problem=problem,
            choices=choices(work),
            shortcuts=shortcuts(work.now),
            today=day_of("", work.now).date,
            link=_linker(request, shown.day, asked, view),
        )
    seen = [row.person.id for row in shown.rows]
    if asked.text and not problem:
        looked(request, "people.searched", "people", employees=seen)
    elif seen:
        looked(request, "holders.viewed", "holders", as_of=shown.day.date.isoformat(), people=len(seen))
    return answer


def _matrix(work: Work, asked: Filters, as_of: str, known_on: str) -> tuple[Matrix, str]:
    """A mistake is told above an empty table; what was typed stays in the form."""
    try:
        return matrix(work, asked, day_of(as_of, work.now, known_on)), ""
    except BadIdentifier as wrong:
        return Matrix(day_of("", work.now), (), (), 0, 0, 0), str(wrong)


class _Linker:
    """Addresses of the same selection with something changed."""

    def __init__(self, values: dict[str, object]) -> None:
        self.values = values

    def __call__(self, path: str = "/people", **changed: object) -> str:
        kept = {name: value for name, value in (self.values | changed).items() if value}
        return f"{path}?{urlencode(kept)}" if kept else path


def _linker(request: Request, day: Day, asked: Filters, view: str) -> _Linker:
    return _Linker(
        {
            "as_of": day.date.isoformat(), "known_on": day.known_on and day.known_on.isoformat(), "organisation": asked.organisation, "role": asked.role, "text": token(request, asked.text),
            "clashing": "1" if asked.clashing else "", "everybody": "1" if asked.everybody else "",
            "view": view if view == "list" else "",
        }
    )  # fmt: skip


@router.get("/people/{kind}.xlsx")
def export_people(request: Request, kind: str, asked: Asked, as_of: str = "", known_on: str = "") -> Response:
    """The whole selection, every screen of it. Who exported is recorded: the workbook holds personal data."""
    name, book = _BOOKS["matrix" if kind == "matrix" else "list"]
    with reading(request) as work:
        day = day_of(as_of, work.now, known_on)
        rows = everyone(work, asked.whole, day, most=MOST)
        data = book(day, columns(work, asked, day), rows, day_of("", work.now).date, practice=work.policy.practice)
    roles = sum(len(row.entries) for row in rows)
    looked(
        request,
        "holders.exported",
        "holders",
        as_of=day.date.isoformat(),
        people=len(rows),
        rows=roles,
        searched=bool(asked.text),
    )
    return download(data, f"{title_of(day)}. {name}.xlsx", _XLSX)


@router.get("/people/{number:int}")
def show_person(request: Request, number: int) -> Response:
    with reading(request) as work:
        answer = _card(request, work, person_card(work, number))
    looked(request, "person.viewed", "people", employee=number)
    return answer


@router.get("/people/{number:int}/snils")
def show_snils(request: Request, number: int) -> Response:
    """The card with the whole number; that it was shown is recorded."""
    with reading(request) as work:
        card = person_card(work, number)
        answer = _card(request, work, card, snils=format_snils(card.person.snils) if card.masked else "")
    looked(request, "person.snils-viewed", f"employee:{number}")
    return answer


@router.post("/people/{number:int}/revoke")
def revoke(request: Request, number: int, form: Form) -> Response:
    """Drafts that ask to end the ticked roles; nothing leaves before the draft is checked and signed."""
    chosen = row_numbers(form.getlist("grant"))
    with work_of(request) as work:
        person = reached(work, number)
        try:
            if not chosen:
                raise Conflict("Отметьте роли, которые больше не нужны.")
            with work.session.begin_nested():
                drafts = revocations.of_person(work, person, chosen, why=text(form, "why", 40))
        except Conflict as wrong:
            card = person_card(work, number)
            return _card(request, work, card, status=422, problem=str(wrong), chosen=chosen, why=text(form, "why", 40))
    target = f"/requests/{drafts[0].id}" if len(drafts) == 1 else f"/people/{number}"
    return see_other(target)


@router.post("/people/{number:int}/renew")
def renew(request: Request, number: int, form: Form) -> Response:
    """Drafts that ask for the ticked roles once more; without a day for good."""
    chosen = row_numbers(form.getlist("grant"))
    with work_of(request) as work:
        person = reached(work, number)
        try:
            if not chosen:
                raise Conflict("Отметьте роли, которые нужно продлить.")
            typed = text(form, "until", 20)
            with work.session.begin_nested():
                drafts = endings.renew(work, person, chosen, until=date_of(typed) if typed else None)
        except (BadIdentifier, Conflict, NotFound) as wrong:
            return _card(request, work, person_card(work, number), status=422, problem=str(wrong), chosen=chosen)
    target = f"/requests/{drafts[0].id}" if len(drafts) == 1 else f"/people/{number}"
    return see_other(target)


@router.get("/holders/ending")
def show_ending(request: Request) -> Response:
    """Roles that are given until a day, the nearest first."""
    with reading(request) as work:
        found = endings.ending(work)
        answer = page(request, "people/ending.html", found=found, today=day_of("", work.now).date)
    if found:
        looked(request, "holders.viewed", "holders", people=len({each.person.id for each in found}))
    return answer


def _card(
    request: Request,
    work: Work,
    card: PersonCard,
    *,
    status: int = 200,
    snils: str = "",
    problem: str = "",
    chosen: Sequence[int] | set[int] = (),
    why: str = "",
    typed: Mapping[str, str] | None = None,
) -> Response:
    return page(
        request,
        "people/person.html",
        status=status,
        it=card,
        snils=snils,
        problem=problem,
        chosen=chosen,
        why=why,
        typed=typed or {},
        units=UNITS,
        acts=own(request).acts,
    )


def person_page(
    request: Request, work: Work, number: int, *, status: int, problem: str, typed: Mapping[str, str]
) -> Response:
    """The card with what was wrong above it and what was typed in its form."""
    return _card(request, work, person_card(work, number), status=status, problem=problem, typed=typed)


@router.get("/people/roles/{subsystem}/{role}")
def show_role(request: Request, subsystem: str, role: str, organisation: str = "", before: str = "") -> Response:
    with reading(request) as work:
        shown = role_history(work, subsystem, role, organisation=_number(organisation) or None, before=_number(before))
        answer = page(
            request,
            "people/role.html",
            it=shown,
            key=f"{subsystem}/{role}",
            organisation=_number(organisation),
            organisations=choices(work).organisations,
        )
    looked(
        request,
        "holders.viewed",
        "holders",
        subsystem=subsystem,
        role=role,
        people=len({bar.person.id for bar in shown.bars}),
    )
    return answer


@router.get("/holders")
def moved(as_of: str = "") -> Response:
    """Where the list of holders was."""
    return RedirectResponse(f"/people?{urlencode({'as_of': as_of})}" if as_of else "/people", status_code=308)
