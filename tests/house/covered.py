"""`python -m tests.house.covered [holes]`: what the last `make cover` took of each room, by lines and by branches.

With a number, that many files with the most branches that no test takes. Nothing is refused: it is a map, not a gate.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from coverage import Coverage
from coverage.results import Numbers

from tests.house.figures import ROOT, aligned, rooms

_HEAD = ("room", "lines", "not run", "branches", "not taken", "taken")


@dataclass(frozen=True, slots=True)
class File:
    path: str
    numbers: Numbers

    @property
    def room(self) -> str:
        return self.path.partition("/")[0]


def files(coverage: Coverage) -> Iterator[File]:
    """Every measured file of the program, with what was reckoned of it."""
    for path in sorted(coverage.get_data().measured_files()):
        name = path.removeprefix(f"{ROOT}/")
        if name.endswith(".py") and name.partition("/")[0] in rooms():
            yield File(name, coverage._analyze(path).numbers)


def row(name: str, found: Iterable[File]) -> tuple[str, ...]:
    """Lines and branches together decide the share, as coverage itself reckons."""
    whole = sum((file.numbers for file in found), Numbers())
    return (
        name, str(whole.n_statements), str(whole.n_missing), str(whole.n_branches), str(whole.n_missing_branches),
        f"{whole.pc_covered:.1f} %",
    )  # fmt: skip


def table(found: list[File]) -> list[tuple[str, ...]]:
    """A row for each room and one for the whole."""
    by_room = [row(room, [file for file in found if file.room == room]) for room in rooms()]
    return [_HEAD, *by_room, row("whole", found)]


def holes(found: list[File], most: int) -> list[tuple[str, ...]]:
    """The files with the most branches that no test takes."""
    worst = sorted(found, key=lambda file: -file.numbers.n_missing_branches)[:most]
    return [_HEAD, *(row(file.path, [file]) for file in worst)]


if __name__ == "__main__":
    measured = Coverage(data_file=ROOT / ".coverage")
    measured.load()
    every = list(files(measured))
    print(aligned(holes(every, int(sys.argv[1])) if sys.argv[1:] else table(every)))
