"""The page of a draft's people, whatever was done on it last."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.datastructures import FormData

from actions.cards import organisations
from actions.cards.organisation_names import in_request
from actions.context import Work
from actions.requests import drafting
from catalog.wording import LINE_HEADINGS
from models.employee import Employee
from models.facts import LineFacts
from models.findings import Finding
from models.identifiers import mask_snils
from models.request import AccessRequest
from views.offers.line_questions import UNITS
from views.requests.drafts import companion_number, is_writable, places_in, stages
from views.requests.findings import grouped
from views.requests.people_rows import blank, table
from web.forms.rosters import Asking
from web.shell import own, page


async def _wide(request: Request) -> AsyncIterator[FormData]:
    """Hundreds of people in one form."""
    async with request.form(max_files=1, max_fields=60_000, max_part_size=1024 * 1024) as form:
        yield form


WideForm = Annotated[FormData, Depends(_wide)]


def people_page(
    request: Request,
    work: Work,
    found: AccessRequest,
    *,
    status: int = 200,
    clashes: dict[int, LineFacts] | None = None,
    refused: Sequence[Finding] = (),
    pasted: str = "",
    wanted: str = "",
    found_people: Sequence[Employee] | None = None,
    told: str = "",
    asking: Asking | None = None,
) -> Response:
    kind, card = work.catalog.kind(found.kind), organisations.get(work, found.organisation_id)
    judged = drafting.judged(work, found)
    shown = table(work, found, judged, clashes)
    writable = is_writable(found) and own(request).acts
    there = {row.facts.snils for row in shown.rows}
    return page(
        request,
        "wizard/people.html",
        status=status,
        draft=found,
        kind=kind,
        organisation=card,
        then=in_request(work, found, card),
        shown=shown,
        blanks=blank(shown, 0 if kind.single and shown.rows else 1) if writable else [],
        writable=writable,
        spare=blank(shown, 1)[0],
        labels=LINE_HEADINGS,
        units=UNITS,
        stages=stages(work, found, card, judged, "people"),
        groups=grouped(shown.rest, places_in(work, found, judged).of),
        refused=grouped(refused),
        pasted=pasted,
        wanted=wanted,
        told=told,
        asking=asking,
        clash=bool(clashes),
        companion=companion_number(work, found),
        mask=mask_snils,
        people=None if found_people is None else [(person, person.snils in there) for person in found_people],
    )
