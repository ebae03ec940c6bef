"""Arrows of corrections: what was recorded did not happen, or happened otherwise. Each is an entry of its own; nothing is rewritten."""

from __future__ import annotations

from models.request import Status as S
from states import guards
from states.steps import CORRECTING, Effect, Step, only, ready

CORRECTIONS: tuple[Step, ...] = (
    Step(
        "reopen",
        (S.GRANTED, S.VERIFIED, S.REJECTED, S.WITHDRAWN),
        S.AWAITING,
        CORRECTING,
        "Исправлено: записанного ответа не было",
        effects=(Effect.UNDO_ANSWER,),
    ),
    Step("correct_ticket", tuple(S), None, CORRECTING, "Исправлен номер обращения", effects=(Effect.CHANGE_TICKET,)),
    # The next version was begun, and perhaps sent, for a refusal that was none: the refused one stands again.
    Step(
        "correct_version",
        (S.DRAFT, S.VALIDATED, S.SIGNED, S.SENT, S.AWAITING, S.REJECTED, S.WITHDRAWN),
        S.REJECTED,
        CORRECTING,
        "Исправлено: прежняя версия в силе",
        guards=(guards.no_letter_on_its_way,),
        effects=(Effect.CANCEL_LETTERS, Effect.PUT_VERSION_BACK),
    ),
    # What the desk granted of the next version it did grant: only since when is another.
    Step(
        "correct_since",
        (S.GRANTED, S.VERIFIED),
        None,
        CORRECTING,
        "Исправлено: доступ дали ещё по прежней версии",
        guards=(guards.ground_given,),
        effects=(Effect.GIVE_EARLIER,),
    ),
    Step("correct_login", (S.GRANTED,), None, CORRECTING, "Исправлено: входа не было", effects=(Effect.UNDO_LOGINS,)),
    Step(
        "correct_login",
        (S.VERIFIED,),
        S.GRANTED,
        CORRECTING,
        "Исправлено: подтверждения не было",
        effects=(Effect.UNDO_LOGINS,),
    ),
    *ready(
        lambda waiting: Step(
            "correct_hand_over",
            (S.AWAITING,),
            waiting,
            CORRECTING,
            "Исправлено: заявку не передавали",
            guards=(guards.handed_over,),
            effects=(Effect.UNDO_SENDING, Effect.CHANGE_TICKET),
        )
    ),
    Step(
        "correct_hand_over",
        (S.WITHDRAWN,),
        None,
        CORRECTING,
        "Исправлено: заявку не передавали",
        guards=(guards.handed_over,),
        effects=(Effect.UNDO_SENDING, Effect.CHANGE_TICKET),
    ),
    Step(
        "correct_signature",
        (S.SIGNED, S.SENT, S.AWAITING, S.GRANTED, S.REJECTED, S.VERIFIED, S.WITHDRAWN),
        None,
        CORRECTING,
        "Исправлена дата подписи",
        guards=(guards.signed_well,),
        effects=(Effect.RECORD_SIGNATURE,),
        only=only("signed"),
    ),
    Step(
        "correct_acknowledgement",
        (S.AWAITING,),
        S.SENT,
        CORRECTING,
        "Исправлено: СТП ничего не регистрировала",
        effects=(Effect.CHANGE_TICKET,),
        only=only("desk"),
    ),
    Step(
        "correct_question",
        (S.AWAITING,),
        None,
        CORRECTING,
        "Исправлено: СТП не спрашивала",
        effects=(Effect.UNDO_QUESTION, Effect.CHANGE_TICKET),
        only=only("desk"),
    ),
    *ready(
        lambda waiting: Step(
            "correct_bounce",
            (waiting,),
            S.SENT,
            CORRECTING,
            "Исправлено: письмо не возвращалось",
            effects=(Effect.UNDO_BOUNCE,),
            only=only("desk"),
        )
    ),
)
