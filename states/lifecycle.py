"""Every arrow a request can take. Buttons, checks, audit, effects and docs/states.md come from this table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from transitions import EventData, Machine

from catalog.kinds import RequestKind
from models.findings import Finding
from models.request import Status as S
from refusals import Refusal
from states import guards

Trait = Literal["signed", "unsigned", "desk", "elsewhere", "login", "result", "first-login"]


class Actor(StrEnum):
    """Who may take a step."""

    OFFICER = "officer"
    EMPLOYEE = "employee"
    DESK = "desk"
    POST = "post"
    CLOCK = "clock"
    CORRECTOR = (
        "corrector"  # an officer who puts right what was recorded wrongly; says why (`actions.corrections.corrections`)
    )


class Effect(StrEnum):
    """What a step owes; each is an order with one handler in `actions.steps.effects`."""

    ASK_FIRST_LOGIN = "ask_first_login"
    MAKE_DOCUMENTS = "make_documents"
    SEND_PACKAGE = "send_package"
    CANCEL_LETTERS = "cancel_letters"
    START_VERSION = "start_version"
    KEEP_VERSION = "keep_version"
    RECORD_SIGNATURE = "record_signature"
    RECORD_SENDING = "record_sending"
    RECORD_TICKET = "record_ticket"
    RECORD_TERM = "record_term"
    RECORD_BOUNCE = "record_bounce"
    RECORD_QUESTION = "record_question"
    SEND_REPLY = "send_reply"
    SEND_FOLLOW_UP = "send_follow_up"
    MAKE_GRANTS = "make_grants"
    SPLIT_REFUSED = "split_refused"
    ASK_LOGIN_CHECK = "ask_login_check"
    RECORD_REFUSAL = "record_refusal"
    RECORD_OUTCOME = "record_outcome"
    CLOSE_LINES = "close_lines"
    OPEN_CHECKLISTS = "open_checklists"
    UNDO_ANSWER = "undo_answer"
    UNDO_LOGINS = "undo_logins"
    UNDO_SENDING = "undo_sending"
    UNDO_BOUNCE = "undo_bounce"
    UNDO_QUESTION = "undo_question"
    CHANGE_TICKET = "change_ticket"
    PUT_VERSION_BACK = "put_version_back"
    GIVE_EARLIER = "give_earlier"


@dataclass(frozen=True, slots=True)
class Step:
    """One arrow. `destination` None leaves the status; `confirm` is asked before something leaves the house.

    `only` names the traits that a request kind must have for this arrow.
    """

    trigger: str
    sources: tuple[S, ...]
    destination: S | None
    by: frozenset[Actor]
    label: str
    guards: tuple[guards.Guard, ...] = ()
    effects: tuple[Effect, ...] = ()
    confirm: str = ""
    only: frozenset[Trait] = frozenset()

    def suits(self, traits: frozenset[Trait]) -> bool:
        """Whether a request kind with these traits has this arrow."""
        return self.only <= traits


def traits_of(kind: RequestKind) -> frozenset[Trait]:
    """What of a request kind decides its way."""
    traits: set[Trait] = {"signed" if kind.signature else "unsigned", "desk" if kind.to_desk else "elsewhere"}
    traits.add("login" if kind.verified == "login" else "result")
    if kind.first_login:
        traits.add("first-login")
    return frozenset(traits)


def _only(*traits: Trait) -> frozenset[Trait]:
    return frozenset(traits)


def _by(*actors: Actor) -> frozenset[Actor]:
    return frozenset(actors)


_OFFICER = _by(Actor.OFFICER)
_ANSWERING = _by(Actor.DESK, Actor.OFFICER)
_CORRECTING = _by(Actor.CORRECTOR)

STEPS: tuple[Step, ...] = (
    Step(
        "invite",
        (S.DRAFT,),
        None,
        _OFFICER,
        "Пригласить работников на первый вход",
        guards=(guards.addresses_usable,),
        effects=(Effect.ASK_FIRST_LOGIN,),
        confirm="Работникам уйдут письма с личными ссылками.",
        only=_only("first-login"),
    ),
    Step(
        "validate",
        (S.DRAFT,),
        S.VALIDATED,
        _OFFICER,
        "Проверить и сделать документы",
        guards=(guards.facts_valid,),
        effects=(Effect.MAKE_DOCUMENTS,),
    ),
    Step(
        "edit",
        (S.VALIDATED, S.SIGNED),
        S.DRAFT,
        _OFFICER,
        "Вернуть в черновик",
        guards=(guards.no_letter_on_its_way,),
        effects=(Effect.CANCEL_LETTERS, Effect.START_VERSION),
        confirm="Подписанный скан этой версии станет недействителен.",
    ),
    Step(
        "sign",
        (S.VALIDATED,),
        S.SIGNED,
        _OFFICER,
        "Приложить подписанный скан",
        guards=(guards.signed_well,),
        effects=(Effect.RECORD_SIGNATURE,),
        only=_only("signed"),
    ),
    Step(
        "send",
        (S.SIGNED,),
        None,
        _OFFICER,
        "Отправить в СТП",
        guards=(guards.ready_to_send, guards.address_confirmed, guards.no_letter_promised),
        effects=(Effect.SEND_PACKAGE,),
        confirm="Письмо с заявкой уйдёт в СТП ЕГИСЗ.",
        only=_only("signed", "desk"),
    ),
    Step(
        "send",
        (S.VALIDATED,),
        None,
        _OFFICER,
        "Отправить в СТП",
        guards=(guards.ready_to_send, guards.address_confirmed, guards.no_letter_promised),
        effects=(Effect.SEND_PACKAGE,),
        confirm="Письмо уйдёт в СТП ЕГИСЗ.",
        only=_only("unsigned", "desk"),
    ),
    Step(
        "hand_over",
        (S.SIGNED,),
        S.AWAITING,
        _OFFICER,
        "Подано через Центр СТП",
        guards=(guards.ready_to_send, guards.no_letter_promised, guards.ticket_given),
        effects=(Effect.RECORD_SENDING, Effect.RECORD_TICKET),
        only=_only("signed", "desk"),
    ),
    Step(
        "hand_over",
        (S.VALIDATED,),
        S.AWAITING,
        _OFFICER,
        "Подано через Центр СТП",
        guards=(guards.ready_to_send, guards.no_letter_promised, guards.ticket_given),
        effects=(Effect.RECORD_SENDING, Effect.RECORD_TICKET),
        only=_only("unsigned", "desk"),
    ),
    # Where the desk is not the one who is asked: the officer or the person hands the papers over by himself.
    Step(
        "hand_over",
        (S.SIGNED,),
        S.AWAITING,
        _OFFICER,
        "Передано получателю",
        guards=(guards.ready_to_send, guards.number_given),
        effects=(Effect.RECORD_SENDING, Effect.RECORD_TICKET),
        only=_only("signed", "elsewhere"),
    ),
    Step(
        "hand_over",
        (S.VALIDATED,),
        S.AWAITING,
        _OFFICER,
        "Передано получателю",
        guards=(guards.ready_to_send, guards.number_given),
        effects=(Effect.RECORD_SENDING, Effect.RECORD_TICKET),
        only=_only("unsigned", "elsewhere"),
    ),
    Step(
        "confirm",
        (S.SIGNED, S.VALIDATED),
        S.SENT,
        _by(Actor.POST),
        "Почтовый сервер принял письмо",
        effects=(Effect.RECORD_SENDING,),
        only=_only("desk"),
    ),
    # A desk may acknowledge twice (merged tickets, a second mail): an arrow to itself.
    Step(
        "acknowledge",
        (S.SENT, S.AWAITING),
        S.AWAITING,
        _ANSWERING,
        "СТП зарегистрировала обращение",
        effects=(Effect.RECORD_TICKET, Effect.RECORD_TERM),
        only=_only("desk"),
    ),
    Step("start_clock", (S.SENT,), S.AWAITING, _by(Actor.CLOCK), "Пошёл срок ответа", only=_only("desk")),
    Step(
        "bounce",
        (S.SENT, S.AWAITING),
        S.SIGNED,
        _by(Actor.POST, Actor.OFFICER),
        "Письмо вернулось",
        effects=(Effect.RECORD_BOUNCE,),
        only=_only("signed", "desk"),
    ),
    Step(
        "bounce",
        (S.SENT, S.AWAITING),
        S.VALIDATED,
        _by(Actor.POST, Actor.OFFICER),
        "Письмо вернулось",
        effects=(Effect.RECORD_BOUNCE,),
        only=_only("unsigned", "desk"),
    ),
    Step(
        "ask",
        (S.SENT, S.AWAITING),
        S.AWAITING,
        _ANSWERING,
        "СТП задала вопрос",
        effects=(Effect.RECORD_TICKET, Effect.RECORD_QUESTION),
        only=_only("desk"),
    ),
    Step(
        "reply",
        (S.AWAITING,),
        None,
        _OFFICER,
        "Ответить на вопрос СТП",
        guards=(guards.question_open,),
        effects=(Effect.SEND_REPLY,),
        confirm="Ответ уйдёт в СТП ЕГИСЗ.",
        only=_only("desk"),
    ),
    Step(
        "follow_up",
        (S.AWAITING,),
        None,
        _by(Actor.OFFICER, Actor.CLOCK),
        "Напомнить СТП",
        guards=(guards.overdue,),
        effects=(Effect.SEND_FOLLOW_UP,),
        confirm="Письмо-напоминание уйдёт в СТП ЕГИСЗ.",
        only=_only("desk"),
    ),
    Step(
        "grant",
        (S.SENT, S.AWAITING),
        S.GRANTED,
        _ANSWERING,
        "Доступ предоставлен",
        guards=(guards.ground_given,),
        effects=(Effect.RECORD_TICKET, Effect.MAKE_GRANTS, Effect.SPLIT_REFUSED, Effect.ASK_LOGIN_CHECK),
        only=_only("desk", "login"),
    ),
    Step(
        "grant",
        (S.SENT, S.AWAITING),
        S.GRANTED,
        _ANSWERING,
        "СТП выполнила заявку",
        guards=(guards.ground_given,),
        effects=(Effect.RECORD_TICKET, Effect.MAKE_GRANTS, Effect.SPLIT_REFUSED),
        only=_only("desk", "result"),
    ),
    Step(
        "grant",
        (S.AWAITING,),
        S.GRANTED,
        _OFFICER,
        "Ответ получен",
        guards=(guards.outcome_named, guards.ground_given),
        effects=(Effect.MAKE_GRANTS, Effect.SPLIT_REFUSED, Effect.RECORD_OUTCOME),
        only=_only("elsewhere"),
    ),
    Step(
        "reject",
        (S.SENT, S.AWAITING),
        S.REJECTED,
        _ANSWERING,
        "СТП отказала",
        guards=(guards.ground_given,),
        effects=(Effect.RECORD_TICKET, Effect.RECORD_REFUSAL),
        only=_only("desk"),
    ),
    Step(
        "reject",
        (S.AWAITING,),
        S.REJECTED,
        _OFFICER,
        "Получен отказ",
        guards=(guards.ground_given,),
        effects=(Effect.RECORD_REFUSAL,),
        only=_only("elsewhere"),
    ),
    Step(
        "revise",
        (S.REJECTED,),
        S.DRAFT,
        _OFFICER,
        "Исправить и подать снова",
        effects=(Effect.KEEP_VERSION, Effect.START_VERSION),
    ),
    Step(
        "verify",
        (S.GRANTED,),
        S.VERIFIED,
        _by(Actor.OFFICER, Actor.EMPLOYEE),
        "Доступ подтверждён входом",
        guards=(guards.every_login_proven,),
        effects=(Effect.OPEN_CHECKLISTS,),
        only=_only("login"),
    ),
    Step(
        "verify",
        (S.GRANTED,),
        S.VERIFIED,
        _OFFICER,
        "Результат проверен",
        effects=(Effect.CLOSE_LINES, Effect.OPEN_CHECKLISTS),
        only=_only("result"),
    ),
    Step(
        "withdraw",
        (S.DRAFT, S.VALIDATED, S.SIGNED, S.SENT, S.AWAITING, S.REJECTED),
        S.WITHDRAWN,
        _OFFICER,
        "Отозвать заявку",
        guards=(guards.no_letter_on_its_way,),
        effects=(Effect.CANCEL_LETTERS,),
        confirm="Заявка закроется; начать её снова можно только новой заявкой.",
    ),
    # Corrections: what was recorded did not happen, or happened otherwise. Each is an entry of its own; nothing is rewritten.
    Step(
        "reopen",
        (S.GRANTED, S.VERIFIED, S.REJECTED, S.WITHDRAWN),
        S.AWAITING,
        _CORRECTING,
        "Исправлено: записанного ответа не было",
        effects=(Effect.UNDO_ANSWER,),
    ),
    Step("correct_ticket", tuple(S), None, _CORRECTING, "Исправлен номер обращения", effects=(Effect.CHANGE_TICKET,)),
    # The next version was begun, and perhaps sent, for a refusal that was none: the refused one stands again.
    Step(
        "correct_version",
        (S.DRAFT, S.VALIDATED, S.SIGNED, S.SENT, S.AWAITING, S.REJECTED, S.WITHDRAWN),
        S.REJECTED,
        _CORRECTING,
        "Исправлено: прежняя версия в силе",
        guards=(guards.no_letter_on_its_way,),
        effects=(Effect.CANCEL_LETTERS, Effect.PUT_VERSION_BACK),
    ),
    # What the desk granted of the next version it did grant: only since when is another.
    Step(
        "correct_since",
        (S.GRANTED, S.VERIFIED),
        None,
        _CORRECTING,
        "Исправлено: доступ дали ещё по прежней версии",
        guards=(guards.ground_given,),
        effects=(Effect.GIVE_EARLIER,),
    ),
    Step("correct_login", (S.GRANTED,), None, _CORRECTING, "Исправлено: входа не было", effects=(Effect.UNDO_LOGINS,)),
    Step(
        "correct_login",
        (S.VERIFIED,),
        S.GRANTED,
        _CORRECTING,
        "Исправлено: подтверждения не было",
        effects=(Effect.UNDO_LOGINS,),
    ),
    Step(
        "correct_hand_over",
        (S.AWAITING,),
        S.SIGNED,
        _CORRECTING,
        "Исправлено: заявку не передавали",
        guards=(guards.handed_over,),
        effects=(Effect.UNDO_SENDING, Effect.CHANGE_TICKET),
        only=_only("signed"),
    ),
    Step(
        "correct_hand_over",
        (S.AWAITING,),
        S.VALIDATED,
        _CORRECTING,
        "Исправлено: заявку не передавали",
        guards=(guards.handed_over,),
        effects=(Effect.UNDO_SENDING, Effect.CHANGE_TICKET),
        only=_only("unsigned"),
    ),
    Step(
        "correct_hand_over",
        (S.WITHDRAWN,),
        None,
        _CORRECTING,
        "Исправлено: заявку не передавали",
        guards=(guards.handed_over,),
        effects=(Effect.UNDO_SENDING, Effect.CHANGE_TICKET),
    ),
    Step(
        "correct_signature",
        (S.SIGNED, S.SENT, S.AWAITING, S.GRANTED, S.REJECTED, S.VERIFIED, S.WITHDRAWN),
        None,
        _CORRECTING,
        "Исправлена дата подписи",
        guards=(guards.signed_well,),
        effects=(Effect.RECORD_SIGNATURE,),
        only=_only("signed"),
    ),
    Step(
        "correct_acknowledgement",
        (S.AWAITING,),
        S.SENT,
        _CORRECTING,
        "Исправлено: СТП ничего не регистрировала",
        effects=(Effect.CHANGE_TICKET,),
        only=_only("desk"),
    ),
    Step(
        "correct_question",
        (S.AWAITING,),
        None,
        _CORRECTING,
        "Исправлено: СТП не спрашивала",
        effects=(Effect.UNDO_QUESTION, Effect.CHANGE_TICKET),
        only=_only("desk"),
    ),
    Step(
        "correct_bounce",
        (S.SIGNED,),
        S.SENT,
        _CORRECTING,
        "Исправлено: письмо не возвращалось",
        effects=(Effect.UNDO_BOUNCE,),
        only=_only("signed", "desk"),
    ),
    Step(
        "correct_bounce",
        (S.VALIDATED,),
        S.SENT,
        _CORRECTING,
        "Исправлено: письмо не возвращалось",
        effects=(Effect.UNDO_BOUNCE,),
        only=_only("unsigned", "desk"),
    ),
)


class Refused(Refusal):
    """A step that is forbidden here or lacks something; `findings` holds every reason at once."""

    problem = "refused"

    def __init__(self, trigger: str, status: S, findings: Sequence[Finding]) -> None:
        super().__init__("Действие не выполнено: есть замечания.")
        self.trigger, self.status, self.findings = trigger, status, tuple(findings)


@dataclass(slots=True)
class _StandIn:
    """Moves through the machine in place of the row (a row bound to a machine raises)."""

    status: S
    traits: frozenset[Trait]


def _condition(step: Step) -> Callable[[EventData], bool]:
    """The arrow is there only for kinds that it suits."""

    def suits(event: EventData) -> bool:
        stand_in = event.model
        assert isinstance(stand_in, _StandIn)
        return step.suits(stand_in.traits)

    return suits


def _compile() -> Machine:
    machine = Machine(
        model=None,
        states=S,
        initial=S.DRAFT,
        model_attribute="status",
        auto_transitions=False,
        send_event=True,
        queued=False,
    )
    for step in STEPS:
        machine.add_transition(step.trigger, list(step.sources), step.destination or "=", conditions=[_condition(step)])
    return machine


MACHINE = _compile()


def step_for(trigger: str, status: S, traits: frozenset[Trait]) -> Step:
    """The arrow that `trigger` takes from `status`. Raises Refused where none is drawn."""
    for step in STEPS:
        if step.trigger == trigger and status in step.sources and step.suits(traits):
            return step
    raise Refused(trigger, status, [guards.impossible(status, by_login="login" in traits)])


def steps_from(status: S, traits: frozenset[Trait]) -> tuple[Step, ...]:
    """Every arrow that leaves `status`."""
    return tuple(step for step in STEPS if status in step.sources and step.suits(traits))


def move(trigger: str, status: S, traits: frozenset[Trait]) -> S:
    """Where the machine goes. Raises Refused where it does not."""
    stand_in = _StandIn(status, traits)
    event = MACHINE.events.get(trigger)
    if event is None or S(status).name not in event.transitions:
        raise Refused(trigger, status, [guards.impossible(status, by_login="login" in traits)])
    if not event.trigger(stand_in):
        raise Refused(trigger, status, [guards.impossible(status, by_login="login" in traits)])
    return stand_in.status
