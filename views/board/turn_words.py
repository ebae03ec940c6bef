"""Who has to move next on a request, told in a few words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from documents.russian import counted
from models.letters import OutboxState
from models.request import LineState, Status
from states.lifecycle import Trait
from views.board.turns import Turn


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides whose turn it is. `letter`: state of the newest letter with this version's application."""

    status: Status
    traits: frozenset[Trait] = frozenset({"signed", "desk", "login"})
    lines: Mapping[LineState, int] = field(default_factory=dict)
    first_logins_owed: int = 0
    letter: OutboxState | None = None
    question: bool = False
    overdue: bool = False
    recipient: str = ""  # who is asked when it is not the desk


@dataclass(frozen=True, slots=True)
class Mover:
    """`who` is a word for the column, `what` what is awaited of him; both empty when nobody has to move."""

    who: str = ""
    what: str = ""


# What `views.board.turns` asks of the database is answered here for one request: a test holds the two together.
TURNS = {
    Turn.OFFICER: "Ответственный",
    Turn.STAFF: "Работники",
    Turn.DESK: "СТП",
    Turn.RECIPIENT: "Получатель",
    Turn.POST: "Почта",
}
_OFFICER, _STAFF, _DESK, _POST = (TURNS[turn] for turn in (Turn.OFFICER, Turn.STAFF, Turn.DESK, Turn.POST))
_LETTERS = {
    OutboxState.FAILED: Mover(_OFFICER, "письмо не ушло – разберите"),
    OutboxState.UNCERTAIN: Mover(_OFFICER, "судьба письма неясна – разберите"),
    OutboxState.PROMISED: Mover(_POST, "письмо в очереди"),
    OutboxState.CLAIMED: Mover(_POST, "письмо уходит"),
    OutboxState.SENDING: Mover(_POST, "письмо уходит"),
}


def next_mover(standing: Standing) -> Mover:
    """One name only: the one without whom nothing goes on."""
    if standing.status in (Status.VALIDATED, Status.SIGNED) and standing.letter in _LETTERS:
        return _LETTERS[standing.letter]
    return _BY_STATUS[standing.status](standing)


def _draft(standing: Standing) -> Mover:
    return Mover(_OFFICER, "проверить и сделать документы")


def _validated(standing: Standing) -> Mover:
    if "signed" in standing.traits:
        return Mover(_OFFICER, "подписать и приложить скан")
    return _ready(standing)


def _ready(standing: Standing) -> Mover:
    """Every first login is due before the application is sent (USR-3)."""
    if standing.first_logins_owed:
        people = counted(standing.first_logins_owed, "работник", "работника", "работников")
        return Mover(_STAFF, f"первый вход: ждём, {people}")
    return Mover(_OFFICER, "передать получателю" if standing.recipient else "отправить в СТП")


def _at_desk(standing: Standing) -> Mover:
    if standing.question:
        return Mover(_OFFICER, "ответить на вопрос СТП")
    return Mover(standing.recipient or _DESK, "срок вышел" if standing.overdue else "ответить")


def _granted(standing: Standing) -> Mover:
    if "login" not in standing.traits:
        return Mover(_OFFICER, "проверить результат")
    owed = sum(standing.lines.get(state, 0) for state in (LineState.GRANTED, LineState.TROUBLE))
    trouble = standing.lines.get(LineState.TROUBLE, 0)
    told = f", не получается у {trouble}" if trouble else ""
    return Mover(_STAFF, f"проверить вход: осталось {owed}{told}")


def _rejected(standing: Standing) -> Mover:
    return Mover(_OFFICER, "исправить и подать снова")


def _over(standing: Standing) -> Mover:
    return Mover()


_BY_STATUS: dict[Status, Callable[[Standing], Mover]] = {
    Status.DRAFT: _draft,
    Status.VALIDATED: _validated,
    Status.SIGNED: _ready,
    Status.SENT: _at_desk,
    Status.AWAITING: _at_desk,
    Status.GRANTED: _granted,
    Status.REJECTED: _rejected,
    Status.VERIFIED: _over,
    Status.WITHDRAWN: _over,
}
