"""Take letters in: stored and committed first, flagged second, read from the stored copy third."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from actions.answers import inbox, mailbox
from actions.keeping import leases
from notifications.errors import MailboxError
from notifications.imap import FetchedLetter, ImapGateway, NotGiven
from notifications.reading import Reading, read_many_safely
from sandbox import Unavailable
from sweeps.letter_reading import understood
from sweeps.pausing import is_resting, rest, stands
from wiring.gateways import imap_gateway, reads_mail
from wiring.work import Installation

BY = "приём почты"
_LEASE = "inbox"
_BATCH = 50
_TROUBLES = 3  # of the database or the disk in one run: then the next one goes on


def sweep(installation: Installation) -> dict[str, int]:
    """Counts of letters stored and read. A second run at the same time does nothing.

    Raises MailboxError when a folder could not be read, after all else is done.
    """
    told = {"stored": 0, "read": 0, "failed": 0}
    owner = f"{os.getpid()}.{secrets.token_hex(4)}"
    with installation.work(BY) as work:
        if not leases.take(work, _LEASE, owner, seconds=600):
            return told
    try:
        problems = list(_take_in_all(installation, told))
        _read_stored(installation, told)
    finally:
        with installation.work(BY) as work:
            leases.drop(work, _LEASE, owner)
    if problems:
        raise problems[0]
    return told


def _take_in_all(installation: Installation, told: dict[str, int]) -> Iterator[MailboxError]:
    """Every folder of the settings; one that cannot be read keeps no letter of the others waiting."""
    if not reads_mail(installation.settings) or is_resting(installation, BY) or stands(installation, BY):
        return
    folders = installation.settings.imap.folders
    with imap_gateway(installation.settings) as gateway:
        for place, folder in enumerate(folders):
            try:
                _take_in(installation, gateway, folder, told)
                _looked(installation, [folder])
            except MailboxError as error:
                shut = error.before_any_letter  # for the folders to come as well
                _looked(installation, folders[place:] if shut else [folder], error.code)
                yield error
                if shut:
                    rest(installation, BY)
                    return


def _looked(installation: Installation, folders: Sequence[str], problem: str | None = None) -> None:
    with installation.work(BY) as work:
        for folder in folders:
            mailbox.looked(work, installation.settings.mail.sender, folder, problem)


def _take_in(installation: Installation, gateway: ImapGateway, folder: str, told: dict[str, int]) -> None:
    account = installation.settings.mail.sender
    with installation.work(BY) as work:
        validity, last = mailbox.position(work, account, folder)
    seen: dict[int, list[int]] = {}  # numbers only: a year's letters would not fit into memory
    for answer in gateway.fetch_new(folder, validity or None, last):
        _keep(installation, answer, told, seen)
    with installation.work(BY) as work:
        validity, _ = mailbox.position(work, account, folder)
        missed = mailbox.to_ask_again(work, account, folder, validity)
    if missed:
        given = set()
        for answer in gateway.fetch_again(folder, validity, missed):
            _keep(installation, answer, told, seen)
            given.add(answer.uid)
        with installation.work(BY) as work:
            mailbox.gone(work, account, folder, validity, [uid for uid in missed if uid not in given])
    for uidvalidity, uids in seen.items():
        gateway.flag_seen(folder, uidvalidity, uids)


def _keep(
    installation: Installation, answer: FetchedLetter | NotGiven, told: dict[str, int], seen: dict[int, list[int]]
) -> None:
    """A letter of which only the beginning came stays unseen in the mailbox, for people to open it there."""
    with installation.work(BY) as work:
        if isinstance(answer, NotGiven):
            mailbox.step_over(work, installation.settings.mail.sender, answer)
            return
        told["stored"] += mailbox.store(work, answer) is not None
    if answer.whole:
        seen.setdefault(answer.uidvalidity, []).append(answer.uid)


def _read_stored(installation: Installation, told: dict[str, int]) -> None:
    """Raises the first trouble that is no letter's fault, after all others are read: those letters stay for the next run."""
    tried: set[int] = set()
    troubles: list[Exception] = []
    while len(troubles) < _TROUBLES:
        with installation.work(BY) as work:
            numbers = [each for each in inbox.to_read(work, _BATCH + len(troubles)) if each not in tried]
            paths = [work.files.path(inbox.get(work, number).sha256) for number in numbers]
        if not numbers:
            break
        tried.update(numbers)
        readings = read_many_safely(paths, own_catalog=installation.settings.catalog_folder)
        for number, path, reading in zip(numbers, paths, readings, strict=True):
            try:
                _apply(installation, number, path, reading, told)
            except Unavailable:
                raise
            except Exception as error:
                if not _passes(error):
                    raise
                troubles.append(error)
    if troubles:
        raise troubles[0]


def _apply(installation: Installation, number: int, path: Path, reading: Reading, told: dict[str, int]) -> None:
    try:
        reading = understood(installation, path, reading)
        with installation.work(BY) as work:
            inbox.apply(work, number, reading)
        told["read"] += 1
    except Exception as error:  # one letter that cannot be applied is a visible row and blocks nobody
        if isinstance(error, Unavailable) or _passes(error):
            raise
        with installation.work(BY) as work:
            told_why = f"Письмо не обработано ({type(error).__name__}). Прочтите его сами."
            inbox.mark_failed(work, number, told_why)
        told["failed"] += 1


def _passes(error: Exception) -> bool:
    """The database or the disk is at fault, the letter is not: the same may go well in a minute."""
    if isinstance(error, FileNotFoundError):
        return False
    return isinstance(error, OSError | OperationalError | InterfaceError | InternalError | PoolTimeout) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )
