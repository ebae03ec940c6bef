"""The log as a pack holds it: some records in full, of the others only what is needed to link them."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterable

from documents.evidence.contents import LoggedEvent
from documents.evidence.verify import LEAST_BOUND, START, compress, event_body


def chain_file(events: Iterable[LoggedEvent], shown: Collection[int]) -> bytes:
    """One JSON object per line, oldest first; the first line is where the chain goes on from."""
    lines: list[dict[str, object]] = []
    for event in events:
        if not lines:
            lines.append({"after": event.seq - 1, "hash": event.previous})
        lines.append(_in_full(event) if event.seq in shown else _shortened(event))
    texts = (json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for line in lines)
    return "".join(f"{text}\n" for text in texts).encode()


def _in_full(event: LoggedEvent) -> dict[str, object]:
    return {name: getattr(event, name) for name in LoggedEvent.__slots__}


def _shortened(event: LoggedEvent) -> dict[str, object]:
    """SHA-256 works in blocks of 64 bytes: its state after most of the record hides the words and links all the same.

    The hash of the record before stands at the end. Where at least half of it reaches into the last block, nothing else
    is given; where it does not, the few bytes in front of it in its block are given too (fewer than 32).
    """
    body = event_body({name: getattr(event, name) for name in LoggedEvent.__slots__})
    message = body + event.previous.encode()
    done = len(message) // 64 * 64
    bound, tail = len(message) - done, b""
    if bound < LEAST_BOUND:
        done -= 64
        bound, tail = 64, body[done:]
    state = compress(START, message[:done])
    return {
        "seq": event.seq,
        "hash": event.hash,
        "state": state,
        "done": done,
        "bound": bound,
        "tail": base64.b64encode(tail).decode(),
    }
