"""The application served on loopback and the browser that looks at it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from playwright.sync_api import ConsoleMessage

from tests.web.world import World
from web.app import create_app

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


_GONE_ON = ("htmx:afterRequest", "htmx:sendAbort")


def is_error(message: ConsoleMessage) -> bool:
    """htmx logs these two when a person goes on before a part has come; of a load that failed it says `htmx:sendError`."""
    return message.type == "error" and not message.text.startswith(_GONE_ON)


@contextmanager
def served(world: World) -> Iterator[str]:
    """The application on a free port of loopback."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(world.installation), log_level="warning")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
