"""Letters as JSON."""

from __future__ import annotations

from collections.abc import Iterator

from actions.context import Work
from actions.letters import letter_rows
from models.letters import InboxLetter, OutboxLetter
from models.request import AccessRequest
from states.words.letters import INBOX, LETTERS, OUTBOX
from web.api.schemas.requests import LetterOut


def letters_told(work: Work, request: AccessRequest) -> Iterator[LetterOut]:
    yield from map(sent_told, letter_rows.letters_out(work, request))
    yield from map(_received, letter_rows.letters_in(work, request))


def sent_told(letter: OutboxLetter) -> LetterOut:
    return LetterOut(
        id=letter.id or 0,
        direction="out",
        purpose=LETTERS.get(letter.purpose, "Письмо"),
        state=letter.state.value,
        state_label=OUTBOX[letter.state],
        at=letter.confirmed_at or letter.promised_at,
        subject=letter.subject,
        problem=letter.error,
    )


def _received(letter: InboxLetter) -> LetterOut:
    return LetterOut(
        id=letter.id or 0,
        direction="in",
        purpose="Принесено вручную" if letter.brought_by else "Пришло",
        state=letter.state.value,
        state_label=INBOX[letter.state],
        at=letter.received_at,
        subject=letter.subject,
        problem=letter.problem,
    )
