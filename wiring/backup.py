"""One archive of everything: the database as it stands at one moment, the files, the settings and the key."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from wiring.settings import Settings
from wiring.work import Installation

_DATABASE = "database.sqlite3"
_LOOSE = ("settings.toml", "secret.key")


class BackupError(Exception):
    """Why a copy could not be made or put back, in Russian."""

    for_people = True


def back_up(installation: Installation, target: Path) -> int:
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
    return len(names) + 1


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


def restore(settings: Settings, source: Path, *, force: bool) -> int:
    """Put an archive back into the data folder. Refused for a foreign archive and, unless forced, a used folder."""
    database = _sqlite_path(settings)
    if database.exists() and not force:
        raise BackupError(f"В папке {settings.home} уже есть данные. Чтобы заменить их, добавьте --force.")
    try:
        with zipfile.ZipFile(source) as archive:
            names = _checked(archive)
            broken = archive.testzip()
            if broken:
                raise BackupError(f"Архив повреждён: {broken}.")
            _unpack(archive, names, settings, database)
    except (zipfile.BadZipFile, FileNotFoundError) as error:
        raise BackupError(f"Архив {source.name} не открыть: это не копия, сделанная командой backup.") from error
    return len(names)


def _checked(archive: zipfile.ZipFile) -> list[str]:
    names = archive.namelist()
    strange = [name for name in names if ".." in PurePosixPath(name).parts or not _expected(name)]
    if _DATABASE not in names or strange:
        raise BackupError("Это не копия данных «Доступа ЕГИСЗ».")
    return names


def _expected(name: str) -> bool:
    return name == _DATABASE or name in _LOOSE or name.startswith("files/")


def _unpack(archive: zipfile.ZipFile, names: list[str], settings: Settings, database: Path) -> None:
    for name in names:
        target = database if name == _DATABASE else settings.home / name
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.part")
        partial.write_bytes(archive.read(name))
        if name in _LOOSE:
            partial.chmod(0o600)
        partial.replace(target)
    for leftover in ("-wal", "-shm"):
        database.with_name(database.name + leftover).unlink(missing_ok=True)
