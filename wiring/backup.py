"""One archive of everything: the database as it stands at one moment, the files, the settings and the key."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from pydantic import SecretStr
from sqlalchemy.exc import DatabaseError

from actions import audit, links
from actions.practice import BEGUN
from models.record import EndedFor
from wiring import row_numbers
from wiring.database import engine_for
from wiring.settings import ImapPart, Settings, SmtpPart
from wiring.work import Installation

_DATABASE = "database.sqlite3"
_BESIDE = ("-wal", "-shm")
_LOOSE = ("settings.toml", "secret.key", "calendar.json")
_KEPT = re.compile(r"egisz-access-\d{4}-\d{2}-\d{2}-\d{6}\.zip")


class BackupError(Exception):
    """Why a copy could not be made or put back, in Russian."""

    for_people = True


def back_up(installation: Installation, target: Path, *, by: str = "командная строка") -> int:
    """Write the archive beside its place and rename it when it is whole. Returns how many files it holds."""
    source = _sqlite_path(installation.settings)
    installation.engine.connect().close()
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            snapshot = Path(folder, _DATABASE)
            _copy(source, snapshot)
            archive.write(snapshot, _DATABASE)
            names = _files(installation.settings)
            for path in names:
                archive.write(path, str(PurePosixPath(path.relative_to(installation.settings.home))))
        partial.chmod(0o600)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    with installation.work(by=by) as work:
        audit.record(work, "backup.made", "backups", files=len(names) + 1, bytes=target.stat().st_size)
    return len(names) + 1


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
    for path in sorted(folder(settings).glob("*.zip"), reverse=True):
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
    needed = sum(path.stat().st_size for path in (_sqlite_path(settings), *_files(settings)) if path.exists())
    free = shutil.disk_usage(settings.home).free
    if free < needed:
        return f"На диске мало места: нужно до {needed // 2**20 + 1} МБ, свободно {free // 2**20} МБ."
    return ""


def make(installation: Installation, *, by: str) -> None:
    """A copy into `backups`, named by Moscow's clock. Failures are recorded: whoever asked is not there any more."""
    place = folder(installation.settings)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    moment = installation.clock().astimezone(ZoneInfo("Europe/Moscow"))
    target = place / f"egisz-access-{moment:%Y-%m-%d-%H%M%S}.zip"
    try:
        back_up(installation, target, by=by)
    except (BackupError, OSError, sqlite3.Error) as error:
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


def _sqlite_path(settings: Settings) -> Path:
    if not settings.url.startswith("sqlite:///"):
        raise BackupError("База в PostgreSQL: сохраните её средствами pg_dump, а папку данных – любой копией файлов.")
    return Path(settings.url.removeprefix("sqlite:///"))


def _copy(source: Path, target: Path) -> None:
    """SQLite's own online copy: consistent while others write."""
    with sqlite3.connect(source) as original, sqlite3.connect(target) as copy:
        original.backup(copy)
    original.close()
    copy.close()


def _files(settings: Settings) -> list[Path]:
    loose = [settings.home / name for name in _LOOSE if (settings.home / name).exists()]
    stored = sorted(path for path in settings.files_folder.rglob("*") if path.is_file() and path.name[0] != ".")
    return loose + stored


def restore(settings: Settings, source: Path, *, force: bool, by: str = "командная строка") -> int:
    """Put an archive back into the data folder. Refused for a foreign archive and, unless forced, a used folder.

    Personal links of before open nothing in it: whose they were at the moment of the copy may have changed since.
    """
    database = _sqlite_path(settings)
    if database.exists() and not force:
        raise BackupError(f"В папке {settings.home} уже есть данные. Чтобы заменить их, добавьте --force.")
    try:
        with zipfile.ZipFile(source) as archive:
            names = _checked(archive)
            broken = archive.testzip()
            if broken:
                raise BackupError(f"Архив повреждён: {broken}.")
            _refuse_other_kind(archive, settings, database)
            _unpack(archive, names, settings, database, by)
    except (zipfile.BadZipFile, FileNotFoundError) as error:
        raise BackupError(f"Архив {source.name} не открыть: это не копия, сделанная командой backup.") from error
    return len(names)


