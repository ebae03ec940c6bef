"""The mailboxes of the demo: one folder per account, one file per letter, numbered in the order of arrival."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from documents.atomic import write

CLINIC = "clinic@clinic.example"
DESK = "egisz@stp-egisz.ru"


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox and the addresses it gets letters for; one account may take in everything else."""

    login: str
    password: str
    addresses: tuple[str, ...]
    folders: tuple[str, ...] = ("Отправленные",)
    takes_the_rest: bool = False


DEMO_ACCOUNTS = (
    Account("clinic", "demo-clinic", (CLINIC,)),
    Account("desk", "demo-desk", (DESK, "egisz@rt-eu.ru")),
    Account("employees", "demo-employees", (), takes_the_rest=True),
)


class Mailboxes:
    """Safe for several threads; a half-written letter is never seen."""

    def __init__(self, folder: Path, accounts: Sequence[Account]) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self.accounts = tuple(accounts)
        for account in self.accounts:
            self.place(account.login).mkdir(parents=True, exist_ok=True)
        self._last = max((int(path.stem) for path in folder.glob("*/*.eml")), default=0)

    def place(self, login: str) -> Path:
        return self._folder / login

    def letters(self, login: str) -> list[Path]:
        """Oldest first."""
        return sorted(self.place(login).glob("*.eml"))

    def logins_for(self, addresses: Sequence[str]) -> list[str]:
        """Whose mailboxes a letter to these addresses goes to, each once."""
        found: dict[str, None] = {}
        for address in addresses:
            for account in self.accounts:
                if address.lower() in account.addresses:
                    found[account.login] = None
                    break
            else:
                found.update({account.login: None for account in self.accounts if account.takes_the_rest})
        return list(found)

    def keep(self, login: str, raw: bytes, envelope_sender: str) -> Path:
        """Write one letter down, with the envelope's sender in front as a mail server does."""
        with self._lock:
            self._last += 1
            path = self.place(login) / f"{self._last:08d}.eml"
        write(path, f"Return-Path: <{envelope_sender}>\r\n".encode() + raw, synced=False)
        return path
