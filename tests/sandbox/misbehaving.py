"""Functions that a sandboxed child is asked to run: good ones and bad ones."""

from __future__ import annotations

import os
import resource
import tempfile
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
        "temporary": tempfile.gettempdir(),
        "files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
    }


def open_many() -> int:
    opened = []
    while True:
        opened.append(os.open(os.devnull, os.O_RDONLY))


def how_many(folder: str) -> int:
    """Children at work at this moment, each a file in the folder."""
    mine = Path(folder, str(os.getpid()))
    mine.touch()
    time.sleep(0.05)
    count = len(list(Path(folder).iterdir()))
    mine.unlink()
    return count


def content(path: str, most: int = 100) -> str:
    return Path(path).read_text()[:most]


def refuse_it(path: str) -> None:
    raise Refused("wrong-type", Path(path).read_text())


def die_of_it(path: str) -> None:
    os.abort()
