"""What a user's calendar shows: answers that are awaited, checklists and reviews that are due; no names of people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import exists, select
from sqlmodel import col

from actions.checklists import overview
from actions.context import Work
from documents.icalendar import Entry
from models.organisation import Organisation
from models.request import AccessRequest
from models.review import ReviewCampaign, ReviewedOrganisation, ReviewQuestion
from states.statuses import AT_DESK, GIVEN

_MOST = 1000
_PAST = dt.timedelta(days=90)  # what is late for longer is for the page, not for a calendar


def entries(work: Work) -> list[Entry]:
    """Of the organisations that the session sees, the earliest first."""
    found = [*_answers(work), *_reminders(work), *_checklists(work), *_reviews(work)]
    return sorted(found, key=lambda entry: (_moment(entry.due), entry.uid))[:_MOST]


def _moment(due: dt.datetime | dt.date) -> dt.datetime:
    return due if isinstance(due, dt.datetime) else dt.datetime.combine(due, dt.time(), dt.UTC)


def _uid(work: Work, name: str) -> str:
    host = work.policy.page_url.partition("://")[2].partition("/")[0].partition(":")[0]
    return f"{name}@{host or 'egisz-access'}"


def _answers(work: Work) -> Iterator[Entry]:
    query = (
        select(AccessRequest, Organisation)
        .join(Organisation, col(Organisation.id) == col(AccessRequest.organisation_id))
        .where(col(AccessRequest.status).in_(AT_DESK), col(AccessRequest.due_at) > work.now - _PAST)
        .order_by(col(AccessRequest.due_at))
        .limit(_MOST)
    )
    for request, card in work.session.execute(query):
        kind = work.catalog.kind(request.kind)
        who = "СТП" if kind.to_desk else "получателя"
        ticket = f", обращение {request.ticket}" if request.ticket else ""
        yield Entry(
            uid=_uid(work, f"answer-{request.id}-v{request.version}"),
            due=request.due_at,
            stamp=request.sent_at or request.status_since,
            title=f"Срок ответа {who}: {request.number}, {card.called}",
            about=f"{kind.short_title}{ticket}. Если ответа нет, напомните.",
            url=_page(work, request),
        )


def _reminders(work: Work) -> Iterator[Entry]:
    """What follows from an answer, where the kind says after how many days."""
    query = (
        select(AccessRequest, Organisation)
        .join(Organisation, col(Organisation.id) == col(AccessRequest.organisation_id))
        .where(
            col(AccessRequest.outcome).is_not(None),
            col(AccessRequest.next_reminder_at) > work.now - _PAST,
            col(AccessRequest.status).in_(GIVEN),
        )
        .limit(_MOST)
    )
    for request, card in work.session.execute(query):
        outcome = work.catalog.kind(request.kind).outcome(request.outcome)
        if outcome is not None and outcome.next:
            yield Entry(
                uid=_uid(work, f"next-{request.id}"),
                due=request.next_reminder_at,
                stamp=request.status_since,
                title=f"Дальше по ответу: {request.number}, {card.called}",
                about=outcome.next,
                url=_page(work, request),
            )


def _checklists(work: Work) -> Iterator[Entry]:
    for ready in overview.ready_items(work):
        card = ready.organisation
        yield Entry(
            uid=_uid(work, f"checklist-{card.id}-{ready.entry.code}-{ready.item.code}-{ready.due_on:%Y%m%d}"),
            due=ready.due_on,
            stamp=_today(work),
            title=f"Внести в реестр: {ready.item.title}, {card.called}",
            about=ready.entry.title,
            url=f"{work.policy.page_url}/organisations/{card.id}/checklist",
        )


def _reviews(work: Work) -> Iterator[Entry]:
    """Organisations that have not answered every question of an open review."""
    unanswered = exists().where(
        col(ReviewQuestion.asked_id) == col(ReviewedOrganisation.id), col(ReviewQuestion.answer).is_(None)
    )
    query = (
        select(ReviewedOrganisation, ReviewCampaign, Organisation)
        .join(ReviewCampaign, col(ReviewCampaign.id) == col(ReviewedOrganisation.campaign_id))
        .join(Organisation, col(Organisation.id) == col(ReviewedOrganisation.organisation_id))
        .where(col(ReviewCampaign.closed_at).is_(None), unanswered)
        .limit(_MOST)
    )
    for asked, campaign, card in work.session.execute(query):
        yield Entry(
            uid=_uid(work, f"review-{asked.id}"),
            due=campaign.until,
            stamp=asked.asked_at,
            title=f"Проверка доступа: ответить, {card.called}",
            url=f"{work.policy.page_url}/reviews/{asked.id}",
        )


def _today(work: Work) -> dt.datetime:
    """Nothing says when an item became ready: so told anew each day, and the feed changes once a day at most."""
    return work.now.replace(hour=0, minute=0, second=0, microsecond=0)


def _page(work: Work, request: AccessRequest) -> str:
    return f"{work.policy.page_url}/requests/{request.id}"
