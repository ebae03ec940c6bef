"""The outbox: a letter is promised in the step's transaction, claimed with a lease, and sent at most once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import cast

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlmodel import col

from actions.context import Conflict, NotFound, Work
from actions.log import audit
from actions.post import copies, destinations, links
from actions.stored import owed
from models.letters import OutboxLetter, OutboxState
from models.numbering import number
from models.request import AccessRequest
from notifications.composing import Attachment, OutgoingLetter, ascii_domain, compose
from notifications.message_ids import drawn
from states.statuses import FINISHED, OUT_OF_HAND, STRANDED

PERSONAL = (links.FIRST_LOGIN, links.LOGIN_CHECK, "nudge")
_PRACTICE = "УЧЕБНОЕ ПИСЬМО"
TO_DESK = ("package", "reply", "follow-up")


def promise(
    work: Work,
    *,
    key: str,
    purpose: str,
    recipient: str,
    subject: str,
    text: str,
    made_from: Mapping[str, object] | None = None,
    request_id: int | None = None,
    person_id: int | None = None,
    version: int = 1,
    attachments: Sequence[dict[str, str]] = (),
    in_reply_to: str | None = None,
) -> OutboxLetter:
    """Write the letter down; a flow sends it. The same `key` is promised once: a repeat returns the first row.

    `attachments` name stored files: {"name", "media_type", "sha256"}. `made_from`: of a letter with personal links.
    """
    found = _by_key(work, key)
    if found is not None:
        return found
    letter = OutboxLetter(
        key=key,
        purpose=purpose,
        request_id=request_id,
        person_id=person_id,
        version=version,
        message_id=new_message_id(work),
        recipient=recipient,
        subject=subject,
        text=text,
        made_from=dict(made_from or {}),
        in_reply_to=in_reply_to,
        attachments=list(attachments),
        next_attempt_at=work.now,
        promised_at=work.now,
    )
    put(work, [letter])
    return letter


def put(work: Work, letters: Sequence[OutboxLetter]) -> None:
    """Promise letters whose keys are new."""
    number(work.session, letters)
    work.session.flush()
    told = [(f"letter:{letter.id}", {"purpose": letter.purpose, "request": letter.request_id}) for letter in letters]
    audit.record_each(work, "letter.promised", told)


def promised(work: Work, keys: Collection[str]) -> dict[str, OutboxLetter]:
    """Those of the keys that were promised before, by their key."""
    query = select(OutboxLetter).where(col(OutboxLetter.key).in_(keys))
    return {letter.key: letter for letter in work.session.execute(query).scalars()}


def new_message_id(work: Work) -> str:
    """For a letter that is promised now: drawn by lot, marked with the key of this installation."""
    return drawn(ascii_domain(work.policy.sender.rpartition("@")[2]), work.now, work.policy.link_secret)


def _by_key(work: Work, key: str) -> OutboxLetter | None:
    return work.session.execute(select(OutboxLetter).where(col(OutboxLetter.key) == key)).scalar_one_or_none()


def is_promised(work: Work, key: str) -> bool:
    return _by_key(work, key) is not None


def claim(work: Work, *, owner: str, limit: int) -> list[int]:
    """Take letters that are due; nobody else gets them while the lease runs. None while a copy of this installation may send them.

    PostgreSQL skips rows that another worker locks; SQLite has one writer at a time (BEGIN IMMEDIATE).
    """
    if copies.why_it_stands(work):
        return []
    due = (
        select(col(OutboxLetter.id))
        .where(
            col(OutboxLetter.state) == OutboxState.PROMISED,
            col(OutboxLetter.next_attempt_at) <= work.now,
            _may_leave(work),
        )
        .order_by(col(OutboxLetter.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    lease = work.now + dt.timedelta(seconds=work.policy.lease_seconds)
    taken = work.session.execute(
        update(OutboxLetter)
        .where(col(OutboxLetter.id).in_(due.scalar_subquery()), col(OutboxLetter.state) == OutboxState.PROMISED)
        .values(state=OutboxState.CLAIMED, lease_owner=owner, lease_until=lease)
        .returning(col(OutboxLetter.id))
        .execution_options(synchronize_session=False)
    )
    return sorted(number for number in taken.scalars() if number is not None)


def _may_leave(work: Work) -> ColumnElement[bool]:
    """A letter to the desk: when a person confirmed the very address on it; any other: when the present one is confirmed."""
    known = destinations.confirmed(work)
    to_desk = col(OutboxLetter.purpose).in_(TO_DESK)
    allowed = to_desk & col(OutboxLetter.recipient).in_(known)
    return allowed | ~to_desk if destinations.address(work) in known else allowed


def held(work: Work, request: AccessRequest | None = None) -> set[int]:
    """Row numbers of letters, of the request or of all, that wait for a person's yes to the desk's address."""
    where = [col(OutboxLetter.request_id) == request.id] if request is not None else []
    query = select(col(OutboxLetter.id)).where(
        col(OutboxLetter.state) == OutboxState.PROMISED, ~_may_leave(work), *where
    )
    return {number for number in work.session.execute(query).scalars() if number is not None}


def release_expired(work: Work) -> tuple[int, int]:
    """After a killed worker: what had not begun is due again, what had begun is uncertain. Returns both counts."""
    never = work.now + 2 * dt.timedelta(seconds=work.policy.lease_seconds)  # a lease of a clock that ran ahead
    expired = (or_(col(OutboxLetter.lease_until) <= work.now, col(OutboxLetter.lease_until) > never),)
    _bring_near(work)
    idle = _change(work, OutboxState.CLAIMED, OutboxState.PROMISED, *expired, next_attempt_at=work.now)
    lost = work.session.execute(
        select(col(OutboxLetter.id)).where(col(OutboxLetter.state) == OutboxState.SENDING, *expired)
    ).scalars()
    lost_ids = [each for each in lost if each is not None]
    for lost_id in lost_ids:
        mark_uncertain(work, letter_id=lost_id, detail="Отправка прервалась: программа остановилась посреди передачи.")
    return idle, len(lost_ids)


def _bring_near(work: Work) -> None:
    """What a clock that ran ahead has put off for longer than any wait of ours is due now."""
    longest = max(*work.policy.retry_minutes, work.policy.server_away_minutes)
    far = work.now + dt.timedelta(minutes=longest, hours=1)
    numbers = work.session.execute(
        update(OutboxLetter)
        .where(col(OutboxLetter.state) == OutboxState.PROMISED, col(OutboxLetter.next_attempt_at) > far)
        .values(next_attempt_at=work.now)
        .returning(col(OutboxLetter.id))
        .execution_options(synchronize_session=False)
    ).scalars()
    audit.record_each(work, "letter.brought-near", [(f"letter:{letter}", {}) for letter in list(numbers)])


def begin(work: Work, *, letter_id: int, owner: str) -> tuple[bytes, str]:
    """Compose once, store the bytes, and note that transmission begins. Returns the bytes and the recipient.

    Raises Conflict when the lease was lost meanwhile, LinkDead when it would carry a link that opens nothing.
    """
    letter = get(work, letter_id)
    raw = _composed(work, letter)
    lease = work.now + dt.timedelta(seconds=work.policy.lease_seconds)
    mine = (col(OutboxLetter.id) == letter_id, col(OutboxLetter.lease_owner) == owner)
    if not _change(
        work,
        OutboxState.CLAIMED,
        OutboxState.SENDING,
        *mine,
        lease_until=lease,
        raw_sha256=letter.raw_sha256,
        attempts=letter.attempts + 1,
    ):
        raise Conflict("Письмо уже взял другой исполнитель или его отменили.")
    return raw, letter.recipient


def _composed(work: Work, letter: OutboxLetter) -> bytes:
    text = links.written(work, letter).text if letter.made_from else letter.text
    if letter.raw_sha256:
        return work.files.read(letter.raw_sha256)
    raw = compose(
        OutgoingLetter(
            sender=work.policy.sender,
            sender_name=work.policy.sender_name,
            to=(letter.recipient,),
            subject=f"{_PRACTICE}. {letter.subject}" if work.policy.practice else letter.subject,
            text=_practice_told(work, text),
            message_id=letter.message_id,
            date=letter.promised_at,
            in_reply_to=letter.in_reply_to,
            attachments=tuple(
                Attachment(part["name"], part["media_type"], work.files.read(part["sha256"]))
                for part in letter.attachments
            ),
            headers={"X-Egisz-Access-Anchor": str(audit.anchor(work.session))},
        )
    )
    letter.raw_sha256 = work.files.put(raw)
    return raw


def _practice_told(work: Work, text: str) -> str:
    return (
        f"{_PRACTICE}: люди и заявки вымышлены, делать по нему ничего не нужно.\n\n{text}"
        if work.policy.practice
        else text
    )


def mark_sent(work: Work, *, letter_id: int, response: str, owner: str | None = None) -> OutboxLetter:
    """The relay told its `owner` 250, or the letter is known to have arrived. Raises Conflict when it is another's by now."""
    letter = get(work, letter_id)
    sources = (OutboxState.SENDING, OutboxState.UNCERTAIN)
    if letter.state not in sources or not _change(
        work,
        letter.state,
        OutboxState.SENT,
        *_held(letter_id, owner),
        confirmed_at=work.now,
        lease_until=None,
        lease_owner=None,
        error=None,
    ):
        raise Conflict(f"Письмо № {letter_id} уже в другом состоянии.")
    audit.record(
        work,
        "letter.sent",
        f"letter:{letter_id}",
        purpose=letter.purpose,
        request=letter.request_id,
        message_id=letter.message_id,
        raw=letter.raw_sha256,
    )
    work.session.refresh(letter)
    _forget_secret(work, letter)
    return letter


