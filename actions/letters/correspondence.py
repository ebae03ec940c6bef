"""Letters to the desk: the package with the application, a reply to its question, a follow-up when it is late."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlmodel import col

from actions.cards import organisations
from actions.context import Work
from actions.post import destinations, outbox
from actions.requests import cases, lookup
from documents.harmless import PAGES, harmless, runs
from documents.russian import counted, long_date
from models.file_names import distinct
from models.letters import OutboxLetter
from models.request import AccessRequest, RequestFile
from notifications.writing import Written, write
from states.rules.terms import last_day

# What leaves the house, in this order; of the generated papers only the format that the kind names (SND-1).
HOW_TO_SUBMIT = "Как подать.txt"  # lies beside them in the package for the web channel
_ORDER = ("scan", "application", "add-application", "trouble-report", "attorney")


def enclosures(work: Work, request: AccessRequest) -> list[RequestFile]:
    """Both copies and what belongs to them, with the attachments that the kind or the rules ask for."""
    kind = work.catalog.kind(request.kind)
    named = [
        name
        for code in _ORDER
        for name in ([code] if code in ("scan", "attorney") else [f"{code}-{kind_of}" for kind_of in kind.editable])
    ]
    own = [entry.code for entry in kind.attachments if entry.sent]
    order = {name: place for place, name in enumerate([*named, "licence-draft", *own])}
    chosen = [file for file in lookup.files_of(work, request) if file.purpose in order]
    return sorted(chosen, key=lambda file: (order[file.purpose], file.id or 0))


def package_files(work: Work, request: AccessRequest) -> list[RequestFile]:
    """Everything of one letter: the request's own enclosures, then the add-application's (SND-3)."""
    companion = lookup.companion_of(work, request)
    return enclosures(work, request) + (enclosures(work, companion) if companion else [])


def outgoing(work: Work, files: Sequence[RequestFile]) -> list[dict[str, str]]:
    """The files as they leave us together, in their order: names safe and distinct, nothing that runs where it is opened."""
    kept = [_harmless(work, file) for file in files]
    names = distinct((name for name, _ in kept), taken=[HOW_TO_SUBMIT])
    return [
        {"name": name, "media_type": media_type, "sha256": file.sha256}
        for name, (_, media_type), file in zip(names, kept, files, strict=True)
    ]


def _harmless(work: Work, file: RequestFile) -> tuple[str, str]:
    if not (runs(file.name) or file.media_type in PAGES):
        return file.name, file.media_type
    entry = work.catalog.kind(lookup.get(work, file.request_id).kind).attachment(file.purpose)
    data = work.files.read(file.sha256)
    return harmless(file.name, data, asked_for=entry.media_types if entry else ())


def promise_package(work: Work, request: AccessRequest) -> OutboxLetter:
    """The letter with the application; a fresh key each time it is promised for a version."""
    files = package_files(work, request)
    companion = lookup.companion_of(work, request)
    count = len(lookup.lines_of(work, request)) if work.catalog.kind(request.kind).people else 0
    turn = _turn(work, request, "package")
    written = _written(
        work,
        request,
        "package",
        version=request.version,
        lines=counted(count, "работника", "работников", "работников") if count else "",
        companion=companion.number if companion else "",
        terms=_terms(work, request),
        steps=request.fields.get("steps", ""),
        attachments=[each["name"] for each in outgoing(work, files)],
    )
    suffix = f" (повторно, {turn})" if turn > 1 else ""
    return _promise(work, request, "package", turn, Written(written.subject + suffix, written.text), files)


def _terms(work: Work, request: AccessRequest) -> list[str]:
    """Who needs the access until which day, as the forms have no place for it."""
    lines = [cases.line_facts(line, None) for line in lookup.lines_of(work, request)]
    return [f"{line.name} – до {day:%d.%m.%Y}" for line in lines if (day := last_day(line)) is not None]


def promise_reply(work: Work, request: AccessRequest, *, text: str) -> OutboxLetter:
    turn = _turn(work, request, "reply")
    return _promise(work, request, "reply", turn, _written(work, request, "reply", text=text, turn=turn))


def promise_follow_up(work: Work, request: AccessRequest) -> OutboxLetter:
    """Cites the ticket; the next one waits for another full term (AWT-2)."""
    turn = _turn(work, request, "follow-up")
    assert request.sent_at is not None and request.due_at is not None
    written = _written(
        work,
        request,
        "follow-up",
        turn=turn,
        sent_on=long_date(request.sent_at.date()),
        due_on=long_date(request.due_at.date()),
        hours=work.catalog.kind(request.kind).desk_hours,
    )
    return _promise(work, request, "follow-up", turn, written)


def _written(work: Work, request: AccessRequest, template: str, **values: object) -> Written:
    organisation = organisations.get(work, request.organisation_id)
    return write(
        template,
        number=request.in_letters,
        title=work.catalog.kind(request.kind).title,
        organisation=organisation.called,
        organisation_full=organisation.in_full,
        inn=organisation.inn,
        kpp=organisation.kpp,
        ticket=request.ticket,
        sender_name=work.policy.sender_name,
        **values,
    )


def _turn(work: Work, request: AccessRequest, purpose: str) -> int:
    query = select(func.count()).where(
        col(OutboxLetter.request_id) == request.id,
        col(OutboxLetter.purpose) == purpose,
        col(OutboxLetter.version) == request.version,
    )
    return int(work.session.execute(query).scalar_one()) + 1


def _promise(
    work: Work,
    request: AccessRequest,
    purpose: str,
    turn: int,
    written: Written,
    files: list[RequestFile] | None = None,
) -> OutboxLetter:
    subject = f"{_marker(request)}{written.subject}"
    return outbox.promise(
        work,
        key=f"{purpose}:{request.id}:v{request.version}:{turn}",
        purpose=purpose,
        recipient=destinations.address(work),
        subject=subject,
        text=written.text,
        request_id=request.id,
        version=request.version,
        attachments=outgoing(work, files or []),
        in_reply_to=first_message_id(work, request) if purpose != "package" else None,
    )


def _marker(request: AccessRequest) -> str:
    """A desk files a letter under its ticket when the subject carries the marker."""
    return f"[#{request.ticket}] " if request.ticket and not request.ticket.startswith("[") else ""


def first_message_id(work: Work, request: AccessRequest) -> str | None:
    """The letter that began the conversation about this version."""
    query = (
        select(col(OutboxLetter.message_id))
        .where(
            col(OutboxLetter.request_id) == request.id,
            col(OutboxLetter.purpose) == "package",
            col(OutboxLetter.version) == request.version,
        )
        .order_by(col(OutboxLetter.id))
        .limit(1)
    )
    return work.session.execute(query).scalar_one_or_none()
