"""Roles in force with whose they are and what they are called, also those that the catalogue has dropped since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from actions.cards.people import OF_GRANT
from actions.context import Work
from models.employee import Employee
from models.grant import Grant
from models.organisation import Organisation


@dataclass(frozen=True, slots=True)
class Holding:
    """A role that somebody holds in an organisation."""

    grant: Grant
    person: Employee
    organisation: Organisation
    label: str


def held_in(work: Work, organisation_ids: Sequence[int]) -> list[Holding]:
    """Everybody's roles in these organisations, by surname."""
    return _held(work, col(Grant.organisation_id).in_(organisation_ids))


def held_by(work: Work, person_ids: Sequence[int]) -> list[Holding]:
    """These persons' roles anywhere, by surname."""
    return _held(work, col(Grant.person_id).in_(person_ids))


def _held(work: Work, whose: ColumnElement[bool]) -> list[Holding]:
    query = (
        select(Grant, Employee, Organisation)
        .join(Employee, OF_GRANT)
        .join(Organisation, col(Organisation.id) == col(Grant.organisation_id))
        .where(col(Grant.until).is_(None), whose)
        .order_by(col(Employee.fold), col(Grant.person_id), col(Grant.id))
    )
    return [
        Holding(grant, person, organisation, role_label(work, grant.subsystem, grant.role))
        for grant, person, organisation in work.session.execute(query)
    ]


def by_word(grant: Grant) -> str:
    """What stands in place of a request where nobody has shown one; "" where one gave the role."""
    if grant.request_id is not None:
        return ""
    told = f", {grant.told_on:%d.%m.%Y}" if grant.told_on else ""
    return f"со слов, без заявки: {grant.told_by or 'источник стёрт'}{told}"


def subject_of(grant: Grant) -> str:
    """What the log's records of the role stand under: the request that gave it, or the list that it was entered with."""
    return f"request:{grant.request_id}" if grant.request_id is not None else f"holdings:{grant.import_id}"


def role_label(work: Work, subsystem: str, role: str) -> str:
    """The role as the catalogue calls it; its codes when it is there no more."""
    entry = work.catalog.subsystems.get(subsystem)
    if entry is None:
        return f"{subsystem}/{role}"
    return next((known.label for known in entry.roles if known.code == role), f"{entry.name}: {role}")
