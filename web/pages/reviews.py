"""The yearly review: campaigns with how far everybody is, and the page on which an organisation answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request, Response

from actions.accounts.user import User
from actions.context import Conflict, NotFound, Work
from actions.reviews import reviews
from actions.reviews.reviews import OrganisationReview, Progress
from models.account import Role
from models.identifiers import BadIdentifier
from models.review import ReviewCampaign
from states.words.reviews import ANSWERS
from views.people.days import date_of, local_date
from web.shell import Form, looked, own, page, reading, see_other, text, ticked, work_of

router = APIRouter()
_AT = "/reviews/campaigns/{number:int}"
_NO_DATE = "Не похоже на дату срока ответа. Пример: 2026-12-23."


@dataclass(frozen=True, slots=True)
class Standing:
    """A campaign and the organisations that the user sees of it."""

    campaign: ReviewCampaign
    organisations: tuple[Progress, ...]

    @property
    def total(self) -> int:
        return sum(entry.total for entry in self.organisations)

    @property
    def answered(self) -> int:
        return sum(entry.answered for entry in self.organisations)

    @property
    def silent(self) -> int:
        return sum(1 for entry in self.organisations if entry.open)


def _conducts(user: User) -> bool:
    """A campaign asks everybody, so only whoever sees everybody starts and closes it."""
    return user.only_of is None and user.has(Role.OFFICER, Role.ADMINISTRATOR)


def _conducting(request: Request) -> None:
    if not _conducts(own(request)):
        raise HTTPException(
            403, "Проверку начинает и закрывает тот, кто видит все организации. Попросите администратора."
        )


@router.get("/reviews")
def show_reviews(request: Request) -> Response:
    with reading(request) as work:
        return _list(request, work)


@router.post("/reviews")
def start(request: Request, form: Form) -> Response:
    """Once more for the same year it asks those who were not asked yet."""
    _conducting(request)
    typed = {name: text(form, name, 4000) for name in ("year", "until", "inns")}
    try:
        with work_of(request) as work:
            year = _year(typed["year"])
            until = date_of(typed["until"], _NO_DATE) if typed["until"] else None
            campaign = reviews.start(work, year=year, until=until, inns=typed["inns"].replace(",", " ").split())
    except (BadIdentifier, Conflict, NotFound) as wrong:
        with reading(request) as work:
            return _list(request, work, status=422, problem=str(wrong), typed=typed)
    return see_other(f"/reviews/campaigns/{campaign.id}")


@router.get(_AT)
def show_campaign(request: Request, number: int) -> Response:
    with reading(request) as work:
        campaign = reviews.get(work, number)
        shown = Standing(campaign, tuple(reviews.progress(work, [number])))
        return page(request, "reviews/campaign.html", it=shown, conducts=_conducts(own(request)))


@router.post(_AT + "/close")
def close(request: Request, number: int) -> Response:
    _conducting(request)
    with work_of(request) as work:
        reviews.close(work, reviews.get(work, number))
    return see_other(f"/reviews/campaigns/{number}")


@router.get("/reviews/{number:int}")
def show_review(request: Request, number: int, done: str = "") -> Response:
    with reading(request) as work:
        campaign, entry = reviews.asked_of(work, number)
        answer = _page(request, work, campaign, entry, done=done == "1")
    looked(request, "review.viewed", reviews.subject(campaign))
    return answer


@router.post("/reviews/{number:int}")
def answer(request: Request, number: int, form: Form) -> Response:
    """Only what was marked is recorded; with «остальные нужны» the rest that is open is kept."""
    with work_of(request) as work:
        campaign, entry = reviews.asked_of(work, number)
        said = {str(asked.question.id): text(form, f"answer-{asked.question.id}") for asked in entry.questions}
        keep = [name for name, value in said.items() if value == "keep"]
        drop = [name for name, value in said.items() if value == "drop"]
        if ticked(form, "rest"):
            keep += [str(asked.question.id) for asked in entry.unanswered if not said[str(asked.question.id)]]
        try:
            with work.session.begin_nested():
                reviews.answer(work, campaign, inn=entry.organisation.inn, keep=keep, drop=drop)
        except Conflict as refusal:
            return _page(
                request, work, campaign, reviews.asked_of(work, number)[1], told=str(refusal), said=said, status=409
            )
    return see_other(f"/reviews/{number}?done=1")


def _page(
    request: Request,
    work: Work,
    campaign: ReviewCampaign,
    entry: OrganisationReview,
    *,
    told: str = "",
    status: int = 200,
    said: dict[str, str] | None = None,
    done: bool = False,
) -> Response:
    return page(
        request,
        "reviews/review.html",
        status=status,
        campaign=campaign,
        entry=entry,
        labels=ANSWERS,
        told=told,
        said=said or {},
        done=done,
        acts=own(request).acts,
    )


def _list(
    request: Request, work: Work, *, status: int = 200, problem: str = "", typed: dict[str, str] | None = None
) -> Response:
    found = reviews.campaigns(work)
    numbers = [campaign.id or 0 for campaign in found]
    entries = reviews.progress(work, numbers)
    standings = [
        Standing(campaign, tuple(entry for entry in entries if entry.asked.campaign_id == campaign.id))
        for campaign in found
    ]
    today = local_date(work.now)
    ready = {
        "year": str(today.year),
        "until": (today + dt.timedelta(days=reviews.DAYS_TO_ANSWER)).isoformat(),
        "inns": "",
    }
    return page(
        request,
        "reviews/reviews.html",
        status=status,
        standings=standings,
        problem=problem,
        typed=ready | (typed or {}),
        today=today,
        conducts=_conducts(own(request)),
    )


def _year(typed: str) -> int | None:
    if not typed:
        return None
    if not typed.isdecimal() or not 2020 <= int(typed) <= 2100:
        raise BadIdentifier("Год пишут четырьмя цифрами: 2026.")
    return int(typed)
