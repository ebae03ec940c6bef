"""What the officer says of a line whose number is on record under another name."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from actions.cards import identities, names, people
from actions.context import Conflict, Work
from actions.log import audit
from actions.requests import cases, creation, lookup
from models.request import AccessRequest, RequestLine, Status
from states.rules.identity import Clash, Place, clash_of


class Said(StrEnum):
    """A mistyped number is corrected in its row; these are the other three."""

    CHECKED = "checked"  # number and name were held against a document: whoever has it elsewhere is wrong
    RENAMED = "renamed"  # the same person bears another name now
    CORRECTED = "corrected"  # the card held a typing error


def clash(work: Work, request: AccessRequest, line: RequestLine) -> Clash | None:
    facts = cases.line_facts(line, None)
    if request.status is not Status.DRAFT:
        return None
    known = identities.known(work, request.organisation_id, [facts.snils], but=request.id)
    return clash_of(facts, known.get(facts.snils))


def settle(
    work: Work, request: AccessRequest, line: RequestLine, said: Said, *, since: dt.date | None = None, ground: str = ""
) -> None:
    """Record it, so that the line passes. `since`: from which day he bears the name that the line has.

    Raises Conflict where there is nothing to settle or not in this way, BadIdentifier for a wrong day.
    """
    found = clash(work, request, line)
    if found is None:
        raise Conflict("Номер и имя этой строки ничему не противоречат: решать здесь нечего. Обновите страницу.")
    if (found.place is Place.HERE) is (said is Said.CHECKED):
        raise Conflict(found.message)
    if said is Said.CHECKED:
        creation.confirm(work, request, creation.SNILS_CHECKED, snils={str(line.typed["snils"])})
        return
    facts, card = cases.line_facts(line, None), people.of_line(work, line)
    if said is Said.CORRECTED:
        names.correct(work, card, facts.full_name, ground=ground)
    elif since is None:
        raise Conflict("Укажите день, с которого у работника другое имя: до него в журналах остаётся прежнее.")
    else:
        names.rename(work, card, facts.full_name, since=since, ground=ground)
    request.revision += 1
    audit.record(work, "request.identity-settled", lookup.subject(request), line=line.id, what=said.value)
