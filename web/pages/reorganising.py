"""Another name or number of an organisation, or everything goes over to another one; the draft of the letter about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.cards import organisations
from actions.cards.organisation_names import NAMED
from actions.context import Conflict, NotFound, Work
from actions.reviews import reorganising
from models.identifiers import BadIdentifier
from models.organisation import Organisation
from models.row_numbers import row_number
from views.people.days import date_of
from web.pages.organisations import card_page
from web.shell import Form, looked, reading, see_other, text, work_of
from web.shell.downloads import download

router = APIRouter(prefix="/organisations/{number:int}")


@router.post("/rename")
def rename(request: Request, number: int, form: Form) -> Response:
    def act(work: Work, card: Organisation) -> None:
        values = {name: text(form, name, 2000) for name in NAMED if name in form}
        reorganising.rename(work, card, values, since=_since(form), ground=text(form, "ground", 300))

    return _recorded(request, number, form, act)


@router.post("/move")
def move(request: Request, number: int, form: Form) -> Response:
    def act(work: Work, card: Organisation) -> None:
        target = row_number(text(form, "target", 12))
        if target is None:
            raise NotFound("Выберите организацию, в которую перешли роли.")
        into = organisations.get(work, target)
        reorganising.move(work, card, into, since=_since(form), ground=text(form, "ground", 300))

    return _recorded(request, number, form, act)


@router.get("/changes/{change}/letter.txt")
def letter(request: Request, number: int, change: int) -> Response:
    """The draft; it names people, so that it was taken is recorded."""
    with reading(request) as work:
        written = reorganising.letter(work, reorganising.get(work, organisations.get(work, number), change))
    looked(request, "organisation.letter-taken", f"organisation:{number}", change=change)
    return download(
        f"{written.subject}\n\n{written.text}".encode(), "Письмо в СТП, проект.txt", "text/plain; charset=utf-8"
    )


def _since(form: FormData) -> dt.date:
    return date_of(text(form, "since", 20), "Укажите день, с которого это действует.")


def _recorded(request: Request, number: int, form: FormData, act: Callable[[Work, Organisation], None]) -> Response:
    with work_of(request) as work:
        card = organisations.get(work, number)
        try:
            with work.session.begin_nested():
                act(work, card)
        except (BadIdentifier, Conflict, NotFound) as wrong:
            return card_page(request, work, card, 422, problem=str(wrong), typed=form)
    return see_other(f"/organisations/{number}#changes")
