"""The audit log: one hash chain, written in the transaction of what it tells, verified from the first event."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from actions.context import Work
from models.record import ChainHead, Event

START = "0" * 64


def canonical(data: Mapping[str, object]) -> str:
    """One spelling of the same data: sorted keys, no spaces, real letters."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def event_hash(seq: int, at: dt.datetime, actor: str, action: str, subject: str, data: str, previous: str) -> str:
    """SHA-256 over every column of the event and the hash of the one before."""
    stamp = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    body = "\n".join((str(seq), stamp, actor, action, subject, data, previous))
    return hashlib.sha256(body.encode()).hexdigest()


_LOCKED_HEAD = select(ChainHead).where(col(ChainHead.id) == 1).with_for_update()


def _locked_head(session: Session) -> ChainHead:
    head: ChainHead | None = session.execute(_LOCKED_HEAD).scalar_one_or_none()
    if head is not None:
        return head
    try:
        with session.begin_nested():
            session.add(ChainHead(id=1, seq=0, hash=START))
    except IntegrityError:  # another writer made it first
        pass
    made: ChainHead = session.execute(_LOCKED_HEAD).scalar_one()
    return made


def has_looked(work: Work, subject: str, *, since: dt.datetime) -> bool:
    """Whether a look of this user at the subject is on record since then."""
    mine = (col(Event.actor) == work.by, col(Event.subject) == subject, col(Event.action).endswith(".viewed"))
    query = select(col(Event.seq)).where(*mine, col(Event.at) >= since).limit(1)
    return work.session.execute(query).first() is not None


def record(work: Work, action: str, subject: str, **data: object) -> Event:
    """Add one event. `data` must hold no names, addresses or СНИЛС: people are told by their row number."""
    head = _locked_head(work.session)
    work.session.refresh(head, with_for_update=True)
    seq, text = head.seq + 1, canonical(data)
    digest = event_hash(seq, work.now, work.by, action, subject, text, head.hash)
    event = Event(
        seq=seq, at=work.now, actor=work.by, action=action, subject=subject, data=text, previous=head.hash, hash=digest
    )
    work.session.add(event)
    head.seq, head.hash = seq, digest
    work.session.flush()
    return event


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the chain stood at some moment: it travels in letters, so that a cut-off tail is found."""

    seq: int
    hash: str

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Anchor:
        """Raises ValueError with a Russian sentence."""
        seq, _, digest = text.strip().partition(":")
        if not seq.isdigit() or len(digest) != 64:
            raise ValueError("Отметка журнала – это номер записи, двоеточие и 64 знака, как в колонтитуле письма.")
        return cls(int(seq), digest)


def anchor(session: Session) -> Anchor:
    """The chain's present head."""
    head = session.get(ChainHead, 1)
    return Anchor(head.seq, head.hash) if head else Anchor(0, START)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`broken_at` is the number of the first event that is wrong or missing."""

    events: int
    head: str
    broken_at: int | None = None
    why: str = ""

    @property
    def ok(self) -> bool:
        return self.broken_at is None

    def as_json(self) -> dict[str, object]:
        return {"ok": self.ok, "events": self.events, "head": self.head, "broken_at": self.broken_at}


def _stream(session: Session) -> Iterator[Event]:
    yield from session.execute(select(Event).order_by(col(Event.seq)).execution_options(yield_per=2000)).scalars()


def check_chain(events: Iterable[Event]) -> Verdict:
    """Finds an edit, a deletion, a reordering. A cut-off tail needs an anchor, see `verify`."""
    count, last = 0, START
    for event in events:
        if event.seq != count + 1:
            return Verdict(count, last, count + 1, f"Записи № {count + 1} нет: она удалена или переставлена.")
        expected = event_hash(event.seq, event.at, event.actor, event.action, event.subject, event.data, event.previous)
        if event.previous != last or event.hash != expected:
            return Verdict(count, last, event.seq, f"Запись № {event.seq} изменена или подменена.")
        count, last = event.seq, event.hash
    return Verdict(count, last)


def verify(session: Session, anchors: Iterable[Anchor] = ()) -> Verdict:
    """The whole chain, the head row and every known anchor."""
    known = [anchor(session), *anchors]  # the head first: the chain may grow meanwhile
    return compared(session, check_chain(_stream(session)), known)


def compared(session: Session, verdict: Verdict, known: Iterable[Anchor]) -> Verdict:
    """What anchors say of a chain that is whole in itself."""
    if not verdict.ok:
        return verdict
    for each in known:
        if each.seq > verdict.events:
            return Verdict(verdict.events, verdict.head, verdict.events + 1, "Конец журнала отрезан.")
        found = session.get(Event, each.seq)
        if each.seq and (found is None or found.hash != each.hash):
            return Verdict(verdict.events, verdict.head, each.seq, "Журнал не совпадает с известной отметкой.")
    return verdict


def export(session: Session) -> Iterator[dict[str, object]]:
    """Every event as a JSON object, oldest first."""
    yield from map(exported, _stream(session))


def exported(event: Event) -> dict[str, object]:
    """All of an event: from this its hash can be computed again."""
    return {
        "seq": event.seq,
        "at": event.at.isoformat(),
        "actor": event.actor,
        "action": event.action,
        "subject": event.subject,
        "data": json.loads(event.data),
        "previous": event.previous,
        "hash": event.hash,
    }
