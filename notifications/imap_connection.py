"""A kept IMAP connection: protected, logged in, woken when it went to sleep; its troubles by name."""

from __future__ import annotations

import imaplib
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from imap_tools import BaseMailBox
from imap_tools.errors import ImapToolsError, MailboxLoginError, UnexpectedCommandStatusError

from notifications.errors import MailboxError
from notifications.imap_folders import Folder, wire_name
from notifications.imap_watch import Watch, WatchedBox
from notifications.server_words import readable
from notifications.tls import Security, is_loopback, tls_trouble, trusting

_Result = TypeVar("_Result")
_TROUBLES = (imaplib.IMAP4.error, ImapToolsError, OSError, EOFError, ValueError)


@dataclass(frozen=True, slots=True)
class ImapSettings:
    """`account` is how our records call the mailbox; times in seconds; empty `sent_folder`: found by itself."""

    account: str
    host: str
    port: int
    username: str
    password: str = field(repr=False)
    security: Security = Security.TLS
    ca_bundle: Path | None = None
    timeout: float = 30.0
    max_letter_bytes: int = 40 * 2**20
    sent_folder: str = ""
    plain_allowed: bool = False
    command_timeout: float = 120.0
    total_timeout: float = 480.0


class ImapConnection:
    """Every method raises MailboxError; after one the connection is dropped and opened anew by the next call."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._box: BaseMailBox | None = None
        self._selected = ""
        self._watch = Watch(total=settings.total_timeout, each=settings.command_timeout)

    def wake(self) -> None:
        """Make sure somebody answers at the other end."""
        if self._box is not None:
            try:
                with self._watch.within("connect"):
                    if self._box.client.noop()[0] == "OK":
                        return
            except (imaplib.IMAP4.error, OSError):
                pass
            self.drop()
        self._open()

    def close(self) -> None:
        if self._box is not None:
            with suppress(*_TROUBLES):
                self._box.logout()
            self.drop()

    def drop(self) -> None:
        box, self._box = self._box, None
        self._selected = ""
        if box is not None:
            with suppress(*_TROUBLES):
                box.client.shutdown()

    def select(self, folder: str, *, writing: bool = False) -> int:
        """Open a folder afresh; its UIDVALIDITY."""
        self.wake()
        name = wire_name(folder)
        typ, _ = self._run("select", lambda box: box.client.select(name, readonly=not writing))
        if typ != "OK":
            raise MailboxError("folder", stage="select", permanent=True, detail=folder)
        found = self._run("select", lambda box: box.client.response("UIDVALIDITY"))[1]
        if not found or not found[-1]:
            raise MailboxError("protocol", stage="select")
        self._selected = folder
        return int(found[-1])

    def stay(self, folder: str, uidvalidity: int) -> None:
        """Come back to a folder that was left half read."""
        if self._box is not None and self._selected == folder:
            return
        if self.select(folder) != uidvalidity:
            raise MailboxError("moved", stage="select")

    def uid(self, stage: str, *command: str) -> list[Any]:
        """A UID command's collected answers."""
        typ, data = self._run(stage, lambda box: box.client.uid(*command))
        if typ != "OK":
            raise MailboxError("refused", stage=stage, detail=_said(data))
        return list(data)

    def search(self, stage: str, *criteria: str) -> list[int]:
        """UIDs of the selected folder that fit."""
        found = self.uid(stage, "SEARCH", *criteria)
        return [int(uid) for line in found if isinstance(line, bytes) for uid in line.split()]

    def folders(self) -> list[Folder]:
        found = self._run("folders", lambda box: box.folder.list())
        return [Folder(one.name, tuple(one.flags)) for one in found]

    def create(self, folder: str) -> None:
        self._run("create", lambda box: box.folder.create(folder))

    def append(self, folder: str, raw: bytes, at: datetime) -> None:
        name = wire_name(folder)
        typ, data = self._run("append", lambda box: box.client.append(name, r"(\Seen)", at, raw))
        if typ != "OK":
            raise MailboxError("refused", stage="append", detail=_said(data))

    def _run(self, stage: str, action: Callable[[BaseMailBox], _Result]) -> _Result:
        if self._box is None:
            self._open()
        assert self._box is not None
        try:
            with self._watch.within(stage):
                return action(self._box)
        except MailboxError:
            self.drop()
            raise
        except _TROUBLES as error:
            # What is left in the pipe belongs to the failed command: never read it as the answer to the next.
            self.drop()
            raise _trouble(error, stage) from error

    def _open(self) -> None:
        settings = self._settings
        if settings.security is Security.PLAIN and not (settings.plain_allowed or is_loopback(settings.host)):
            raise MailboxError("plain-refused", stage="connect", permanent=True)
        try:
            with self._watch.within("connect"):
                box = _connected(settings, self._watch)
        except _TROUBLES as error:
            raise _trouble(error, "connect") from error
        self._box = box
        try:
            plain = (settings.username + settings.password).isascii()
            with self._watch.within("auth"):
                (box.login if plain else box.login_utf8)(settings.username, settings.password, initial_folder=None)
        except MailboxError:
            self.drop()
            raise
        except _TROUBLES as error:
            self.drop()
            raise _trouble(error, "auth") from error


def _connected(settings: ImapSettings, watch: Watch) -> BaseMailBox:
    where, wait = (settings.host, settings.port), settings.timeout
    if settings.security is Security.PLAIN:
        return WatchedBox(*where, wait, watch)
    tls = trusting(settings.ca_bundle)
    if settings.security is Security.TLS:
        return WatchedBox(*where, wait, watch, tls)
    box = WatchedBox(*where, wait, watch)
    try:
        box.client.starttls(tls)
    except BaseException:
        box.client.shutdown()
        raise
    return box


def _trouble(error: BaseException, stage: str) -> MailboxError:
    tls = tls_trouble(error)
    if tls:
        return MailboxError(tls, stage="tls", permanent=True)
    if isinstance(error, socket.gaierror):
        return MailboxError("unknown-host", stage=stage)
    if isinstance(error, TimeoutError):
        return MailboxError("timeout", stage=stage)
    if isinstance(error, MailboxLoginError) or (stage == "auth" and type(error) is imaplib.IMAP4.error):
        return MailboxError("auth", stage="auth", permanent=True, detail=_said(getattr(error, "command_result", ())))
    if stage == "connect" and "TLS not supported" in str(error):
        return MailboxError("no-starttls", stage="tls", permanent=True)
    if isinstance(error, UnexpectedCommandStatusError):
        return MailboxError("refused", stage=stage, detail=_said(error.command_result))
    if isinstance(error, OSError | EOFError | imaplib.IMAP4.abort):
        return MailboxError("connect" if stage == "connect" else "lost", stage=stage)
    return MailboxError("protocol", stage=stage, detail=type(error).__name__)


def _said(answer: object) -> str:
    """The server's words, without bytes that are no text."""
    if isinstance(answer, bytes):
        return readable(answer)
    if isinstance(answer, list | tuple):
        return " ".join(filter(None, (_said(part) for part in answer)))
    return ""
