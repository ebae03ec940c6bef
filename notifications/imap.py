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

__all__ = ["FetchedLetter", "Folder", "ImapGateway", "ImapSettings", "Security"]

_BATCH_LETTERS = 100
_BATCH_BYTES = 8 * 2**20
_MESSAGE_ID = re.compile(r"<[!#-;=?-\[\]-~]+@[!#-;=?-\[\]-~]+>")


@dataclass(frozen=True, slots=True)
class FetchedLetter:
    """A letter as it lies on the server; of one above the limit only the headers (`whole` is false)."""

    account: str
    folder: str
    uidvalidity: int
    uid: int
    internal_date: datetime | None
    raw: bytes
    size: int
    whole: bool = True


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

    def fetch_new(self, folder: str, uidvalidity: int | None = None, after_uid: int = 0) -> Iterator[FetchedLetter]:
        """Letters with a greater UID, oldest first; all of them when the server numbered the folder anew.

        The folder is selected afresh and only for reading, so no letter becomes seen. Raises MailboxError.
        """
        connection = self._connection
        current = connection.select(folder)
        start = after_uid if current == uidvalidity else 0
        for batch in _batches(self._described(folder, current, start), self._settings.max_letter_bytes):
            for one, raw, whole in self._read(folder, current, batch):
                yield FetchedLetter(
                    self._settings.account, folder, current, one.uid, one.date, raw, one.size or len(raw), whole
                )

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

    def _described(self, folder: str, uidvalidity: int, after_uid: int) -> Iterator[Fetched]:
        # "5:*" always names the last letter, even when its UID is below 5.
        uids = sorted(uid for uid in self._connection.search("search", "UID", f"{after_uid + 1}:*") if uid > after_uid)
        for start in range(0, len(uids), _BATCH_LETTERS):
            wanted = uids[start : start + _BATCH_LETTERS]
            self._connection.stay(folder, uidvalidity)
            data = self._connection.uid("fetch", "FETCH", _set(wanted), "(UID RFC822.SIZE INTERNALDATE)")
            known = {one.uid: one for one in read_answers(data) if one.size is not None}
            # A letter that a colleague deleted in between is no longer described: it is gone.
            yield from (known[uid] for uid in wanted if uid in known)

    def _read(self, folder: str, uidvalidity: int, batch: Sequence[Fetched]) -> Iterator[tuple[Fetched, bytes, bool]]:
        self._connection.stay(folder, uidvalidity)
        limit = self._settings.max_letter_bytes
        whole = all((one.size or 0) <= limit for one in batch)
        section = b"BODY[]" if whole else b"BODY[HEADER]"
        uids = [one.uid for one in batch]
        data = self._connection.uid("fetch", "FETCH", _set(uids), f"(UID BODY.PEEK{section[4:].decode()})")
        bodies = bodies_by_uid(data, section)
        for one in batch:
            if one.uid in bodies:
                yield one, bodies[one.uid], whole
            elif self._still_there(folder, uidvalidity, one.uid):
                raise MailboxError("mixed-up", stage="fetch", detail=f"UID {one.uid}")

    def _still_there(self, folder: str, uidvalidity: int, uid: int) -> bool:
        self._connection.stay(folder, uidvalidity)
        return uid in self._connection.search("search", "UID", str(uid))


def _batches(letters: Iterator[Fetched], limit: int) -> Iterator[list[Fetched]]:
    """As many letters as fit into one answer; one that is too large goes alone."""
    batch: list[Fetched] = []
    weight = 0
    for one in letters:
        size = one.size or 0
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
