"""The yearly review as an organisation answers it: each role still needed or not."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from actions import audit, organisations, reviews
from actions.context import Conflict, NotFound, Work
from actions.reviews import OrganisationReview
from models.review import ReviewCampaign, ReviewedOrganisation
from web.bodies import Form, text
from web.installed import work_of
from web.rendering import page
from web.waiting import waiting

router = APIRouter()
_LABELS = {"keep": "нужна", "drop": "больше не нужна", "ended": "роль уже прекращена"}


@router.get("/reviews/{number:int}")
def show_review(request: Request, number: int) -> Response:
    with work_of(request) as work:
        campaign, entry = _entry(work, number)
        audit.record(work, "review.viewed", reviews.subject(campaign))
        return _page(request, work, campaign, entry)


@router.post("/reviews/{number:int}")
def answer(request: Request, number: int, form: Form) -> Response:
    """Only what was marked is recorded; the rest stays open."""
    with work_of(request) as work:
        campaign, entry = _entry(work, number)
        said = {str(asked.question.id): text(form, f"answer-{asked.question.id}") for asked in entry.questions}
        try:
            with work.session.begin_nested():
                reviews.answer(
                    work, campaign, inn=entry.organisation.inn,
                    keep=[name for name, value in said.items() if value == "keep"],
                    drop=[name for name, value in said.items() if value == "drop"],
                )  # fmt: skip
        except Conflict as refusal:
            return _page(request, work, campaign, _entry(work, number)[1], told=str(refusal), status=409)
    return RedirectResponse(f"/reviews/{number}", status_code=303)


def _entry(work: Work, number: int) -> tuple[ReviewCampaign, OrganisationReview]:
    asked = work.session.get(ReviewedOrganisation, number)
    campaign = work.session.get(ReviewCampaign, asked.campaign_id) if asked else None
    if asked is None or campaign is None:
        raise NotFound("Такой проверки нет.")
    inn = organisations.get(work, asked.organisation_id).inn
    shown = reviews.show(work, campaign, inn=inn).organisations
    return campaign, next(entry for entry in shown if entry.asked.id == number)


def _page(
    request: Request, work: Work, campaign: ReviewCampaign, entry: OrganisationReview, *, told: str = "", status: int = 200
) -> Response:
    return page(
        request, "review.html", status=status, campaign=campaign, entry=entry, labels=_LABELS, told=told,
        waiting=waiting(work),
    )  # fmt: skip
