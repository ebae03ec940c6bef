"""One archive of everything: the database as it stands at one moment, the files, the settings.

An open one holds no password and no key; a locked one (see `service.locks`) holds them too.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from actions.log import audit
from documents.archive import refuse_unsafe
from documents.atomic import aside
from models.moments import MOSCOW
from models.tables import METADATA
from refusals import Refusal
from service.locks import ENDING, Passphrase, Recipient, WrongLock
from wiring.moving_in import DATABASE, LOOSE, database_path
from wiring.settings import Settings
from wiring.settings_file import without_secrets
from wiring.work import Installation

SETTINGS, KEY = "settings.toml", "secret.key"
_KEPT = re.compile(r"egisz-access-\d{4}-\d{2}-\d{2}-\d{6}\.zip(\.age)?")


class BackupError(Refusal):
    """Why a copy could not be made or put back, in Russian."""

    http_status = 500


def back_up(
    installation: Installation,
    target: Path,
    *,
    lock: Passphrase | Recipient | None = None,
    by: str = "командная строка",
) -> int:
    """Write the archive beside its place and rename it when it is whole. Returns how many files it holds.

    Without a lock: no secret.key, no passwords of settings.toml, no secrets of the database. Raises BackupError, WrongLock.
    """
    source = sqlite_path(installation.settings)
    installation.engine.connect().close()
    settings = installation.settings
    with (
        aside(target) as partial,
        tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder,
        tempfile.TemporaryDirectory(dir=settings.home, prefix=".backup-") as second,
    ):
        files, snapshot = Path(second, "files"), Path(folder, DATABASE)
        _hold(settings, files)
        _copy(source, snapshot, at_that_moment=functools.partial(_hold, settings, files))
        whole = Path(folder, "archive.zip") if lock else partial
        count = _write(settings, snapshot, files, whole, open_one=lock is None)
        if lock is not None:
            lock.close(whole, partial)
    with installation.work(by=by) as work:
        audit.record(work, "backup.made", "backups", files=count, bytes=target.stat().st_size, locked=lock is not None)
    return count


def _hold(settings: Settings, second: Path) -> None:
    """Second names of the stored files: what the database names at the moment of its copy is here, whatever goes meanwhile."""
    for path in settings.files_folder.glob("[0-9a-f][0-9a-f]/*"):
        held = second / path.parent.name / path.name
        if path.name[0] != "." and not held.exists():
            held.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(FileNotFoundError):  # gone since it was seen
                _name_again(path, held)


def _name_again(path: Path, held: Path) -> None:
    try:
        held.hardlink_to(path)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without second names
        shutil.copyfile(path, held)


def _write(settings: Settings, snapshot: Path, files: Path, target: Path, *, open_one: bool) -> int:
    """Returns how many files the archive holds."""
    if open_one:
        _blank_secrets(snapshot)
    stored = {f"files/{path.parent.name}/{path.name}": path for path in sorted(files.glob("*/*"))}
    loose = {name: settings.home / name for name in LOOSE if (settings.home / name).exists()}
    refuse_unsafe([DATABASE, *loose, *stored])
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(snapshot, DATABASE)
        for name, path in loose.items():
            if open_one and name == SETTINGS:
                archive.writestr(name, without_secrets(path.read_text("utf-8")))
            elif not (open_one and name == KEY):
                archive.write(path, name)
        for name, path in stored.items():
            archive.write(path, name)
        return len(archive.namelist())


def _blank_secrets(snapshot: Path) -> None:
    """What opens something elsewhere, told by the columns themselves; subscriptions without their secret rest."""
    with contextlib.closing(sqlite3.connect(snapshot)) as copy:
        for table in METADATA.sorted_tables:
            for column in table.columns:
                if column.info.get("secret"):
                    copy.execute(f'UPDATE "{table.name}" SET "{column.name}" = \'\' WHERE "{column.name}" <> \'\'')
        copy.execute("UPDATE webhook SET stopped_at = CURRENT_TIMESTAMP WHERE stopped_at IS NULL")
        copy.commit()
        copy.execute("VACUUM")  # a blanked value stays in free pages else


@dataclass(frozen=True, slots=True)
class Kept:
    """A copy in the data folder's own `backups`."""

    name: str
    size: int
    made_at: dt.datetime


