"""Letters that wait for a person: received ones to settle, sent ones whose fate nobody knows."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from actions import delivery, inbox, outbox, requests
from actions.context import Work
from models.letters import InboxLetter
from models.request import AccessRequest
from states.lifecycle import Refused
from web.bodies import Form, text
from web.dossiers import LineView, line_views
from web.findings import grouped
from web.installed import work_of
from web.mail import read_letter, stuck_letters
from web.rendering import page
from web.waiting import waiting

router = APIRouter()


@router.get("/triage")
def show_triage(request: Request) -> Response:
    with work_of(request) as work:
        letters = [read_letter(work, letter) for letter in inbox.triage(work)]
        return page(request, "triage.html", letters=letters, stuck=stuck_letters(work), waiting=waiting(work))


@router.get("/triage/{letter_id:int}")
def show_letter(request: Request, letter_id: int, about: str = "") -> Response:
    """One letter with the form to settle it; `about` is the request that the person chose."""
    with work_of(request) as work:
        letter = inbox.get(work, letter_id)
        chosen = requests.find(work, about.strip()) if about.strip() else _matched(work, letter)
        return _letter(request, work, letter, chosen)


@router.post("/triage/{letter_id:int}")
def settle(request: Request, letter_id: int, form: Form) -> Response:
    with work_of(request) as work:
        chosen = requests.find(work, text(form, "request")) if text(form, "request") else None
        try:
            with work.session.begin_nested():
                inbox.settle(
                    work, letter_id, decision=text(form, "decision"), request=chosen,
                    ticket=text(form, "ticket", 120) or None, outcomes=_outcomes(work, chosen, form),
                    text=text(form, "text"),
                )
        except Refused as refusal:
            return page(request, "refused.html", status=422, groups=grouped(refusal.findings), back=request.url.path)
    return RedirectResponse("/triage", status_code=303)


def _matched(work: Work, letter: InboxLetter) -> AccessRequest | None:
    return requests.get(work, letter.request_id) if letter.request_id else None


def _letter(request: Request, work: Work, letter: InboxLetter, chosen: AccessRequest | None) -> Response:
    lines: list[LineView] = line_views(work, chosen) if chosen else []
    return page(
        request, "letter.html", it=read_letter(work, letter), chosen=chosen, lines=lines, waiting=waiting(work)
    )


def _outcomes(work: Work, chosen: AccessRequest | None, form: FormData) -> dict[str, str]:
    """СНИЛС to outcome: forms carry the number of the line instead."""
    if chosen is None:
        return {}
    views = [view for view in line_views(work, chosen) if view.person is not None]
    given = {view.person.snils: text(form, f"outcome-{view.line.id}") for view in views if view.person}
    return {snils: outcome for snils, outcome in given.items() if outcome}


@router.post("/outbox/{letter_id:int}/resend")
def resend(request: Request, letter_id: int) -> Response:
    """A person is sure that it did not arrive."""
    with work_of(request) as work:
        outbox.resend(work, letter_id=letter_id)
    return RedirectResponse("/triage", status_code=303)


@router.post("/outbox/{letter_id:int}/arrived")
def arrived(request: Request, letter_id: int) -> Response:
    """A person knows that it did: in the Sent folder, or the desk said so."""
    with work_of(request) as work:
        delivery.settled_as_sent(work, letter_id, "Отмечено человеком: письмо дошло")
    return RedirectResponse("/triage", status_code=303)
