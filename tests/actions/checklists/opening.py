"""Checklists opened by a request walked to its proven logins, or, where the way does not matter, by hand."""

from __future__ import annotations

from actions.checklists import checklist_workers, checklists
from actions.context import Work
from actions.requests import creation, lookup
from actions.steps import verification
from demo import people
from models.request import Status
from tests.walking import KIND, clinic, lines, request_at
from wiring.work import Installation


def verified(installation: Installation, *, count: int = 2) -> int:
    """The organisation of a request whose every employee has logged in."""
    number = request_at(installation, Status.GRANTED, count=count)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        verification.record_logins(work, request, snils=(), proven=True)
        assert request.status is Status.VERIFIED
        return request.organisation_id


def opened(installation: Installation) -> int:
    """The organisation with both lists open and two employees on record; a hundred times quicker than the way."""
    with installation.work("тест") as work:
        organisation = clinic(work)
        creation.create(work, kind=KIND, organisation_id=organisation, lines=lines(2))
        checklists.open_checklist(work, organisation, "worker")
        return organisation


def entered(work: Work, organisation_id: int, index: int = 2) -> int:
    """One of the demonstration's people in the employees' list."""
    person = people.EMPLOYEES[index]
    return checklist_workers.add_worker(work, organisation_id, name=person.name, snils=person.snils).id or 0


def ticked(work: Work, organisation_id: int, *names: str, worker: int | None = None) -> None:
    for name in names:
        checklists.tick(work, checklists.find_spot(work, organisation_id, name, worker))
