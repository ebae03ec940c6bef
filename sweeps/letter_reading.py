"""A letter understood with what we know: whose request it answers, who is in it, what its files say."""

from __future__ import annotations

import tempfile
from pathlib import Path

from actions.answers import inbox
from actions.answers.letter_files import with_files
from actions.answers.letter_taking import Taken, already, refuse_what_is_no_letter, take
from actions.answers.matching import match
from actions.context import Seen
from actions.requests import lookup
from notifications.reading import Reading, read_letter_safely
from wiring.work import Installation


def understood(
    installation: Installation,
    path: Path,
    reading: Reading,
    *,
    by: str = "приём почты",
    only_of: Seen = None,
    request_id: int | None = None,
) -> Reading:
    """Read again against what its request asks for, and with its files; the sandbox works outside of any transaction."""
    with installation.reading(by, only_of) as work:
        request = lookup.get(work, request_id) if request_id else None
        about = request or match(work, reading).request
        asked = inbox.asked_for(work, reading, about) if about else None
        ours = inbox.sent_files(work, about) if about and reading.attachments else set()
    own_catalog = installation.settings.catalog_folder
    if asked is not None:
        reading = read_letter_safely(path, asked=asked.as_dict(), own_catalog=own_catalog)
    return with_files(
        path,
        reading,
        people=asked.people if asked else (),
        asked=asked.as_dict() if asked else None,
        ours=ours,
        own_catalog=own_catalog,
    )


def take_by_hand(
    installation: Installation, raw: bytes, *, by: str, only_of: Seen = None, request_id: int | None = None
) -> Taken:
    """A letter in a file. Raises letter_taking.NotALetter, Conflict, NotFound for a request that the person does not see."""
    with installation.reading(by, only_of) as work:
        known = already(work, raw)
        if request_id:
            lookup.get(work, request_id)
    if known is not None:
        return known
    reading = read_brought(installation, raw, by=by, only_of=only_of, request_id=request_id)
    with installation.work(by, only_of) as work:
        return take(work, raw, reading, lookup.get(work, request_id) if request_id else None)


def read_brought(
    installation: Installation, raw: bytes, *, by: str, only_of: Seen = None, request_id: int | None = None
) -> Reading:
    """Raises letter_taking.NotALetter."""
    with tempfile.TemporaryDirectory(prefix="egisz-brought-") as folder:
        path = Path(folder, "letter")
        path.write_bytes(raw)
        reading = read_letter_safely(path, own_catalog=installation.settings.catalog_folder)
        refuse_what_is_no_letter(reading)
        return understood(installation, path, reading, by=by, only_of=only_of, request_id=request_id)
