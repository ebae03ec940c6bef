"""Letters that wait for a person: received ones to settle, sent ones whose fate nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.answers import answers, delivery, inbox
from actions.context import Conflict, NotFound, Work
from actions.post import copies, destinations, outbox
from actions.requests import lookup
from models.answers import PairAnswer, PairKey
from models.letters import InboxLetter, OutboxState
from models.request import AccessRequest
from states.lifecycle import Refused
from states.statuses import DECIDED as DONE
from states.words.letters import DECISIONS, MATCHED_BY
from sweeps.sent_folder import settle_uncertain
from views.mail.letter import letter_view
from views.mail.letters import ReadLetter, candidates, doubted_author, read_letter, settled, stuck_letters
from views.requests.decisions import Decision, decisions, said_in_letter
from views.requests.findings import grouped
from web.forms.choices import choices, said_in
from web.shell import Form, installed, looked, looked_on, own, page, reading, see_other, text, work_of
from web.shell.bodies import sought
from wiring.gateways import reads_mail, unset_mail

router = APIRouter()


@router.get("/triage")
def show_triage(request: Request, done: int = 0, looked_for: int = 0) -> Response:
    """`done` is the letter that was settled just now, `looked_for` the sent one that was searched for."""
    return triage_page(request, done=done, looked_for=looked_for)


def triage_page(
    request: Request, *, done: int = 0, looked_for: int = 0, problem: str = "", status: int = 200
) -> Response:
    """`problem`: why a letter could not be brought."""
    with reading(request) as work:
        letters = [read_letter(work, letter) for letter in inbox.triage(work)]
        stuck = stuck_letters(work)
        answer = page(
            request,
            "letters/triage.html",
            status=status,
            problem=problem,
            letters=letters,
            stuck=stuck,
            told=_done(work, done),
            suggested=DECISIONS,
            mailbox=reads_mail(installed(request).settings),
            unconfirmed=destinations.unconfirmed(work),
            stands=copies.why_it_stands(work),
            lacking=unset_mail(installed(request).settings),
            still=looked_for if any(each.letter.id == looked_for for each in stuck) else 0,
        )
    sent = [each.letter.id for each in stuck if each.letter.person_id is not None]
    if sent:  # addresses of employees
        looked(request, "letter.viewed", "outbox", letters=sent)
    return answer


@router.get("/triage/{letter_id:int}")
def show_letter(
    request: Request, letter_id: int, about: str = "", chosen: int = 0, done: int = 0, came: str = ""
) -> Response:
    """One letter with everything to decide by; `about` is what is searched for, `chosen` the request that was found.

    `came`: "new" or "known" after it was brought by hand.
    """
    with reading(request) as work:
        letter = inbox.get(work, letter_id)
        target = lookup.get(work, chosen) if chosen else _matched(work, letter)
        answer = _letter(request, work, letter, target, about=sought(about), told=_done(work, done), came=came)
    record = looked_on if request.headers.get("hx-request") else looked
    record(request, "letter.viewed", f"inbox:{letter_id}")
    return answer


@router.post("/triage/{letter_id:int}")
def settle(request: Request, letter_id: int, form: Form) -> Response:
    """Record the decision and go on to the next letter."""
    with work_of(request) as work:
        letter = inbox.get(work, letter_id)
        chosen = lookup.find(work, text(form, "request")) if text(form, "request") else None
        try:
            with work.session.begin_nested():
                inbox.settle(
                    work,
                    letter_id,
                    decision=text(form, "decision"),
                    request=chosen,
                    ticket=text(form, "ticket", 120) or None,
                    said=_said(work, chosen, form),
                    text=text(form, "text"),
                )
        except Refused as refusal:
            return page(
                request, "frame/refused.html", status=422, groups=grouped(refusal.findings), back=request.url.path
            )
        except Conflict as conflict:
            letter = inbox.again(work, letter)
            return _letter(
                request, work, letter, chosen or _matched(work, letter), problem=str(conflict), typed=form, status=409
            )
        following = _beside(work, letter_id)[1]
    target = f"/triage/{following}" if following else "/triage"
    return see_other(f"{target}?done={letter_id}")


def _matched(work: Work, letter: InboxLetter) -> AccessRequest | None:
    return lookup.get(work, letter.request_id) if letter.request_id else None


@dataclass(frozen=True, slots=True)
class _Done:
    subject: str
    decision: str


def _done(work: Work, letter_id: int) -> _Done | None:
    """What was decided just now, so that nobody wonders whether the click counted."""
    if not letter_id:
        return None
    try:
        letter = inbox.get(work, letter_id)
    except NotFound:
        return None
    by = settled(work, letter)
    return _Done(letter.subject or "Без темы", by.decision) if by else None


def _beside(work: Work, letter_id: int) -> tuple[int, int]:
    """The waiting letters before and after this one, 0 where there is none; after the last comes the first."""
    ids = [letter.id or 0 for letter in inbox.triage(work) if letter.id != letter_id]
    before, after = [number for number in ids if number < letter_id], [number for number in ids if number > letter_id]
    return (before[-1] if before else 0), (after or ids or [0])[0]


def _letter(
    request: Request,
    work: Work,
    letter: InboxLetter,
    chosen: AccessRequest | None,
    *,
    about: str = "",
    told: _Done | None = None,
    came: str = "",
    problem: str = "",
    typed: Mapping[str, object] | None = None,
    status: int = 200,
) -> Response:
    it = read_letter(work, letter)
    possible = decisions(work, chosen, letter.reading)
    suggestion = _suggested(it, possible)
    before, after = _beside(work, letter.id or 0)
    return page(
        request,
        "letters/letter.html",
        status=status,
        it=it,
        chosen=chosen,
        view=letter_view(work, letter),
        kept=work.files.path(letter.sha256).exists(),
        came=came,
        doubted=doubted_author(work, letter),
        bounce=letter.reading.get("bounce"),
        matched=MATCHED_BY.get(letter.matched_by or "", "") if chosen and chosen.id == letter.request_id else "",
        suggestion=suggestion,
        others=[each for each in possible if each is not suggestion],
        grid=choices(work, chosen, typed or {}, said_in_letter(work, chosen, letter.reading)) if chosen else None,
        about=about,
        found=candidates(work, about),
        settled=settled(work, letter),
        acts=own(request).acts and it.waits,
        back=own(request).acts and letter.state in DONE,
        before=before,
        after=after,
        told=told,
        problem=problem,
        typed=typed or {},
        suggested=DECISIONS,
    )


def _suggested(it: ReadLetter, possible: list[Decision]) -> Decision | None:
    """The decision that the reading speaks for, where the request can take it and nothing is left to fill in."""
    if it.letter.reading.get("doubted"):
        return None
    for each in possible:
        if each.code == it.suggestion and not each.why_not and each.ready:
            return each
    return None


def _said(work: Work, chosen: AccessRequest | None, form: FormData) -> Mapping[PairKey, PairAnswer]:
    """What the grid says of each role, where there is one. Raises Conflict with all gaps."""
    if chosen is None or text(form, "decision") != "partial":
        return {}
    said = said_in(form, lookup.lines_of(work, chosen))
    return answers.understood(work, chosen, said, reason=text(form, "text"), need_reason=False)


@router.post("/outbox/{letter_id:int}/resend")
def resend(request: Request, letter_id: int) -> Response:
    """A person is sure that it did not arrive."""
    with work_of(request) as work:
        outbox.resend(work, letter_id=letter_id)
    return see_other("/triage")


@router.post("/outbox/{letter_id:int}/arrived")
def arrived(request: Request, letter_id: int) -> Response:
    """A person knows that it did: in the Sent folder, or the desk said so."""
    with work_of(request) as work:
        delivery.settled_as_sent(work, letter_id, "Отмечено человеком: письмо дошло")
    return see_other("/triage")


@router.post("/outbox/{letter_id:int}/give-up")
def give_up(request: Request, letter_id: int) -> Response:
    """A person does without a letter that could not be delivered."""
    with work_of(request) as work:
        outbox.give_up(work, letter_id=letter_id)
    return see_other("/triage")


@router.post("/outbox/{letter_id:int}/look")
def look(request: Request, letter_id: int) -> Response:
    """Look for a copy among the sent letters now; one that is found settles the letter."""
    with reading(request) as work:
        uncertain = outbox.get(work, letter_id).state is OutboxState.UNCERTAIN
    if uncertain:
        settle_uncertain(installed(request), own(request).login)
    return see_other(f"/triage?looked_for={letter_id}")
