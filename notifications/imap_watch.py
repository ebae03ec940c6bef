"""Mailbox connections that somebody shuts when a server takes too long: a byte a second keeps every socket timeout waiting."""

from __future__ import annotations

import imaplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from imap_tools import BaseMailBox

from notifications.errors import MailboxError


class Watch:
    """`total` seconds for all commands together, from the first one on; `each` for one command."""

    def __init__(self, *, total: float, each: float) -> None:
        self._total, self._each = total, each
        self._end: float | None = None
        self.client: imaplib.IMAP4 | None = None

    @contextmanager
    def within(self, stage: str) -> Iterator[None]:
        """Raises MailboxError deadline when all time is used up, slow when one command took too long."""
        self._end = self._end or time.monotonic() + self._total
        left = self._end - time.monotonic()
        if left <= 0:
            raise MailboxError("deadline", stage=stage)
        late = threading.Event()
        timer = threading.Timer(min(left, self._each), self._shut, (late,))
        timer.daemon = True
        timer.start()
        try:
            yield
        except Exception as error:
            if late.is_set():
                raise MailboxError("deadline" if left <= self._each else "slow", stage=stage) from error
            raise
        finally:
            timer.cancel()

    def _shut(self, late: threading.Event) -> None:
        late.set()
        line = getattr(self.client, "sock", None)
        if line is not None:
            with suppress(OSError):
                socket.socket.shutdown(line, socket.SHUT_RDWR)


class WatchedBox(BaseMailBox):
    """A connection that its watch knows from the first byte on; protected at once where `tls` is given."""

    def __init__(self, host: str, port: int, timeout: float, watch: Watch, tls: ssl.SSLContext | None = None) -> None:
        self._where, self._timeout, self._watch, self._tls = (host, port), timeout, watch, tls
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        if self._tls is None:
            return _Client(*self._where, timeout=self._timeout, watch=self._watch)
        return _TlsClient(*self._where, timeout=self._timeout, watch=self._watch, ssl_context=self._tls)


class _Client(imaplib.IMAP4):
    def __init__(self, *where: Any, watch: Watch, **more: Any) -> None:
        watch.client = self
        super().__init__(*where, **more)


class _TlsClient(imaplib.IMAP4_SSL):
    def __init__(self, *where: Any, watch: Watch, **more: Any) -> None:
        watch.client = self
        super().__init__(*where, **more)