def _forget_secret(work: Work, letter: OutboxLetter) -> None:
    """The bytes of a letter with a personal link hold the link's secret: once it is out they are not kept."""
    if letter.purpose in PERSONAL and letter.raw_sha256:
        owed.owe_files(work, [letter.raw_sha256])
        work.after_commit.append(
            partial(owed.deleted, work.files, letter.raw_sha256)
        )  # at once, where nothing kills us before
        letter.raw_sha256 = None


def _held(letter_id: int, owner: str | None) -> tuple[ColumnElement[bool], ...]:
    """Who has let a letter go writes its state no more; it is nobody's once somebody has settled it or sent it anew."""
    mine = (col(OutboxLetter.lease_owner) == owner,) if owner is not None else ()
    return (col(OutboxLetter.id) == letter_id, *mine)


def is_held(work: Work, *, letter_id: int, owner: str) -> bool:
    """Whether the owner still has the letter that he is sending, and time left to say so."""
    query = select(col(OutboxLetter.id)).where(
        *_held(letter_id, owner),
        col(OutboxLetter.state) == OutboxState.SENDING,
        col(OutboxLetter.lease_until) > work.now,
    )
    return work.session.execute(query).first() is not None


def note_late(work: Work, *, letter_id: int, said: str) -> None:
    """A worker heard of a letter that is not his any more: what he heard stays on record."""
    audit.record(work, "letter.late-reply", f"letter:{letter_id}", said=said)


