"""Functions that a sandboxed child is asked to run: good ones and bad ones."""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

from sandbox import Refused


def echo(value: object) -> object:
    return value


def refuse() -> None:
    raise Refused("wrong-type", "Это не скан.")


def loop() -> None:
    while True:
        pass


def sleep() -> None:
    time.sleep(600)


def allocate() -> int:
    return len(bytearray(4 * 1024**3))


def hoard_in_small_pieces() -> int:
    pieces = []
    while True:
        pieces.append(bytearray(1024 * 1024))


def recurse() -> None:
    recurse()


def write_a_lot(path: str) -> None:
    with Path(path).open("wb") as file:
        while True:
            file.write(b"x" * 1024 * 1024)


def answer_a_lot() -> str:
    return "x" * 10 * 1024 * 1024


def answer_bytes() -> bytes:
    return b"not JSON"


def abort() -> None:
    os.abort()


def leave() -> None:
    os._exit(3)


def fail_quoting_the_file() -> None:
    raise ValueError("112-233-445 95")


def surroundings() -> dict[str, object]:
    return {
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "home": str(Path.home()),
        "files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
        "modules": sorted(sys.modules),
    }


def start_another(marker: str) -> None:
    """A grandchild that would outlive us and write to `marker`."""
    if os.fork() == 0:
        time.sleep(2)
        Path(marker).write_text("alive")
        os._exit(0)


def open_many() -> int:
    opened = []
    while True:
        opened.append(os.open(os.devnull, os.O_RDONLY))
