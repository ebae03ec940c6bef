"""What a person can decide about a letter, and what each decision would change: told before it is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlmodel import col

from actions.answers import answers
from actions.context import Work
from actions.requests import lookup, pairs
from documents.russian import counted
from models.answers import PairAnswer, PairKey
from models.letters import OutboxLetter, OutboxState
from models.request import AccessRequest, LineState, RequestedRole, RequestLine, Status
from notifications.reading import Reading
from states.lifecycle import Actor, Effect, Refused, Step, Trait, steps_from
from states.machine import move
from states.statuses import BEFORE_SENDING
from states.words.requests import LINES, status_label
from views.requests.grid import name_in_form, name_of


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to a person, or to one role of his where they differ; `reason` as it would be recorded."""

    name: str
    before: str
    after: str
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
    chosen: tuple[tuple[str, str], ...] = ()  # fields of the grid as the letter decides them
    why_not: str = ""
    leaves: bool = False
    wants: frozenset[str] = field(default_factory=frozenset)
    ready: bool = True  # nothing has to be filled in first


_NOTE = Decision("note", "Принять к сведению", "Заявка не меняется, письмо остаётся в истории.", 7)
_KINDS: tuple[tuple[str, str, str, bool, frozenset[str]], ...] = (
    ("acknowledge", "СТП зарегистрировала обращение", "Запишется номер обращения, заявка ждёт ответа.", False, frozenset({"ticket"})),
    ("grant", "Предоставлен доступ всем", "Роли запишутся за работниками.", True, frozenset({"ticket"})),
    ("partial", "Предоставлено не всё", "Отметьте по каждой роли. Отказанное уйдёт в новый черновик с причинами.", True, frozenset({"ticket", "lines", "reason"})),
    ("reject", "Отказ", "Заявку можно будет исправить и подать снова.", True, frozenset({"ticket", "reason"})),
    ("ask", "СТП спрашивает", "Вопрос появится у заявки, на него нужно ответить.", False, frozenset({"ticket", "question"})),
    ("bounce", "Письмо вернулось", "Заявка снова готова к отправке: исправьте причину и отправьте.", True, frozenset({"reason"})),
)  # fmt: skip


def decisions(work: Work, request: AccessRequest | None, reading: Mapping[str, object]) -> list[Decision]:
    """All of them in the order of their keys; without a request there is only one."""
    if request is None:
        return [_NOTE]
    traits = lookup.traits(work, request)
    lines = lookup.lines_of(work, request)
    uncertain = _uncertain(work, request)
    status = Status.SENT if uncertain and request.status in BEFORE_SENDING else request.status
    told = _Telling(work, request, status, traits, lines, reading, arrived=uncertain)
    return [*(told.decision(key, kind) for key, kind in enumerate(_KINDS, 1)), _NOTE]


def _uncertain(work: Work, request: AccessRequest) -> bool:
    """An answer proves that the letter arrived, so it is settled with the decision."""
    query = (
        select(func.count())
        .select_from(OutboxLetter)
        .where(
            col(OutboxLetter.request_id) == request.id,
            col(OutboxLetter.purpose) == "package",
            col(OutboxLetter.version) == request.version,
            col(OutboxLetter.state) == OutboxState.UNCERTAIN,
        )
    )
    return bool(work.session.execute(query).scalar_one())


