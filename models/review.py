"""Yearly reviews of who still needs which role: the campaign, whom it asked, a question per role held."""

import datetime as dt
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import SQLModel

from models.columns import enum_type, personal, plain


class ReviewAnswer(StrEnum):
    """`ended`: the role ended by itself before anybody answered."""

    KEEP = "keep"
    DROP = "drop"
    ENDED = "ended"


class ReviewCampaign(SQLModel, table=True):
    """Ежегодная проверка доступа. One is open in a year at most; `until` is the day to answer by."""

    __tablename__ = "review_campaign"
    __table_args__ = (
        Index(
            "uq_review_campaign_open",
            "year",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: int | None = plain(None, primary_key=True)
    year: int = plain()
    until: dt.date = plain()
    started_at: dt.datetime = plain()
    started_by: str = personal("")
    closed_at: dt.datetime | None = plain(None)
    closed_by: str = personal("")


class ReviewedOrganisation(SQLModel, table=True):
    """An organisation that was asked; `reminded_at` is the last digest that told of its open questions."""

    __tablename__ = "review_organisation"
    __table_args__ = (UniqueConstraint("campaign_id", "organisation_id"),)

    id: int | None = plain(None, primary_key=True)
    campaign_id: int = plain(foreign_key="review_campaign.id")
    organisation_id: int = plain(foreign_key="organisation.id")
    asked_at: dt.datetime = plain()
    reminded_at: dt.datetime | None = plain(None)


class ReviewQuestion(SQLModel, table=True):
    """Нужна ли роль работнику и дальше. `request_id` is the revocation that the answer «нет» drafted."""

    __tablename__ = "review_question"
    __table_args__ = (UniqueConstraint("asked_id", "grant_id"),)

    id: int | None = plain(None, primary_key=True)
    asked_id: int = plain(foreign_key="review_organisation.id")
    grant_id: int = plain(foreign_key="role_grant.id", index=True)
    answer: ReviewAnswer | None = plain(None, sa_type=enum_type(ReviewAnswer))
    answered_at: dt.datetime | None = plain(None)
    answered_by: str = personal("")
    request_id: int | None = plain(None, foreign_key="request.id")
