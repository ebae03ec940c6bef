"""A request's attachments: read by their content when they come in, kept with what was found."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace as replace_facts

from actions.context import Conflict, Work
from actions.log import audit
from actions.requests import cases, files, lookup
from catalog.kinds import Attachment
from documents.attachments import read_attachment
from models.attachments import AttachmentFacts
from models.request import AccessRequest, RequestFile, Status
from sandbox import Killed, Refused
from states.rules import patients
from states.statuses import TAKES_FILES


def attach(
    work: Work, request: AccessRequest, code: str, name: str, data: bytes, *, replace: bool = True
) -> RequestFile:
    """Keep a file as the kind's attachment `code`, in place of an earlier one unless `replace` is false.

    A file that is not what it should be is kept all the same: the check says what is wrong with it.
    Raises Conflict for an attachment that the kind has not, or when the request is over.
    """
    entry = _entry(work, request, code)
    if request.status not in TAKES_FILES or (entry.sent and request.status is not Status.DRAFT):
        raise Conflict("Приложения меняют в черновике: верните в него заявку.")
    found = _read(work, request, entry, name, data)
    if replace:
        files.replace(work, request, (code,))
    row = files.add(
        work, request, purpose=code, name=name, data=data, media_type=found.media_type, detail=found.as_detail()
    )
    request.revision += 1
    return row


def look_ahead(work: Work, request: AccessRequest, code: str, given: Iterable[tuple[str, bytes]]) -> None:
    """Read files while nobody waits for the write lock: what was read is remembered for the transaction that follows."""
    for name, data in given:
        with suppress(Killed, Refused, Conflict):
            _read(work, request, _entry(work, request, code), name, data)


def _entry(work: Work, request: AccessRequest, code: str) -> Attachment:
    kind = work.catalog.kind(request.kind)
    entry = kind.attachment(code)
    if entry is None:
        known = ", ".join(f"{one.code} ({one.title})" for one in kind.attachments) or "ни одного"
        raise Conflict(f"Приложения «{code}» у этой заявки нет. Есть: {known}.")
    return entry


def _read(work: Work, request: AccessRequest, entry: Attachment, name: str, data: bytes) -> AttachmentFacts:
    """Numbers of records and our own people's names may stand in a file that no patient may stand in."""
    searched = _is_searched(work, request)
    exempt = patients.exempt_of(cases.facts_of(work, request), work.catalog) if searched else ()
    return read_attachment(entry.code, name, data, expects=entry.expects, search_text=searched, exempt=exempt)


def _is_searched(work: Work, request: AccessRequest) -> bool:
    return work.catalog.kind(request.kind).patient_data == "forbidden"


def search_again(work: Work, request: AccessRequest) -> None:
    """After the fields have changed: what may stand in the files depends on them."""
    if not _is_searched(work, request):
        return
    for row in lookup.files_of(work, request):
        entry = work.catalog.kind(request.kind).attachment(row.purpose)
        if entry is not None:
            found = _read(work, request, entry, row.name, work.files.read(row.sha256))
            # The same bytes: who has looked through them has.
            before = AttachmentFacts.from_detail(row.detail)
            row.detail = replace_facts(found, looked_by=before.looked_by, looked_at=before.looked_at).as_detail()
            work.session.add(row)
    work.session.flush()


def look(work: Work, request: AccessRequest, files: Collection[int] = ()) -> int:
    """The user has looked through files that were not read whole and found no patients' data; how many.

    `files`: ids, empty for all that wait for it. Raises Conflict when there is none, or the request is no draft.
    """
    if request.status is not Status.DRAFT:
        raise Conflict("Это подтверждают в черновике: верните в него заявку.")
    codes = {entry.code for entry in work.catalog.kind(request.kind).attachments}
    rows = [row for row in lookup.files_of(work, request) if row.purpose in codes and (not files or row.id in files)]
    waiting = (
        [row for row in rows if AttachmentFacts.from_detail(row.detail).to_look] if _is_searched(work, request) else []
    )
    if not waiting:
        raise Conflict("Файлов, которые нужно посмотреть самому, в заявке нет.")
    for row in waiting:
        row.detail = {**row.detail, "looked_by": work.by, "looked_at": work.now.isoformat()}
        work.session.add(row)
        audit.record(work, "file.looked-through", lookup.subject(request), file=row.id, sha256=row.sha256)
    work.session.flush()
    request.revision += 1
    return len(waiting)


def to_look(work: Work, request: AccessRequest, row: RequestFile) -> bool:
    """The file waits for a person who looks through it."""
    return bool(row.detail) and _is_searched(work, request) and AttachmentFacts.from_detail(row.detail).to_look


def detach(work: Work, request: AccessRequest, code: str) -> None:
    """Take an attachment away; the file stays in the history."""
    _entry(work, request, code)
    if request.status is not Status.DRAFT:
        raise Conflict("Приложения меняют в черновике: верните в него заявку.")
    files.replace(work, request, (code,))
    request.revision += 1
    audit.record(work, "file.detached", lookup.subject(request), purpose=code)


def attached(work: Work, request: AccessRequest) -> tuple[AttachmentFacts, ...]:
    """What is attached to the present version."""
    return cases.facts_of(work, request).attached