@dataclass(frozen=True, slots=True)
class _Telling:
    work: Work
    request: AccessRequest
    status: Status
    traits: frozenset[Trait]
    lines: list[RequestLine]
    reading: Mapping[str, object]
    arrived: bool

    def decision(self, key: int, kind: tuple[str, str, str, bool, frozenset[str]]) -> Decision:
        code, label, help_text, leaves, wants = kind
        step = self._step("grant" if code == "partial" else code)
        asked = [*pairs.of(self.lines)]
        if code == "partial" and len(asked) < 2:
            return Decision(
                code, label, help_text, key, why_not="В заявке одна роль одного работника: выберите одно из двух."
            )
        if step is None:
            now = status_label(self.request.status, by_login="login" in self.traits)
            return Decision(code, label, help_text, key, why_not=f"Сейчас нельзя: заявка в состоянии «{now}».")
        if code == "grant" and "login" not in self.traits:
            label = "СТП выполнила заявку"
        said = self._said(code)
        changes = tuple(change for line in self.lines for change in self._changes(line, said, code))
        return Decision(
            code,
            label,
            help_text,
            key,
            effects=self._effects(code, step, said),
            changes=changes,
            chosen=tuple(field for pair in asked for field in _fields(pair, said)) if code == "partial" else (),
            leaves=leaves,
            wants=wants,
            ready=code != "partial" or len(said) == len(asked),
        )

    def _step(self, trigger: str) -> Step | None:
        """None where the request cannot take it."""
        found = [
            step
            for step in steps_from(self.status, self.traits)
            if step.trigger == trigger and Actor.OFFICER in step.by
        ]
        return found[0] if found and "desk" in found[0].only else None

    def _said(self, code: str) -> Mapping[PairKey, PairAnswer]:
        """What this decision says of each role, as far as the letter tells it."""
        if code == "partial":
            return said_in_letter(self.work, self.request, self.reading)
        if code not in ("grant", "reject"):
            return {}
        return answers.the_same(self.work, self.request, "granted" if code == "grant" else "rejected")

    def _changes(self, line: RequestLine, said: Mapping[PairKey, PairAnswer], code: str) -> Iterator[Change]:
        """Of the person as a whole where the same comes of all his roles."""
        found = [(pair, said[key]) for pair in line.asked if (key := pairs.key_of(pair)) in said]
        name = name_of(line) or "без имени"
        same = len(found) == len(line.asked) and len({(pair.state, answer) for pair, answer in found}) == 1
        for pair, answer in found[:1] if same else found:
            who = name if same else f"{name}, {pairs.label(self.work, pair)}"
            yield Change(who, LINES[pair.state], _after(answer, code), answer.reason)

    def _effects(self, code: str, step: Step, said: Mapping[PairKey, PairAnswer]) -> tuple[str, ...]:
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
        granted = len({key.line_id for key, answer in said.items() if answer.outcome == "granted"})
        if code in ("grant", "partial") and Effect.ASK_LOGIN_CHECK in step.effects and granted:
            told.append(
                f"Уйдут письма с просьбой проверить вход: {counted(granted, 'работнику', 'работникам', 'работникам')}."
            )
        if code == "partial":
            told.append("Отказанные роли уйдут в новый черновик, причины – при них.")
        companion = lookup.companion_of(self.work, self.request)
        if companion is not None and code in ("grant", "partial", "reject"):
            told.append(f"То же решение получит заявка на добавление {companion.number}.")
        return tuple(told)

    def _target(self, step: Step) -> Status:
        try:
            return move(step.trigger, self.status, self.traits)
        except Refused:
            return self.status


def said_in_letter(work: Work, request: AccessRequest, reading: Mapping[str, object]) -> dict[PairKey, PairAnswer]:
    """What the letter says of each role, nothing where it does not or where that is doubtful."""
    decision = Reading.from_dict(reading).decision if reading else None
    return answers.decided(work, request, decision.pairs) if decision else {}


def _after(answer: PairAnswer, code: str) -> str:
    if answer.outcome == "granted":
        return LINES[LineState.GRANTED]
    return LINES[LineState.MOVED if code == "partial" else LineState.REJECTED]


def _fields(pair: RequestedRole, said: Mapping[PairKey, PairAnswer]) -> Iterator[tuple[str, str]]:
    """Of the form that the grid is, for one click."""
    answer = said.get(pairs.key_of(pair))
    if answer is not None:
        name = name_in_form(pair)
        yield f"outcome-{name}", answer.outcome
        yield f"reason-{name}", answer.reason
