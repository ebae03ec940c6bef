"""Letters of a request: a line for each on its page, the words of one when it is opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlmodel import col

from actions.context import NotFound, Work
from actions.post import links, outbox
from models.letters import InboxLetter, InboxState, OutboxLetter, OutboxState
from models.request import AccessRequest, RequestFile
from states.words.files import file_label
from states.words.letters import INBOX, LETTERS, OUTBOX
from views.accounts import person_called

_TO_PEOPLE = (links.FIRST_LOGIN, links.LOGIN_CHECK, "nudge")
_MOST = 200  # lines of one sort; a request of 500 people has more letters than anybody reads


@dataclass(frozen=True, slots=True)
class Line:
    """`state` is a code with a shape; `error` says what went wrong."""

    id: int
    out: bool
    title: str
    state: str
    label: str
    at: dt.datetime
    error: str = ""
    brought_by: str = ""  # who brought it by hand


@dataclass(frozen=True, slots=True)
class Correspondence:
    """With the desk, newest first; letters to employees apart, for there may be hundreds."""

    desk: tuple[Line, ...]
    people: tuple[Line, ...]
    people_total: int
    sent: tuple[int, ...]  # numbers of all that were written
    invited: bool  # whether anybody was asked to log in for the first time
    package: OutboxState | None  # of the newest letter with this version's application
    held: bool  # whether some wait for a person's yes to the desk's address


def correspondence(work: Work, request: AccessRequest, names: Mapping[int, str]) -> Correspondence:
    """Without the letters' words. `names` of the request's people by their number."""
    query = select(
        col(OutboxLetter.id),
        col(OutboxLetter.purpose),
        col(OutboxLetter.version),
        col(OutboxLetter.state),
        col(OutboxLetter.promised_at),
        col(OutboxLetter.confirmed_at),
        col(OutboxLetter.error),
        col(OutboxLetter.person_id),
    ).where(col(OutboxLetter.request_id) == request.id)
    desk: list[Line] = []
    people: list[Line] = []
    package, invited = None, False
    rows = work.session.execute(query.order_by(col(OutboxLetter.id))).all()
    held = outbox.held(work, request) if any(row.state is OutboxState.PROMISED for row in rows) else set()
    for number, purpose, version, state, promised, confirmed, error, person in rows:
        to_person, name = purpose in _TO_PEOPLE, names.get(person, "")
        title = LETTERS.get(purpose, "Письмо") + (f": {name}" if name else "")
        (people if to_person else desk).append(
            Line(
                number,
                True,
                title,
                state.value,
                "ждёт: адрес СТП не подтверждён" if number in held else OUTBOX[state],
                confirmed or promised,
                error or "",
            )
        )
        package = state if purpose == "package" and version == request.version else package
        invited = invited or purpose == links.FIRST_LOGIN
    sent = tuple(line.id for line in (*desk, *people))
    desk += _received(work, request)
    return Correspondence(
        tuple(sorted(desk, key=lambda line: line.at, reverse=True)),
        tuple(reversed(people))[:_MOST],
        len(people),
        sent,
        invited,
        package,
        bool(held),
    )


def _received(work: Work, request: AccessRequest) -> list[Line]:
    query = select(
        col(InboxLetter.id),
        col(InboxLetter.subject),
        col(InboxLetter.state),
        col(InboxLetter.received_at),
        col(InboxLetter.problem),
        col(InboxLetter.brought_by),
    ).where(col(InboxLetter.request_id) == request.id)
    rows = work.session.execute(query).all()
    called = {row.brought_by: person_called(work, row.brought_by) for row in rows if row.brought_by}
    return [
        Line(
            row.id,
            False,
            row.subject or "Без темы",
            _SHAPES[row.state],
            INBOX[row.state],
            row.received_at,
            row.problem or "",
            called.get(row.brought_by, ""),
        )
        for row in rows
    ]


_SHAPES = {
    InboxState.STORED: "promised", InboxState.APPLIED: "fine", InboxState.NOTED: "moved", InboxState.TRIAGE: "warning",
    InboxState.SETTLED: "fine", InboxState.FAILED: "failed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileOfLetter:
    """`address` is empty where the bytes are not kept any more."""

    name: str
    address: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class SentLetter:
    letter: OutboxLetter
    purpose: str
    label: str
    text: str
    files: tuple[FileOfLetter, ...]


def sent_letter(work: Work, request: AccessRequest, letter_id: int) -> SentLetter:
    """Raises NotFound. The personal link in it is the employee's secret and is not told."""
    letter = work.session.get(OutboxLetter, letter_id)
    if letter is None or letter.request_id != request.id:
        raise NotFound("Такого письма у этой заявки нет.")
    return SentLetter(
        letter,
        LETTERS.get(letter.purpose, "Письмо"),
        OUTBOX[letter.state],
        letter.text,
        tuple(_attached(work, request, letter)),
    )


def _attached(work: Work, request: AccessRequest, letter: OutboxLetter) -> list[FileOfLetter]:
    """By the same bytes among the request's files and its add-application's, whatever version they are of."""
    found = _files_by_content(work, request, [part["sha256"] for part in letter.attachments])
    files = []
    for part in letter.attachments:
        owner, number, purpose = found.get(part["sha256"], (0, 0, ""))
        address = f"/requests/{owner}/files/{number}" if number else ""
        files.append(FileOfLetter(part["name"], address, file_label(purpose, "")))
    return files


def _files_by_content(work: Work, request: AccessRequest, hashes: Collection[str]) -> dict[str, tuple[int, int, str]]:
    """SHA-256 to (request, file, purpose)."""
    companions = select(col(AccessRequest.id)).where(
        col(AccessRequest.parent_id) == request.id, col(AccessRequest.relation) == "companion"
    )
    whose = or_(col(RequestFile.request_id) == request.id, col(RequestFile.request_id).in_(companions))
    query = select(
        col(RequestFile.sha256), col(RequestFile.request_id), col(RequestFile.id), col(RequestFile.purpose)
    ).where(col(RequestFile.sha256).in_(hashes), whose)
    return {
        row[0]: (row[1], row[2], row[3]) for row in work.session.execute(query.order_by(col(RequestFile.id))).tuples()
    }


def received_letter(work: Work, request: AccessRequest, letter_id: int) -> InboxLetter:
    """Raises NotFound."""
    letter = work.session.get(InboxLetter, letter_id)
    if letter is None or letter.request_id != request.id:
        raise NotFound("Такого письма у этой заявки нет.")
    return letter
