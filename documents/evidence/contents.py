"""What goes into a pack of evidence: files with the event that names them, what is missing and why, tables to read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file. `path` has a folder and no personal data; `event` is the number of the record that names its hash."""

    path: str
    data: bytes
    what: str
    event: int


@dataclass(frozen=True, slots=True)
class Absent:
    """What one would look for and does not find."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as they are read; `note` says where they come from."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """A record of the log; `at` as its hash spells it."""

    seq: int
    at: str
    actor: str
    action: str
    subject: str
    data: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Contents:
    """`shown` are the numbers of the records that are given in full; `about` are label and value."""

    title: str
    made_at: str
    made_by: str
    about: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    files: tuple[Enclosed, ...]
    absent: tuple[Absent, ...]
    shown: tuple[int, ...]
    anchor: str
