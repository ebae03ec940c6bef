"""A request's attachments: read by their content when they come in, kept with what was found."""

from __future__ import annotations

from actions import audit, files, requests
from actions.context import Conflict, Work
from catalog.kinds import Attachment
from documents.attachments import read_attachment
from models.attachments import AttachmentFacts
from models.request import AccessRequest, RequestFile, Status
from states.rules import patients

_OPEN = (Status.DRAFT, Status.VALIDATED, Status.SIGNED, Status.AWAITING, Status.GRANTED)


def attach(work: Work, request: AccessRequest, code: str, name: str, data: bytes, *, replace: bool = True) -> RequestFile:
    """Keep a file as the kind's attachment `code`, in place of an earlier one unless `replace` is false.

    A file that is not what it should be is kept all the same: the check says what is wrong with it.
    Raises Conflict for an attachment that the kind has not, or when the request is over.
    """
    entry = _entry(work, request, code)
    if request.status not in _OPEN or (entry.sent and request.status is not Status.DRAFT):
        raise Conflict("Приложения меняют в черновике: верните в него заявку.")
    found = _read(work, request, entry, name, data)
    if replace:
        files.replace(work, request, (code,))
    row = files.add(
        work, request, purpose=code, name=name, data=data, media_type=found.media_type, detail=found.as_detail()
    )
    request.revision += 1
    return row


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
    exempt = patients.exempt_of(requests.facts_of(work, request), work.catalog) if searched else ()
    return read_attachment(entry.code, name, data, expects=entry.expects, search_text=searched, exempt=exempt)


def _is_searched(work: Work, request: AccessRequest) -> bool:
    return work.catalog.kind(request.kind).patient_data == "forbidden"


def search_again(work: Work, request: AccessRequest) -> None:
    """After the fields have changed: what may stand in the files depends on them."""
    if not _is_searched(work, request):
        return
    for row in requests.files_of(work, request):
        entry = work.catalog.kind(request.kind).attachment(row.purpose)
        if entry is not None:
            row.detail = _read(work, request, entry, row.name, work.files.read(row.sha256)).as_detail()
            work.session.add(row)
    work.session.flush()


def detach(work: Work, request: AccessRequest, code: str) -> None:
    """Take an attachment away; the file stays in the history."""
    _entry(work, request, code)
    if request.status is not Status.DRAFT:
        raise Conflict("Приложения меняют в черновике: верните в него заявку.")
    files.replace(work, request, (code,))
    request.revision += 1
    audit.record(work, "file.detached", requests.subject(request), purpose=code)


def attached(work: Work, request: AccessRequest) -> tuple[AttachmentFacts, ...]:
    """What is attached to the present version."""
    return requests.facts_of(work, request).attached
