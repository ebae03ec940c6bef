"""The demo's SMTP server: takes letters for everybody on this machine and can be told to misbehave."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

# Broken handshakes and dropped lines are what the demo and the tests ask for, not news.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)

_ROUNDS = 0.02
LARGEST_LETTER = 40 * 2**20


@dataclass(slots=True)
class Faults:
    """What the server is to do wrong; numbers count down with each letter. `delay` in seconds."""

    drop_after_data: int = 0
    drop_before_storing: int = 0
    temporary: int = 0
    permanent: int = 0
    hang_after_data: int = 0
    refuse_auth: bool = False
    refused_recipients: set[str] = field(default_factory=set)
    delayed_recipients: set[str] = field(default_factory=set)
    delay: float = 0.0

    def due(self, name: str) -> bool:
        """Whether this fault is to happen now; each time it does it is used up by one."""
        left: int = getattr(self, name)
        if left > 0:
            setattr(self, name, left - 1)
        return left > 0


@dataclass(frozen=True, slots=True)
class Accepted:
    """A letter with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class SmtpServer:
    """Runs on a thread of its own; `take` is called from there for each letter, before the 250."""

    def __init__(
        self, take: Callable[[Accepted], None], passwords: Mapping[str, str], tls: ssl.SSLContext | None
    ) -> None:
        self.faults = Faults()
        self._take = take
        self._passwords = dict(passwords)
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._lines: WeakSet[asyncio.BaseTransport] = WeakSet()
        self._thread = threading.Thread(target=self._run, name="demo-smtp", daemon=True)
        self._servers: list[asyncio.Server] = []

    def start(self, port: int = 0, tls_port: int = 0) -> tuple[int, int]:
        """The ports for STARTTLS (or plain) and for TLS from the first byte (0 without a certificate)."""
        self._thread.start()
        plain = self._listen(port, None)
        secure = self._listen(tls_port, self._tls) if self._tls else 0
        return plain, secure

    def stop(self) -> None:
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._hang_up(), self._loop).result(timeout=10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout=10)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _listen(self, port: int, tls: ssl.SSLContext | None) -> int:
        bound = socket.create_server(("127.0.0.1", port))
        coming = self._loop.create_server(lambda: self._conversation(tls is not None), sock=bound, ssl=tls)
        self._servers.append(asyncio.run_coroutine_threadsafe(coming, self._loop).result(timeout=10))
        return int(bound.getsockname()[1])

    def _conversation(self, already_secure: bool) -> SMTP:
        offered = None if already_secure else self._tls
        return _Conversation(
            _Handler(self.faults, self._take),
            data_size_limit=LARGEST_LETTER,
            hostname="localhost",
            ident="demo",
            tls_context=offered,
            auth_require_tls=False,
            authenticator=self._authenticate,
            loop=self._loop,
            lines=self._lines,
        )

    def _authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, said: Any) -> AuthResult:
        right = False
        if isinstance(said, LoginPassword) and not self.faults.refuse_auth:
            expected = self._passwords.get(said.login.decode("utf-8", "replace"))
            right = expected is not None and expected.encode() == said.password
        return AuthResult(success=right, handled=False)

    async def _hang_up(self) -> None:
        for server in self._servers:
            server.close()
        await asyncio.sleep(_ROUNDS)  # lines whose client has gone are seen now, half-made TLS ones too
        for line in list(self._lines):
            line.abort()  # type: ignore[attr-defined]
        mine = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(_ROUNDS)  # aborted lines close in the loop's next round


class _Conversation(SMTP):
    """Remembers its lines, plain and protected, so that all can be cut when the server stops."""

    def __init__(self, handler: _Handler, *, lines: WeakSet[asyncio.BaseTransport], **settings: Any) -> None:
        super().__init__(handler, **settings)
        self._lines = lines

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._lines.add(transport)
        super().connection_made(transport)


class _Handler:
    """Replies stay ASCII: clients garble anything else."""

    def __init__(self, faults: Faults, take: Callable[[Accepted], None]) -> None:
        self._faults = faults
        self._take = take

    async def handle_MAIL(
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.lower() in self._faults.refused_recipients:
            return "550 5.1.1 No such mailbox"
        if address.lower() in self._faults.delayed_recipients:
            return "451 4.3.0 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        faults = self._faults
        if faults.delay:
            await asyncio.sleep(faults.delay)
        if faults.due("temporary"):
            return "451 4.3.0 Try again later"
        if faults.due("permanent"):
            return "554 5.7.1 Message refused"
        if not faults.due("drop_before_storing"):
            content = envelope.original_content or b""
            letter = Accepted(envelope.mail_from or "", tuple(envelope.rcpt_tos), content)
            await asyncio.to_thread(self._take, letter)
            if faults.due("hang_after_data"):
                await asyncio.sleep(3600)
            if not faults.due("drop_after_data"):
                return "250 2.0.0 Taken"
        # The worst moment: whether the letter is stored or not, the client never hears of it.
        server.transport.abort()  # type: ignore[union-attr]
        return "421 4.4.2 Gone"
