"""Inside the sandbox's child: colours, comments and the sheet of findings."""

from __future__ import annotations

import io
import warnings
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from documents.rosters.sheets import check_archive, load
from models.findings import SEVERITIES

_LISTING = "Замечания"
_COLOURS = {"error": "FFF4B6B6", "warning": "FFFFE699", "advice": "FFDDEBF7"}
_HEADINGS = ("Строка", "Кто", "Поле", "Важность", "Что не так и что сделать", "Правило", "Источник")
_WIDTHS = (9, 34, 14, 16, 80, 10, 44)


def mark(source: str, target: str, marks: Sequence[Mapping[str, Any]]) -> None:
    """Write the marked copy to `target`."""
    book = _workbook(source)
    cells: dict[tuple[str, int, int], list[Mapping[str, Any]]] = defaultdict(list)
    for finding in marks:
        if finding["row"]:
            cells[finding["sheet"], finding["row"], finding["column"]].append(finding)
    for (name, row, column), findings in cells.items():
        page = book[name] if name in book.sheetnames else book.worksheets[0]
        _mark_cell(page, row, column, findings)
    _list(book, marks)
    book.save(target)


def _workbook(source: str) -> Any:
    from openpyxl import Workbook, load_workbook

    warnings.simplefilter("ignore")
    data = Path(source).read_bytes()
    if data.startswith(b"PK\x03\x04") and any(name.startswith("xl/") for name in check_archive(data)):
        try:
            return load_workbook(io.BytesIO(data))
        except MemoryError:
            raise
        except Exception:  # what Excel opens and openpyxl does not: its cells go into a new workbook
            pass
    book = Workbook()
    book.remove(book.active)
    for number, sheet in enumerate(load(source)["sheets"], 1):
        page = book.create_sheet(sheet["name"] or f"Лист{number}")
        for row in sheet["rows"]:
            page.append([cell if not str(cell).startswith("=") else f"'{cell}" for cell in row])
    return book


def _mark_cell(page: Any, row: int, column: int, findings: Sequence[Mapping[str, Any]]) -> None:
    from openpyxl.cell.cell import MergedCell
    from openpyxl.comments import Comment
    from openpyxl.styles import Border, PatternFill, Side

    cell = page.cell(row, column)
    if isinstance(cell, MergedCell):
        area = next(area for area in page.merged_cells.ranges if cell.coordinate in area)
        cell = page.cell(area.min_row, area.min_col)
    gravest = min((finding["severity"] for finding in findings), key=list(_COLOURS).index)
    cell.fill = PatternFill("solid", start_color=_COLOURS[gravest])
    edge = Side(style="medium" if gravest == "error" else "dashed", color="FF9C0006")  # told apart in print too
    cell.border = Border(left=edge, right=edge, top=edge, bottom=edge)
    before = [cell.comment.text] if cell.comment else []
    told = [f"{SEVERITIES[f['severity']].capitalize()}: {f['message']}\n{f['rule']}: {f['source']}" for f in findings]
    cell.comment = Comment("\n\n".join(before + told), "Доступ ЕГИСЗ", width=420, height=60 + 70 * len(told))


def _list(book: Any, marks: Sequence[Mapping[str, Any]]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    if _LISTING in book.sheetnames:
        del book[_LISTING]
    page = book.create_sheet(_LISTING)
    page.append(list(_HEADINGS))
    for cell in page[1]:
        cell.font = Font(bold=True)
    for finding in marks:
        page.append(
            [
                finding["row"],
                finding["person"],
                finding["field"],
                SEVERITIES[finding["severity"]],
                finding["message"],
                finding["rule"],
                finding["source"],
            ]
        )
        for cell in page[page.max_row]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a text that begins with = stays a text
        page.cell(page.max_row, 4).fill = PatternFill("solid", start_color=_COLOURS[finding["severity"]])
    for column, width in enumerate(_WIDTHS, 1):
        page.column_dimensions[page.cell(1, column).column_letter].width = width
    page.freeze_panes = "A2"
