"""Files brought back from a backup while the service works: the same bytes under the same name, nothing else is touched."""

from __future__ import annotations

import tempfile
import zipfile
from hashlib import sha256
from pathlib import Path

from actions.keeping import damages
from models.damage import DamageKind
from service import locks
from service.backup import BackupError
from service.damage import files
from service.restoring import unlocked
from wiring.work import Installation


def mend(
    installation: Installation, source: Path, *, opener: locks.Passphrase | locks.Identity | None = None
) -> tuple[int, int]:
    """Bring back damaged and missing files that the backup has. How many came back and how many are damaged still.

    Raises BackupError, WrongLock.
    """
    with installation.reading("командная строка") as work:
        wanted = [each.what for each in damages.present(work) if each.kind in (DamageKind.FILE, DamageKind.MISSING)]
    back = 0
    with tempfile.TemporaryDirectory(dir=installation.settings.home, prefix=".trial-") as folder:
        try:
            with zipfile.ZipFile(unlocked(source, opener, Path(folder))) as archive:
                for digest in wanted:
                    name = f"files/{digest[:2]}/{digest}"
                    if name in archive.namelist():
                        back += _put_back(installation, archive.read(name), digest)
        except zipfile.BadZipFile as error:
            raise BackupError(f"Архив {source.name} не открыть: это не копия или она повреждена.") from error
    found = files.look(installation)
    with installation.work("командная строка") as work:
        for kind, told in found.items():
            damages.settle(work, kind, told)
    return back, sum(len(told) for told in found.values())


def _put_back(installation: Installation, data: bytes, digest: str) -> bool:
    """Not where the backup's own copy is damaged too: it would be another file."""
    if sha256(data).hexdigest() != digest:
        return False
    installation.files.put(data)
    return True
