"""What an organisation said of the columns of its lists, kept for the next one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import col

from actions.context import Work
from actions.log import audit
from documents.rosters import Choices
from documents.rosters.choices import Decided
from models.column_choice import ColumnChoice


def with_remembered(work: Work, organisation_id: int, choices: Choices) -> Choices:
    query = select(ColumnChoice).where(col(ColumnChoice.organisation_id) == organisation_id)
    known = {(one.field, one.among): one.heading for one in work.session.execute(query).scalars()}
    return dataclasses.replace(choices, remembered=known, today=work.now.date())


def remember(work: Work, organisation_id: int, decided: Iterable[Decided]) -> None:
    """A later word replaces an earlier one."""
    for one in decided:
        query = select(ColumnChoice).where(
            col(ColumnChoice.organisation_id) == organisation_id,
            col(ColumnChoice.field) == one.field,
            col(ColumnChoice.among) == one.among,
        )
        kept = work.session.execute(query).scalar_one_or_none() or ColumnChoice(
            organisation_id=organisation_id,
            field=one.field,
            among=one.among,
            heading="",
            chosen_at=work.now,
            chosen_by=work.by,
        )
        if kept.heading == one.heading:
            continue
        kept.heading, kept.chosen_at, kept.chosen_by = one.heading, work.now, work.by
        work.session.add(kept)
        audit.record(work, "roster.column-chosen", f"organisation:{organisation_id}", field=one.field)
    work.session.flush()
