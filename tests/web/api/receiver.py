"""A program that takes notifications, on loopback; it checks signatures as docs/api.md tells."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.web.world import World
from wiring.settings import WebhooksPart


def genuine(secret: str, headers: dict[str, str], body: bytes, now: int) -> bool:
    """The ten lines of docs/api.md."""
    sent_at = int(headers["webhook-timestamp"])
    if abs(now - sent_at) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{sent_at}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = [part.partition(",")[2] for part in headers["webhook-signature"].split()]
    return any(hmac.compare_digest(wanted, each) for each in given)


@dataclass
class Receiver:
    """`answers` are given one after the other, the last one for ever; `pause` seconds before each."""

    answers: list[int] = field(default_factory=lambda: [204])
    pause: float = 0.0
    port: int = 0
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?of=mis"

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.taken]

    def take(self, headers: dict[str, str], body: bytes) -> int:
        self._over.wait(self.pause)
        self.taken.append((headers, body))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def hurry(self) -> None:
        self._over.set()


@contextmanager
def listening(receiver: Receiver | None = None) -> Iterator[Receiver]:
    own = receiver or Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = own.take({name.lower(): value for name, value in self.headers.items()}, body)
            try:
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("location", own.url)
                self.send_header("content-length", "0")
                self.end_headers()
            except OSError:  # the sender has gone: killed, or tired of waiting
                pass

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    own.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield own
    finally:
        own.hurry()
        server.shutdown()
        server.server_close()
        thread.join(5)


HOUSE = ("127.0.0.0/8", "::1/128", "192.168.0.0/24", "fd00::/8")


def list_house(world: World) -> None:
    """Receivers of tests stand on loopback, which an administrator has to list."""
    home = world.installation.settings.home
    (home / "settings.toml").write_text(f"[webhooks]\nnetworks = {list(HOUSE)}\n", "utf-8")
    world.installation.take_up(
        world.installation.settings.model_copy(update={"webhooks": WebhooksPart(networks=HOUSE)})
    )
