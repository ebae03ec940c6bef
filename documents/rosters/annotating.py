"""The same workbook with the wrong cells coloured and commented, and a sheet that lists everything."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from documents.rosters.reading import Roster, RosterError
from models.findings import Finding
from sandbox import Killed, Limits, Output, Refused, run

# Measured: 300 rows (24 KB) 0.3 s; 2,000 rows, 500 findings (130 KB) 1.3 s, 17 MB; 20,000 rows, 5,000 findings (1.2 MB) 26 s, 165 MB.
_LIMITS, _MOST = Limits(), Limits(seconds=90, memory_mb=768, output_mb=128)
_NOT_WRITABLE = "Файл {} не записать. Проверьте, что такая папка есть и в неё можно писать, или укажите другое имя."


def annotate(source: Path, target: Path, roster: Roster | None, findings: Sequence[Finding]) -> None:
    """Write `target` (.xlsx). Raises RosterError; the source is never touched."""
    if target.exists() and target.samefile(source):
        raise RosterError("same-file", "Укажите другое имя: исходный файл не перезаписывается.")
    if target.exists() and (target.is_dir() or not os.access(target, os.W_OK)):
        raise RosterError("not-writable", _NOT_WRITABLE.format(target))
    sheet = roster.main.sheet if roster else ""
    marks = [
        {**finding.as_json(), "column": _column(finding, roster), "sheet": finding.sheet or sheet}
        for finding in findings
    ]
    job = {"source": source, "target": Output(target), "marks": marks}
    try:
        run(
            "documents.rosters.marking:mark",
            job,
            limits=_LIMITS.grown(source, seconds=45, memory_mb=250, at_most=_MOST),
        )
    except Refused as refusal:
        raise RosterError(refusal.code, refusal.detail) from None
    except Killed as killed:
        raise RosterError(killed.why, f"Файл не разметить: {killed}.") from None
    except OSError:
        raise RosterError("not-writable", _NOT_WRITABLE.format(target)) from None


_NEAREST = {"given": "name", "patronymic": "name", "surname": "name", "esia": "esia_confirmed", "role": "subsystem"}


def _column(finding: Finding, roster: Roster | None) -> int:
    """The cell's column; the first one when the field has none of its own."""
    if roster is None or finding.field is None:
        return 1
    here = [part for part in roster.parts if part.sheet == (finding.sheet or roster.main.sheet)]
    part = next((part for part in here if any(row.row == finding.row for row in part.rows)), roster.main)
    columns = dict(part.columns)
    nearest = columns.get(_NEAREST.get(finding.field, ""))
    marks = next(iter(part.marks.values()), 1) if finding.field in ("subsystem", "role") else 1
    return columns.get(finding.field) or nearest or marks