def _refuse_other_kind(archive: zipfile.ZipFile, settings: Settings, database: Path) -> None:
    """A copy of practice never replaces work, nor the other way round; into an empty folder either may go."""
    here = _first_action(database) if database.exists() else None
    with tempfile.TemporaryDirectory() as place:
        archive.extract(_DATABASE, place)
        practised = _first_action(Path(place, _DATABASE)) == BEGUN
    if here is None or practised == (here == BEGUN):
        return
    of, present = ("учебной папки", "настоящие") if practised else ("настоящих данных", "учебные")
    raise BackupError(
        f"Это копия {of}, а в папке {settings.home} {present} данные. Восстановите её в другую, пустую папку (EGISZ_HOME=ПАПКА)."
    )


def _first_action(database: Path) -> str | None:
    """What the log of a database begins with; None for one in which nothing was done."""
    with contextlib.closing(sqlite3.connect(database)) as opened:
        try:
            row = opened.execute("SELECT action FROM event WHERE seq = 1").fetchone()
        except sqlite3.DatabaseError:  # no table yet, or no database at all
            return None
    return str(row[0]) if row else None


def _fenced(archive: zipfile.ZipFile, settings: Settings, database: Path, by: str) -> Path:
    """The archive's database beside its place, before anything is replaced: no link of before opens a page in it."""
    from alembic.util import CommandError

    database.parent.mkdir(parents=True, exist_ok=True)
    partial = database.with_name(f".{database.name}.part")
    _clear(partial)
    partial.write_bytes(archive.read(_DATABASE))
    partial.chmod(0o600)
    alone = {"database_url": SecretStr(f"sqlite:///{partial}"), "smtp": SmtpPart(), "imap": ImapPart(), "practice": False}
    put_back = Installation(settings.model_copy(update=alone))
    try:
        with put_back.work(by=by) as work:
            audit.record(work, "backup.restored", "backups")
            links.end_all(work, EndedFor.RESTORED)
            row_numbers.keep(work.session.connection(), _given(database))
    except (DatabaseError, CommandError) as error:
        engine_for(put_back.settings.url).dispose()
        _clear(partial)
        broken = "База в архиве повреждена или сделана более новой версией программы. Ничего не заменено. Возьмите другую копию."
        raise BackupError(broken) from error
    engine_for(put_back.settings.url).dispose()  # with it the journal beside the file goes
    return partial


def _given(database: Path) -> dict[str, int]:
    """The highest numbers of rows in what is being replaced: letters with them are out, so they are nobody else's."""
    if not database.exists():
        return {}
    with contextlib.closing(sqlite3.connect(database)) as opened:
        try:
            return dict(opened.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
        except sqlite3.DatabaseError:  # of an earlier release, or broken: that is why it is replaced
            return {}


def _clear(partial: Path) -> None:
    for leftover in ("", *_BESIDE):
        partial.with_name(partial.name + leftover).unlink(missing_ok=True)


def _checked(archive: zipfile.ZipFile) -> list[str]:
    names = archive.namelist()
    strange = [name for name in names if ".." in PurePosixPath(name).parts or not _expected(name)]
    if _DATABASE not in names or strange:
        raise BackupError("Это не копия данных «Доступа ЕГИСЗ».")
    return names


def _expected(name: str) -> bool:
    return name == _DATABASE or name in _LOOSE or name.startswith("files/")


def _unpack(archive: zipfile.ZipFile, names: list[str], settings: Settings, database: Path, by: str) -> None:
    fenced = _fenced(archive, settings, database, by)
    for name in names:
        if name == _DATABASE:
            continue
        target = settings.home / name
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.part")
        partial.write_bytes(archive.read(name))
        if name in _LOOSE:
            partial.chmod(0o600)
        partial.replace(target)
    fenced.replace(database)
    for leftover in _BESIDE:
        database.with_name(database.name + leftover).unlink(missing_ok=True)
