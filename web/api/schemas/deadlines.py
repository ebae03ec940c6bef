"""A deadline with its explanation."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from web.api.schemas.common import Out


class IntervalOut(Out):
    from_: dt.datetime = Field(alias="from")
    to: dt.datetime


class SkippedOut(Out):
    date: dt.date
    why: str


class DeadlineOut(Out):
    """Срок с объяснением."""

    due: dt.datetime
    counted: list[IntervalOut]
    skipped: list[SkippedOut]
    shortened: list[SkippedOut] = Field(description="Учтённые дни, которые короче на час")
    warnings: list[str] = Field(description="Годы, на которые нет производственного календаря")
