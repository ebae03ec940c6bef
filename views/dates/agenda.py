"""What is to be done today and who moves, and what a day brought: a few bounded queries for any number of requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, Select, cast, exists, func, select
from sqlmodel import col

from actions.cards.people import OF_LINE
from actions.checklists import checklists, overview
from actions.context import Work
from actions.log.times import first_since
from actions.post import links
from actions.reviews import reviews
from models.audit import Event
from models.employee import Employee
from models.letters import InboxLetter, InboxState, MailboxPosition, OutboxLetter, OutboxState
from models.moments import MOSCOW
from models.organisation import Organisation
from models.request import AccessRequest, RequestLine, Status
from notifications.errors import EXPLANATIONS
from states.lifecycle import Trait, traits_of
from states.outcomes import UNPROVEN
from states.statuses import IN_HOUSE, ON_THE_WAY, STRANDED, TO_READ
from states.turn import TURNS, Standing, Turn, row_of
from states.words.requests import STATUS_LABELS
from views.board.turns import is_asked, is_late

SHOWN = 5  # entries of one matter; the rest is counted
Letter = TypeVar("Letter", OutboxLetter, InboxLetter)
Target = Literal["request", "outbox", "inbox", "checklist", "review"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that waits; `name` is a number or an organisation, `why` one sentence without names of people."""

    target: Target
    id: int
    name: str
    organisation: str
    why: str
    due: dt.datetime | None = None
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """What of one sort waits: who moves, how many there are, the first of them."""

    code: str
    title: str
    who: str
    count: int
    entries: tuple[Entry, ...]
    urgent: bool = False

    @property
    def more(self) -> int:
        return self.count - len(self.entries)


_OFFICER, _STAFF = TURNS[Turn.OFFICER], TURNS[Turn.STAFF]


def matters(work: Work) -> list[Matter]:
    """What is due now, the most urgent first; empty ones are left out."""
    kinds = _Kinds(work)
    idle = idle_since(work, work.policy.idle_days)
    found = [
        _overdue(work, kinds), _asked(work, kinds), _stuck(work), _to_read(work), _rejected(work, kinds),
        _idle(work, kinds, idle), _first_logins(work, kinds), _unproven(work, kinds), _unchecked(work, kinds),
        _outcomes(work, kinds), _items(work), _reviews(work),
    ]  # fmt: skip
    return [matter for matter in found if matter.count]


def idle_since(work: Work, days: int) -> dt.datetime:
    """What has stood still since before this moment is idle for that many working days (Moscow's)."""
    tomorrow = work.now.astimezone(MOSCOW).date() + dt.timedelta(days=1)
    return dt.datetime.combine(work.calendar.shifted(tomorrow, -days), dt.time(), MOSCOW)


class _Kinds:
    """Codes of the catalogue's kinds by what they ask for."""

    def __init__(self, work: Work) -> None:
        kinds = work.catalog.kinds.values()
        self.titles = {kind.code: kind.short_title for kind in kinds}
        self.traits = {kind.code: traits_of(kind) for kind in kinds}
        self.by_login = [kind.code for kind in kinds if kind.verified == "login"]
        self.first_login = [kind.code for kind in kinds if kind.first_login and kind.people]

    def title(self, request: AccessRequest) -> str:
        return self.titles.get(request.kind, request.kind)

    def traits_of(self, request: AccessRequest) -> frozenset[Trait]:
        return self.traits.get(request.kind, frozenset())


def _day(moment: dt.datetime) -> str:
    return f"{moment.astimezone(MOSCOW):%d.%m.%Y}"


def _found(
    work: Work, where: Sequence[ColumnElement[bool]], order: Any
) -> tuple[int, list[tuple[AccessRequest, Organisation]]]:
    """How many requests there are, and the first of them."""
    count = select(func.count()).select_from(AccessRequest).where(*where)
    query = (
        select(AccessRequest, Organisation)
        .join(Organisation, col(Organisation.id) == col(AccessRequest.organisation_id))
        .where(*where)
        .order_by(order, col(AccessRequest.id))
        .limit(SHOWN)
    )
    rows = [(request, organisation) for request, organisation in work.session.execute(query)]
    return work.session.execute(count).scalar_one(), rows


