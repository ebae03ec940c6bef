"""An SMTP server of ours that errs at a chosen word, in a chosen way; it counts what it really took."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

CUT, HANG = b"\0cut", b"\0hang"
TAKEN_AND_CUT = b"\0taken and cut"
_USUAL = {
    b"GREETING": b"220 faulty",
    b"EHLO": b"250-faulty\r\n250-SIZE 100000000\r\n250 AUTH PLAIN LOGIN",
    b"HELO": b"250 faulty",
    b"AUTH": b"235 welcome",
    b"MAIL": b"250 ok",
    b"RCPT": b"250 ok",
    b"DATA": b"354 go on",
    b".": b"250 taken",
    b"RSET": b"250 ok",
    b"NOOP": b"250 ok",
    b"QUIT": b"221 bye",
}


@dataclass
class FaultySmtp:
    """`answers`: what it says instead of the usual, by the client's word; a list is used up answer by answer."""

    answers: Mapping[bytes, bytes | list[bytes]] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def answer(self, word: bytes) -> bytes:
        said = self.answers.get(word, _USUAL.get(word, b"502 what?"))
        if isinstance(said, list):
            return said.pop(0) if said else _USUAL[word]
        return said


class _Cut(Exception):
    pass


@contextmanager
def faulty_smtp(**answers: bytes | list[bytes]) -> Iterator[FaultySmtp]:
    """`dot` stands for the end of a letter."""
    server = FaultySmtp({(b"." if word == "dot" else word.upper().encode()): said for word, said in answers.items()})
    listening = socket.create_server(("127.0.0.1", 0))
    server.port = listening.getsockname()[1]
    threads = [threading.Thread(target=_serve, args=(listening, server), daemon=True)]
    threads[0].start()
    try:
        yield server
    finally:
        server.over.set()
        listening.close()


def _serve(listening: socket.socket, server: FaultySmtp) -> None:
    while not server.over.is_set():
        try:
            client, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_talk, args=(client, server), daemon=True).start()


def _talk(client: socket.socket, server: FaultySmtp) -> None:
    with client, client.makefile("rwb", buffering=0) as line:
        try:
            _say(line, server, b"GREETING")
            while heard := line.readline():
                word = heard.split(None, 1)[0].upper() if heard.strip() else b""
                server.heard.append(heard.strip())
                _say(line, server, word)
                if word == b"DATA" and server.heard[-1:] and not server.over.is_set():
                    _take(line, server)
                if word == b"QUIT":
                    return
        except (_Cut, OSError, ValueError):
            return


def _take(line, server: FaultySmtp) -> None:  # type: ignore[no-untyped-def]
    letter = b""
    while not letter.endswith(b"\r\n.\r\n"):
        piece = line.read(65536)
        if not piece:
            return
        letter += piece
    said = server.answer(b".")
    if said.startswith(b"2") or said == TAKEN_AND_CUT:
        server.taken.append(letter[:-3])
    _answer(line, server, said)


def _say(line, server: FaultySmtp, word: bytes) -> None:  # type: ignore[no-untyped-def]
    _answer(line, server, server.answer(word))


def _answer(line, server: FaultySmtp, said: bytes) -> None:  # type: ignore[no-untyped-def]
    if said in (CUT, TAKEN_AND_CUT):
        raise _Cut
    if said == HANG:
        server.over.wait(30)
        raise _Cut
    line.write(said + b"\r\n")
