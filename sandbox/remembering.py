"""Answers about the same bytes, kept in memory for a while: who looks ten times waits for one child."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.orders import Order

_MOST_BYTES = 32 * 1024 * 1024
LONGEST = 600.0  # seconds: what is erased from the database is gone from here too by then
_known: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
_making: dict[str, tuple[threading.Lock, int]] = {}
_lock = threading.Lock()
_forgetting = False  # whether somebody will look again by himself


def key_of(order: Order) -> str | None:
    """Of the function, its arguments and the bytes it reads; None for what writes files or reads none.

    Readers of another version are another process, and so another memory.
    """
    if order.writes or not order.reads:
        return None
    seen = hashlib.sha256(
        json.dumps([order.function, order.without_paths(), order.limits.as_order()], sort_keys=True).encode()
    )
    try:
        for path in order.reads:
            seen.update(_digest(path))
    except OSError:
        return None
    return seen.hexdigest()


def _digest(path: Path) -> bytes:
    """A folder is known by the stamps of its files: they change with them."""
    if path.is_dir():
        stamps = [
            (str(each), (info := each.stat()).st_mtime_ns, info.st_size, info.st_ino)
            for each in sorted(path.rglob("*"))
        ]
        return hashlib.sha256(repr(stamps).encode()).digest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


@contextmanager
def one_at_a_time(key: str) -> Iterator[None]:
    """Two who ask for the same wait for one child."""
    with _lock:
        lock, waiting = _making.get(key, (threading.Lock(), 0))
        _making[key] = lock, waiting + 1
    try:
        with lock:
            yield
    finally:
        with _lock:
            lock, waiting = _making.pop(key)
            if waiting > 1:
                _making[key] = lock, waiting - 1


def recall(key: str) -> bytes | None:
    with _lock:
        at, answer = _known.get(key, (0.0, b""))
        if not answer or time.monotonic() - at > LONGEST:
            return None
        _known.move_to_end(key)
        return answer


def keep(key: str, answer: bytes) -> None:
    with _lock:
        _known[key] = time.monotonic(), answer
        _drop_old()
        while sum(len(kept) for _, kept in _known.values()) > _MOST_BYTES:
            _known.popitem(last=False)
        _look_again()


def _drop_old() -> None:
    now = time.monotonic()
    for old in [each for each, (at, _) in _known.items() if now - at > LONGEST]:
        del _known[old]


def _look_again() -> None:
    """A process that is asked nothing more forgets too."""
    global _forgetting
    if _known and not _forgetting:
        _forgetting = True
        timer = threading.Timer(LONGEST / 10, _looked_again)
        timer.daemon = True
        timer.start()


def _looked_again() -> None:
    global _forgetting
    with _lock:
        _forgetting = False
        _drop_old()
        _look_again()


def forget() -> None:
    global _lock, _forgetting
    _lock, _forgetting = threading.Lock(), False
    _known.clear()
    _making.clear()


os.register_at_fork(after_in_child=forget)
