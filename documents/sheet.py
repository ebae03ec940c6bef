"""The sheet of paper and the types on it: sizes that the page splitter and every renderer share. Points unless said."""

from __future__ import annotations

from dataclasses import dataclass

POINTS_PER_MM = 72 / 25.4
FONT = "Times New Roman"
CODE_MM = 24  # side of the QR with its quiet zone
CODE_EDGE_MM = 5  # from the code to the edges of the sheet: printers cannot reach the last 4 mm
CELL_PAD_MM = 0.8
TABLE_LEADING = 1.18  # line height of table text, times its size


@dataclass(frozen=True, slots=True)
class Sheet:
    """A4 with its margins, in millimetres. The code and the footer live in the bottom margin."""

    width: float
    height: float
    left: float
    right: float
    top: float = 12
    bottom: float = CODE_MM + CODE_EDGE_MM + 2

    @property
    def body_width(self) -> float:
        return self.width - self.left - self.right

    @property
    def body_height(self) -> float:
        return self.height - self.top - self.bottom

    @property
    def code_left(self) -> float:
        return self.width - CODE_EDGE_MM - CODE_MM

    @property
    def code_top(self) -> float:
        return self.height - CODE_EDGE_MM - CODE_MM


SHEETS = {
    "landscape": Sheet(width=297, height=210, left=20, right=10),
    "portrait": Sheet(width=210, height=297, left=25, right=15),
}


@dataclass(frozen=True, slots=True)
class TextStyle:
    """`indent` is the share of the body's width left free on the left; `line` is an exact line height."""

    size: float
    line: float
    after: float = 0
    before: float = 0
    align: str = "left"
    bold: bool = False
    indent: float = 0
    first_line_mm: float = 0


STYLES = {
    "addressee": TextStyle(size=11, line=13, indent=0.58),
    "title": TextStyle(size=13, line=16, before=8, align="center", bold=True),
    "subtitle": TextStyle(size=11.5, line=14, after=5, align="center"),
    "body": TextStyle(size=11, line=13.5, after=4, align="both", first_line_mm=10),
    "item": TextStyle(size=11, line=13.5, after=2, align="left"),
    "last-item": TextStyle(size=11, line=13.5, after=8, align="left"),
    "caption": TextStyle(size=10, line=12, after=4, align="center"),
    "note": TextStyle(size=9, line=11, before=2, after=2),
}
