"""What an erasure does to the card of an employee, and to the person when no other organisation knows him."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import and_, exists, or_, select, update
from sqlmodel import col

from actions.cards import names, people
from actions.checklists import checklist_workers
from actions.context import Work
from actions.keeping.acts import Act
from actions.keeping.erased_requests import erase_corrections
from models.checklist import ChecklistItem, ChecklistWorker, OpenedChecklist
from models.employee import Employee
from models.grant import Grant
from models.letters import OutboxLetter
from models.person import Person
from models.request import AccessRequest, RequestLine


def erase_people(work: Work, limit: dt.datetime, act: Act) -> None:
    """Cards that hold no role in the organisation and all of whose requests there are erased.

    Where a role came without a request of the organisation, the term counts from the end of the last one.
    """
    own = (
        col(RequestLine.person_id) == col(Employee.person_id),
        col(RequestLine.request_id) == col(AccessRequest.id),
        col(AccessRequest.organisation_id) == col(Employee.organisation_id),
    )
    query = select(Employee).where(
        col(Employee.erased_on).is_(None),
        or_(
            exists().where(*own, col(AccessRequest.erased_on).is_not(None)),
            and_(exists().where(people.OF_GRANT), ~exists().where(people.OF_GRANT, col(Grant.until) >= limit)),
        ),
        ~exists().where(*own, col(AccessRequest.erased_on).is_(None)),
        ~exists().where(people.OF_GRANT, col(Grant.until).is_(None)),
        *(~needed for needed in checklist_workers.still_needed()),
    )
    for card in work.session.execute(query).scalars().all():
        erase_card(work, card, act)


def erase_card(work: Work, card: Employee, act: Act) -> None:
    """Rows of an erased employee belong to nobody from now on, also when another organisation still knows the person."""
    card.erased_on, card.email_is_esia, card.unit = work.now, None, None
    act.cards.append(card.id or 0)
    for name in ("surname", "given", "patronymic", "fold", "email", "email_fold", "post"):
        setattr(card, name, "")
    work.session.execute(
        update(Grant)
        .where(col(Grant.person_id) == card.person_id, col(Grant.organisation_id) == card.organisation_id)
        .values(told_by="")
        .execution_options(synchronize_session="fetch")
    )
    for former in names.former_names(work, card):
        for name in (
            "surname",
            "given",
            "patronymic",
            "fold",
            "next_surname",
            "next_given",
            "next_patronymic",
            "ground",
        ):
            setattr(former, name, "")
        former.recorded_by = ""
    erase_corrections(work, [people.subject(card)])
    others = select(col(Employee.id)).where(
        col(Employee.person_id) == card.person_id, col(Employee.id) != card.id, col(Employee.erased_on).is_(None)
    )
    if work.session.execute(others.limit(1)).first() is None:
        card.person.snils, card.person.erased_on = f"erased:{card.person_id}", work.now
    else:
        _part(work, card)
    work.session.flush()


def _part(work: Work, card: Employee) -> None:
    """What the organisation has of him goes over to a person without a number."""
    nobody = Person(snils=f"erased:card-{card.id}", erased_on=work.now)
    work.session.add(nobody)
    work.session.flush()
    requests = select(col(AccessRequest.id)).where(col(AccessRequest.organisation_id) == card.organisation_id)
    lists = select(col(OpenedChecklist.id)).where(col(OpenedChecklist.organisation_id) == card.organisation_id)
    for table, column, here in (
        (RequestLine, "person_id", col(RequestLine.request_id).in_(requests)),
        (OutboxLetter, "person_id", col(OutboxLetter.request_id).in_(requests)),
        (Grant, "person_id", col(Grant.organisation_id) == card.organisation_id),
        (ChecklistWorker, "person_id", col(ChecklistWorker.checklist_id).in_(lists)),
        (ChecklistItem, "assignee_id", col(ChecklistItem.checklist_id).in_(lists)),
    ):
        work.session.execute(
            update(table)
            .where(getattr(table, column) == card.person_id, here)
            .values({column: nobody.id})
            .execution_options(synchronize_session="fetch")
        )
    card.person_id, card.person = nobody.id or 0, nobody
