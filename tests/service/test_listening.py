"""The service's ports are its own: a stranger who is there first is not taken for a part of it, nor may he come later."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from service import planner
from service.listening import NoPort, free_port, listen, port_of
from service.supervisor import CannotStart, Service
from wiring.settings import PagePart, Settings


@pytest.fixture
def taken():
    with listen("127.0.0.1", 0) as listener:
        yield port_of(listener)


def test_taken_port_is_left_to_its_owner_and_ours_cannot_be_taken(taken):
    with listen("127.0.0.1", taken) as ours:
        assert port_of(ours) != taken
        for address in ("127.0.0.1", "0.0.0.0"):
            with socket.socket() as thief, pytest.raises(OSError, match="in use"):
                thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                thief.bind((address, port_of(ours)))


def test_free_port_is_free_again():
    port = free_port("127.0.0.1", 0)
    with listen("127.0.0.1", port) as listener:
        assert port_of(listener) == port


def test_address_of_another_machine_is_told():
    with pytest.raises(NoPort, match=r"192\.0\.2\.1"):
        listen("192.0.2.1", 0)


def test_page_does_not_move_from_under_its_public_address(tmp_path, taken):
    settings = Settings(home=tmp_path, page=PagePart(port=taken, public_url="https://access.clinic.example"))
    service = Service(settings, print)
    with pytest.raises(CannotStart, match=f"Порт {taken} занят другой программой"):
        service._page_address()
    service.stop()


class Stranger(BaseHTTPRequestHandler):
    heard: list[str]

    def do_GET(self):
        self.heard.append(f"{self.path} {self.headers}")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"true")

    do_POST = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def stranger():
    heard: list[str] = []
    with HTTPServer(("127.0.0.1", 0), type("_", (Stranger,), {"heard": heard})) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api", heard
        server.shutdown()


def test_whoever_answers_for_the_planner_is_an_error_in_words_and_is_not_told_the_password(
    tmp_path, stranger, monkeypatch
):
    address, heard = stranger
    told: list[str] = []
    service = Service(Settings(home=tmp_path), told.append, extra={"PREFECT_API_URL": address})
    monkeypatch.setattr(service, "_child", lambda *_: None)
    with listen("127.0.0.1", 0) as listener:
        service.listeners["planner"] = listener
        with pytest.raises(CannotStart, match="вместо планировщика отвечает чужая программа"):
            service._prefect()
    assert [line.split()[0] for line in heard] == ["/api/health", planner.PROOF]
    assert "authorization" not in "".join(heard).lower()
    assert service.password.partition(":")[2] not in "".join(heard)


def test_password_is_another_at_every_start_and_does_not_show(tmp_path):
    first, second = (Service(Settings(home=tmp_path), print) for _ in range(2))
    assert first.password != second.password
    assert first.password not in repr(first)
