"""Reads the mailbox: every new letter with its UID, without changing anything until the caller says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from notifications.errors import MailboxError
from notifications.imap_connection import ImapConnection, ImapSettings
from notifications.imap_fetch import Fetched, bodies_by_uid, read_answers
from notifications.imap_folders import Folder, sent_folder
from notifications.tls import Security

__all__ = ["FetchedLetter", "Folder", "ImapGateway", "ImapSettings", "NotGiven", "Security"]

_BATCH_LETTERS = 100
_BATCH_BYTES = 8 * 2**20
_MESSAGE_ID = re.compile(r"<[!#-;=?-\[\]-~]+@[!#-;=?-\[\]-~]+>")


_TRIES = 3  # of one letter, before the next ones are read without it
_IN_A_ROW = 5  # letters that the server does not give: then it is the server that is ill, not a letter
_BEGINNING = 2**20  # bytes of a letter above the limit


@dataclass(frozen=True, slots=True)
class FetchedLetter:
    """A letter as it lies on the server; of one above the limit only its first megabyte (`whole` is false)."""

    account: str
    folder: str
    uidvalidity: int
    uid: int
    internal_date: datetime | None
    raw: bytes
    size: int
    whole: bool = True


@dataclass(frozen=True, slots=True)
class NotGiven:
    """A letter that lies on the server, which does not give it; `problem` is a code of `notifications.errors`."""

    folder: str
    uidvalidity: int
    uid: int
    problem: str


class ImapGateway:
    """One kept connection; opened when needed, opened again when the server hung up. Not for several threads."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._connection = ImapConnection(settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    def check(self) -> None:
        """Connect, protect, log in: what the settings page tries. Raises MailboxError."""
        self._connection.wake()

    def folders(self) -> list[Folder]:
        """All folders of the account, by their readable names. Raises MailboxError."""
        self._connection.wake()
        return self._connection.folders()

    def fetch_new(
        self, folder: str, uidvalidity: int | None = None, after_uid: int = 0
    ) -> Iterator[FetchedLetter | NotGiven]:
        """Letters with a greater UID, oldest first; all of them when the server numbered the folder anew.

        The folder is selected afresh and only for reading, so no letter becomes seen. One that the server does not give
        is named and holds up no other. Raises MailboxError.
        """
        connection = self._connection
        current = connection.select(folder)
        start = after_uid if current == uidvalidity else 0
        # "5:*" always names the last letter, even when its UID is below 5.
        uids = sorted(uid for uid in connection.search("search", "UID", f"{start + 1}:*") if uid > start)
        yield from self._given(folder, current, uids)

    def fetch_again(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> Iterator[FetchedLetter | NotGiven]:
        """Letters that the server did not give before; deleted ones are left out. Raises MailboxError moved when they are others now."""
        if self._connection.select(folder) != uidvalidity:
            raise MailboxError("moved", stage="select")
        there = {uid for uid in uids if self._still_there(folder, uidvalidity, uid)}
        yield from self._given(folder, uidvalidity, sorted(there))

    def _given(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> Iterator[FetchedLetter | NotGiven]:
        missed = 0
        for batch in _batches(self._described(folder, uidvalidity, uids), self._settings.max_letter_bytes):
            for answer in self._batch(folder, uidvalidity, batch):
                missed = missed + 1 if isinstance(answer, NotGiven) else 0
                if isinstance(answer, NotGiven) and missed == _IN_A_ROW:
                    raise MailboxError(answer.problem, stage="fetch")
                yield answer

    def _batch(self, folder: str, uidvalidity: int, batch: Sequence[Fetched]) -> Iterator[FetchedLetter | NotGiven]:
        """The letters of one answer; of an answer that went wrong each by itself."""
        try:
            found = list(self._read(folder, uidvalidity, batch))
        except MailboxError as error:
            if _is_doors(error):
                raise
            for one in batch:
                answer = self._alone(folder, uidvalidity, one)
                if answer is not None:
                    yield answer
            return
        for one, raw, whole in found:
            yield self._letter(folder, uidvalidity, one, raw, whole)

    def _alone(self, folder: str, uidvalidity: int, one: Fetched) -> FetchedLetter | NotGiven | None:
        """None for a letter that a colleague deleted in between."""
        problem = ""
        for _ in range(_TRIES):
            try:
                found = next(self._read(folder, uidvalidity, [one]), None)
            except MailboxError as error:
                if _is_doors(error):
                    raise
                problem = error.code
            else:
                return self._letter(folder, uidvalidity, *found) if found else None
        return NotGiven(folder, uidvalidity, one.uid, problem)

    def _letter(self, folder: str, uidvalidity: int, one: Fetched, raw: bytes, whole: bool) -> FetchedLetter:
        size = one.size or len(raw)
        return FetchedLetter(self._settings.account, folder, uidvalidity, one.uid, one.date, raw, size, whole)

    def flag_seen(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> None:
        """To be called when the letters are safely stored. Raises MailboxError moved when they are others now."""
        if not uids:
            return
        if self._connection.select(folder, writing=True) != uidvalidity:
            raise MailboxError("moved", stage="flag")
        for start in range(0, len(uids), _BATCH_LETTERS):
            chosen = ",".join(str(uid) for uid in uids[start : start + _BATCH_LETTERS])
            self._connection.uid("flag", "STORE", chosen, "+FLAGS.SILENT", r"(\Seen)")

    def append_sent(self, raw: bytes, at: datetime) -> None:
        """Keep a copy among the sent letters; the folder of the settings is made when it is not there."""
        self._connection.wake()
        self._connection.append(self._sent_folder(make=True), raw, at)

    def find_in_sent(self, message_id: str) -> bool:
        """Whether a copy lies among the sent letters: settles a sending that nobody confirmed. Raises MailboxError."""
        if not _MESSAGE_ID.fullmatch(message_id):
            raise ValueError("not a Message-ID")
        self._connection.wake()
        self._connection.select(self._sent_folder(make=False))
        return bool(self._connection.search("find", "HEADER", "Message-ID", f'"{message_id}"'))

    def letter(self, folder: str, message_id: str) -> bytes | None:
        """The one with this Message-ID, None while there is none. Raises MailboxError."""
        if not _MESSAGE_ID.fullmatch(message_id):
            raise ValueError("not a Message-ID")
        current = self._connection.select(folder)
        uids = self._connection.search("find", "HEADER", "Message-ID", f'"{message_id}"')
        found = self._read(folder, current, [Fetched(uid, None, None, ()) for uid in uids[:1]]) if uids else iter(())
        return next((raw for _, raw, _ in found), None)

    def _sent_folder(self, *, make: bool) -> str:
        named = self._settings.sent_folder
        found = sent_folder(self._connection.folders(), named)
        if found:
            return found
        if make and named:
            self._connection.create(named)
            return named
        raise MailboxError("no-sent-folder", stage="sent", permanent=True)

    def _described(self, folder: str, uidvalidity: int, uids: Sequence[int]) -> Iterator[Fetched]:
        """Each with its size where the server tells it; one that it does not describe is asked for all the same."""
        for start in range(0, len(uids), _BATCH_LETTERS):
            wanted = uids[start : start + _BATCH_LETTERS]
            self._connection.stay(folder, uidvalidity)
            known: dict[int, Fetched] = {}
            try:
                data = self._connection.uid("fetch", "FETCH", _set(wanted), "(UID RFC822.SIZE INTERNALDATE)")
                known = {one.uid: one for one in read_answers(data)}
            except MailboxError as error:
                if _is_doors(error):
                    raise
            yield from (known.get(uid) or Fetched(uid, None, None, ()) for uid in wanted)

    def _read(self, folder: str, uidvalidity: int, batch: Sequence[Fetched]) -> Iterator[tuple[Fetched, bytes, bool]]:
        self._connection.stay(folder, uidvalidity)
        limit = self._settings.max_letter_bytes
        known = all(one.size is not None and one.size <= limit for one in batch)
        beginning = min(_BEGINNING, limit)
        part = "" if known else f"<0.{limit + 1 if batch[0].size is None else beginning}>"
        data = self._connection.uid("fetch", "FETCH", _set([one.uid for one in batch]), f"(UID BODY.PEEK[]{part})")
        bodies = bodies_by_uid(data, b"BODY[]")
        for one in batch:
            raw = bodies.get(one.uid)
            if raw:
                whole = known or (len(raw) <= limit if one.size is None else len(raw) >= one.size)
                yield one, raw if whole else raw[:beginning], whole
            elif self._still_there(folder, uidvalidity, one.uid):
                raise MailboxError("mixed-up", stage="fetch", detail=f"UID {one.uid}")

    def _still_there(self, folder: str, uidvalidity: int, uid: int) -> bool:
        self._connection.stay(folder, uidvalidity)
        return uid in self._connection.search("search", "UID", str(uid))


def _is_doors(error: MailboxError) -> bool:
    """No letter can be had now, whichever is asked for."""
    return error.before_any_letter or error.code in ("moved", "folder", "deadline")


def _batches(letters: Iterator[Fetched], limit: int) -> Iterator[list[Fetched]]:
    """As many letters as fit into one answer; one that is too large goes alone."""
    batch: list[Fetched] = []
    weight = 0
    for one in letters:
        size = one.size if one.size is not None else limit + 1
        if batch and (size > limit or weight + size > _BATCH_BYTES):
            yield batch
            batch, weight = [], 0
        batch.append(one)
        weight += size
        if size > limit:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


def _set(uids: Sequence[int]) -> str:
    return ",".join(str(uid) for uid in uids)