def _entry(request: AccessRequest, organisation: Organisation, why: str, due: dt.datetime | None = None) -> Entry:
    return Entry("request", request.id or 0, request.number, organisation.called, why, due)


def _asks(request: AccessRequest, kinds: _Kinds, **facts: Any) -> str:
    """What the table of turns asks the officer for."""
    row = row_of(Standing(request.status, kinds.traits_of(request), **facts))
    return row.please if row else ""


def _overdue(work: Work, kinds: _Kinds) -> Matter:
    count, rows = _found(work, [is_late(work)], col(AccessRequest.due_at))
    entries = [
        _entry(request, organisation, f"{kinds.title(request)}: {_asks(request, kinds, overdue=True)}", request.due_at)
        for request, organisation in rows
    ]
    return Matter("overdue", "Ответ просрочен", f"{_OFFICER}: напомнить", count, tuple(entries), urgent=True)


def _asked(work: Work, kinds: _Kinds) -> Matter:
    count, rows = _found(work, [is_asked()], col(AccessRequest.status_since))
    entries = [_entry(request, organisation, _asks(request, kinds, question=True)) for request, organisation in rows]
    return Matter("questions", "СТП спрашивает", f"{_OFFICER}: ответить", count, tuple(entries), urgent=True)


def _letters(
    work: Work, letters: type[Letter], states: Collection[OutboxState | InboxState]
) -> tuple[int, list[tuple[Letter, AccessRequest | None, Organisation | None]]]:
    """How many letters are in these states, and the first of them with the request that each is about."""
    where = col(letters.state).in_(states)
    query = (
        select(letters, AccessRequest, Organisation)
        .join(AccessRequest, col(AccessRequest.id) == col(letters.request_id), isouter=True)
        .join(Organisation, col(Organisation.id) == col(AccessRequest.organisation_id), isouter=True)
        .where(where)
        .order_by(col(letters.id))
        .limit(SHOWN)
    )
    rows = [(letter, request, organisation) for letter, request, organisation in work.session.execute(query)]
    return work.session.execute(select(func.count()).select_from(letters).where(where)).scalar_one(), rows


def _stuck(work: Work) -> Matter:
    count, rows = _letters(work, OutboxLetter, STRANDED)
    entries = [
        Entry(
            "outbox",
            letter.id or 0,
            request.number if request else "Письмо",
            organisation.called if organisation else "",
            "письмо не ушло: исправьте причину и отправьте снова"
            if letter.state is OutboxState.FAILED
            else "связь оборвалась: узнайте, дошло ли письмо, и отметьте это",
        )
        for letter, request, organisation in rows
    ]
    return Matter("letters", "Письма не ушли", f"{_OFFICER}: разобрать", count, tuple(entries), urgent=True)


def _to_read(work: Work) -> Matter:
    count, rows = _letters(work, InboxLetter, TO_READ)
    entries = [
        Entry(
            "inbox",
            letter.id or 0,
            request.number if request else f"Письмо № {letter.id}",
            organisation.called if organisation else "заявка не узнана",
            f"{_came(letter)}: прочтите и решите",
        )
        for letter, request, organisation in rows
    ]
    return Matter("triage", "Письма ждут человека", f"{_OFFICER}: прочесть", count, tuple(entries))


def _came(letter: InboxLetter) -> str:
    at = _day(letter.received_at)
    return f"принесено вручную {at} ({letter.brought_by})" if letter.brought_by else f"пришло {at}, машина не уверена"


