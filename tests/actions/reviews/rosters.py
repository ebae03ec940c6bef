"""Small rosters as an HR officer exports them."""

from __future__ import annotations

from pathlib import Path

from demo.people import EMPLOYEES, Employee


def roster(path: Path, rows: list[tuple[str, str]]) -> Path:
    """СНИЛС and full name, nothing else."""
    text = "".join(f"{snils};{name}\n" for snils, name in [("СНИЛС", "ФИО"), *rows])
    path.write_text(text, "utf-8")
    return path


def row(person: Employee) -> tuple[str, str]:
    return person.snils, person.name


def rows(*numbers: int) -> list[tuple[str, str]]:
    """Of the demonstration's people."""
    return [row(EMPLOYEES[number]) for number in numbers]
