"""Stored files held against their names: whether all are there, every night; their bytes a share at a time.

The bytes of what an open request needs are read every night, those of all others within `[checks] files_days`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import delete, select
from sqlmodel import Session, col

from actions.log import audit
from actions.stored import owed, places
from actions.stored.named import named
from models.damage import Damage, DamageKind, FileLook
from models.erasure import Owed
from service.damage.database import let_go
from service.damage.in_backups import backups_with
from wiring.work import Installation

_BY = "ночная проверка"
_LONGEST = 3600.0  # seconds of reading in one night
_TOGETHER = 500
_NEW = dt.timedelta(days=1)  # a file is stored a moment before its row is


@dataclass
class Looked:
    """What one night found; `whole` files were read and are what their names say."""

    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)


def look(installation: Installation, longest: float = _LONGEST) -> dict[DamageKind, dict[str, str]]:
    """Missing and damaged files, each with where it belongs and which backup has it."""
    with installation.reading(_BY) as work:
        needed = named(work)
        seen: dict[str, dt.datetime] = dict(
            work.session.execute(select(col(FileLook.sha256), col(FileLook.looked_at))).tuples().all()
        )
        told_before = set(
            work.session.execute(select(col(Damage.what)).where(col(Damage.kind) == DamageKind.FILE)).scalars()
        )
        first = (places.needed_soon(work) | told_before) & needed
    looked = _looked_at(installation, needed, [*first, *_due(installation, needed - first, seen, len(needed))], longest)
    with installation.work(_BY) as work:
        needed = named(work)  # what was erased meanwhile is no damage
        missing, damaged = ([each for each in some if each in needed] for some in (looked.missing, looked.damaged))
        _note(work.session, looked.whole, seen.keys() - needed, work.now)
        told = places.told(work, [*missing, *damaged])
    in_backups = backups_with(installation.settings, told)
    return {
        DamageKind.MISSING: {each: _told("Файла нет", told[each], in_backups.get(each)) for each in missing},
        DamageKind.FILE: {each: _told("Файл повреждён", told[each], in_backups.get(each)) for each in damaged},
    }


def _due(installation: Installation, others: set[str], seen: dict[str, dt.datetime], of: int) -> list[str]:
    """A night's share, the longest unread first; all whose term is over, when nights were missed."""
    days = installation.settings.checks.files_days
    never = dt.datetime.min.replace(tzinfo=dt.UTC)
    by_age = sorted(others, key=lambda digest: (seen.get(digest, never), digest))
    over = installation.clock() - dt.timedelta(days=days - 0.5)
    share = -(-of // days)
    return [digest for place, digest in enumerate(by_age) if place < share or never < seen.get(digest, never) <= over]


def _looked_at(installation: Installation, needed: set[str], to_read: Iterable[str], longest: float) -> Looked:
    looked = Looked(missing=sorted(each for each in needed if not installation.files.has(each)))
    until, away = time.monotonic() + longest, set(looked.missing)
    for digest in to_read:
        if digest in away:
            continue
        (looked.whole if _is_whole(installation.files.path(digest), digest) else looked.damaged).append(digest)
        if time.monotonic() > until:  # the rest is the oldest tomorrow
            break
    return looked


def _is_whole(path: Path, digest: str) -> bool:
    """A disk that does not give the bytes is as good as none."""
    try:
        let_go(path)
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        return False


def _note(session: Session, whole: list[str], gone: Iterable[str], now: dt.datetime) -> None:
    for some in _pieces([*whole, *gone]):
        session.execute(delete(FileLook).where(col(FileLook.sha256).in_(some)))
    session.add_all(FileLook(sha256=digest, looked_at=now) for digest in whole)
    session.flush()


def _pieces(all_of: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(all_of), _TOGETHER):
        yield all_of[start : start + _TOGETHER]


def _told(what: str, where: str, backups: list[str] | None) -> str:
    if not backups:
        return f"{what}: {where}. В открытых копиях папки backups его нет."
    return f"{what}: {where}. Он есть в копии {backups[0]}."


def orphans(installation: Installation) -> list[Path]:
    """Files of the store, older than a day, that no row names and no erasure owes.

    They are of uploads that came to nothing, or of later days than the copy that was put back.
    """
    with installation.reading(_BY) as work:
        known = named(work) | {debt.what for debt in owed.debts(work, Owed.FILE)}
    old = (installation.clock() - _NEW).timestamp()
    found = installation.settings.files_folder.glob("[0-9a-f][0-9a-f]/" + "[0-9a-f]" * 64)
    return sorted(path for path in found if path.name not in known and path.stat().st_mtime < old)


def erase_orphans(installation: Installation, by: str) -> int:
    """A person has seen that nobody needs them. Returns how many went; one that a row names by now stays."""
    found = [path.name for path in orphans(installation)]
    with installation.work(by) as work:
        owed.owe_files(work, found)
        if found:
            audit.record(work, "orphans.erased", "data", number=len(found))
    return len(found)