def folder(settings: Settings) -> Path:
    return settings.home / "backups"


def kept(settings: Settings) -> list[Kept]:
    """Whole copies, the newest first."""
    found = []
    for path in sorted(folder(settings).glob("egisz-access-*"), reverse=True):
        if _KEPT.fullmatch(path.name):
            facts = path.stat()
            found.append(Kept(path.name, facts.st_size, dt.datetime.fromtimestamp(facts.st_mtime, dt.UTC)))
    return found


def kept_path(settings: Settings, name: str) -> Path | None:
    """Where a copy of that name lies; None for what is none of ours."""
    path = folder(settings) / name
    return path if _KEPT.fullmatch(name) and path.is_file() else None


def under_way(settings: Settings) -> Path | None:
    """The archive that some process is writing now. What a killed one left behind is cleared away."""
    for path in folder(settings).glob(".*.part"):
        number = path.name.rsplit(".", 2)[-2]
        if number.isdigit() and _is_alive(int(number)):
            return path
        path.unlink(missing_ok=True)
    return None


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def room_problem(settings: Settings) -> str:
    """Why no copy can be made now, in Russian; "" when it can. Scans hardly shrink, so the worst case is counted.

    Raises BackupError where copies are not ours to make.
    """
    needed = sum(path.stat().st_size for path in (sqlite_path(settings), *_files(settings)) if path.exists())
    free = shutil.disk_usage(settings.home).free
    if free < needed:
        return f"На диске мало места: нужно до {needed // 2**20 + 1} МБ, свободно {free // 2**20} МБ."
    return ""


def make(installation: Installation, *, by: str) -> None:
    """A copy into `backups`, named by Moscow's clock. Failures are recorded: whoever asked is not there any more."""
    place = folder(installation.settings)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    moment = installation.clock().astimezone(MOSCOW)
    target = place / f"egisz-access-{moment:%Y-%m-%d-%H%M%S}.zip"
    try:
        recipient = installation.settings.backup.recipient
        lock = Recipient(recipient) if recipient else None
        back_up(installation, target.with_name(target.name + ENDING) if lock else target, lock=lock, by=by)
    except (BackupError, WrongLock, OSError, sqlite3.Error) as error:
        with installation.work(by=by) as work:
            audit.record(work, "backup.failed", "backups", error=type(error).__name__)


def drop(settings: Settings, name: str) -> bool:
    """Whether there was such a copy."""
    path = kept_path(settings, name)
    with contextlib.suppress(FileNotFoundError):
        if path is not None:
            path.unlink()
            return True
    return False


def sqlite_path(settings: Settings) -> Path:
    if not settings.url.startswith("sqlite:///"):
        raise BackupError("База в PostgreSQL: сохраните её средствами pg_dump, а папку данных – любой копией файлов.")
    return database_path(settings)


def _copy(source: Path, target: Path, *, at_that_moment: Callable[[], None]) -> None:
    """SQLite's own online copy, as the database stands at one moment; nobody writes while `at_that_moment` runs.

    A file is stored before the database names it and goes after it does not: what is named then, is there then.
    """
    with (
        contextlib.closing(sqlite3.connect(source, isolation_level=None, timeout=30)) as writer,
        contextlib.closing(sqlite3.connect(source, isolation_level=None, timeout=30)) as original,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        writer.execute("BEGIN IMMEDIATE")
        original.execute("BEGIN")
        original.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it sees this moment
        at_that_moment()
        writer.execute("ROLLBACK")
        original.backup(copy)


def _files(settings: Settings) -> list[Path]:
    loose = [settings.home / name for name in LOOSE if (settings.home / name).exists()]
    stored = sorted(path for path in settings.files_folder.rglob("*") if path.is_file() and path.name[0] != ".")
    return loose + stored
