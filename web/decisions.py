"""What a person can decide about a letter, and what each decision would change: told before, for nothing can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlmodel import col

from actions import requests
from actions.context import Work
from documents.russian import counted
from models.letters import OutboxLetter, OutboxState
from models.request import AccessRequest, LineState, Status
from states.guards import status_label
from states.lifecycle import Actor, Effect, Refused, Step, Trait, move, steps_from
from web.dossiers import LineView, line_views
from web.labels import LINES

_REJECTED_HERE = "отказ, в новом черновике"


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the request before and after; `reason` as it would be recorded."""

    view: LineView
    after: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """`code` is one of `inbox.DECISIONS`; `effects` are sentences; `why_not` says why it cannot be taken now.

    `leaves`: letters go to people or the request goes back, so the keyboard asks first. `wants`: fields of its form.
    """

    code: str
    label: str
    help: str
    key: int
    effects: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    why_not: str = ""
    leaves: bool = False
    wants: frozenset[str] = field(default_factory=frozenset)
    ready: bool = True  # nothing has to be filled in first


_NOTE = Decision("note", "Принять к сведению", "Заявка не меняется, письмо остаётся в истории.", 7)
_KINDS: tuple[tuple[str, str, str, bool, frozenset[str]], ...] = (
    ("acknowledge", "СТП зарегистрировала обращение", "Запишется номер обращения, заявка ждёт ответа.", False, frozenset({"ticket"})),
    ("grant", "Предоставлен доступ всем", "Роли запишутся за работниками.", True, frozenset({"ticket"})),
    ("partial", "Одним предоставлен, другим отказано", "Отказанные уйдут в новый черновик с причинами.", True, frozenset({"ticket", "lines", "reason"})),
    ("reject", "Отказ", "Заявку можно будет исправить и подать снова.", True, frozenset({"ticket", "reason"})),
    ("ask", "СТП спрашивает", "Вопрос появится у заявки, на него нужно ответить.", False, frozenset({"ticket", "question"})),
    ("bounce", "Письмо вернулось", "Заявка снова готова к отправке: исправьте причину и отправьте.", True, frozenset({"reason"})),
)  # fmt: skip


def decisions(work: Work, request: AccessRequest | None, reading: Mapping[str, object]) -> list[Decision]:
    """All of them in the order of their keys; without a request there is only one."""
    if request is None:
        return [_NOTE]
    traits = requests.traits(work, request)
    lines = line_views(work, request)
    uncertain = _uncertain(work, request)
    status = Status.SENT if uncertain and request.status in (Status.SIGNED, Status.VALIDATED) else request.status
    told = _Telling(work, request, status, traits, lines, reading, arrived=uncertain)
    return [*(told.decision(key, kind) for key, kind in enumerate(_KINDS, 1)), _NOTE]


def _uncertain(work: Work, request: AccessRequest) -> bool:
    """An answer proves that the letter arrived, so it is settled with the decision."""
    query = select(func.count()).select_from(OutboxLetter).where(
        col(OutboxLetter.request_id) == request.id, col(OutboxLetter.purpose) == "package",
        col(OutboxLetter.version) == request.version, col(OutboxLetter.state) == OutboxState.UNCERTAIN,
    )  # fmt: skip
    return bool(work.session.execute(query).scalar_one())


@dataclass(frozen=True, slots=True)
class _Telling:
    work: Work
    request: AccessRequest
    status: Status
    traits: frozenset[Trait]
    lines: list[LineView]
    reading: Mapping[str, object]
    arrived: bool

    def decision(self, key: int, kind: tuple[str, str, str, bool, frozenset[str]]) -> Decision:
        code, label, help_text, leaves, wants = kind
        step = self._step("grant" if code == "partial" else code)
        if code == "partial" and len(self.lines) < 2:
            return Decision(code, label, help_text, key, why_not="В заявке меньше двух работников.")
        if step is None:
            now = status_label(self.request.status, by_login="login" in self.traits)
            return Decision(code, label, help_text, key, why_not=f"Сейчас нельзя: заявка в состоянии «{now}».")
        if code == "grant" and "login" not in self.traits:
            label = "СТП выполнила заявку"
        changes = self._changes(code)
        ready = code != "partial" or all(change.outcome for change in changes)
        return Decision(
            code,
            label,
            help_text,
            key,
            effects=self._effects(code, step, changes),
            changes=changes,
            leaves=leaves,
            wants=wants,
            ready=ready,
        )

    def _step(self, trigger: str) -> Step | None:
        """None where the request cannot take it."""
        found = [
            step
            for step in steps_from(self.status, self.traits)
            if step.trigger == trigger and Actor.OFFICER in step.by
        ]
        return found[0] if found and "desk" in found[0].only else None

    def _changes(self, code: str) -> tuple[Change, ...]:
        if code == "grant":
            return tuple(Change(view, LINES[LineState.GRANTED], "granted") for view in self.lines)
        if code == "reject":
            return tuple(Change(view, LINES[LineState.REJECTED], "rejected") for view in self.lines)
        if code != "partial":
            return ()
        outcomes, reasons = _mapping(self.reading, "lines"), _mapping(self.reading, "line_reasons")
        return tuple(_read_change(view, outcomes, reasons) for view in self.lines)

    def _effects(self, code: str, step: Step, changes: tuple[Change, ...]) -> tuple[str, ...]:
        by_login = "login" in self.traits
        before = status_label(self.request.status, by_login=by_login)
        after = status_label(self._target(step), by_login=by_login)
        told = ["Письмо с заявкой отметится дошедшим: на него ответили."] if self.arrived else []
        moved = (
            f"Заявка {self.request.number}: «{before}» → «{after}»."
            if after != before
            else f"Заявка {self.request.number} остаётся в состоянии «{before}»."
        )
        told.append(moved)
        granted = sum(change.outcome == "granted" for change in changes)
        if code in ("grant", "partial") and Effect.ASK_LOGIN_CHECK in step.effects and granted:
            told.append(
                f"Уйдут письма с просьбой проверить вход: {counted(granted, 'работнику', 'работникам', 'работникам')}."
            )
        if code == "partial":
            told.append("Отказанные работники уйдут в новый черновик, причины – при них.")
        companion = requests.companion_of(self.work, self.request)
        if companion is not None and code in ("grant", "partial", "reject"):
            told.append(f"То же решение получит заявка на добавление {companion.number}.")
        return tuple(told)

    def _target(self, step: Step) -> Status:
        try:
            return move(step.trigger, self.status, self.traits)
        except Refused:
            return self.status


def _mapping(reading: Mapping[str, object], key: str) -> dict[str, str]:
    value = reading.get(key)
    return {str(name): str(each) for name, each in value.items()} if isinstance(value, dict) else {}


def _read_change(view: LineView, outcomes: Mapping[str, str], reasons: Mapping[str, str]) -> Change:
    """What the letter says of this person, nothing where it does not."""
    snils = view.person.snils if view.person else ""
    outcome = outcomes.get(snils, "")
    after = {"granted": LINES[LineState.GRANTED], "rejected": _REJECTED_HERE}.get(outcome, "")
    return Change(view, after, outcome if after else "", reasons.get(snils, "") if outcome == "rejected" else "")
