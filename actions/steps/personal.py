"""An employee's personal page: looking is free of effect, saying «done» or «it does not work» acts."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from actions.cards import organisations, people
from actions.context import Work
from actions.letters import invitations
from actions.log import audit
from actions.post import links
from actions.requests import cases, creation, files, lookup, pairs, papers
from actions.steps import verification
from models.employee import Employee
from models.facts import LineFacts, RoleRef
from models.grant import EndedFor
from models.link import PersonalLink
from models.organisation import Organisation
from models.request import AccessRequest, LineState, RequestLine, Status
from refusals import Refusal
from states.outcomes import UNPROVEN


class LinkSpent(Refusal):
    """The link opens nobody's page any more; the text is for whoever holds it and names nobody. `used`: what it was for is done."""

    http_status = 410

    def __init__(self, text: str, *, used: str = "") -> None:
        super().__init__(text)
        self.used = used


class NotAllSeen(Refusal):
    """Some of the subsystems are not ticked; the text is for the employee."""


_SPENT = (
    "Она кончается, когда выходит её срок, меняется заявка или приходит другая. Если в ЕГИСЗ вы ещё не вошли, попросите прислать новую того, "
    "кто оформляет доступ в вашей организации: обычно это отдел кадров или ИТ-служба."
)


@dataclass(frozen=True, slots=True)
class Visit:
    """What a personal page shows."""

    link: PersonalLink
    line: RequestLine
    facts: LineFacts
    person: Employee
    request: AccessRequest
    organisation: Organisation
    subsystems: tuple[str, ...]


def visit(work: Work, secret: str) -> Visit:
    """Who is at the door. Raises NotFound for a foreign token, LinkSpent for one that has ended. Shows, never acts."""
    link = links.find(work, secret)
    line = work.session.get(RequestLine, link.line_id) if link.line_id else None
    if link.ended_for is EndedFor.USED:
        raise LinkSpent("Всё отмечено.", used=link.purpose)
    if link.ended_at or work.now > link.expires_at or line is None or line.person_id is None:
        raise LinkSpent(_SPENT)
    request, person = lookup.get(work, line.request_id), people.of_line(work, line)
    if people.is_stranger(request, line, person) or request.status is Status.WITHDRAWN:
        raise LinkSpent(_SPENT)
    if not invitations.owes(line, person, link.purpose):
        proven = link.purpose == links.FIRST_LOGIN or line.state is LineState.VERIFIED
        raise LinkSpent(_SPENT, used=link.purpose if proven else "")
    organisation = organisations.get(work, request.organisation_id)
    return Visit(
        link, line, cases.line_facts(line, None), person, request, organisation, invitations.subsystem_names(work, line)
    )


def confirm_first_login(work: Work, secret: str) -> None:
    """The employee says: account confirmed, logged in, saw the page without access (USR-2, USR-3, USR-4). The link ends with it."""
    seen = visit(work, secret)
    people.record_esia(work, seen.person)
    people.record_first_login(work, seen.person)


def confirm_login(work: Work, secret: str, *, listed: Sequence[str]) -> None:
    """The employee sees the subsystems (VER-1). Only when all of the line's are listed is the login proven, and the link ends.

    Raises NotAllSeen.
    """
    seen = visit(work, secret)
    missing = [name for name in seen.subsystems if name not in listed]
    if missing:
        raise NotAllSeen(f"Вы не отметили: {', '.join(missing)}. Если их нет в списке, нажмите «Не получается».")
    verification.prove(work, seen.line)


def report_trouble(
    work: Work, secret: str, *, description: str, screenshots: Sequence[tuple[str, bytes, str]]
) -> AccessRequest:
    """«Не получается» after VER-2: a trouble report to the desk with its Word document (VER-3, VER-4).

    `screenshots`: (name, bytes, media type). Raises RefusedPicture for what is no picture.
    """
    seen = visit(work, secret)
    pairs.put(seen.line, LineState.TROUBLE, UNPROVEN)
    kind = next(kind for kind in work.catalog.kinds.values() if kind.layout == "trouble-report")
    report = creation.create(
        work,
        kind=kind.code,
        organisation_id=seen.request.organisation_id,
        parent=seen.request,
        relation="trouble",
        fields={"system": ", ".join(seen.subsystems), "steps": description},
        lines=(dataclasses.replace(cases.line_facts(seen.line, seen.person), roles=_given(seen.line)),),
    )
    for name, data, media_type in screenshots:
        files.add(work, report, purpose="screenshot", name=name, data=data, media_type=media_type)
    papers.make(work, report)
    audit.record(work, "line.trouble", f"request:{seen.request.id}", line=seen.line.id, report=report.id)
    return report


def _given(line: RequestLine) -> tuple[RoleRef, ...]:
    """The roles that should work by now: not those that were refused."""
    return tuple(RoleRef(pair.subsystem, pair.role) for pair in pairs.live(line) if pair.subsystem)
