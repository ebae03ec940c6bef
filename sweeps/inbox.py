"""Take letters in: stored and committed first, flagged second, read from the stored copy third."""

from __future__ import annotations

import os
import secrets
from itertools import groupby

from actions import inbox, leases
from notifications.imap import FetchedLetter, ImapGateway
from notifications.reading import read_letter_safely, read_many_safely
from wiring.gateways import has_mailbox, imap_gateway
from wiring.work import Installation

BY = "приём почты"
_LEASE = "inbox"
_BATCH = 50


def sweep(installation: Installation) -> dict[str, int]:
    """Counts of letters stored and read. A second run at the same time does nothing."""
    told = {"stored": 0, "read": 0, "failed": 0}
    owner = f"{os.getpid()}.{secrets.token_hex(4)}"
    with installation.work(BY) as work:
        if not leases.take(work, _LEASE, owner, seconds=600):
            return told
    try:
        if has_mailbox(installation.settings):
            with imap_gateway(installation.settings) as mailbox:
                for folder in installation.settings.imap.folders:
                    told["stored"] += _take_in(installation, mailbox, folder)
        _read_stored(installation, told)
    finally:
        with installation.work(BY) as work:
            leases.drop(work, _LEASE, owner)
    return told


def _take_in(installation: Installation, mailbox: ImapGateway, folder: str) -> int:
    account = installation.settings.mail.sender
    with installation.work(BY) as work:
        validity, last = inbox.position(work, account, folder)
    stored = 0
    flagged: list[FetchedLetter] = []
    for fetched in mailbox.fetch_new(folder, validity or None, last):
        with installation.work(BY) as work:
            stored += inbox.store(work, fetched) is not None
        flagged.append(fetched)
    for uidvalidity, group in groupby(flagged, key=lambda letter: letter.uidvalidity):
        mailbox.flag_seen(folder, uidvalidity, [letter.uid for letter in group])
    return stored


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
                with installation.work(BY) as work:
                    people = inbox.people_concerned(work, reading)
                if people:
                    reading = read_letter_safely(
                        path, people=people, own_catalog=installation.settings.catalog_folder
                    )
                with installation.work(BY) as work:
                    inbox.apply(work, number, reading)
                told["read"] += 1
            except Exception as error:  # one letter that cannot be applied is a visible row and blocks nobody
                with installation.work(BY) as work:
                    told_why = f"Письмо не обработано ({type(error).__name__}). Прочтите его сами."
                    inbox.mark_failed(work, number, told_why)
                told["failed"] += 1