def mark_uncertain(work: Work, *, letter_id: int, detail: str, owner: str | None = None) -> None:
    """Nobody knows whether it arrived: an acknowledgement, the Sent folder or a person settles it.

    Raises Conflict when it is another's by now.
    """
    if not _change(
        work, OutboxState.SENDING, OutboxState.UNCERTAIN, *_held(letter_id, owner), error=detail, lease_until=None
    ):
        raise Conflict(f"Письмо № {letter_id} уже в другом состоянии.")
    audit.record(work, "letter.uncertain", f"letter:{letter_id}")


def mark_failed(work: Work, *, letter_id: int, detail: str, permanent: bool, owner: str | None = None) -> None:
    """Surely not accepted: tried again up the ladder when temporary, stopped visibly when permanent.

    Raises Conflict when the letter was settled otherwise meanwhile, or is another's by now.
    """
    letter = get(work, letter_id)
    if letter.state not in OUT_OF_HAND:
        raise Conflict(f"Письмо № {letter_id} уже в другом состоянии.")
    ladder = work.policy.retry_minutes
    stop = permanent or letter.attempts > len(ladder)
    wait = dt.timedelta(minutes=ladder[min(letter.attempts, len(ladder)) - 1] if letter.attempts else 0)
    if not _change(
        work,
        letter.state,
        OutboxState.FAILED if stop else OutboxState.PROMISED,
        *_held(letter_id, owner),
        error=detail,
        lease_until=None,
        lease_owner=None,
        next_attempt_at=work.now + wait,
    ):
        raise Conflict(f"Письмо № {letter_id} уже в другом состоянии.")
    audit.record(work, "letter.failed" if stop else "letter.delayed", f"letter:{letter_id}", attempt=letter.attempts)


