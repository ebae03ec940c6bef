"""A letter in a file, brought by a person: kept raw, matched as mail is, and left for a person to decide."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from actions.answers import by_hand, inbox
from actions.answers.matching import match
from actions.context import Conflict, Work
from actions.log import audit
from models.letters import InboxLetter
from models.request import AccessRequest
from notifications.reading import Reading

_NOT_A_LETTER = "Это не письмо: приложите файл .eml или .msg, сохранённый из почтовой программы."
_BROKEN = ("Файл .msg", "Письмо не прочитано")
_WHOSE = "По письму не видно, к какой заявке оно относится. Принесите его на странице заявки."
_ELSEWHERE = "Такое письмо уже есть в программе, но не у ваших заявок. Спросите ответственного, который видит все."


class NotALetter(Conflict):
    """The file is no letter or does not open; the text says in Russian what to do."""


@dataclass(frozen=True, slots=True)
class Taken:
    """`already`: the letter was there before, nothing was written."""

    letter: InboxLetter
    already: bool


def refuse_what_is_no_letter(reading: Reading) -> None:
    """Raises NotALetter: nothing in the file says who wrote to whom."""
    if not (reading.sender or reading.subject or reading.message_id or reading.references):
        raise NotALetter(next((each for each in reading.problems if each.startswith(_BROKEN)), _NOT_A_LETTER))


def already(work: Work, raw: bytes, message_id: str = "") -> Taken | None:
    """The same letter, when it is there. Raises Conflict when the person may not see it."""
    letter = by_hand.known(work, hashlib.sha256(raw).hexdigest(), message_id)
    if letter is None:
        return None
    seen = select(col(InboxLetter.id)).where(col(InboxLetter.id) == letter.id)
    if work.narrowed and work.session.execute(seen).first() is None:
        raise Conflict(_ELSEWHERE)
    return Taken(letter, True)


def take(work: Work, raw: bytes, reading: Reading, request: AccessRequest | None = None) -> Taken:
    """Keep and match it. `request` is the one that the person named. Raises NotALetter, Conflict."""
    refuse_what_is_no_letter(reading)
    known = already(work, raw, reading.message_id)
    if known is not None:
        return known
    if work.narrowed and request is None and match(work, reading).request is None:
        raise Conflict(_WHOSE)  # nobody of one organisation may see a letter of nobody
    letter = InboxLetter(
        account="",
        folder="",
        uid_validity=0,
        uid=None,
        sha256=work.files.put(raw),
        received_at=work.now,
        brought_by=work.by,
        request_id=request.id if request else None,
    )
    try:
        with work.session.begin_nested():
            work.session.add(letter)
    except IntegrityError:  # somebody else brought the same bytes at this moment
        return Taken(by_hand.known(work, letter.sha256, "") or letter, True)
    audit.record(work, "letter.brought", f"inbox:{letter.id}", sha256=letter.sha256, request=letter.request_id)
    return Taken(inbox.apply(work, letter.id or 0, reading), False)
