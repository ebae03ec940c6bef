"""Which backup holds a file that is damaged here."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Collection

from service import backup, locks
from wiring.settings import Settings


def backups_with(settings: Settings, digests: Collection[str]) -> dict[str, list[str]]:
    """Names of open copies in the folder `backups`, the newest first, by each file that they hold. A locked one tells nothing."""
    found: dict[str, list[str]] = {}
    if not digests:
        return found
    wanted = {f"files/{digest[:2]}/{digest}": digest for digest in digests}
    for copy in backup.kept(settings):
        path = backup.folder(settings) / copy.name
        with contextlib.suppress(OSError, zipfile.BadZipFile):
            if locks.is_locked(path):
                continue
            with zipfile.ZipFile(path) as archive:
                for name in wanted.keys() & set(archive.namelist()):
                    found.setdefault(wanted[name], []).append(copy.name)
    return found
