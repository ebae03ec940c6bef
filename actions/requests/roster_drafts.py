"""A roster into drafts: what the organisation said of its columns is known, what a person says now is remembered."""

from __future__ import annotations

from collections.abc import Callable

from actions.cards import organisation_choices, organisations
from actions.context import Work
from actions.requests import creation
from actions.rosters import column_choices
from actions.rosters.rosters import Taken
from documents.rosters import Choices
from documents.rosters.choices import Rows
from models.facts import OrganisationFacts
from models.request import AccessRequest

Reader = Callable[[OrganisationFacts, Choices], Taken]


def take(work: Work, organisation_id: int, read: Reader, choices: Choices) -> Taken:
    """The people of the organisation. Raises RosterError, OpenQuestions."""
    known = column_choices.with_remembered(work, organisation_id, choices)
    taken = read(organisations.facts_of(work, organisations.get(work, organisation_id)), known)
    column_choices.remember(work, organisation_id, taken.decided)
    return taken


def drafts_of_others(work: Work, kind: str, taken: Taken, read: Reader, choices: Choices) -> list[AccessRequest]:
    """A draft for each other organisation of the roster, where a person asked for them. Raises NotFound for an unknown one."""
    if choices.others is not Rows.TAKE:
        return []
    made = []
    for inn in taken.others:
        card = organisation_choices.open_inn(work, inn)
        theirs = take(work, card.id or 0, read, choices)
        made.append(
            creation.create(work, kind=kind, organisation_id=card.id or 0, lines=theirs.lines, intake=theirs.intake)
        )
    return made