def _rejected(work: Work, kinds: _Kinds) -> Matter:
    count, rows = _found(work, [col(AccessRequest.status) == Status.REJECTED], col(AccessRequest.status_since))
    entries = [
        _entry(
            request,
            organisation,
            f"{kinds.title(request)}: отказ с {_day(request.status_since)}, {_asks(request, kinds)}",
        )
        for request, organisation in rows
    ]
    return Matter("rejected", "Отказы", f"{_OFFICER}: исправить", count, tuple(entries))


def _idle(work: Work, kinds: _Kinds, since: dt.datetime) -> Matter:
    """Nobody else is waited for: what stands still is the officer's."""
    where = [col(AccessRequest.status).in_(IN_HOUSE), col(AccessRequest.status_since) < since]
    count, rows = _found(work, where, col(AccessRequest.status_since))
    entries = [_entry(request, organisation, _stands(request, kinds)) for request, organisation in rows]
    return Matter("idle", "Стоит без движения", f"{_OFFICER}: продолжить", count, tuple(entries))


def _stands(request: AccessRequest, kinds: _Kinds) -> str:
    row = row_of(Standing(request.status, kinds.traits_of(request)))
    assert row is not None
    stood = row.stood.format(status=STATUS_LABELS[request.status], day=_day(request.status_since))
    return f"{kinds.title(request)}: {stood}: {row.please}"


def _first_logins(work: Work, kinds: _Kinds) -> Matter:
    """Only those who were asked: a fresh draft owes nothing."""
    invited = exists().where(
        col(OutboxLetter.request_id) == col(AccessRequest.id), col(OutboxLetter.purpose) == links.FIRST_LOGIN
    )
    where = [
        col(AccessRequest.status).in_(IN_HOUSE),
        col(AccessRequest.kind).in_(kinds.first_login),
        col(Employee.first_login_on).is_(None),
        invited,
    ]
    return _of_people(
        work,
        where,
        "first-login",
        "Ждём первый вход",
        f"{_STAFF}: войти на портал",
        "ещё не вошли: {number}. Без входа заявку не отправить",
    )


def _unproven(work: Work, kinds: _Kinds) -> Matter:
    where = [
        col(AccessRequest.status) == Status.GRANTED,
        col(AccessRequest.kind).in_(kinds.by_login),
        col(RequestLine.state).in_(UNPROVEN),
    ]
    return _of_people(
        work,
        where,
        "login-check",
        "Доступ дан, вход не подтверждён",
        f"{_STAFF}: проверить вход",
        "не подтвердили вход: {number}",
    )


def _of_people(work: Work, where: Sequence[ColumnElement[bool]], code: str, title: str, who: str, why: str) -> Matter:
    """Requests whose employees are waited for, with how many of them."""

    def joined(query: Select[Any]) -> Select[Any]:
        return (
            query.join(RequestLine, col(RequestLine.request_id) == col(AccessRequest.id))
            .join(Employee, OF_LINE)
            .where(*where)
        )

    count = joined(select(func.count(col(AccessRequest.id).distinct())).select_from(AccessRequest))
    query = (
        joined(select(AccessRequest, Organisation, func.count()).select_from(AccessRequest))
        .join(Organisation, col(Organisation.id) == col(AccessRequest.organisation_id))
        .group_by(col(AccessRequest.id), col(Organisation.id))
        .order_by(col(AccessRequest.status_since), col(AccessRequest.id))
        .limit(SHOWN)
    )
    entries = [
        _entry(request, organisation, why.format(number=number))
        for request, organisation, number in work.session.execute(query)
    ]
    return Matter(code, title, who, work.session.execute(count).scalar_one(), tuple(entries))


def _unchecked(work: Work, kinds: _Kinds) -> Matter:
    where = [col(AccessRequest.status) == Status.GRANTED, col(AccessRequest.kind).not_in(kinds.by_login)]
    count, rows = _found(work, where, col(AccessRequest.status_since))
    entries = [
        _entry(request, organisation, f"{kinds.title(request)}: {_asks(request, kinds)}")
        for request, organisation in rows
    ]
    return Matter("results", "Результат не проверен", f"{_OFFICER}: проверить", count, tuple(entries))


