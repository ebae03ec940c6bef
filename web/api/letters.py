"""Letters that wait for a person, and letters as they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.answers import answers, delivery, inbox
from actions.answers.letter_taking import NotALetter, Taken, already, take
from actions.context import Conflict, Work
from actions.post import outbox
from actions.requests import lookup
from models.answers import PairAnswer, PairKey
from models.letters import InboxLetter
from models.request import AccessRequest
from models.row_numbers import row_number
from notifications.reading.safely import MAX_MEGABYTES
from sweeps.letter_reading import read_brought
from views.mail.letter import doubts
from views.mail.letters import ReadLetter, read_letter, stuck_letters
from web.api.answers import said_of
from web.api.bodies import Multipart
from web.api.door import token_of
from web.api.idempotency import once
from web.api.schemas.letters import AttachedOut, SettleIn, TakenOut, TriageOut
from web.api.schemas.requests import LetterOut
from web.api.telling.letters import sent_told
from web.shell import installed, looked, own, reading, text, uploads
from web.shell.downloads import letters_file
from web.shell.problems import invalid

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
    """Решает человек: acknowledge – зарегистрировано, grant – дано, reject – отказ, partial – по ролям,
    ask – вопрос, bounce – вернулось, note – принять к сведению."""

    def act(work: Work) -> TriageOut:
        found = inbox.get(work, letter)
        about = body.request or found.request_id
        chosen = lookup.get(work, about) if about else None
        settled = inbox.settle(
            work,
            letter,
            decision=body.decision,
            request=chosen,
            ticket=body.ticket or None,
            said=_said(work, chosen, body),
            text=body.text,
        )
        return _told(read_letter(work, settled))

    return once(request, act)


@router.post(
    "/letters", operation_id="takeLetter", summary="Принести письмо файлом", status_code=201, response_model=TakenOut,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "properties": {
                            "file": {"type": "string", "format": "binary", "description": "Письмо: .eml или .msg"},
                            "request": {"type": "integer", "description": "Заявка, если письмо само её не называет"},
                        },
                    }
                }
            },
        }
    },
)  # fmt: skip
def take_letter(request: Request, form: Multipart) -> Response:
    """Читается и привязывается как пришедшее по почте, но само не применяется: ждёт решения человека в `/triage`.
    Письмо, которое уже есть (те же байты или тот же Message-ID), второй раз не записывается: `already` – true."""
    files = uploads(form, "file", MAX_MEGABYTES * 1024 * 1024)
    if not files:
        raise invalid("file", "Передайте письмо (.eml или .msg) в поле file.")
    about, user, raw = _named(form), own(request), files[0][1]
    with reading(request) as work:
        known = already(work, raw)
        if about:
            lookup.get(work, about)
    try:
        understood = (
            None
            if known
            else read_brought(installed(request), raw, by=user.login, only_of=user.only_of, request_id=about)
        )
    except NotALetter as why:
        raise invalid("file", str(why)) from None

    def act(work: Work) -> TakenOut:
        there = already(work, raw)
        if there is not None:
            return _taken(work, there)
        if understood is None:
            raise Conflict("Это письмо только что стёрли. Повторите вызов.")
        return _taken(work, take(work, raw, understood, lookup.get(work, about) if about else None))

    return once(request, act, status=201)


def _named(form: FormData) -> int | None:
    typed = text(form, "request", 20)
    number = row_number(typed)
    if typed and number is None:
        raise invalid("request", "Укажите номер заявки (id), целое число.")
    return number


@router.get(
    "/letters/{letter}", operation_id="downloadLetter", summary="Письмо, как оно пришло", response_class=Response,
    responses={200: {"description": "Письмо", "content": {"message/rfc822": {"schema": {"type": "string", "format": "binary"}}}}},
)  # fmt: skip
def download_letter(request: Request, letter: int) -> Response:
    """Исходные байты. Кто скачал, записывается."""
    with reading(request) as work:
        data = work.files.read(inbox.get(work, letter).sha256)
    looked(request, "letter.downloaded", f"inbox:{letter}", token=token_of(request))
    return letters_file(data, letter)


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
        outbox.get(work, letter)
        outbox.resend(work, letter_id=letter)
        return sent_told(outbox.get(work, letter))

    return once(request, act)


@router.post("/outbox/{letter}/arrived", operation_id="letterArrived", summary="Письмо дошло", response_model=LetterOut)
def arrived(request: Request, letter: int) -> Response:
    """Человек знает, что письмо дошло: оно в «Отправленных» или это сказала СТП."""

    def act(work: Work) -> LetterOut:
        outbox.get(work, letter)
        return sent_told(delivery.settled_as_sent(work, letter, "Отмечено человеком: письмо дошло"))

    return once(request, act)


def _told(read: ReadLetter) -> TriageOut:
    letter: InboxLetter = read.letter
    kept: list[Mapping[str, Any]] = list(letter.reading.get("attachments") or [])  # type: ignore[call-overload]
    return TriageOut(
        id=letter.id or 0,
        received_at=letter.received_at,
        sender=letter.sender,
        subject=letter.subject,
        request=letter.request_id,
        read_as=read.read_as,
        outcome=read.outcome,
        ticket=read.ticket,
        evidence=list(read.evidence),
        suggestion=read.suggestion,
        problem=letter.problem,
        settled=not read.waits,
        brought_by=letter.brought_by,
        doubts=list(doubts(letter)),
        attachments=[AttachedOut(**{name: each[name] for name in AttachedOut.model_fields}) for each in kept],
    )


def _taken(work: Work, taken: Taken) -> TakenOut:
    told = _told(read_letter(work, taken.letter))
    return TakenOut(**dict(told), already=taken.already)


def _said(work: Work, chosen: AccessRequest | None, body: SettleIn) -> Mapping[PairKey, PairAnswer]:
    """What the call says of each role; only `partial` asks. Raises Conflict with all gaps."""
    if body.decision != "partial":
        return {}
    if chosen is None:
        raise Conflict("Укажите заявку, к которой относится письмо.")
    said = said_of(body.answers, body.pairs)
    return answers.understood(work, chosen, said, reason=body.text, need_reason=False)
