"""Every arrow a request can take. Buttons, checks, audit, effects and docs/states.md come from this table."""

from __future__ import annotations

from collections.abc import Sequence

from models.findings import Finding
from models.request import Status as S
from refusals import Refusal
from states import guards
from states.corrections import CORRECTIONS
from states.steps import ANSWERING, OFFICER, Actor, Effect, Step, Trait, by, only, ready, traits_of

__all__ = ["STEPS", "Actor", "Effect", "Refused", "Step", "Trait", "step_for", "steps_from", "traits_of"]

STEPS: tuple[Step, ...] = (
    Step(
        "invite",
        (S.DRAFT,),
        None,
        OFFICER,
        "Пригласить работников на первый вход",
        guards=(guards.addresses_usable,),
        effects=(Effect.ASK_FIRST_LOGIN,),
        confirm="Работникам уйдут письма с личными ссылками.",
        only=only("first-login"),
    ),
    Step(
        "validate",
        (S.DRAFT,),
        S.VALIDATED,
        OFFICER,
        "Проверить и сделать документы",
        guards=(guards.facts_valid,),
        effects=(Effect.MAKE_DOCUMENTS,),
    ),
    Step(
        "edit",
        (S.VALIDATED, S.SIGNED),
        S.DRAFT,
        OFFICER,
        "Вернуть в черновик",
        guards=(guards.no_letter_on_its_way,),
        effects=(Effect.CANCEL_LETTERS, Effect.START_VERSION),
        confirm="Подписанный скан этой версии станет недействителен.",
    ),
    Step(
        "sign",
        (S.VALIDATED,),
        S.SIGNED,
        OFFICER,
        "Приложить подписанный скан",
        guards=(guards.signed_well,),
        effects=(Effect.RECORD_SIGNATURE,),
        only=only("signed"),
    ),
    *ready(
        lambda waiting: Step(
            "send",
            (waiting,),
            None,
            OFFICER,
            "Отправить в СТП",
            guards=(guards.ready_to_send, guards.address_confirmed, guards.no_letter_promised),
            effects=(Effect.SEND_PACKAGE,),
            confirm="Письмо с заявкой уйдёт в СТП ЕГИСЗ." if waiting is S.SIGNED else "Письмо уйдёт в СТП ЕГИСЗ.",
            only=only("desk"),
        )
    ),
    *ready(
        lambda waiting: Step(
            "hand_over",
            (waiting,),
            S.AWAITING,
            OFFICER,
            "Подано через Центр СТП",
            guards=(guards.ready_to_send, guards.no_letter_promised, guards.ticket_given),
            effects=(Effect.RECORD_SENDING, Effect.RECORD_TICKET),
            only=only("desk"),
        )
    ),
    # Where the desk is not the one who is asked: the officer or the person hands the papers over by himself.
    *ready(
        lambda waiting: Step(
            "hand_over",
            (waiting,),
            S.AWAITING,
            OFFICER,
            "Передано получателю",
            guards=(guards.ready_to_send, guards.number_given),
            effects=(Effect.RECORD_SENDING, Effect.RECORD_TICKET),
            only=only("elsewhere"),
        )
    ),
    Step(
        "confirm",
        (S.SIGNED, S.VALIDATED),
        S.SENT,
        by(Actor.POST),
        "Почтовый сервер принял письмо",
        effects=(Effect.RECORD_SENDING,),
        only=only("desk"),
    ),
    # A desk may acknowledge twice (merged tickets, a second mail): an arrow to itself.
    Step(
        "acknowledge",
        (S.SENT, S.AWAITING),
        S.AWAITING,
        ANSWERING,
        "СТП зарегистрировала обращение",
        effects=(Effect.RECORD_TICKET, Effect.RECORD_TERM),
        only=only("desk"),
    ),
    Step("start_clock", (S.SENT,), S.AWAITING, by(Actor.CLOCK), "Пошёл срок ответа", only=only("desk")),
    *ready(
        lambda waiting: Step(
            "bounce",
            (S.SENT, S.AWAITING),
            waiting,
            by(Actor.POST, Actor.OFFICER),
            "Письмо вернулось",
            effects=(Effect.RECORD_BOUNCE,),
            only=only("desk"),
        )
    ),
    Step(
        "ask",
        (S.SENT, S.AWAITING),
        S.AWAITING,
        ANSWERING,
        "СТП задала вопрос",
        effects=(Effect.RECORD_TICKET, Effect.RECORD_QUESTION),
        only=only("desk"),
    ),
    Step(
        "reply",
        (S.AWAITING,),
        None,
        OFFICER,
        "Ответить на вопрос СТП",
        guards=(guards.question_open,),
        effects=(Effect.SEND_REPLY,),
        confirm="Ответ уйдёт в СТП ЕГИСЗ.",
        only=only("desk"),
    ),
    Step(
        "follow_up",
        (S.AWAITING,),
        None,
        by(Actor.OFFICER, Actor.CLOCK),
        "Напомнить СТП",
        guards=(guards.overdue,),
        effects=(Effect.SEND_FOLLOW_UP,),
        confirm="Письмо-напоминание уйдёт в СТП ЕГИСЗ.",
        only=only("desk"),
    ),
    Step(
        "grant",
        (S.SENT, S.AWAITING),
        S.GRANTED,
        ANSWERING,
        "Доступ предоставлен",
        guards=(guards.ground_given,),
        effects=(Effect.RECORD_TICKET, Effect.MAKE_GRANTS, Effect.SPLIT_REFUSED, Effect.ASK_LOGIN_CHECK),
        only=only("desk", "login"),
    ),
    Step(
        "grant",
        (S.SENT, S.AWAITING),
        S.GRANTED,
        ANSWERING,
        "СТП выполнила заявку",
        guards=(guards.ground_given,),
        effects=(Effect.RECORD_TICKET, Effect.MAKE_GRANTS, Effect.SPLIT_REFUSED),
        only=only("desk", "result"),
    ),
    Step(
        "grant",
        (S.AWAITING,),
        S.GRANTED,
        OFFICER,
        "Ответ получен",
        guards=(guards.outcome_named, guards.ground_given),
        effects=(Effect.MAKE_GRANTS, Effect.SPLIT_REFUSED, Effect.RECORD_OUTCOME),
        only=only("elsewhere"),
    ),
    Step(
        "reject",
        (S.SENT, S.AWAITING),
        S.REJECTED,
        ANSWERING,
        "СТП отказала",
        guards=(guards.ground_given,),
        effects=(Effect.RECORD_TICKET, Effect.RECORD_REFUSAL),
        only=only("desk"),
    ),
    Step(
        "reject",
        (S.AWAITING,),
        S.REJECTED,
        OFFICER,
        "Получен отказ",
        guards=(guards.ground_given,),
        effects=(Effect.RECORD_REFUSAL,),
        only=only("elsewhere"),
    ),
    Step(
        "revise",
        (S.REJECTED,),
        S.DRAFT,
        OFFICER,
        "Исправить и подать снова",
        effects=(Effect.KEEP_VERSION, Effect.START_VERSION),
    ),
    Step(
        "verify",
        (S.GRANTED,),
        S.VERIFIED,
        by(Actor.OFFICER, Actor.EMPLOYEE),
        "Доступ подтверждён входом",
        guards=(guards.every_login_proven,),
        effects=(Effect.OPEN_CHECKLISTS,),
        only=only("login"),
    ),
    Step(
        "verify",
        (S.GRANTED,),
        S.VERIFIED,
        OFFICER,
        "Результат проверен",
        effects=(Effect.CLOSE_LINES, Effect.OPEN_CHECKLISTS),
        only=only("result"),
    ),
    Step(
        "withdraw",
        (S.DRAFT, S.VALIDATED, S.SIGNED, S.SENT, S.AWAITING, S.REJECTED),
        S.WITHDRAWN,
        OFFICER,
        "Отозвать заявку",
        guards=(guards.no_letter_on_its_way,),
        effects=(Effect.CANCEL_LETTERS,),
        confirm="Заявка закроется; начать её снова можно только новой заявкой.",
    ),
    *CORRECTIONS,
)


class Refused(Refusal):
    """A step that is forbidden here or lacks something; `findings` holds every reason at once."""

    problem = "refused"

    def __init__(self, trigger: str, status: S, findings: Sequence[Finding]) -> None:
        super().__init__("Действие не выполнено: есть замечания.")
        self.trigger, self.status, self.findings = trigger, status, tuple(findings)


def step_for(trigger: str, status: S, traits: frozenset[Trait]) -> Step:
    """The arrow that `trigger` takes from `status`. Raises Refused where none is drawn."""
    for step in STEPS:
        if step.trigger == trigger and status in step.sources and step.suits(traits):
            return step
    raise Refused(trigger, status, [guards.impossible(status, by_login="login" in traits)])


def steps_from(status: S, traits: frozenset[Trait]) -> tuple[Step, ...]:
    """Every arrow that leaves `status`."""
    return tuple(step for step in STEPS if status in step.sources and step.suits(traits))