def _outcomes(work: Work, kinds: _Kinds) -> Matter:
    """What follows from an answer that was not the one hoped for (EXT-7)."""
    where = [col(AccessRequest.outcome).is_not(None), col(AccessRequest.next_reminder_at) <= work.now]
    count, rows = _found(work, where, col(AccessRequest.next_reminder_at))
    entries = []
    for request, organisation in rows:
        outcome = work.catalog.kind(request.kind).outcome(request.outcome)
        entries.append(_entry(request, organisation, outcome.next if outcome else kinds.title(request)))
    return Matter("outcomes", "Что дальше после ответа", _OFFICER, count, tuple(entries))


def _items(work: Work) -> Matter:
    """Items of checklists that are late or near their term; the late first."""
    before = checklists.catalogue(work).reminding.working_days_before
    due = []
    for ready in overview.ready_items(work):
        today = work.now.astimezone(ZoneInfo(ready.organisation.time_zone)).date()
        if today >= work.calendar.shifted(ready.due_on, -before):
            due.append((ready.due_on < today, ready))
    due.sort(key=lambda pair: (not pair[0], pair[1].due_on))
    entries = [
        Entry(
            "checklist",
            ready.organisation.id or 0,
            ready.organisation.called,
            "",
            f"«{ready.item.title}» – "
            + (f"срок вышел {ready.due_on:%d.%m.%Y}" if late else f"внести до {ready.due_on:%d.%m.%Y}"),
            anchor=f"{ready.entry.code}-{ready.item.code}" if ready.entry.per == "organisation" else ready.entry.code,
        )
        for late, ready in due[:SHOWN]
    ]
    return Matter("items", "Внести в реестры", _OFFICER, len(due), tuple(entries))


def _reviews(work: Work) -> Matter:
    rows = sorted(reviews.unanswered(work), key=lambda row: (row[1].until, row[0].id or 0))
    entries = [
        Entry(
            "review",
            asked.id or 0,
            organisation.called,
            "",
            f"ответьте до {campaign.until:%d.%m.%Y}, кому роли ещё нужны: без ответа {number}",
        )
        for asked, campaign, organisation, number in rows[:SHOWN]
    ]
    return Matter("reviews", "Проверка доступа", f"{_OFFICER}: ответить", len(rows), tuple(entries))


# What a day brought


@dataclass(frozen=True, slots=True)
class LetterOut:
    """A letter with what became of it that day; `state` is where it stands now."""

    at: dt.datetime
    id: int
    purpose: str
    state: OutboxState
    request: AccessRequest | None


@dataclass(frozen=True, slots=True)
class LetterIn:
    at: dt.datetime
    id: int
    state: InboxState
    request: AccessRequest | None
    brought_by: str = ""  # the login of who brought it by hand


@dataclass(frozen=True, slots=True)
class Day:
    """Letters of one day, newest first; of each sort the first hundred, with how many there were."""

    sent: tuple[LetterOut, ...]
    received: tuple[LetterIn, ...]
    failed: tuple[LetterOut, ...]
    more: bool


LETTERS_SHOWN = 100


def day_of(work: Work, day: dt.date) -> Day:
    """What was sent, came in and went wrong on that day by Moscow's clock."""
    moments = (dt.datetime.combine(each, dt.time(), MOSCOW) for each in (day, day + dt.timedelta(days=1)))
    since, until = (first_since(work.session, moment) for moment in moments)
    sent = _letters_out(work, ("letter.sent",), since, until)
    failed = _letters_out(work, ("letter.failed", "letter.uncertain"), since, until)
    received = _letters_in(work, since, until)
    more = any(len(found) > LETTERS_SHOWN for found in (sent, failed, received))
    return Day(tuple(sent[:LETTERS_SHOWN]), tuple(received[:LETTERS_SHOWN]), tuple(failed[:LETTERS_SHOWN]), more)


