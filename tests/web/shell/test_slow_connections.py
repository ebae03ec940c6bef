"""Slow and half-open connections: nobody holds a place by saying nothing, and those who ask are answered meanwhile."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from tests.web.world import World
from web.app import create_app
from web.shell import bodies, serving


@pytest.fixture
def port(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The page on loopback by its own server, with deadlines that a test can wait for."""
    monkeypatch.setattr(serving.Guarded, "head_seconds", 1.0)
    monkeypatch.setattr(serving.Guarded, "write_seconds", 1.0)
    monkeypatch.setattr(serving, "MOST", 300)
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 1)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(serving.config(create_app(world.installation), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join(10)


def opened(port: int, said: bytes = b"") -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=5)
    made.sendall(said)
    return made


def answer_time(port: int) -> float:
    begun = time.monotonic()
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    asked.request("GET", "/health")
    assert asked.getresponse().status == 200
    asked.close()
    return time.monotonic() - begun


def is_closed(connection: socket.socket, within: float = 4) -> bool:
    connection.settimeout(within)
    try:
        while connection.recv(65536):
            pass
    except ConnectionError:
        return True
    except TimeoutError:
        return False
    return True


def test_a_thousand_half_open_connections_keep_nobody_out(port: int) -> None:
    """1,020 of them on a server that has places for 300: the silent ones go, whoever asks is served."""
    with contextlib.ExitStack() as open_ones:
        for _ in range(1020):
            open_ones.enter_context(opened(port, b"GET / HT"))
        assert answer_time(port) < 2
        last = open_ones.enter_context(opened(port, b"GET /"))
        assert is_closed(last)  # its time is over too


def test_a_head_that_comes_by_drops_ends_with_its_deadline_not_with_its_last_drop(port: int) -> None:
    dripping, begun = opened(port, b"GET /health HTTP/1.1\r\nHost: a\r\n"), time.monotonic()
    with dripping, contextlib.suppress(ConnectionError):
        while time.monotonic() - begun < 4:
            dripping.sendall(b"X")
            time.sleep(0.1)
    assert time.monotonic() - begun < 2.5


def test_the_second_head_on_a_kept_connection_has_a_deadline_too(port: int) -> None:
    with opened(port, b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n") as kept:
        assert b"200 OK" in kept.recv(65536)
        time.sleep(0.2)
        kept.sendall(b"GET /health HT")
        assert is_closed(kept)


@pytest.mark.parametrize("path", ["/login", "/setup", "/my/x/done"])
def test_a_body_that_dawdles_is_told_so(port: int, path: str) -> None:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: a\r\nSec-Fetch-Site: same-origin\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 60000\r\n\r\nlogin="
    )
    with opened(port, head.encode()) as slow:
        answer, begun = b"", time.monotonic()
        slow.settimeout(0.1)
        while b"\r\n" not in answer and time.monotonic() - begun < 5:
            slow.sendall(b"a")
            with contextlib.suppress(TimeoutError):
                answer += slow.recv(65536)
        assert answer.startswith(b"HTTP/1.1 408")


def test_an_endless_head_is_refused(port: int) -> None:
    with opened(port, b"GET / HTTP/1.1\r\n") as endless, contextlib.suppress(ConnectionError):
        for _ in range(100):
            endless.sendall(b"X-A: " + b"a" * 1000 + b"\r\n")
        assert endless.recv(100).startswith(b"HTTP/1.1 4")


@pytest.mark.parametrize(
    "framing",
    [
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5, 6",
        "Content-Length: +5",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
    ],
)
def test_a_message_without_one_clear_end_is_refused(port: int, framing: str) -> None:
    hidden = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
    with opened(port, f"POST /login HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n".encode() + hidden) as smuggling:
        smuggling.settimeout(3)
        answers = b"".join(iter(lambda: smuggling.recv(65536), b""))
    assert answers.startswith((b"HTTP/1.1 400", b"HTTP/1.1 501")) and answers.count(b"HTTP/1.1 ") == 1


def test_chunks_count_over_a_stated_length(port: int) -> None:
    both = b"POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    with opened(port, both + b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as one:
        one.settimeout(3)
        assert b"".join(iter(lambda: one.recv(65536), b"")).count(b"HTTP/1.1 ") == 2


def test_whoever_does_not_take_the_answer_loses_the_connection(port: int) -> None:
    """Pipelined requests whose answers fill every buffer between."""
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", port))
        deaf.settimeout(5)
        begun = time.monotonic()
        with contextlib.suppress(ConnectionError, TimeoutError):
            while time.monotonic() - begun < 5:
                deaf.sendall(b"GET /static/htmx-2.0.11.min.js HTTP/1.1\r\nHost: a\r\n\r\n" * 20)
        assert time.monotonic() - begun < 5
    assert answer_time(port) < 2
