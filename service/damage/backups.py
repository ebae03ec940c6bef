"""The newest backup put back on trial: into a folder of its own, which is removed."""

from __future__ import annotations

import datetime as dt
import json

from actions.log import audit
from service import backup, locks
from service.backup import BackupError
from service.locks import WrongLock
from service.restoring import try_out
from views.log.log_search import latest
from wiring.work import Installation

_BY = "ночная проверка"
_AGAIN = dt.timedelta(days=7)  # it may spoil where it lies
TRIED = "backup.tried"


def look(installation: Installation) -> dict[str, str] | None:
    """Why the newest open backup of the folder `backups` cannot be put back, by its name; None where it need not be tried now."""
    copies = backup.kept(installation.settings)
    if not copies or not installation.settings.url.startswith("sqlite"):
        return {}
    newest = copies[0]
    path = backup.folder(installation.settings) / newest.name
    if locks.is_locked(path):  # only he who has the key can try it
        return {}
    with installation.reading(_BY) as work:
        last = latest(work, TRIED)
        told = json.loads(last.data) if last else {}
        if last and told.get("name") == newest.name and told.get("ok") and work.now - last.at < _AGAIN:
            return None
    why = ""
    try:
        try_out(installation.settings, path)
    except (BackupError, WrongLock, OSError) as error:
        why = str(error) if isinstance(error, BackupError | WrongLock) else f"{type(error).__name__}"
    with installation.work(_BY) as work:
        audit.record(work, TRIED, "backups", name=newest.name, ok=not why)
    return {newest.name: f"Копия {newest.name} не восстанавливается. {why}"} if why else {}
