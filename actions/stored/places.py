"""Where a stored file belongs, in words without personal data; and which files somebody may need tomorrow."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlmodel import col

from actions.context import Work
from models.letters import InboxLetter, InboxState, OutboxLetter
from models.request import AccessRequest, RequestFile
from states.statuses import OPEN
from states.words.files import file_label

_AT_ONCE = 200
_UNREAD = (InboxState.STORED, InboxState.TRIAGE, InboxState.FAILED)


def needed_soon(work: Work) -> set[str]:
    """Files and letters of open requests, letters that nobody has settled."""
    of_open = select(col(AccessRequest.id)).where(col(AccessRequest.status).in_(OPEN))
    ask = work.session.execute
    found = set(ask(select(col(RequestFile.sha256)).where(col(RequestFile.request_id).in_(of_open))).scalars())
    received = or_(col(InboxLetter.request_id).in_(of_open), col(InboxLetter.state).in_(_UNREAD))
    found.update(ask(select(col(InboxLetter.sha256)).where(received, col(InboxLetter.erased_on).is_(None))).scalars())
    sent = select(col(OutboxLetter.raw_sha256)).where(col(OutboxLetter.request_id).in_(of_open))
    found.update(each for each in ask(sent).scalars() if each is not None)
    return found


def told(work: Work, digests: Iterable[str]) -> dict[str, str]:
    """Of each: «заявка ЕД-000001, скан»; of one that only a letter's list of attachments names, its digest."""
    wanted = sorted(set(digests))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        for digest, number in _rows(work, InboxLetter, "sha256", some):
            found.setdefault(digest, f"полученное письмо № {number}")
        for digest, number in _rows(work, OutboxLetter, "raw_sha256", some):
            found.setdefault(digest, f"отправленное письмо № {number}")
        query = (
            select(col(RequestFile.sha256), col(AccessRequest.number), col(RequestFile.purpose))
            .join(AccessRequest, col(AccessRequest.id) == col(RequestFile.request_id))
            .where(col(RequestFile.sha256).in_(some))
            .order_by(col(RequestFile.id))
        )
        for digest, request, purpose in work.session.execute(query):
            found.setdefault(digest, f"заявка {request}, {file_label(purpose).lower()}")
    return {digest: found.get(digest, f"файл {digest[:12]}…") for digest in wanted}


def _rows(
    work: Work, table: type[InboxLetter] | type[OutboxLetter], column: str, some: list[str]
) -> list[tuple[str, int]]:
    named = getattr(table, column)
    return list(work.session.execute(select(named, col(table.id)).where(named.in_(some))).tuples())