def postpone(work: Work, *, owner: str, detail: str, begun: int | None = None) -> int:
    """The server or the settings are at fault, no letter is: the owner's letters wait and lose no attempt.

    `begun` is the one that was being handed over; nothing of it has left. Returns how many wait now.
    """
    untouched = and_(col(OutboxLetter.state) == OutboxState.SENDING, col(OutboxLetter.id) == begun)
    mine = select(OutboxLetter).where(
        col(OutboxLetter.lease_owner) == owner, or_(col(OutboxLetter.state) == OutboxState.CLAIMED, untouched)
    )
    letters = work.session.execute(mine.with_for_update()).scalars().all()
    for letter in letters:
        letter.attempts -= letter.state is OutboxState.SENDING
        letter.state, letter.lease_until, letter.lease_owner = OutboxState.PROMISED, None, None
        letter.next_attempt_at = work.now + dt.timedelta(minutes=work.policy.server_away_minutes)
        told, letter.error = letter.error is not None, detail
        if not told:  # a server that is away for days fills no log
            audit.record(work, "letter.delayed", f"letter:{letter.id}", attempt=letter.attempts)
    return len(letters)


def resend(work: Work, *, letter_id: int) -> None:
    """A person decided that an uncertain or stopped letter did not arrive and is to go again."""
    letter = get(work, letter_id)
    if letter.state not in STRANDED:
        raise Conflict("Повторить можно только письмо с неясной судьбой или с ошибкой отправки.")
    _change(
        work,
        letter.state,
        OutboxState.PROMISED,
        col(OutboxLetter.id) == letter_id,
        next_attempt_at=work.now,
        lease_owner=None,
        attempts=0,
        error=None,
    )
    audit.record(work, "letter.resent", f"letter:{letter_id}")


def give_up(work: Work, *, letter_id: int) -> None:
    """A person decided that a letter which could not be delivered is not needed any more.

    Raises Conflict for any other letter: of an uncertain one nobody knows yet whether it arrived.
    """
    if not _change(work, OutboxState.FAILED, OutboxState.CANCELLED, col(OutboxLetter.id) == get(work, letter_id).id):
        raise Conflict(f"Письмо № {letter_id} уже в другом состоянии.")
    audit.record(work, "letter.given-up", f"letter:{letter_id}")


def cancel(work: Work, *, request_id: int, only: Sequence[ColumnElement[bool]] = ()) -> int:
    """Letters of a request, those of `only`, that have not left are not sent any more. Returns how many."""
    where = (col(OutboxLetter.request_id) == request_id, *only)
    return sum(
        _change(work, state, OutboxState.CANCELLED, *where) for state in (OutboxState.PROMISED, OutboxState.FAILED)
    )


def get(work: Work, letter_id: int) -> OutboxLetter:
    letter = work.session.get(OutboxLetter, letter_id)
    if letter is None:
        raise NotFound(f"Письма № {letter_id} нет.")
    work.session.refresh(letter)
    return letter


def unsettled(work: Work) -> Sequence[OutboxLetter]:
    """Letters that have not left, oldest first."""
    query = select(OutboxLetter).where(col(OutboxLetter.state).not_in(FINISHED)).order_by(col(OutboxLetter.id))
    return work.session.execute(query).scalars().all()


def uncertain(work: Work) -> Sequence[OutboxLetter]:
    query = select(OutboxLetter).where(col(OutboxLetter.state) == OutboxState.UNCERTAIN)
    return work.session.execute(query).scalars().all()


def counts(work: Work) -> dict[str, int]:
    """How many letters stand in each state."""
    rows = work.session.execute(select(col(OutboxLetter.state), func.count()).group_by(col(OutboxLetter.state)))
    return {state.value: number for state, number in rows}


def _change(work: Work, source: OutboxState, target: OutboxState, *where: ColumnElement[bool], **values: object) -> int:
    """Compare and swap: only rows still in `source` move."""
    result = work.session.execute(
        update(OutboxLetter)
        .where(col(OutboxLetter.state) == source, *where)
        .values(state=target, **values)
        .execution_options(synchronize_session="fetch")
    )
    return int(cast("CursorResult[object]", result).rowcount)
