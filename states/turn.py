"""Whose turn it is: one table, from which the pure answer, the questions to the database and the words come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from models.letters import OutboxState
from models.request import LineState, Status
from states.lifecycle import Actor, Trait, steps_from
from states.reminders import Reason
from states.statuses import AT_DESK, BEFORE_SENDING, Statuses


class Turn(StrEnum):
    """The one without whom nothing goes on; a closed request is nobody's."""

    OFFICER = "officer"
    STAFF = "staff"
    DESK = "desk"
    RECIPIENT = "recipient"
    POST = "post"


TURNS = {
    Turn.OFFICER: "Ответственный",
    Turn.STAFF: "Работники",
    Turn.DESK: "СТП",
    Turn.RECIPIENT: "Получатель",
    Turn.POST: "Почта",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whose turn it is. `letter`: state of the newest letter with this version's application."""

    status: Status
    traits: frozenset[Trait] = frozenset({"signed", "desk", "login", "first-login"})
    lines: Mapping[LineState, int] = field(default_factory=dict)
    first_logins_owed: int = 0
    letter: OutboxState | None = None
    question: bool = False
    overdue: bool = False
    invited: bool = True  # to the first login


@dataclass(frozen=True, slots=True)
class Row:
    """Of the rows of a status the first counts whose conditions all hold; the last one of each status has no condition.

    `what` says in a column what is awaited of whose turn it is, `please` asks the officer for it in letters and lists, `stood`
    says how long it has been so. `steps`: of them he takes the first that is drawn. `overdue` and `uninvited` choose words and
    steps, never the turn.
    """

    statuses: Statuses
    turn: Turn
    what: str
    steps: tuple[str, ...] = ()
    traits: frozenset[Trait] = frozenset()
    letters: tuple[OutboxState, ...] = ()
    logins: bool = False
    asked: bool = False
    overdue: bool = False
    uninvited: bool = False
    please: str = ""
    stood: str = ""
    reason: Reason | None = None

    def holds(self, standing: Standing) -> bool:
        return (
            standing.status in self.statuses
            and self.traits <= standing.traits
            and (not self.letters or standing.letter in self.letters)
            and (not self.logins or standing.first_logins_owed > 0)
            and (not self.asked or standing.question)
            and (not self.overdue or standing.overdue)
            and (not self.uninvited or not standing.invited)
        )


def _only(*traits: Trait) -> frozenset[Trait]:
    return frozenset(traits)


_DRAFT, _REJECTED, _GRANTED = (Status.DRAFT,), (Status.REJECTED,), (Status.GRANTED,)
_PASSING_ON = ("sign", "send", "hand_over")

TABLE: tuple[Row, ...] = (
    Row(_DRAFT, Turn.OFFICER, "проверить и сделать документы", ("invite",), _only("first-login"), uninvited=True),
    Row(
        _DRAFT,
        Turn.OFFICER,
        "проверить и сделать документы",
        ("validate",),
        please="проверьте его",
        stood="черновик не трогали с {day}",
    ),
    # A letter that left its queue or is about to comes before everything else; only the newest of this version counts.
    Row(
        BEFORE_SENDING,
        Turn.OFFICER,
        "письмо не ушло – разберите",
        _PASSING_ON,
        letters=(OutboxState.FAILED,),
        reason=Reason.LETTER_FAILED,
    ),
    Row(
        BEFORE_SENDING,
        Turn.OFFICER,
        "судьба письма неясна – разберите",
        _PASSING_ON,
        letters=(OutboxState.UNCERTAIN,),
        reason=Reason.LETTER_UNCERTAIN,
    ),
    Row(BEFORE_SENDING, Turn.POST, "письмо в очереди", letters=(OutboxState.PROMISED,)),
    Row(BEFORE_SENDING, Turn.POST, "письмо уходит", letters=(OutboxState.CLAIMED, OutboxState.SENDING)),
    Row(
        (Status.VALIDATED,),
        Turn.OFFICER,
        "подписать и приложить скан",
        ("sign",),
        _only("signed"),
        please="распечатайте, подпишите и приложите скан",
        stood="{status} {day}, не подписана",
        reason=Reason.UNSIGNED,
    ),
    # Every first login is due before the application is sent (USR-3).
    Row(
        BEFORE_SENDING,
        Turn.STAFF,
        "первый вход: ждём, {people}",
        traits=_only("first-login"),
        logins=True,
        reason=Reason.FIRST_LOGIN,
    ),
    Row(
        BEFORE_SENDING,
        Turn.OFFICER,
        "отправить в СТП",
        ("send",),
        _only("desk"),
        please="отправьте в СТП",
        stood="{status} {day}, не передана",
        reason=Reason.UNSENT,
    ),
    Row(
        BEFORE_SENDING,
        Turn.OFFICER,
        "передать получателю",
        ("hand_over",),
        please="передайте получателю",
        stood="{status} {day}, не передана",
        reason=Reason.UNSENT,
    ),
    Row(
        AT_DESK,
        Turn.OFFICER,
        "ответить на вопрос СТП",
        ("reply",),
        asked=True,
        please="СТП задала вопрос: без ответа заявка стоит",
        reason=Reason.QUESTION,
    ),
    Row(
        AT_DESK,
        Turn.DESK,
        "срок вышел",
        ("follow_up",),
        _only("desk"),
        overdue=True,
        please="СТП не ответила в срок, напомните ей",
        reason=Reason.OVERDUE,
    ),
    Row(AT_DESK, Turn.DESK, "ответить", traits=_only("desk")),
    Row(
        AT_DESK,
        Turn.RECIPIENT,
        "срок вышел",
        ("grant",),
        overdue=True,
        please="узнайте, готов ли ответ, и запишите его",
        reason=Reason.RECIPIENT_LATE,
    ),
    Row(AT_DESK, Turn.RECIPIENT, "ответить", ("grant",)),
    Row(
        _GRANTED,
        Turn.STAFF,
        "проверить вход: осталось {owed}{trouble}",
        ("verify",),
        _only("login"),
        reason=Reason.LOGIN_UNPROVEN,
    ),
    Row(
        _GRANTED, Turn.OFFICER, "проверить результат", ("verify",), please="ответ есть, проверьте результат и отметьте"
    ),
    Row(_REJECTED, Turn.OFFICER, "исправить и подать снова", ("revise",), please="исправьте и подайте снова"),
)


def rows_of(status: Status) -> tuple[Row, ...]:
    return tuple(row for row in TABLE if status in row.statuses)


def row_of(standing: Standing) -> Row | None:
    """None where nobody has to move."""
    return next((row for row in TABLE if row.holds(standing)), None)


def turn_of(standing: Standing) -> Turn | None:
    row = row_of(standing)
    return row.turn if row else None


def main_step(standing: Standing) -> str:
    """The officer's own next step; "" while employees or the post are waited for, or there is nothing for him to do."""
    row = row_of(standing)
    return "" if row is None or row.turn in (Turn.STAFF, Turn.POST) else _drawn(row, standing)


def step_ahead(status: Status, traits: frozenset[Trait]) -> str:
    """The step whose guards say what a request of this status still lacks; "" where none leads on."""
    standing = Standing(status, traits)
    row = row_of(standing)
    return _drawn(row, standing) if row else ""


def _drawn(row: Row, standing: Standing) -> str:
    drawn = {step.trigger for step in steps_from(standing.status, standing.traits) if Actor.OFFICER in step.by}
    return next((trigger for trigger in row.steps if trigger in drawn), "")
