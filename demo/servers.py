"""The demo's post: SMTP and IMAP servers on loopback that share one world of mailboxes. Nothing leaves the machine."""

from __future__ import annotations

import json
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from demo.certificates import Certificates, certificates
from demo.desk import Desk, DeskPlan, keep_answering
from demo.mailboxes import CLINIC, DEMO_ACCOUNTS, DESK, Account, Mailboxes
from demo.smtp_server import Accepted, Faults, SmtpServer
from wiring.privacy import keep_private

__all__ = ["CLINIC", "DEMO_ACCOUNTS", "DESK", "Account", "DemoServers", "Faults", "Ports"]


@dataclass(frozen=True, slots=True)
class Ports:
    """`imaps` and `smtps` (TLS from the first byte) are 0 without certificates; asked for, 0 means any free port."""

    smtp: int = 0
    smtps: int = 0
    imap: int = 0
    imaps: int = 0


class DemoServers:
    """A context manager. Letters are kept as files under `folder`, so a restart finds them again."""

    def __init__(
        self, folder: Path, *, accounts: Sequence[Account] = DEMO_ACCOUNTS, tls: bool = True, ports: Ports | None = None
    ) -> None:
        self.ports = ports or Ports()
        self.mailboxes = Mailboxes(folder / "mail", accounts)
        self.certificates: Certificates | None = None
        if tls:
            self.certificates = certificates(folder / "certificates", datetime.now(UTC))
        passwords = {account.login: account.password for account in accounts}
        self._smtp = SmtpServer(self._accept, passwords, self._server_context())
        self._imap: subprocess.Popen[str] | None = None
        self._imap_lock = threading.Lock()

    @property
    def faults(self) -> Faults:
        """What the SMTP server is to do wrong next."""
        return self._smtp.faults

    @property
    def authority(self) -> Path | None:
        """The PEM file that a client is to trust."""
        return self.certificates.authority if self.certificates else None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        imap = self._start_imap()
        smtp, smtps = self._smtp.start(self.ports.smtp, self.ports.smtps)
        self.ports = Ports(smtp, smtps, imap["imap"], imap.get("imaps", 0))

    def stop(self) -> None:
        self._smtp.stop()
        with self._imap_lock:
            process, self._imap = self._imap, None
        if process is not None:
            process.communicate(timeout=10)

    def letters(self, login: str) -> list[Path]:
        """Files of an account's mailbox, oldest first."""
        return self.mailboxes.letters(login)

    def deliver(self, addresses: Sequence[str], raw: bytes, sender: str = "") -> list[Path]:
        """Put a letter into its mailboxes; when this returns, IMAP shows it."""
        found = []
        for login in self.mailboxes.logins_for(addresses):
            path = self.mailboxes.keep(login, raw, sender)
            self._show(login, path)
            found.append(path)
        return found

    def _accept(self, letter: Accepted) -> None:
        self.deliver(letter.recipients, letter.raw, letter.sender)

    def _show(self, login: str, path: Path) -> None:
        with self._imap_lock:
            if self._imap is not None:
                self._ask({"login": login, "path": str(path)})

    def _start_imap(self) -> dict[str, int]:
        # pymap runs in its own process: it is asyncio, single-threaded, and must not slow the sending side down.
        self._imap = subprocess.Popen(
            [sys.executable, "-m", "demo.imap_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return self._ask(self._imap_configuration())

    def _imap_configuration(self) -> dict[str, Any]:
        files = self.certificates
        users = [
            {
                "login": account.login,
                "password": account.password,
                "folders": account.folders,
                "mail": str(self.mailboxes.place(account.login)),
            }
            for account in self.mailboxes.accounts
        ]
        return {
            "imap": self.ports.imap,
            "imaps": self.ports.imaps,
            "chain": str(files.chain) if files else None,
            "key": str(files.key) if files else None,
            "users": users,
        }

    def _ask(self, what: Mapping[str, Any]) -> dict[str, Any]:
        process = self._imap
        assert process is not None and process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(what) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise RuntimeError("the demo's IMAP server did not start or died")
        found: dict[str, Any] = json.loads(answer)
        return found

    def _server_context(self) -> ssl.SSLContext | None:
        if self.certificates is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificates.chain, self.certificates.key)
        return context


def main(arguments: Sequence[str]) -> int:
    """python -m demo.servers FOLDER [PLAN.json]: the post and the desk until a signal."""
    keep_private()
    folder = Path(arguments[0])
    plan = DeskPlan.from_file(Path(arguments[1])) if len(arguments) > 1 else DeskPlan()
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    with DemoServers(folder) as post:
        print(json.dumps({**asdict(post.ports), "ca_bundle": str(post.authority)}), flush=True)
        keep_answering(Desk(post, folder / "desk.json", plan), over)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
