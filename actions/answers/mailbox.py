"""What a mailbox has given so far: letters kept raw, how far each folder was read, and what the server does not give."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from actions.context import Work
from actions.log import audit
from models.letters import InboxLetter, MailboxPosition, NotGivenLetter
from notifications.essence import essence
from notifications.imap import FetchedLetter, NotGiven

_AGAIN = dt.timedelta(days=1)


def position(work: Work, account: str, folder: str) -> tuple[int, int]:
    """UIDVALIDITY and the last UID that was stored or stepped over; zeros for a folder never read."""
    row = work.session.get(MailboxPosition, (account, folder))
    return (row.uid_validity, row.last_uid) if row else (0, 0)


def store(work: Work, fetched: FetchedLetter) -> int | None:
    """Keep the raw letter and how far the folder was read. None when this letter was taken in before."""
    number = None if _is_known(work, fetched) else _keep(work, fetched)
    _advance(work, fetched.account, fetched.folder, fetched.uidvalidity, fetched.uid)
    _forget(work, fetched)
    return number


def _is_known(work: Work, fetched: FetchedLetter) -> bool:
    """The same bytes, which come back if they were lost; or a copy of a letter that was erased: its words do not come back."""
    query = select(InboxLetter).where(col(InboxLetter.sha256) == hashlib.sha256(fetched.raw).hexdigest())
    known = work.session.execute(query.limit(1)).scalar_one_or_none()
    if known is not None:
        if known.erased_on is None and not work.files.has(known.sha256):
            work.files.put(fetched.raw)
        return True
    same = essence(fetched.raw) if fetched.whole else ""
    copies = work.session.execute(select(InboxLetter).where(col(InboxLetter.essence) == same)).scalars() if same else ()
    return any(copy.erased_on is not None for copy in copies)


def _keep(work: Work, fetched: FetchedLetter) -> int | None:
    digest = work.files.put(fetched.raw)
    letter = InboxLetter(
        account=fetched.account,
        folder=fetched.folder,
        uid_validity=fetched.uidvalidity,
        uid=fetched.uid,
        sha256=digest,
        size=0 if fetched.whole else fetched.size,
        essence=essence(fetched.raw) if fetched.whole else "",
        received_at=work.now,
    )
    try:
        with work.session.begin_nested():
            work.session.add(letter)
    except IntegrityError:  # the same UID, or the same bytes at this moment
        return None
    audit.record(work, "letter.received", f"inbox:{letter.id}", sha256=digest)
    return letter.id


def step_over(work: Work, account: str, missed: NotGiven) -> None:
    """Read on without a letter that the server does not give; it is asked for again after a day."""
    key = (account, missed.folder, missed.uidvalidity, missed.uid)
    row = work.session.get(NotGivenLetter, key)
    if row is None:
        row = NotGivenLetter(
            account=account,
            folder=missed.folder,
            uid_validity=missed.uidvalidity,
            uid=missed.uid,
            problem=missed.problem,
            first_at=work.now,
            next_try_at=work.now + _AGAIN,
        )
        work.session.add(row)
        audit.record(work, "letter.not-given", "mailbox", folder=missed.folder, uid=missed.uid, problem=missed.problem)
    row.problem, row.next_try_at = missed.problem, work.now + _AGAIN
    _advance(work, account, missed.folder, missed.uidvalidity, missed.uid)


def to_ask_again(work: Work, account: str, folder: str, uidvalidity: int) -> list[int]:
    """UIDs of letters that were stepped over and whose next try is due. A folder numbered anew has none of them."""
    mine = (col(NotGivenLetter.account) == account, col(NotGivenLetter.folder) == folder)
    work.session.execute(delete(NotGivenLetter).where(*mine, col(NotGivenLetter.uid_validity) != uidvalidity))
    query = select(col(NotGivenLetter.uid)).where(*mine, col(NotGivenLetter.next_try_at) <= work.now)
    return list(work.session.execute(query.order_by(col(NotGivenLetter.uid))).scalars())


def gone(work: Work, account: str, folder: str, uidvalidity: int, uids: Sequence[int]) -> None:
    """Letters that were stepped over and have been deleted on the server since."""
    for uid in uids:
        row = work.session.get(NotGivenLetter, (account, folder, uidvalidity, uid))
        if row is not None:
            work.session.delete(row)


def copies_before(work: Work, letter: InboxLetter) -> Sequence[InboxLetter]:
    """Other copies of the same letter that the mailbox gave earlier, the first one first."""
    if not letter.essence:
        return ()
    query = select(InboxLetter).where(
        col(InboxLetter.essence) == letter.essence,
        col(InboxLetter.id) < letter.id,
        col(InboxLetter.brought_by).is_(None),
    )
    return work.session.execute(query.order_by(col(InboxLetter.id))).scalars().all()


def not_given(work: Work, account: str) -> Sequence[NotGivenLetter]:
    """Letters that lie on the server and could not be had, oldest first."""
    query = select(NotGivenLetter).where(col(NotGivenLetter.account) == account)
    return work.session.execute(query.order_by(col(NotGivenLetter.first_at))).scalars().all()


def looked(work: Work, account: str, folder: str, problem: str | None = None) -> None:
    """Keep that a folder was looked into, or with which code of an error that failed."""
    row = _row(work, account, folder)
    row.problem, row.failed_at = problem, work.now if problem else None
    row.looked_at = row.looked_at if problem else work.now
    work.session.flush()


def _row(work: Work, account: str, folder: str) -> MailboxPosition:
    row = work.session.get(MailboxPosition, (account, folder))
    if row is None:
        row = MailboxPosition(account=account, folder=folder)
        work.session.add(row)
    return row


def _advance(work: Work, account: str, folder: str, uidvalidity: int, uid: int) -> None:
    row = _row(work, account, folder)
    if row.uid_validity != uidvalidity:
        row.uid_validity, row.last_uid = uidvalidity, 0
    row.last_uid = max(row.last_uid, uid)
    work.session.flush()


def _forget(work: Work, fetched: FetchedLetter) -> None:
    """The server has given it after all."""
    gone(work, fetched.account, fetched.folder, fetched.uidvalidity, [fetched.uid])
