"""`python -m tests.house.figures`: how large files and functions are, room by room, and how much of the tests each has."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).parents[2]
_HEAD = ("room", "files", "lines", "median", "p90", "max", "function", "imports p90", "tests", "tests : source")


def rooms() -> tuple[str, ...]:
    """The packages of the program, as the import contract lists them."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return tuple(told["tool"]["importlinter"]["root_packages"])


def sources(room: str, root: Path = ROOT) -> Iterator[Path]:
    """Python files with something in them; migrations are history and are left out."""
    for path in sorted((root / room).rglob("*.py")):
        if "versions" not in path.parts and path.stat().st_size:
            yield path


@dataclass(slots=True)
class Room:
    """Lengths of files and functions in lines, imports of each file."""

    files: list[int] = field(default_factory=list)
    functions: list[int] = field(default_factory=list)
    imports: list[int] = field(default_factory=list)

    def add(self, path: Path) -> None:
        text = path.read_text("utf-8")
        tree = ast.parse(text)
        self.files.append(text.count("\n"))
        self.imports.append(sum(isinstance(node, (ast.Import, ast.ImportFrom)) for node in tree.body))
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.functions.append((node.end_lineno or 0) - node.lineno + 1)

    def __iadd__(self, other: Room) -> Room:
        self.files += other.files
        self.functions += other.functions
        self.imports += other.imports
        return self


def measured(*folders: Path) -> Room:
    """All files of these folders together."""
    room = Room()
    for folder in folders:
        for path in sources(folder.name, folder.parent):
            room.add(path)
    return room


def _p90(numbers: list[int]) -> float:
    return quantiles(numbers, n=10, method="inclusive")[-1] if len(numbers) > 1 else sum(numbers)


def row(name: str, source: Room, tests: Room) -> tuple[str, ...]:
    """A line of the table."""
    lines, told = sum(source.files), sum(tests.files)
    return (
        name, str(len(source.files)), str(lines), f"{median(source.files):.0f}", f"{_p90(source.files):.0f}",
        str(max(source.files)), f"{median(source.functions or [0]):.0f}", f"{_p90(source.imports):.0f}", str(told),
        f"{told / lines:.2f}",
    )  # fmt: skip


def table() -> list[tuple[str, ...]]:
    """Head, a row for each room, and the whole; tests that belong to no room count in the whole only."""
    found = [_HEAD]
    whole = Room()
    for name in rooms():
        source = measured(ROOT / name)
        whole += source
        found.append(row(name, source, measured(ROOT / "tests" / name)))
    return [*found, row("whole", whole, measured(ROOT / "tests"))]


def aligned(rows: list[tuple[str, ...]]) -> str:
    """Names to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        for cells in rows
    )


if __name__ == "__main__":
    print(aligned(table()))
