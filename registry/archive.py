"""A downloaded archive into the database: all of it or nothing."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from registry.errors import RefbookError
from registry.store import loaded_version, replace_records, version_tuple
from sandbox import Killed, Limits, Output, Refused, run

# Measured: 50,000 records (4 MB) 2.7 s and next to no memory; the whole of a large refbook is a hundred times that.
_LIMITS = Limits(seconds=600, output_mb=1024)


@dataclass(frozen=True, slots=True)
class Loaded:
    refbook: str
    version: str
    records: int


def import_archive(session: Session, path: Path, *, now: dt.datetime, force: bool = False) -> Loaded:
    """Replace the local copy by the archive's records in the caller's transaction. Raises RefbookError.

    A version older than the stored one is refused unless `force`.
    """
    if not path.is_file():
        raise RefbookError("absent", f"Файла {path.name} нет.")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "records.jsonl")
        try:
            found = run("registry.extraction:extract", {"path": path, "out": Output(out)}, limits=_LIMITS)
        except Refused as refusal:
            raise RefbookError(refusal.code, refusal.detail) from None
        except Killed as killed:
            raise RefbookError("killed", f"Архив не прочитать: {killed}.") from None
        loaded = Loaded(found["refbook"], found["version"], found["records"])
        present = loaded_version(session, loaded.refbook)
        if present and version_tuple(loaded.version) < version_tuple(present) and not force:
            raise RefbookError(
                "older", f"В архиве версия {loaded.version}, а загружена более новая {present}. Нужно ли это?"
            )
        replace_records(session, loaded.refbook, loaded.version, _records(out), now=now)
    return loaded


def _records(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
