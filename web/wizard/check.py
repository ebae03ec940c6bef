"""The last step: everything that stands against the draft with its place, who signs, what will be made, and the next move."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.cards import organisations
from actions.context import Work
from actions.letters import invitations
from actions.post import links, outbox
from actions.requests import cases, drafting, lookup
from catalog.describing import forms_of
from catalog.kinds import KindField, RequestKind
from models.facts import SignatureFacts
from models.findings import has_errors
from models.request import AccessRequest
from states.rules.values import read_value
from views.offers.signer_offer import signer_offer
from views.requests.drafts import companion_number, is_writable, places_in, stages
from views.requests.findings import grouped
from web.shell import Form, own, page, reading, see_other, text, work_of

router = APIRouter()
_AT = "/requests/{number:int}/check"
_DAY = KindField(code="day", label="дата", type="date", rule="SGN-1")
_FORM_NAMES = {"docx": "Word", "xlsx": "Excel"}


@router.get(_AT)
def show_check(request: Request, number: int) -> Response:
    with reading(request) as work:
        found = lookup.get(work, number)
        if not is_writable(found):
            return see_other(f"/requests/{number}")
        return _page(request, work, found)


@router.post(_AT + "/signer")
def plan_signer(request: Request, number: int, form: Form) -> Response:
    """Who is going to sign: printed under the form. What is wrong with it is told among the findings."""
    with work_of(request) as work:
        found = lookup.get(work, number)
        if not is_writable(found):
            return see_other(f"/requests/{number}")
        planned, problem = _signer(work, found, form)
        if problem:
            return _page(request, work, found, status=422, problem=problem, typed=planned)
        if planned != cases.signature_of(found):
            drafting.plan_signer(work, found, planned)
    return see_other(f"/requests/{number}/check#signer")


def _signer(work: Work, found: AccessRequest, form: FormData) -> tuple[SignatureFacts, str]:
    """As typed, and what cannot be kept of it."""
    offer = signer_offer(cases.facts_of(work, found), work.catalog)
    day, wrong = _day(form, "attorney_date")
    until, wrong_until = _day(form, "attorney_until")
    planned = SignatureFacts(
        capacity=text(form, "capacity", 40),
        body=offer.body,
        name=text(form, "name", 200),
        post=text(form, "post", 300),
        attorney_number=text(form, "attorney_number", 100),
        attorney_date=day,
        attorney_until=until,
    )
    return planned, wrong or wrong_until


def _day(form: FormData, name: str) -> tuple[dt.date | None, str]:
    value, problem = read_value(_DAY, text(form, name, 20))
    return (dt.date.fromisoformat(value) if value and not problem else None), problem


def _page(
    request: Request,
    work: Work,
    found: AccessRequest,
    *,
    status: int = 200,
    problem: str = "",
    typed: SignatureFacts | None = None,
) -> Response:
    kind, card = work.catalog.kind(found.kind), organisations.get(work, found.organisation_id)
    judged = drafting.judged(work, found)
    owing = _owing(work, found, kind)
    # What only an invitation mends is told by its button.
    waits = [finding for finding in judged.findings if finding.field == "esia"]
    rest = [finding for finding in judged.findings if finding.field != "esia"]
    return page(
        request,
        "wizard/check.html",
        status=status,
        draft=found,
        kind=kind,
        organisation=card,
        problem=problem,
        stages=stages(work, found, card, judged, "check"),
        groups=grouped(rest, places_in(work, found, judged).of),
        waits=len(waits),
        blocked=has_errors(rest),
        can_invite=not any(f.field == "email" and has_errors([f]) for f in rest),
        owing=owing,
        invited=bool(owing) and drafting.is_invited(work, found),
        held=bool(outbox.held(work, found)),
        offer=signer_offer(judged.facts, work.catalog, typed) if kind.signature else None,
        settled=bool(judged.facts.signature and judged.facts.signature.capacity),
        companion=companion_number(work, found),
        papers=_papers(work, kind),
        acts=own(request).acts,
    )


def _owing(work: Work, found: AccessRequest, kind: RequestKind) -> int:
    """How many still have to log in for the first time."""
    if not kind.first_login:
        return 0
    lines = lookup.lines_of(work, found)
    persons = lookup.persons_of(work, lines)
    return sum(
        1
        for line in lines
        if line.person_id is None or invitations.owes(line, persons[line.person_id], links.FIRST_LOGIN)
    )


def _papers(work: Work, kind: RequestKind) -> list[tuple[str, str]]:
    """(what, in which formats) will be made."""
    forms = forms_of(kind, work.catalog, work.policy.own_catalog)
    first = [form for form in forms if form.code == kind.layout]
    letter = [form for form in forms if form.code == kind.letter]
    told = [(kind.title, form.formats) for form in first]
    told += [("Письмо тому, кто подписывает", form.formats) for form in letter]
    return [(title, ", ".join(_FORM_NAMES.get(name, name) for name in formats)) for title, formats in told]
