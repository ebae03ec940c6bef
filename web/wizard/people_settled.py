"""What the officer settles about one row: the address on the card, whose number it is."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.datastructures import FormData

from actions.cards import names, people
from actions.context import Conflict, NotFound, Work
from actions.requests import cases, clashes, lookup
from actions.requests.clashes import Said
from models.findings import Finding, Severity
from models.identifiers import BadIdentifier
from models.request import AccessRequest, RequestLine
from views.people.days import date_of
from web.shell import Form, see_other, text, work_of
from web.wizard.people_page import people_page

router = APIRouter()
_AT = "/requests/{number:int}/people"


@router.post(_AT + "/address")
def keep_address(request: Request, number: int, form: Form) -> Response:
    """The row's address becomes the one on the employee's card."""
    with work_of(request) as work:
        found = lookup.get(work, number)
        line = _line(work, found, form)
        try:
            names.change(work, people.of_line(work, line), {"email": cases.line_facts(line, None).email})
        except BadIdentifier as wrong:
            finding = Finding("APP-14", Severity.ERROR, str(wrong), row=line.position)
            return people_page(request, work, found, status=422, refused=[finding])
    return see_other(f"/requests/{number}/people#line-{line.position}")


def _line(work: Work, found: AccessRequest, form: FormData) -> RequestLine:
    told = text(form, "line", 18)
    line = next((each for each in lookup.lines_of(work, found) if str(each.id) == told), None)
    if line is None:
        raise NotFound("Такой строки в заявке нет. Обновите страницу.")
    return line


@router.post(_AT + "/identity")
def settle(request: Request, number: int, form: Form) -> Response:
    """Whose number it is, where it is on record under another name."""
    with work_of(request) as work:
        found = lookup.get(work, number)
        line, said = _line(work, found, form), _said(form)
        try:
            with work.session.begin_nested():
                clashes.settle(work, found, line, said, since=_since(form, said), ground=text(form, "ground", 300))
        except (BadIdentifier, Conflict) as wrong:
            finding = Finding("APP-2", Severity.ERROR, str(wrong), row=line.position)
            return people_page(request, work, found, status=422, refused=[finding])
    return see_other(f"/requests/{number}/people#line-{line.position}")


def _said(form: FormData) -> Said:
    try:
        return Said(text(form, "said", 20))
    except ValueError:
        raise HTTPException(422, "Форма испорчена: обновите страницу и повторите.") from None


def _since(form: FormData, said: Said) -> dt.date | None:
    if said is not Said.RENAMED:
        return None
    return date_of(text(form, "since", 20), "Укажите день смены имени: выберите его в календаре.")
