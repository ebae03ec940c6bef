"""An organisation's card, why it has to be in the registers at all, and its requests."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from actions import organisations, show
from catalog.rules import rules
from catalog.subjects import subject_name
from states.guards import status_label
from web.boards import cards
from web.installed import work_of
from web.labels import LICENCES, REGISTRY, SEALS
from web.rendering import page
from web.waiting import waiting

router = APIRouter()


@router.get("/organisations/{number:int}")
def show_organisation(request: Request, number: int) -> Response:
    with work_of(request) as work:
        card = organisations.get(work, number)
        facts = organisations.facts_of(work, card)
        return page(
            request, "organisation.html", card=card, reason=rules()["ORG-13"], registry=REGISTRY[facts.registry],
            kind=work.catalog.organisation_kind(card.kind).label,
            subject=subject_name(card.subject) if card.subject else "",
            seal=SEALS[card.seal] if card.seal else "", licence=LICENCES[card.licence] if card.licence else "",
            cards=cards(work, show.listed(work, inn=card.inn)), label=status_label, waiting=waiting(work),
        )
