"""Take letters in: stored and committed first, flagged second, read from the stored copy third."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence

from actions.answers import inbox
from actions.keeping import leases
from notifications.errors import MailboxError
from notifications.imap import ImapGateway
from notifications.reading import read_many_safely
from sandbox import Unavailable
from sweeps.letter_reading import understood
from sweeps.pausing import is_resting, rest
from wiring.gateways import imap_gateway, reads_mail
from wiring.work import Installation

BY = "приём почты"
_LEASE = "inbox"
_BATCH = 50


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
    if not reads_mail(installation.settings) or is_resting(installation, BY):
        return
    folders = installation.settings.imap.folders
    with imap_gateway(installation.settings) as mailbox:
        for place, folder in enumerate(folders):
            try:
                _take_in(installation, mailbox, folder, told)
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
            inbox.looked(work, installation.settings.mail.sender, folder, problem)


def _take_in(installation: Installation, mailbox: ImapGateway, folder: str, told: dict[str, int]) -> None:
    account = installation.settings.mail.sender
    with installation.work(BY) as work:
        validity, last = inbox.position(work, account, folder)
    taken: dict[int, list[int]] = {}  # numbers only: a year's letters would not fit into memory
    for fetched in mailbox.fetch_new(folder, validity or None, last):
        with installation.work(BY) as work:
            told["stored"] += inbox.store(work, fetched) is not None
        taken.setdefault(fetched.uidvalidity, []).append(fetched.uid)
    for uidvalidity, uids in taken.items():
        mailbox.flag_seen(folder, uidvalidity, uids)


def _read_stored(installation: Installation, told: dict[str, int]) -> None:
    while True:
        with installation.work(BY) as work:
            numbers = inbox.to_read(work, _BATCH)
            paths = [work.files.path(inbox.get(work, number).sha256) for number in numbers]
        if not numbers:
            return
        readings = read_many_safely(paths, own_catalog=installation.settings.catalog_folder)
        for number, path, reading in zip(numbers, paths, readings, strict=True):
            try:
                reading = understood(installation, path, reading)
                with installation.work(BY) as work:
                    inbox.apply(work, number, reading)
                told["read"] += 1
            except Unavailable:  # that is no fault of the letter: it stays for the next run
                raise
            except Exception as error:  # one letter that cannot be applied is a visible row and blocks nobody
                with installation.work(BY) as work:
                    told_why = f"Письмо не обработано ({type(error).__name__}). Прочтите его сами."
                    inbox.mark_failed(work, number, told_why)
                told["failed"] += 1
