"""Letters that ask employees to log in: once before the application is sent, again after the grant."""

from __future__ import annotations

from collections.abc import Collection

from actions.cards import organisations
from actions.context import Work
from actions.post import links, personal_letters
from actions.post.personal_letters import Personal
from actions.requests import cases, lookup, pairs
from models.employee import Employee
from models.organisation import Organisation
from models.request import AccessRequest, RequestedRole, RequestLine
from states.outcomes import UNPROVEN


def invite(
    work: Work, request: AccessRequest, *, purpose: str, turn: int = 1, only: Collection[int | None] | None = None
) -> int:
    """Promise a letter with a personal link to every line, or those of `only`, that still owes this login. Returns how many.

    Who was invited already gets no second letter in the same `turn` while the link in the first one works.
    """
    lines = lookup.lines_of(work, request)
    persons = lookup.persons_of(work, lines)
    owing = [line for line in lines if line.person_id and owes(line, persons[line.person_id], purpose)]
    owing = [line for line in owing if only is None or line.id in only]
    organisation = organisations.get(work, request.organisation_id)
    dead = links.dead_of(work, [line.id or 0 for line in owing], purpose)
    letters = []
    for line in owing:
        again = f".{dead[line.id or 0]}" if dead[line.id or 0] else ""
        key = f"{purpose}:{request.id}:v{request.version}:{line.id}:{turn}{again}"
        letters.append(_letter(work, request, organisation, line, persons[line.person_id or 0], purpose, key))
    personal_letters.promise(work, request, letters)
    return len(owing)


def owes(line: RequestLine, person: Employee, purpose: str) -> bool:
    if purpose == links.FIRST_LOGIN:
        return person.first_login_on is None or person.esia_confirmed_on is None
    return line.state in UNPROVEN


def _letter(
    work: Work,
    request: AccessRequest,
    organisation: Organisation,
    line: RequestLine,
    person: Employee,
    purpose: str,
    key: str,
) -> Personal:
    facts = cases.line_facts(line, person)
    return Personal(
        key=key,
        purpose=purpose,
        recipient=facts.email,
        line=line,
        asked=[(line.id or 0, purpose)],
        values={
            "title": work.catalog.kind(request.kind).short_title,
            "name": " ".join(part for part in (facts.given, facts.patronymic) if part),
            "portal": work.catalog.links["first-login"].url,
            "esia": work.catalog.links["esia"].url,
            "registers": work.catalog.links["registers"].url,
            "help_url": f"{work.policy.page_url}/help/login",
            "roles": "; ".join(work.catalog.role(pair.subsystem, pair.role).label for pair in _named(line)),
            "subsystems": ", ".join(subsystem_names(work, line)),
            "until": f"{links.expires(work, purpose):%d.%m.%Y}",
            "organisation": organisation.called,
            "sender_name": work.policy.sender_name,
        },
    )


def subsystem_names(work: Work, line: RequestLine) -> tuple[str, ...]:
    """Of what the person is asked to see: what was refused is not there."""
    return tuple(dict.fromkeys(work.catalog.subsystems[pair.subsystem].name for pair in _named(line)))


def _named(line: RequestLine) -> list[RequestedRole]:
    return [pair for pair in pairs.live(line) if pair.subsystem]


def role_labels(work: Work, line: RequestLine) -> tuple[str, ...]:
    """Of everything that the line asks for."""
    return tuple(work.catalog.role(subsystem, role).label for subsystem, role in line.roles)
