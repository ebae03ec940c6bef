"""The last step of putting a backup back: what lies ready beside the data, whole and synced, takes its place.

A process that is killed in it, or a power cut, loses nothing: whoever opens the folder next goes on. It can be begun as
often as one likes and ends the same.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from pathlib import Path

from documents.atomic import aside, sync
from wiring.settings import Settings

READY = ".restore-ready"  # a folder of this name is whole
DATABASE = "database.sqlite3"
ANCHOR = "anchor-line"  # what the file of the log's anchors gets
LOOSE = ("settings.toml", "secret.key", "calendar.json")
_BESIDE = ("-wal", "-shm")


def finish(settings: Settings) -> None:
    """Nothing happens where nothing lies ready: one look at the folder."""
    ready = settings.home / READY
    if not ready.is_dir():
        return
    with (settings.home / ".restore-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if ready.is_dir():  # nobody else was faster
            _move_in(ready, settings)


def database_path(settings: Settings) -> Path:
    return Path(settings.url.removeprefix("sqlite:///"))


def anchors_path(settings: Settings) -> Path:
    """Where nightly anchors of the log are kept."""
    return settings.log.anchors_file or settings.home / "anchors.jsonl"


def _move_in(ready: Path, settings: Settings) -> None:
    for path in sorted(ready.glob("files/*/*")):
        _put(path, settings.files_folder / path.parent.name / path.name)
    for name in LOOSE:
        _put(ready / name, settings.home / name)
    _add_anchor(ready / ANCHOR, anchors_path(settings))
    database = database_path(settings)
    if (ready / DATABASE).exists():
        for end in _BESIDE:  # the journal of the former database must not be played into this one
            database.with_name(database.name + end).unlink(missing_ok=True)
        _put(ready / DATABASE, database)
    done = ready.with_name(".restore-done")
    shutil.rmtree(done, ignore_errors=True)
    ready.replace(done)
    sync(settings.home)
    shutil.rmtree(done)


def _put(source: Path, target: Path) -> None:
    """By a rename; onto another disk by a copy beside the target first."""
    if not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.stat().st_dev != target.parent.stat().st_dev:
        with aside(target, place=target.with_name(f".{target.name}.part")) as beside:
            shutil.copyfile(source, beside)
        source.unlink()
    else:
        source.replace(target)
        sync(target.parent)


def _add_anchor(source: Path, target: Path) -> None:
    """Once: a second try finds it there."""
    if source.exists():
        line = source.read_text("utf-8")
        if not target.exists() or line not in target.read_text("utf-8", "replace"):
            append(target, line)


def append(path: Path, line: str) -> None:
    """One line, on the disk when this returns. What a power cut left without its end is closed first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "r+b") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            line = line if file.read(1) == b"\n" else "\n" + line
        file.write(line.encode())
        file.flush()
        os.fsync(file.fileno())


def sweep(home: Path) -> None:
    """Clear away what a return left that was killed before it was whole."""
    for path in home.glob(".restore-*"):
        if path.name != READY and path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.is_file():
            with contextlib.suppress(OSError):
                path.unlink()
