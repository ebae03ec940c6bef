"""An officer changes what his organisation has on record of an employee: each change is said, none happens by itself."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, Request, Response

from actions.cards import names
from actions.context import Conflict
from models.facts import FullName
from models.identifiers import BadIdentifier
from views.people.card import reached
from views.people.days import date_of
from web.pages.people import person_page
from web.shell import Form, see_other, text, work_of

router = APIRouter()


@router.post("/people/{number:int}/change")
def change(request: Request, number: int, form: Form) -> Response:
    """Address, post, unit. Lines of requests keep theirs."""
    typed = {name: text(form, name, 300) for name in ("email", "post", "unit") if name in form}
    with work_of(request) as work:
        try:
            names.change(work, reached(work, number), typed)
        except BadIdentifier as wrong:
            return person_page(request, work, number, status=422, problem=str(wrong), typed=typed)
    return see_other(f"/people/{number}")


@router.post("/people/{number:int}/rename")
def rename(request: Request, number: int, form: Form) -> Response:
    """A new name from a day on, or a typing error put right."""
    typed = {name: text(form, name, 100) for name in ("surname", "given", "patronymic", "since", "ground", "said")}
    name = FullName(typed["surname"], typed["given"], typed["patronymic"])
    with work_of(request) as work:
        card = reached(work, number)
        try:
            if typed["said"] == "corrected":
                names.correct(work, card, name, ground=typed["ground"])
            else:
                names.rename(work, card, name, since=_since(typed["since"]), ground=typed["ground"])
        except (BadIdentifier, Conflict) as wrong:
            return person_page(request, work, number, status=422, problem=str(wrong), typed=typed)
    return see_other(f"/people/{number}")


def _since(typed: str) -> dt.date:
    return date_of(typed, "Укажите день, с которого у работника другое имя: выберите его в календаре.")
