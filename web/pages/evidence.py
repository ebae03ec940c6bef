"""Packs of evidence as downloads: of a request, a person, an organisation, a review. Making one is recorded."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response

from actions.cards import organisations
from actions.evidence import evidence
from actions.evidence.evidence import Pack
from actions.requests import lookup
from actions.reviews import reviews
from views.people.card import reached
from web.shell import own, work_of
from web.shell.downloads import download

router = APIRouter()


@router.get("/requests/{number:int}/evidence.zip")
def of_request(request: Request, number: int) -> Response:
    with work_of(request) as work:
        found = lookup.get(work, number)
        return _archive(evidence.of_request(work, found), f"Доказательства {found.number}")


@router.get("/people/{number:int}/evidence.zip")
def of_person(request: Request, number: int) -> Response:
    """Named by the row's number: a file's name travels further than the file."""
    with work_of(request) as work:
        return _archive(evidence.of_employee(work, reached(work, number)), f"Доказательства, работник {number}")


@router.get("/organisations/{number:int}/evidence.zip")
def of_organisation(request: Request, number: int) -> Response:
    with work_of(request) as work:
        card = organisations.get(work, number)
        return _archive(evidence.of_organisation(work, card.inn), f"Доказательства, ИНН {card.inn}")


@router.get("/reviews/campaigns/{number:int}/evidence.zip")
def of_review(request: Request, number: int) -> Response:
    """The pack holds every organisation's answers, so it is for those who see them all."""
    if own(request).only_of is not None:
        raise HTTPException(
            403, "Комплект всей проверки собирает тот, кто видит все организации. Попросите его или администратора."
        )
    with work_of(request) as work:
        campaign = reviews.get(work, number)
        return _archive(evidence.of_review(work, campaign), f"Доказательства, проверка доступа {campaign.year}")


def _archive(pack: Pack, name: str) -> Response:
    """The mark of the log's head goes beside the file: it has to be kept apart from it."""
    answer = download(pack.data, f"{name}.zip", "application/zip")
    answer.headers["X-Egisz-Access-Anchor"] = pack.anchor
    return answer
