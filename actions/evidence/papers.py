"""Papers and letters of a request as a pack of evidence takes them, and why some are not there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from sqlalchemy import select
from sqlmodel import col

from actions.context import Work
from actions.letters import letter_rows
from actions.post import outbox
from actions.requests import lookup
from documents.evidence import Absent
from documents.harmless import PAGES, runs
from documents.russian import long_date
from documents.store import StoreError
from models.letters import InboxLetter, OutboxLetter, OutboxState
from models.request import AccessRequest, RequestFile
from states.words.files import file_label
from states.words.letters import LETTERS

_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_NOT_IN_PATHS = re.compile(r"[^a-z0-9-]")


@dataclass(frozen=True, slots=True)
class Stored:
    """A file or letter in the store."""

    path: str
    sha256: str
    what: str


def papers(work: Work, request: AccessRequest) -> Iterator[Stored]:
    """Files of every version, superseded ones too; the same bytes once."""
    query = select(RequestFile).where(col(RequestFile.request_id) == request.id).order_by(col(RequestFile.id))
    seen = set()
    for file in work.session.execute(query).scalars():
        if file.sha256 in seen:
            continue
        seen.add(file.sha256)
        replaced = ", позже заменён" if file.replaced_at else ""
        path = f"request-{request.id}/v{file.version}/{file.id:05d}-{_NOT_IN_PATHS.sub('-', file.purpose)}"
        yield Stored(
            path + _suffix(file),
            file.sha256,
            f"{paper_title(work, request, file.purpose)} ({file.name}), версия {file.version}{replaced}",
        )


def _suffix(file: RequestFile) -> str:
    """Of what a browser would make a page of, or a system would run, one that does neither."""
    if file.media_type in PAGES or runs(file.name):
        return ".txt" if file.media_type.startswith(("text/", *PAGES)) else ".bin"
    suffix = PurePath(file.name).suffix.lower()
    return suffix if _SUFFIX.fullmatch(suffix) else ""


def paper_title(work: Work, request: AccessRequest, purpose: str) -> str:
    entry = work.catalog.kind(request.kind).attachment(purpose)
    return entry.title if entry is not None else file_label(purpose, purpose)


def letters_out(letters: Iterable[OutboxLetter], folder: str) -> Iterator[Stored | Absent]:
    """What was sent byte by byte; of letters with personal links the bytes are not kept."""
    for letter in letters:
        what = f"{letter_title(letter)} от {long_date(letter.promised_at.date())}"
        if letter.raw_sha256 is not None:
            yield Stored(f"{folder}/out-{letter.id:05d}.eml", letter.raw_sha256, f"{what}, как ушло")
        elif letter.purpose in outbox.PERSONAL and letter.state is OutboxState.SENT:
            why = "в письме была личная ссылка работника, такие письма после отправки не хранят; хеш назван записью журнала"
            yield Absent(what, why)
        else:
            yield Absent(
                what, "письмо стёрто по сроку" if letter.state is OutboxState.SENT else "письмо не отправлялось"
            )


def letters_in(letters: Iterable[InboxLetter], folder: str) -> Iterator[Stored]:
    for letter in letters:
        how = f"принесено вручную: {letter.brought_by}" if letter.brought_by else "как пришло"
        what = (
            f"Письмо от {letter.sender or 'отправителя, который стёрт'}, {long_date(letter.received_at.date())}, {how}"
        )
        yield Stored(f"{folder}/in-{letter.id:05d}.eml", letter.sha256, what)


def letter_title(letter: OutboxLetter) -> str:
    return f"Письмо «{LETTERS.get(letter.purpose, letter.purpose)}»"


def of_request(work: Work, request: AccessRequest) -> Iterator[Stored | Absent]:
    """Everything that belongs to one request."""
    if request.erased_on is not None:
        yield Absent(
            f"Документы и письма заявки {request.number}",
            f"стёрты {long_date(request.erased_on.date())} по сроку хранения (152-ФЗ, ст. 21)",
        )
        return
    folder = f"request-{request.id}/letters"
    yield from papers(work, request)
    yield from letters_out(letter_rows.letters_out(work, request), folder)
    yield from letters_in(letter_rows.letters_in(work, request), folder)


def read(work: Work, stored: Stored) -> bytes | None:
    """The bytes; None when they are lost or damaged."""
    try:
        return work.files.read(stored.sha256)
    except StoreError:
        return None


def others_in(work: Work, request: AccessRequest, person_ids: Collection[int]) -> bool:
    """The request's papers tell of other persons than these."""
    return any(line.person_id not in person_ids for line in lookup.lines_of(work, request))
