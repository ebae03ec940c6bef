"""The server of the page: uvicorn with deadlines, so that nobody holds a place by being slow.

`python -m web.shell.serving --host … --port …`, or `--fd` for a port that the service has bound. Limits are of each process.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import resource
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from wiring.privacy import keep_private

MOST = 1000  # connections; of more the one that has waited longest without asking anything is closed
FILES = 8192  # that this process may have open: connections must never use them up


class Guarded(H11Protocol):
    """A connection that must say what it wants in time, and take the answer that it asked for."""

    head_seconds = 15.0  # for the whole head of a request
    write_seconds = 60.0  # without any of the answer being taken

    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._expect_head()
        if len(self.connections) > MOST:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_busy():
            self._drop_deadline()
        elif self._deadline is None:
            self._expect_head()

    def on_response_complete(self) -> None:
        self._drop_deadline()
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(self.write_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def connection_lost(self, exc: Exception | None) -> None:
        self._drop_deadline()
        if self._stalled is not None:
            self._stalled.cancel()
        super().connection_lost(exc)

    def _is_busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _expect_head(self) -> None:
        self._deadline = self.loop.call_later(self.head_seconds, self.transport.abort)

    def _drop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _make_room(self) -> None:
        """Of those that ask nothing at the moment the oldest goes; whoever comes last finds a place."""
        idle = [
            each for each in self.connections if isinstance(each, Guarded) and not each._is_busy() and each is not self
        ]
        due = [each for each in idle if each._deadline is not None] or idle
        if due:
            min(due, key=lambda each: each._deadline.when() if each._deadline else 0.0).transport.abort()
        else:
            self.transport.abort()


def config(app: Any, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Guarded,
        ws="none",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=32 * 1024,
        backlog=512,
        timeout_graceful_shutdown=20,
        **more,
    )


def allow_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def look_through_less() -> None:
    """What is loaded stays. To look through it for rubbish again and again is a third of a call that writes many rows."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def main() -> None:
    keep_private()
    given = argparse.ArgumentParser()
    given.add_argument("--host", default="127.0.0.1")
    given.add_argument("--port", type=int, default=8000)
    given.add_argument("--fd", type=int)
    said = given.parse_args()
    allow_files()
    made = config("web.app:create_app", factory=True, host=said.host, port=said.port, fd=said.fd)
    made.load()
    look_through_less()
    uvicorn.Server(made).run()


if __name__ == "__main__":
    main()
