"""Acts of erasure kept outside the database, in `erasures.jsonl` beside the anchors of the log: a copy put back knows none of them.

The file only grows; each line is sealed by the installation's key, so that nobody erases anything by writing here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path

from actions.keeping import erasing_again
from actions.keeping.acts import Act
from actions.log.audit import canonical
from wiring.moving_in import anchors_path, append
from wiring.settings import Settings
from wiring.work import Installation, log_key


def path(settings: Settings) -> Path:
    return anchors_path(settings).with_name("erasures.jsonl")


def kept(settings: Settings, *keys: bytes) -> list[Act]:
    """What lines say that one of the keys seals; without any, the installation's own."""
    file = path(settings)
    if not file.exists():
        return []
    lines = file.read_text("utf-8", "replace").splitlines()
    return [act for line in lines if (act := _parsed(line, keys or (log_key(settings),))) is not None]


def _parsed(line: str, keys: tuple[bytes, ...]) -> Act | None:
    try:
        told = json.loads(line)
        mac = str(told.pop("mac")).encode()
        if not any(hmac.compare_digest(mac, _mac(key, told).encode()) for key in keys):
            return None
        return Act.from_json(told)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _mac(key: bytes, told: Mapping[str, object]) -> str:
    return hmac.new(key, b"erasure\n" + canonical(told).encode(), hashlib.sha256).hexdigest()


def keep(settings: Settings, told: Mapping[str, object]) -> None:
    """Write an act down, once, however often it is tried."""
    line = canonical({**told, "mac": _mac(log_key(settings), told)}) + "\n"
    file = path(settings)
    if not file.exists() or line not in file.read_text("utf-8", "replace"):
        append(file, line)


def repeat_lost(installation: Installation, by: str) -> None:
    """Where an older database was put in place past `restore`, it loses again what had been erased."""
    acts = kept(installation.settings)
    if not acts:
        return
    with installation.reading(by=by) as work:
        missing = erasing_again.lost(work, acts)
    if missing:
        with installation.work(by) as work:
            erasing_again.repeat(work, erasing_again.lost(work, acts))
