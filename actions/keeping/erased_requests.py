"""What an erasure does to one request: words go, row numbers and the history stay, bytes are owed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from sqlalchemy import select, update
from sqlmodel import col

from actions.context import Work
from actions.corrections.standing import without_words
from actions.keeping.acts import Act, ErasedLetter
from actions.post import links
from actions.steps import comments
from actions.stored import owed
from actions.stored.named import ERASED
from catalog.kinds import RequestKind
from models.correction import Correction
from models.grant import EndedFor
from models.letters import InboxLetter, InboxState, OutboxLetter
from models.request import AccessRequest, FormerVersion, RequestedRole, RequestFile, RequestLine

_Letter = TypeVar("_Letter", InboxLetter, OutboxLetter)


def erase_request(work: Work, request: AccessRequest, act: Act) -> None:
    request.fields, request.intake, request.signature = {}, [], None
    request.question, request.note, request.erased_on = None, "", work.now
    act.requests[request.id or 0] = request.status.value
    _forget_versions(work, request.id)
    session, number = work.session, request.id
    session.execute(
        update(RequestLine)
        .where(col(RequestLine.request_id) == number)
        .values(typed={})
        .execution_options(synchronize_session=False)
    )
    lines = select(col(RequestLine.id)).where(col(RequestLine.request_id) == number)
    session.execute(
        update(RequestedRole)
        .where(col(RequestedRole.line_id).in_(lines))
        .values(reason=None, quote=None, ground=None)
        .execution_options(synchronize_session=False)
    )
    comments.erase(work, number)
    letters = select(col(InboxLetter.id)).where(col(InboxLetter.request_id) == number)
    erase_corrections(work, [f"request:{number}", *(f"inbox:{each}" for each in session.execute(letters).scalars())])
    links.end_of_lines(work, EndedFor.ERASED, col(AccessRequest.id) == number)
    _erase_files_and_letters(work, number, act)


def erase_patients_of(work: Work, request: AccessRequest, act: Act) -> None:
    """Papers and scans bear the same data as the fields, and so do letters that carried them."""
    gone = patient_fields(work.catalog.kind(request.kind))
    request.fields = {name: value for name, value in request.fields.items() if name not in gone}
    request.question, request.note, request.patients_erased_on = None, "", work.now
    act.patients.append(request.id or 0)
    _forget_versions(work, request.id)
    comments.erase(work, request.id, authors=False)
    _erase_files_and_letters(work, request.id, act)


def patient_fields(kind: RequestKind) -> set[str]:
    return {field.code for field in kind.fields if field.holds == "patient"}


def erase_corrections(work: Work, subjects: Iterable[str]) -> None:
    """That something was put right stays; the words of it go."""
    for row in work.session.execute(select(Correction).where(col(Correction.subject).in_(list(subjects)))).scalars():
        row.why, row.by = "", ""
        row.before, row.after = without_words(row.before), without_words(row.after)


def erase_letter(work: Work, letter: InboxLetter, act: Act) -> None:
    """It loses its words; its place in the history stays, and by its digests it is known when it comes again."""
    owed.owe_files(work, [letter.sha256])
    letter.sender = letter.subject = ""
    letter.reading, letter.problem, letter.state, letter.erased_on = {}, None, InboxState.SETTLED, work.now
    act.letters.append(
        ErasedLetter(
            letter.account, letter.folder, letter.uid_validity, letter.uid, letter.sha256, letter.essence,
            letter.received_at.isoformat(),
        )
    )  # fmt: skip


def _erase_files_and_letters(work: Work, number: int | None, act: Act) -> None:
    owed.owe_files(work, [*_file_hashes(work, number), *_letter_hashes(work, number)])
    for letter in _of(work, InboxLetter, number):
        if letter.erased_on is None:
            erase_letter(work, letter, act)
    work.session.flush()


def _of(work: Work, table: type[_Letter], number: int | None) -> Sequence[_Letter]:
    return work.session.execute(select(table).where(col(table.request_id) == number)).scalars().all()


def _forget_versions(work: Work, request_id: int | None) -> None:
    """Which version was refused stays; what it said goes, and it cannot be put back any more."""
    for row in work.session.execute(select(FormerVersion).where(col(FormerVersion.request_id) == request_id)).scalars():
        row.stood, row.lines, row.last_number = {}, [], row.last_number or row.version


def _file_hashes(work: Work, request_id: int | None) -> list[str]:
    rows = work.session.execute(select(RequestFile).where(col(RequestFile.request_id) == request_id)).scalars().all()
    hashes = [row.sha256 for row in rows if not row.sha256.startswith(ERASED)]
    for row in rows:
        row.name, row.detail, row.added_by = "", {}, ""
        row.sha256 = row.sha256 if row.sha256.startswith(ERASED) else f"{ERASED}{row.sha256}"
    return hashes


def _letter_hashes(work: Work, request_id: int | None) -> list[str]:
    """Letters out lose their words; what was attached may be a file of another request too."""
    hashes = []
    for letter in _of(work, OutboxLetter, request_id):
        hashes += [part["sha256"] for part in letter.attachments]
        if letter.raw_sha256:
            hashes.append(letter.raw_sha256)
        letter.recipient = letter.subject = letter.text = ""
        letter.made_from = {}
        letter.attachments, letter.error, letter.raw_sha256 = [], None, None
    return hashes
