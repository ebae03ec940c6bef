"""The practice service beside work: asked for by a button, watched until its page answers, told in words when it does not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from documents.atomic import write
from wiring.holding import is_held
from wiring.practice import FOLDER

_ASKED, _ENTRANCE, _PROGRESS, _FAILURE = "asked", "entrance", "progress", "failure"


@dataclass(frozen=True, slots=True)
class Standing:
    """`told`: how far it has come, why it failed, or the address of its page. `ours`: a button stops it."""

    state: Literal["off", "starting", "failed", "ready"]
    told: str = ""
    ours: bool = False


def standing(home: Path) -> Standing:
    """Of the practice beside this folder of work, whoever started it."""
    folder = home / FOLDER
    if (address := _read(folder / _ENTRANCE)) and is_held(folder):
        return Standing("ready", address, ours=is_asked(home))
    if failure := _read(folder / _FAILURE):
        return Standing("failed", failure)
    if not is_asked(home):
        return Standing("off")
    return Standing("starting", _read(folder / _PROGRESS) or "Запускается служба.", ours=True)


def ask(home: Path) -> None:
    """The running service of work is to start practice beside itself; see service.supervisor."""
    (home / FOLDER).mkdir(parents=True, exist_ok=True)
    _forget(home / FOLDER, _PROGRESS, _FAILURE)
    (home / FOLDER / _ASKED).touch()


def stop(home: Path) -> None:
    _forget(home / FOLDER, _ASKED, _ENTRANCE, _PROGRESS, _FAILURE)


def is_asked(home: Path) -> bool:
    return (home / FOLDER / _ASKED).exists()


def fail(home: Path) -> None:
    """Its process is gone: what it said last, or where to look; nobody waits for it any more."""
    folder = home / FOLDER
    _forget(folder, _ASKED, _ENTRANCE)
    if not _read(folder / _FAILURE):
        tell_failure(folder, f"Учебная служба остановилась. Подробности в файле {home / 'logs' / 'practice.log'}.")


def tell_progress(folder: Path, text: str) -> None:
    """`folder` is the practice folder itself, here and below."""
    _write(folder / _PROGRESS, text)


def tell_failure(folder: Path, text: str) -> None:
    _write(folder / _FAILURE, text)


def tell_entrance(folder: Path, address: str) -> None:
    """It may hold the key of the first account, so only the owner reads it."""
    _forget(folder, _FAILURE)
    _write(folder / _ENTRANCE, address)


def entrance(folder: Path) -> str:
    return _read(folder / _ENTRANCE)


def leave(folder: Path) -> None:
    """The practice service ends: its page answers no more."""
    _forget(folder, _ENTRANCE, _PROGRESS)


def _write(path: Path, text: str) -> None:
    write(path, text, synced=False)


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""


def _forget(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)