def _letters_out(work: Work, actions: Sequence[str], since: int, until: int) -> list[LetterOut]:
    """By way of the letter's row, which the user sees or not: the log itself is everybody's."""
    query = (
        select(col(Event.at), OutboxLetter, AccessRequest)
        .join(OutboxLetter, col(OutboxLetter.id) == _letter_id("letter:"))
        .join(AccessRequest, col(AccessRequest.id) == col(OutboxLetter.request_id), isouter=True)
        .where(col(Event.action).in_(actions), col(Event.seq) >= since, col(Event.seq) < until)
        .order_by(col(Event.seq).desc())
        .limit(LETTERS_SHOWN + 1)
    )
    return [
        LetterOut(at, letter.id or 0, letter.purpose, letter.state, request)
        for at, letter, request in work.session.execute(query)
    ]


def _letters_in(work: Work, since: int, until: int) -> list[LetterIn]:
    query = (
        select(col(Event.at), InboxLetter, AccessRequest)
        .join(InboxLetter, col(InboxLetter.id) == _letter_id("inbox:"))
        .join(AccessRequest, col(AccessRequest.id) == col(InboxLetter.request_id), isouter=True)
        .where(
            col(Event.action).in_(("letter.received", "letter.brought")),
            col(Event.seq) >= since,
            col(Event.seq) < until,
        )
        .order_by(col(Event.seq).desc())
        .limit(LETTERS_SHOWN + 1)
    )
    return [
        LetterIn(at, letter.id or 0, letter.state, request, letter.brought_by or "")
        for at, letter, request in work.session.execute(query)
    ]


def _letter_id(prefix: str) -> ColumnElement[int]:
    return cast(func.substr(col(Event.subject), len(prefix) + 1), Integer)


@dataclass(frozen=True, slots=True)
class Post:
    """How the post does: when a letter last left and came, how many wait in the queue and since when.

    `looked` is the last good look into the mailbox; `trouble` says why a folder could not be read since.
    """

    last_sent: dt.datetime | None
    last_received: dt.datetime | None
    queued: int
    oldest: dt.datetime | None
    late: bool
    looked: dt.datetime | None
    failed: dt.datetime | None
    trouble: str


_PATIENCE = dt.timedelta(minutes=30)
_FORGOTTEN = dt.timedelta(days=1)


def post(work: Work) -> Post:
    """`late` when a letter whose turn has come still stands half an hour later."""
    query = select(func.count(), func.min(col(OutboxLetter.next_attempt_at)), func.min(col(OutboxLetter.promised_at)))
    number, turn, oldest = work.session.execute(query.where(col(OutboxLetter.state).in_(ON_THE_WAY))).one()
    late = turn is not None and turn < work.now - _PATIENCE
    return Post(_last(work, "letter.sent"), _last(work, "letter.received"), number, oldest, late, *_looks(work))


def _looks(work: Work) -> tuple[dt.datetime | None, dt.datetime | None, str]:
    """A folder that nobody looks into any more, because the settings left it out, is forgotten after a day."""
    rows = work.session.execute(select(MailboxPosition).order_by(col(MailboxPosition.failed_at))).scalars().all()
    failed = [row for row in rows if row.problem and row.failed_at and row.failed_at > work.now - _FORGOTTEN]
    looked = max((row.looked_at for row in rows if row.looked_at), default=None)
    if not failed:
        return looked, None, ""
    return looked, failed[-1].failed_at, EXPLANATIONS[failed[-1].problem or ""].wrong


def _last(work: Work, action: str) -> dt.datetime | None:
    newest = select(func.max(col(Event.seq))).where(col(Event.action) == action).scalar_subquery()
    return work.session.execute(select(col(Event.at)).where(col(Event.seq) == newest)).scalar_one_or_none()
