"""Letters that wait for a person, and letters as they came."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Response
from starlette.requests import Request

from actions import delivery, inbox, outbox, requests
from actions.context import Conflict, NotFound, Work
from models.letters import InboxLetter, OutboxLetter
from models.request import AccessRequest
from web.api.door import token_of
from web.api.idempotency import once
from web.api.requests import lines_named
from web.api.schemas import AnswerIn, LetterOut, SettleIn, TriageOut
from web.api.telling import sent_told
from web.downloads import download
from web.installed import looked, reading
from web.mail import ReadLetter, read_letter, stuck_letters

router = APIRouter(tags=["Письма"])


@router.get("/triage", operation_id="listTriage", summary="Письма, которые ждут человека")
def list_triage(request: Request) -> list[TriageOut]:
    """От старых к новым."""
    with reading(request) as work:
        found = [_told(read_letter(work, letter)) for letter in inbox.triage(work)]
    if found:
        looked(request, "letter.viewed", "inbox", letters=[each.id for each in found], token=token_of(request))
    return found


@router.get("/triage/{letter}", operation_id="getTriageLetter", summary="Письмо")
def show_letter(request: Request, letter: int) -> TriageOut:
    """Что в письме прочитано и на чём это основано."""
    with reading(request) as work:
        found = _told(read_letter(work, inbox.get(work, letter)))
    looked(request, "letter.viewed", f"inbox:{letter}", token=token_of(request))
    return found


@router.post("/triage/{letter}", operation_id="settleLetter", summary="Разобрать письмо", response_model=TriageOut)
def settle(request: Request, letter: int, body: SettleIn) -> Response:
    """Решает человек: acknowledge – зарегистрировано, grant – дано, reject – отказ, partial – по работникам,
    ask – вопрос, bounce – вернулось, note – принять к сведению."""

    def act(work: Work) -> TriageOut:
        found = inbox.get(work, letter)
        about = body.request or found.request_id
        chosen = requests.get(work, about) if about else None
        settled = inbox.settle(
            work, letter, decision=body.decision, request=chosen, ticket=body.ticket or None,
            outcomes=_outcomes(work, chosen, body.answers), text=body.text,
        )  # fmt: skip
        return _told(read_letter(work, settled))

    return once(request, act)


@router.get(
    "/letters/{letter}", operation_id="downloadLetter", summary="Письмо, как оно пришло", response_class=Response,
    responses={200: {"description": "Письмо", "content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}}}},
)  # fmt: skip
def download_letter(request: Request, letter: int) -> Response:
    """Исходные байты. Кто скачал, записывается."""
    with reading(request) as work:
        data = work.files.read(inbox.get(work, letter).sha256)
    looked(request, "letter.downloaded", f"inbox:{letter}", token=token_of(request))
    return download(data, f"Письмо {letter}.eml", "message/rfc822")


@router.get("/outbox", operation_id="listStuckLetters", summary="Письма, которые не ушли")
def list_stuck(request: Request) -> list[LetterOut]:
    """Не отправлены или неясно, дошли ли: машина их больше не трогает."""
    with reading(request) as work:
        return [sent_told(stuck.letter) for stuck in stuck_letters(work)]


@router.post(
    "/outbox/{letter}/resend", operation_id="resendLetter", summary="Отправить ещё раз", response_model=LetterOut
)
def resend(request: Request, letter: int) -> Response:
    """Человек уверен, что письмо не дошло."""

    def act(work: Work) -> LetterOut:
        _own(work, letter)
        outbox.resend(work, letter_id=letter)
        return sent_told(outbox.get(work, letter))

    return once(request, act)


@router.post("/outbox/{letter}/arrived", operation_id="letterArrived", summary="Письмо дошло", response_model=LetterOut)
def arrived(request: Request, letter: int) -> Response:
    """Человек знает, что письмо дошло: оно в «Отправленных» или это сказала СТП."""

    def act(work: Work) -> LetterOut:
        _own(work, letter)
        return sent_told(delivery.settled_as_sent(work, letter, "Отмечено человеком: письмо дошло"))

    return once(request, act)


def _own(work: Work, letter: int) -> OutboxLetter:
    found: OutboxLetter | None = work.session.get(OutboxLetter, letter)
    if found is None:
        raise NotFound(f"Письма № {letter} нет.")
    return found


def _told(read: ReadLetter) -> TriageOut:
    letter: InboxLetter = read.letter
    return TriageOut(
        id=letter.id or 0, received_at=letter.received_at, sender=letter.sender, subject=letter.subject,
        request=letter.request_id, read_as=read.read_as, outcome=read.outcome, ticket=read.ticket,
        evidence=list(read.evidence), suggestion=read.suggestion, problem=letter.problem, settled=not read.waits,
    )  # fmt: skip


def _outcomes(work: Work, chosen: AccessRequest | None, answers: Sequence[AnswerIn]) -> dict[str, str]:
    """СНИЛС to outcome: calls name the line."""
    if not answers:
        return {}
    if chosen is None:
        raise Conflict("Укажите заявку, к которой относится письмо.")
    lines = lines_named(work, chosen, [answer.line for answer in answers])
    persons = requests.persons_of(work, lines)
    said = {answer.line: answer.outcome for answer in answers}
    return {persons[line.person_id].snils: said[line.id] for line in lines if line.person_id in persons and line.id}
