"""Proof of access: an employee's login, or the officer's word for it, verifies a line, the last line the request."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import col

from actions.cards import people
from actions.context import Conflict, Work
from actions.letters import invitations
from actions.log import audit
from actions.post import links
from actions.requests import lookup, pairs
from actions.roles import grants
from actions.steps import taking
from models.grant import EndedFor
from models.request import AccessRequest, LineState, RequestLine, Status
from states.lifecycle import Actor
from states.outcomes import UNPROVEN


def prove(work: Work, line: RequestLine) -> None:
    """The line's subsystems were seen after a login (VER-1)."""
    pairs.put(line, LineState.VERIFIED, UNPROVEN)
    line.verified_at = work.now
    links.end_of_lines(work, EndedFor.USED, col(RequestLine.id) == line.id, purpose=links.LOGIN_CHECK)
    grants.verify(work, [line.id or 0])
    audit.record(work, "line.verified", f"request:{line.request_id}", line=line.id)
    work.session.flush()
    request = lookup.get(work, line.request_id)
    still_open = any(other.state in UNPROVEN for other in lookup.lines_of(work, request))
    if request.status is Status.GRANTED and not still_open:
        taking.take(work, request, "verify", actor=Actor.EMPLOYEE)


def record_logins(work: Work, request: AccessRequest, *, snils: Collection[str], proven: bool) -> int:
    """The officer records logins on the employees' word; an empty `snils` means everybody. Returns how many.

    Raises Conflict when nobody of the request is owed this.
    """
    lines = lookup.lines_of(work, request)
    persons = lookup.persons_of(work, lines)
    purpose = links.LOGIN_CHECK if proven else links.FIRST_LOGIN
    owing = [
        line
        for line in lines
        if (person := persons.get(line.person_id or 0)) is not None
        and (not snils or person.snils in snils)
        and invitations.owes(line, person, purpose)
    ]
    if not owing:
        raise Conflict("Таких ожидаемых входов в заявке нет.")
    for line in owing:
        if proven:
            prove(work, line)
        else:
            people.record_esia(work, persons[line.person_id or 0])
            people.record_first_login(work, persons[line.person_id or 0])
    return len(owing)
