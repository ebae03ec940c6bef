"""The nightly look at everything that can be damaged: what is found stands on the page of health until it is whole again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from actions.keeping import damages
from documents.atomic import write
from models.damage import DamageKind
from refusals import Refusal
from service.damage import backups, database, files, rows
from wiring.settings import Settings
from wiring.work import Installation

_BY = "ночная проверка"
Found = dict[DamageKind, dict[str, str]]


class Damaged(Refusal):
    """The database is so damaged that nothing can be written into it."""


def note_path(settings: Settings) -> Path:
    """Where damage is told that the database itself cannot take in."""
    return settings.home / "damage.json"


def look(installation: Installation) -> Found:
    """Everything that is damaged now, told in Russian. Raises Damaged where it can only be told beside the database."""
    broken = database.look(installation)
    found: Found = {DamageKind.DATABASE: broken}
    try:
        if database.INTEGRITY not in broken:
            found[DamageKind.ROW] = rows.look(installation)
        found |= files.look(installation)
        tried = backups.look(installation)
        if tried is not None:
            found[DamageKind.BACKUP] = tried
        with installation.work(_BY) as work:
            for kind, told in found.items():
                damages.settle(work, kind, told)
    except (DatabaseError, sqlite3.DatabaseError) as error:
        broken.setdefault(database.INTEGRITY, f"База повреждена: {type(error).__name__}.")
        _note(installation.settings, found)
        raise damaged(found) from error
    if database.INTEGRITY in broken:
        _note(installation.settings, found)  # too: who knows what can be read tomorrow
    else:
        note_path(installation.settings).unlink(missing_ok=True)
    return found


def damaged(found: Found) -> Damaged:
    return Damaged(f"{found[DamageKind.DATABASE][database.INTEGRITY]} {MEND[DamageKind.DATABASE]}")


def _note(settings: Settings, found: Mapping[DamageKind, Mapping[str, str]]) -> None:
    told = {kind.value: list(which.values()) for kind, which in found.items() if which}
    write(note_path(settings), json.dumps(told, ensure_ascii=False))


def noted(settings: Settings) -> list[str]:
    try:
        told = json.loads(note_path(settings).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    return [str(line) for lines in told.values() for line in lines]


MEND: Mapping[DamageKind, str] = {
    DamageKind.DATABASE: "Остановите службу, сохраните папку данных как есть и восстановите последнюю целую копию: egisz-access restore ФАЙЛ --force.",
    DamageKind.ROW: "Сверьте записи с копией или бумагами. Если они верны: egisz-access soundness accept. Если нет – восстановите последнюю целую копию.",
    DamageKind.FILE: "Верните файлы из копии, не останавливая работу: egisz-access soundness mend КОПИЯ.zip.",
    DamageKind.MISSING: "Верните файлы из копии, не останавливая работу: egisz-access soundness mend КОПИЯ.zip.",
    DamageKind.BACKUP: "Сделайте новую копию; прежней не верьте.",
}
