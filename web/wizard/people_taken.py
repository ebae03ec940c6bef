"""Many people at once: pasted, uploaded, picked from those that the organisation knows."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from contextlib import suppress

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.cards import known_people, organisations
from actions.context import Conflict, NotFound, Work
from actions.requests import drafting, lookup, roster_drafts
from actions.requests.roster_drafts import Reader
from actions.rosters import rosters
from actions.rosters.rosters import OpenQuestions
from documents.rosters import RosterError
from documents.rosters.choices import BadChoice
from models.employee import Employee
from models.facts import LineFacts
from models.findings import Finding, Severity
from models.request import AccessRequest
from models.row_numbers import row_numbers
from views.offers.line_questions import line_questions, usual_roles
from web.forms.rosters import Carried, asking_about, carried_in, choices_in
from web.shell import installed, see_other, text, uploads, work_of
from web.wizard.people_page import WideForm, people_page

router = APIRouter()
_AT = "/requests/{number:int}/people"
_LARGEST = 20 * 1024 * 1024


@router.post(_AT + "/paste")
def paste(request: Request, number: int, form: WideForm) -> Response:
    """Rows out of Excel. What was typed in the table so far is kept first."""
    pasted = text(form, "pasted", 500_000)
    return _take_in(request, number, form, lambda work, found: _reader_of_text(work, found, pasted), Carried())


@router.post(_AT + "/upload")
def upload(request: Request, number: int, form: WideForm) -> Response:
    """A file, or the one that the questions about it carried along."""
    carried = carried_in(form, uploads(form, "roster", _LARGEST))
    return _take_in(request, number, form, lambda work, found: _reader_of_file(work, found, carried), carried)


@router.post(_AT + "/known")
def pick_known(request: Request, number: int, form: WideForm) -> Response:
    """Search among this organisation's people, or put the ticked ones in. A name never stands in an address."""
    wanted = text(form, "surname", 100)
    with work_of(request) as work:
        found = lookup.get(work, number)
        ids = sorted(row_numbers(form.getlist("person")))
        if not ids:
            known = known_people.search(work, wanted, organisation_id=found.organisation_id)
            return people_page(request, work, found, wanted=wanted, found_people=known)
        lines = _with_roles(work, found, known_people.named(work, found.organisation_id, ids))
        came = drafting.add_people(work, found, lines)
    return _back(number, came)


def _with_roles(work: Work, found: AccessRequest, known: Iterable[Employee]) -> list[LineFacts]:
    kind = work.catalog.kind(found.kind)
    facts = organisations.facts_of(work, organisations.get(work, found.organisation_id))
    roles = usual_roles(kind, work.catalog, facts)
    asked = line_questions(kind, work.catalog)
    return [
        dataclasses.replace(known_people.line_of(person), roles=roles if asked.roles else (), row=place)
        for place, person in enumerate(known, 1)
    ]


def _take_in(
    request: Request, number: int, form: FormData, reader: Callable[[Work, AccessRequest], Reader], carried: Carried
) -> Response:
    """A list that cannot be read is told of; what stands in the draft stays. One that leaves something open is asked about."""
    with suppress(BadChoice):
        carried.look_ahead(installed(request).catalog, choices_in(form))
    with work_of(request) as work:
        found, choices = lookup.get(work, number), choices_in(form)
        try:
            with work.session.begin_nested():
                read = reader(work, found)
                taken = roster_drafts.take(work, found.organisation_id, read, choices)
                more = roster_drafts.drafts_of_others(work, found.kind, taken, read, choices)
        except OpenQuestions as open_now:
            asking = asking_about(open_now, carried, choices, replace=text(form, "replace", 5) == "1")
            return people_page(request, work, found, status=422, asking=asking, pasted=text(form, "pasted", 500_000))
        except (RosterError, BadChoice, NotFound, Conflict) as wrong:
            finding = Finding(getattr(wrong, "rule", "APP-9"), Severity.ERROR, str(wrong.args[0]))
            return people_page(
                request, work, found, status=422, refused=[finding], pasted=text(form, "pasted", 500_000)
            )
        came = drafting.add_people(work, found, taken.lines, taken.intake, replace=text(form, "replace", 5) == "1")
    return _back(number, came, taken, len(more))


def _reader_of_text(work: Work, found: AccessRequest, pasted: str) -> Reader:
    return lambda facts, choices: rosters.paste_people(
        pasted, catalog=work.catalog, kind=found.kind, organisation=facts, choices=choices
    )


def _reader_of_file(work: Work, found: AccessRequest, carried: Carried) -> Reader:
    """Read in a limited child process. Raises RosterError."""
    if not carried.data:
        raise RosterError("absent", "Выберите файл со списком: Excel (.xlsx), ODS, CSV или Word (.docx).")
    return lambda facts, choices: carried.read(
        catalog=work.catalog, kind=found.kind, organisation=facts, choices=choices
    )


def _back(number: int, came: drafting.Added, taken: rosters.Taken | None = None, others: int = 0) -> Response:
    told = f"&read={taken.read}&of={taken.people}&others={others}" if taken else ""
    return see_other(f"/requests/{number}/people?added={came.added}&known={came.known}{told}")
