"""Archives of refbooks as the portal gives them, and spoilt ones."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.registry.nsi_site import OID, record


def zipped(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def as_json(records: Iterable[dict[str, Any]], *, bom: bool = False) -> bytes:
    return json.dumps({"records": list(records)}, ensure_ascii=False).encode("utf-8-sig" if bom else "utf-8")


def as_csv(records: list[dict[str, Any]], delimiter: str, *, bom: bool = False) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(records[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode("utf-8-sig" if bom else "utf-8")


def archive(
    folder: Path, records: Iterable[dict[str, Any]] | None = None, version: str = "6.1998", oid: str = OID
) -> Path:
    """A good archive in JSON."""
    rows = [record(1), record(2)] if records is None else records
    return zipped(folder / f"{oid}_{version}_json.zip", {f"{oid}_{version}.json": as_json(rows)})
