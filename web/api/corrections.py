"""What was put right in a request, and putting right what was recorded wrongly."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from actions.answers import answers, inbox
from actions.cards import organisations
from actions.context import Work
from actions.corrections import corrected_cards, corrected_letters, corrected_organisations, correcting, corrections
from actions.corrections.correcting import Wanted
from actions.corrections.corrections import Kind
from actions.corrections.words import as_json
from actions.requests import lookup
from actions.reviews import reorganising
from models.correction import Correction
from models.identifiers import BadIdentifier, snils_digits
from models.request import AccessRequest
from models.row_numbers import row_number
from states.lifecycle import Refused
from views.people.card import reached
from web.api.answers import said_of
from web.api.door import token_of
from web.api.idempotency import once
from web.api.requests.seen import IfMatch, stale
from web.api.schemas.corrections import CorrectionIn, CorrectionOut, CorrectionsOut, WhyIn
from web.shell import looked, reading
from web.shell.problems import invalid, told_why

router = APIRouter(tags=["Шаги и документы"])


@router.get("/requests/{number}/corrections", operation_id="listCorrections", summary="Исправления заявки")
def show(request: Request, number: int) -> CorrectionsOut:
    """Что исправлено, новые сверху, и что можно исправить сейчас. Кто посмотрел, записывается."""
    with reading(request) as work:
        found = lookup.get(work, number)
        done = [_told(work, row) for row in corrections.of(work, lookup.subject(found))]
        possible = [kind.value for kind in corrections.possible(work, found)]
    looked(request, "request.viewed", lookup.subject(found), part="corrections", token=token_of(request))
    return CorrectionsOut(possible=possible, items=done)


@router.post(
    "/requests/{number}/corrections", operation_id="correctRequest", summary="Исправить записанное неверно",
    response_model=CorrectionOut,
)  # fmt: skip
def correct(request: Request, number: int, body: CorrectionIn, if_match: IfMatch = None) -> Response:
    """С `preview` ничего не записывает и говорит, что изменится. Нужен номер правки: в теле (`revision`) или в `If-Match`.

    Прежняя запись остаётся в журнале рядом с исправлением. Письма, которые из-за ошибки уже ушли, названы в `letters`.
    """
    revision = (if_match or "").strip().strip('"') or str(body.revision or "")
    if row_number(revision) is None:
        raise invalid("revision", "Передайте номер правки заявки: поле revision или заголовок If-Match.")

    def act(work: Work) -> CorrectionOut | Response:
        found = lookup.get(work, number)
        if revision != str(found.revision):
            raise stale(work, found)
        try:
            with work.session.begin_nested():
                wanted = _wanted(work, found, body)
                return _done(work, lambda: correcting.correct(work, found, wanted), preview=body.preview)
        except Refused as refusal:
            return told_why(request, refusal)

    return once(request, act)


def _wanted(work: Work, request: AccessRequest, body: CorrectionIn) -> Wanted:
    try:
        numbers = frozenset(snils_digits(each) for each in body.snils)
    except BadIdentifier as wrong:
        raise invalid("snils", str(wrong)) from None
    return Wanted(
        Kind(body.kind),
        body.why,
        ticket=body.ticket,
        day=body.signed_on,
        version=body.version,
        snils=numbers,
        said=tuple(said_of(body.answers, body.pairs)),
        reason=body.reason,
        until=body.until,
        outcome=body.outcome or None,
        ground=answers.ground(work, request, words=body.ground, letter=body.ground_letter),
    )


def _done(work: Work, act: Callable[[], Correction], *, preview: bool) -> CorrectionOut:
    return _told(work, corrections.foreseen(work, act) if preview else act())


@router.post(
    "/triage/{letter}/back",
    operation_id="reopenLetter",
    summary="Вернуть письмо на разбор",
    response_model=CorrectionOut,
)
def letter_back(request: Request, letter: int, body: WhyIn) -> Response:
    """Письмо разобрано неверно: оно снова ждёт решения, а что по нему записано, исправляется."""

    def act(work: Work) -> CorrectionOut | Response:
        found = inbox.get(work, letter)
        try:
            with work.session.begin_nested():
                return _done(
                    work, lambda: corrected_letters.back_to_triage(work, found, why=body.why), preview=body.preview
                )
        except Refused as refusal:
            return told_why(request, refusal)

    return once(request, act)


@router.post(
    "/people/{number}/names/back",
    operation_id="takeNameBack",
    summary="Вернуть прежнее имя",
    response_model=CorrectionOut,
)
def name_back(request: Request, number: int, body: WhyIn) -> Response:
    """Последняя смена имени записана по ошибке: прежнее имя остаётся за все дни."""

    def act(work: Work) -> CorrectionOut:
        card = reached(work, number)
        return _done(work, lambda: corrected_cards.take_name_back(work, card, why=body.why), preview=body.preview)

    return once(request, act)


@router.post(
    "/people/{number}/first-login/back", operation_id="takeFirstLoginBack", summary="Первого входа не было",
    response_model=CorrectionOut,
)  # fmt: skip
def first_login_back(request: Request, number: int, body: WhyIn) -> Response:
    """Первый вход записан по ошибке: его снова спросят."""

    def act(work: Work) -> CorrectionOut:
        card = reached(work, number)
        return _done(
            work, lambda: corrected_cards.take_first_login_back(work, card, why=body.why), preview=body.preview
        )

    return once(request, act)


@router.post(
    "/organisations/{number}/changes/{change}/back", operation_id="takeOrganisationChangeBack",
    summary="Изменения организации не было", response_model=CorrectionOut,
)  # fmt: skip
def organisation_back(request: Request, number: int, change: int, body: WhyIn) -> Response:
    """Переименование или переход записали по ошибке: имена, роли и открытые заявки станут такими, какими были бы без него."""

    def act(work: Work) -> CorrectionOut:
        found = reorganising.get(work, organisations.get(work, number), change)
        return _done(
            work, lambda: corrected_organisations.take_change_back(work, found, why=body.why), preview=body.preview
        )

    return once(request, act)


def _told(work: Work, row: Correction) -> CorrectionOut:
    return CorrectionOut.model_validate(as_json(work, row))
