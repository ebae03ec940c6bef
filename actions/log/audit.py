"""The audit log: one hash chain, written in the transaction of what it tells, sealed by a key outside the database.

The hashes are public: anyone can check the chain, a pack or an export. The seals are not: whoever can write the
database can compute every hash of another history anew, but no seal.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session, col

from actions.context import Work
from models.audit import ChainHead, Event

START = "0" * 64


def canonical(data: Mapping[str, object]) -> str:
    """One spelling of the same data: sorted keys, no spaces, real letters."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def event_hash(seq: int, at: dt.datetime, actor: str, action: str, subject: str, data: str, previous: str) -> str:
    """SHA-256 over every column of the event and the hash of the one before."""
    stamp = at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    body = "\n".join((str(seq), stamp, actor, action, subject, data, previous))
    return hashlib.sha256(body.encode()).hexdigest()


def seal(key: bytes, digest: str) -> str:
    """HMAC-SHA256 of an event's hash, and so of every event before it; "" without a key."""
    return hmac.new(key, digest.encode(), hashlib.sha256).hexdigest() if key else ""


_HEAD = "head of the log"  # among what a session remembers: of which transaction, and the row
_LOCKED_HEAD = select(ChainHead).where(col(ChainHead.id) == 1).with_for_update()


def _locked_head(session: Session) -> ChainHead:
    """As it stands, held until the transaction ends: nobody else adds an event meanwhile, so it is asked for once.

    A lock taken inside a savepoint goes with it when that is rolled back, so it is not relied on behind it.
    """
    whole = session.get_transaction()
    held: tuple[SessionTransaction, ChainHead] | None = session.info.get(_HEAD)
    if held is not None and held[0] is whole:
        return held[1]
    head: ChainHead | None = session.execute(_LOCKED_HEAD).scalar_one_or_none()
    if head is None:
        try:
            with session.begin_nested():
                session.add(ChainHead(id=1, seq=0, hash=START))
        except IntegrityError:  # another writer made it first
            pass
        head = session.execute(_LOCKED_HEAD).scalar_one()
    session.refresh(head, with_for_update=True)
    if not session.in_nested_transaction():
        session.info[_HEAD] = (session.get_transaction(), head)
    return head


def has_looked(work: Work, subject: str, *, since: dt.datetime) -> bool:
    """Whether a look of this user at the subject is on record since then."""
    mine = (col(Event.actor) == work.by, col(Event.subject) == subject, col(Event.action).endswith(".viewed"))
    query = select(col(Event.seq)).where(*mine, col(Event.at) >= since).limit(1)
    return work.session.execute(query).first() is not None


def record(work: Work, action: str, subject: str, **data: object) -> Event:
    """Add one event. `data` must hold no names, addresses or СНИЛС: people are told by their row number."""
    head = _locked_head(work.session)
    seq, text = head.seq + 1, canonical(data)
    digest = event_hash(seq, work.now, work.by, action, subject, text, head.hash)
    event = Event(
        seq=seq,
        at=work.now,
        actor=work.by,
        action=action,
        subject=subject,
        data=text,
        previous=head.hash,
        hash=digest,
        seal=seal(work.policy.log_key, digest),
    )
    work.session.add(event)
    head.seq, head.hash = seq, digest
    work.session.flush()
    return event


def record_each(work: Work, action: str, told: Iterable[tuple[str, Mapping[str, object]]]) -> list[int]:
    """The same of many (subject, data), an event each, with a few statements: nobody has to wait for two thousand.

    Gives the numbers of the events.
    """
    rows = []
    head = _locked_head(work.session)
    seq, previous = head.seq, head.hash
    for subject, data in told:
        seq, text = seq + 1, canonical(data)
        digest = event_hash(seq, work.now, work.by, action, subject, text, previous)
        rows.append(
            {
                "seq": seq, "at": work.now, "actor": work.by, "action": action, "subject": subject, "data": text,
                "previous": previous, "hash": digest, "seal": seal(work.policy.log_key, digest),
            }
        )  # fmt: skip
        previous = digest
    if rows:
        head.seq, head.hash = seq, previous
        work.session.flush()
        work.session.execute(insert(Event), rows)
    return [seq - len(rows) + place for place in range(1, len(rows) + 1)]


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


@dataclass(frozen=True, slots=True)
class Seals:
    """What to check seals by: the key, and behind which event every one must be sealed (None: as soon as one is)."""

    key: bytes
    begun: int | None = None


_COLUMNS = (
    col(Event.seq), col(Event.at), col(Event.actor), col(Event.action), col(Event.subject), col(Event.data), col(Event.previous),
    col(Event.hash), col(Event.seal),
)  # fmt: skip


def check_between(
    session: Session, after: int, start: str, most: int | None = None, seals: Seals | None = None
) -> Verdict:
    """Find an edit, a deletion, a reordering, a wrong seal behind event `after`, whose hash is `start`.

    A cut-off tail needs an anchor, see `compared`. Columns instead of rows of the model: three times as fast.
    """
    query = select(*_COLUMNS).where(col(Event.seq) > after).order_by(col(Event.seq)).execution_options(yield_per=2000)
    if most is not None:
        query = query.where(col(Event.seq) <= after + most)
    count, last = after, start
    sealed = (
        seals is not None
        and bool(after)
        and bool(session.execute(select(col(Event.seal)).where(col(Event.seq) == after)).scalar())
    )
    for seq, at, actor, action, subject, data, previous, digest, stamp in session.execute(query):
        if seq != count + 1:
            return Verdict(count, last, count + 1, f"Записи № {count + 1} нет: она удалена или переставлена.")
        if previous != last or digest != event_hash(seq, at, actor, action, subject, data, previous):
            return Verdict(count, last, seq, f"Запись № {seq} изменена или подменена.")
        if seals is not None and seq > (seals.begun or 0):
            sealed = sealed or bool(stamp) or seals.begun is not None
            if sealed and not hmac.compare_digest(stamp, seal(seals.key, digest)):
                return Verdict(
                    count, last, seq, f"Запись № {seq} сделана не этой программой: её не заверяет ключ установки."
                )
        count, last = seq, digest
    return Verdict(count, last)


def verify(session: Session, anchors: Iterable[Anchor] = (), seals: Seals | None = None) -> Verdict:
    """The whole chain, the head row and every known anchor."""
    known = [anchor(session), *anchors]  # the head first: the chain may grow meanwhile
    return compared(session, check_between(session, 0, START, seals=seals), known)


def compared(session: Session, verdict: Verdict, known: Iterable[Anchor]) -> Verdict:
    """What anchors say of a chain that is whole in itself."""
    if not verdict.ok:
        return verdict
    for each in known:
        if each.seq > verdict.events:
            return Verdict(verdict.events, verdict.head, verdict.events + 1, "Конец журнала отрезан.")
        if each.seq and not holds(session, each):
            return Verdict(verdict.events, verdict.head, each.seq, "Журнал не совпадает с известной отметкой.")
    return verdict


def holds(session: Session, known: Anchor) -> bool:
    """Whether the event that an anchor names is the same today."""
    found = session.get(Event, known.seq)
    return found is not None and found.hash == known.hash


def export(session: Session) -> Iterator[dict[str, object]]:
    """Every event as a JSON object, oldest first."""
    query = select(Event).order_by(col(Event.seq)).execution_options(yield_per=2000)
    yield from map(exported, session.execute(query).scalars())


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
