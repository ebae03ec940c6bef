"""A line between client and server that breaks at the worst moment: the server has answered, the client not heard."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def breaking_line(server_port: int, *, after: bytes, hear_answer: bool = True) -> Iterator[int]:
    """A port that passes everything on until the client has sent `after`; then, when the server has answered (or at
    once), both ends are cut and the answer is lost."""
    listening = socket.create_server(("127.0.0.1", 0))
    # A small buffer, or the whole letter would lie in the kernel before the line is cut.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    worker = threading.Thread(target=_carry, args=(listening, server_port, after, hear_answer), daemon=True)
    worker.start()
    try:
        yield listening.getsockname()[1]
    finally:
        worker.join(timeout=10)
        listening.close()


def _carry(listening: socket.socket, server_port: int, after: bytes, hear_answer: bool) -> None:
    client, _ = listening.accept()
    server = socket.create_connection(("127.0.0.1", server_port))
    cut = threading.Event()
    back = threading.Thread(target=_carry_back, args=(server, client, cut), daemon=True)
    back.start()
    said = b""
    with client, server, suppress(OSError):
        while after not in said:
            piece = client.recv(65536)
            if not piece:
                return
            said = (said + piece)[-len(piece) - len(after) :]
            if after in said:
                cut.set()
            if after not in said or hear_answer:
                server.sendall(piece)
        if hear_answer:
            back.join(timeout=10)
        _hang_up(client, server)
    back.join(timeout=10)


def _carry_back(server: socket.socket, client: socket.socket, cut: threading.Event) -> None:
    with suppress(OSError):
        while piece := server.recv(65536):
            if cut.is_set():
                return
            client.sendall(piece)


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
