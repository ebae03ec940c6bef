"""A backup put back: everything is looked at before anything is replaced, and then all of it is there or nothing."""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
import sqlite3
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy.exc import DatabaseError

from actions.keeping import erasing_again
from actions.keeping.acts import Act
from actions.log import audit
from actions.log.practice import BEGUN
from actions.post import copies
from actions.stored import owed
from documents.atomic import sync, write
from service import anchors, erasing, erasures, locks, replaced
from service.backup import BackupError, sqlite_path
from wiring import moving_in, row_numbers
from wiring.database import engine_for
from wiring.holding import Held, held
from wiring.moving_in import ANCHOR, DATABASE, LOOSE, READY
from wiring.settings import ImapPart, Settings, SmtpPart
from wiring.settings_file import with_secrets_of
from wiring.work import Installation, log_key, place_of

_STORED = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{62})")
_DAMAGED = (
    "База в архиве повреждена или сделана более новой версией программы. Ничего не заменено. Возьмите другую копию."
)


@dataclass(frozen=True, slots=True)
class Restored:
    """How many files came back; which settings have to be typed again, for an open copy holds no secrets."""

    files: int
    lacking: tuple[str, ...] = ()


def restore(
    settings: Settings,
    source: Path,
    *,
    force: bool,
    opener: locks.Passphrase | locks.Identity | None = None,
    by: str = "командная строка",
) -> Restored:
    """Put an archive back into the data folder. Refused for a foreign archive, a used folder unless forced, a running service.

    Personal links of before open nothing in it: whose they were at the moment of the copy may have changed since.
    Raises BackupError, WrongLock; then nothing was replaced.
    """
    database = sqlite_path(settings)
    try:
        with held(settings.home):
            moving_in.finish(settings)
            moving_in.sweep(settings.home)
            if database.exists() and not force:
                raise BackupError(f"В папке {settings.home} уже есть данные. Чтобы заменить их, добавьте --force.")
            with tempfile.TemporaryDirectory(dir=settings.home, prefix=".restore-") as folder:
                ready, restored = _made_ready(settings, unlocked(source, opener, Path(folder)), Path(folder), by)
                _sync_all(ready)
                ready.replace(settings.home / READY)
                sync(settings.home)
            engine_for(settings.url).dispose()  # of this process; it looked at what is replaced now
            moving_in.finish(settings)
    except Held as error:
        raise BackupError(
            f"С папкой {settings.home} работает служба. Остановите её и повторите: иначе она затрёт восстановленное."
        ) from error
    return restored


def try_out(settings: Settings, source: Path, *, opener: locks.Passphrase | locks.Identity | None = None) -> Restored:
    """Put an archive back into a folder that is removed at once. Nothing here changes. Raises BackupError, WrongLock."""
    sqlite_path(settings)
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.home, prefix=".trial-") as folder:
        return _made_ready(settings, unlocked(source, opener, Path(folder)), Path(folder), "проба")[1]


def unlocked(source: Path, opener: locks.Passphrase | locks.Identity | None, folder: Path) -> Path:
    if not source.is_file():
        raise BackupError(f"Файла {source} нет. Проверьте имя и папку.")
    if not locks.is_locked(source):
        return source
    if opener is None:
        raise locks.WrongLock(f"Архив {source.name} закрыт. Добавьте --passphrase или --identity ФАЙЛ-КЛЮЧА.")
    opened = folder / "archive.zip"
    opener.open(source, opened)
    return opened


def _made_ready(settings: Settings, archive_path: Path, folder: Path, by: str) -> tuple[Path, Restored]:
    """A folder with all that is to come in, checked and fenced."""
    ready = folder / "ready"
    ready.mkdir()
    try:
        with zipfile.ZipFile(archive_path) as archive:
            names = _checked(archive, settings)
            for name in names:
                _unpack(archive, name, ready)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        if isinstance(error, OSError) and not isinstance(error, zipfile.BadZipFile) and error.errno is not None:
            raise BackupError(
                f"Архив {archive_path.name} не распаковать: {error.strerror}. Ничего не заменено."
            ) from error
        raise BackupError(
            f"Архив {archive_path.name} не открыть: это не копия, сделанная командой backup, или она повреждена."
        ) from error
    _check_database(ready / DATABASE)
    _refuse_other_kind(ready / DATABASE, settings)
    lacking = _with_present_secrets(ready, settings)
    _fence(ready, settings, by)
    return ready, Restored(len(names), tuple(lacking))


def _sync_all(ready: Path) -> None:
    for path in sorted(ready.rglob("*"), reverse=True):
        if path.is_file():
            path.chmod(0o600)
        sync(path)
    sync(ready)


