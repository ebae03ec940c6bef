"""Tables of a Word document, each a sheet of its own."""

from __future__ import annotations

import io
from typing import Any

from documents.rosters.grids import Sheets, sheet
from sandbox import Refused


def tables(data: bytes) -> Sheets:
    """Raises Refused for a document without a table, or a broken one."""
    from docx import Document
    from docx.table import Table

    try:
        body = Document(io.BytesIO(data)).element.body
        found = [Table(element, body) for element in body.iter(_TABLE)]
        sheets = [sheet(f"Таблица {number}", _rows(table)) for number, table in enumerate(found, 1)]
    except Refused:
        raise
    except MemoryError:
        raise
    except Exception:  # whatever a broken document makes the parser raise
        raise Refused("broken", "Документ Word не открывается. Откройте его в Word и сохраните заново.") from None
    if not sheets:
        raise Refused("not-a-table", "В документе Word нет таблицы. Нужна таблица со столбцами: СНИЛС, ФИО, почта.")
    return sheets


_TABLE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}tbl"


def _rows(table: Any) -> list[list[str]]:
    """A cell over several columns stands in the first of them; one over several rows counts for each."""
    return [_cells(row) for row in table.rows]


def _cells(row: Any) -> list[str]:
    texts: list[str] = [""] * row.grid_cols_before
    last = None
    for cell in row.cells:
        texts.append("" if cell._tc is last else "\n".join(paragraph.text for paragraph in cell.paragraphs).strip())
        last = cell._tc
    return texts
