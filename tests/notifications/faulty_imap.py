"""An IMAP server of ours that errs at a chosen command, in a chosen way; its mailbox is a dictionary of letters by UID."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Lines = Callable[[socket.socket], None]


@dataclass
class FaultyImap:
    """`on` looks at a command before it is answered; it may answer itself and return True, or raise Cut."""

    letters: dict[int, bytes] = field(default_factory=dict)
    uidvalidity: int = 1
    on: Callable[[FaultyImap, Talk, str, str], bool] | None = None
    port: int = 0
    logins: int = 0
    seen: set[int] = field(default_factory=set)
    fetched: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


class Cut(Exception):
    """The line is cut now."""


@dataclass
class Talk:
    """What a fault may do with one connection."""

    line: socket.socket
    server: FaultyImap

    def say(self, text: str | bytes) -> None:
        self.line.sendall(text.encode() if isinstance(text, str) else text)

    def drip(self, text: bytes, pause: float) -> None:
        """Byte by byte."""
        for each in text:
            if self.server.over.is_set():
                raise Cut
            self.line.sendall(bytes([each]))
            time.sleep(pause)

    def hang(self) -> None:
        self.server.over.wait(30)
        raise Cut

    def letter(self, number: int, uid: int, raw: bytes, section: str = "BODY[]") -> None:
        self.say(f"* {number} FETCH (UID {uid} {section} {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")


@contextmanager
def faulty_imap(
    letters: dict[int, bytes], on: Callable[[FaultyImap, Talk, str, str], bool] | None = None
) -> Iterator[FaultyImap]:
    server = FaultyImap(dict(letters), on=on)
    listening = socket.create_server(("127.0.0.1", 0))
    server.port = listening.getsockname()[1]
    threading.Thread(target=_serve, args=(listening, server), daemon=True).start()
    try:
        yield server
    finally:
        server.over.set()
        listening.close()


def _serve(listening: socket.socket, server: FaultyImap) -> None:
    while not server.over.is_set():
        try:
            client, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_talk, args=(client, server), daemon=True).start()


def _talk(client: socket.socket, server: FaultyImap) -> None:
    talk = Talk(client, server)
    with client, client.makefile("rb") as heard:
        try:
            if not (server.on and server.on(server, talk, "*", "GREETING")):
                talk.say("* OK faulty\r\n")
            for line in heard:
                tag, _, command = line.decode("utf-8", "replace").strip().partition(" ")
                if not (server.on and server.on(server, talk, tag, command)):
                    _answer(server, talk, tag, command)
                if command.upper().startswith("LOGOUT"):
                    return
        except (Cut, OSError, ValueError):
            return


def _answer(server: FaultyImap, talk: Talk, tag: str, command: str) -> None:
    word = command.upper()
    if word.startswith("CAPABILITY"):
        talk.say("* CAPABILITY IMAP4rev1 UIDPLUS\r\n")
    elif word.startswith(("LOGIN", "AUTHENTICATE")):
        server.logins += 1
    elif word.startswith(("SELECT", "EXAMINE")):
        talk.say(f"* {len(server.letters)} EXISTS\r\n* OK [UIDVALIDITY {server.uidvalidity}] valid\r\n")
    elif word.startswith("UID SEARCH"):
        _search(server, talk, word)
    elif word.startswith("UID FETCH"):
        _fetch(server, talk, word)
    elif word.startswith("UID STORE"):
        server.seen.update(_uids(server, word.split()[2]))
    elif word.startswith("LOGOUT"):
        talk.say("* BYE\r\n")
    talk.say(f"{tag} OK done\r\n")


def _uids(server: FaultyImap, wanted: str) -> list[int]:
    found: set[int] = set()
    last = max(server.letters, default=0)
    for part in wanted.split(","):
        first, _, end = part.partition(":")
        low = last if first == "*" else int(first)
        high = (last if end == "*" else int(end)) if end else low
        found |= {uid for uid in server.letters if min(low, high) <= uid <= max(low, high)}
    return sorted(found)


def _search(server: FaultyImap, talk: Talk, word: str) -> None:
    asked = re.search(r"UID SEARCH (?:UID )?([\d:*,]+)$", word)
    found = _uids(server, asked.group(1)) if asked else []
    talk.say("* SEARCH" + "".join(f" {uid}" for uid in found) + "\r\n")


def _fetch(server: FaultyImap, talk: Talk, word: str) -> None:
    _, _, wanted, items = word.split(" ", 3)
    places = {uid: number for number, uid in enumerate(sorted(server.letters), 1)}
    server.fetched.append(word)
    for uid in _uids(server, wanted):
        raw = server.letters[uid]
        if "RFC822.SIZE" in items:
            talk.say(
                f'* {places[uid]} FETCH (UID {uid} RFC822.SIZE {len(raw)} INTERNALDATE "20-Nov-2026 10:00:00 +0000")\r\n'
            )
            continue
        part = re.search(r"<(\d+)\.(\d+)>", items)
        section = "BODY[]"
        if part:
            start, length = int(part.group(1)), int(part.group(2))
            raw, section = raw[start : start + length], f"BODY[]<{start}>"
        talk.letter(places[uid], uid, raw, section)