def _checked(archive: zipfile.ZipFile, settings: Settings) -> list[str]:
    """Names that a copy of ours has, each once, and room for all of it."""
    names = archive.namelist()
    strange = [name for name in names if name != DATABASE and name not in LOOSE and not _STORED.fullmatch(name)]
    if DATABASE not in names or strange:
        raise BackupError("Это не копия данных «Доступа ЕГИСЗ».")
    if len(set(names)) != len(names):
        raise BackupError(
            "В архиве два файла с одним именем: его меняли после того, как он был сделан. Ничего не заменено."
        )
    needed, free = sum(info.file_size for info in archive.infolist()), shutil.disk_usage(settings.home).free
    if needed > free:
        raise BackupError(
            f"На диске мало места: нужно {needed // 2**20 + 1} МБ, свободно {free // 2**20} МБ. Ничего не заменено."
        )
    return names


def _unpack(archive: zipfile.ZipFile, name: str, ready: Path) -> None:
    """By pieces; a stored file must be what its name says."""
    target = ready / name
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with archive.open(name) as source, target.open("wb") as file:
        while piece := source.read(2**20):
            digest.update(piece)
            file.write(piece)
    stored = _STORED.fullmatch(name)
    if stored and digest.hexdigest() != stored[2]:
        raise BackupError(
            f"Файл {stored[2][:12]}… в архиве повреждён или подменён. Ничего не заменено. Возьмите другую копию."
        )


def _check_database(path: Path) -> None:
    """SQLite's own checks; the chain of the log is looked at after the schema is brought up."""
    with contextlib.closing(sqlite3.connect(path)) as opened:
        try:
            found = opened.execute("PRAGMA integrity_check(1)").fetchone()
            lost = opened.execute("PRAGMA foreign_key_check").fetchone()
            tables = {row[0] for row in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        except sqlite3.DatabaseError as error:
            raise BackupError(_DAMAGED) from error
    if found != ("ok",) or lost is not None or not {"alembic_version", "event", "request"} <= tables:
        raise BackupError(_DAMAGED)


def _refuse_other_kind(incoming: Path, settings: Settings) -> None:
    """A copy of practice never replaces work, nor the other way round; into an empty folder either may go."""
    database = sqlite_path(settings)
    here = _first_action(database) if database.exists() else None
    practised = _first_action(incoming) == BEGUN
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


def _with_present_secrets(ready: Path, settings: Settings) -> list[str]:
    """Passwords and the key that the copy lacks stay those of this folder. Returns the settings that have none now."""
    key = ready / "secret.key"
    present_key = settings.home / "secret.key"
    if not key.exists() and present_key.exists():
        shutil.copyfile(present_key, key)
    file = ready / "settings.toml"
    if not file.exists():
        return []
    present = settings.home / "settings.toml"
    text, lacking = with_secrets_of(file.read_text("utf-8"), present.read_text("utf-8") if present.exists() else "")
    write(file, text)
    return lacking


def _fence(ready: Path, settings: Settings, by: str) -> None:
    """Bring the schema up, check the log, end what left before; say behind what the log goes on."""
    from alembic.util import CommandError

    alone = {
        "home": ready,
        "database_url": SecretStr(f"sqlite:///{ready / DATABASE}"),
        "smtp": SmtpPart(),
        "imap": ImapPart(),
        "practice": False,
    }
    put_back = Installation(settings.model_copy(update=alone))
    try:
        with put_back.work(by=by) as work:
            verdict = audit.verify(work.session)
            if not verdict.ok:
                raise BackupError(f"Журнал в архиве нарушен. {verdict.why} Ничего не заменено. Возьмите другую копию.")
            erased_since = erasing_again.lost(work, _erasures(settings, put_back.settings))
            audit.record(work, "backup.restored", "backups")
            copies.put_back(work, place_of(settings))
            row_numbers.keep(work.session.connection(), replaced.numbers(sqlite_path(settings)))
            erasing_again.repeat(work, erased_since)
            owed.owe_files(work, replaced.owed_files(sqlite_path(settings)))
            head = audit.anchor(work.session)
        erasing.leave_out(put_back)
        line = anchors.line(put_back.settings, "begun", head, put_back.clock())
    except (DatabaseError, CommandError) as error:
        raise BackupError(_DAMAGED) from error
    finally:
        engine_for(put_back.settings.url).dispose()  # with it the journal beside the file goes
    write(ready / ANCHOR, line)


def _erasures(settings: Settings, put_back: Settings) -> list[Act]:
    """All that is known of erasures here, under the key of this folder or of the copy."""
    written = erasures.kept(settings, log_key(settings), log_key(put_back)) if erasures.path(settings).exists() else []
    return [*written, *replaced.unwritten_acts(sqlite_path(settings))]
