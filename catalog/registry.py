"""Which refbooks of organisations there are and how their columns are called."""

from __future__ import annotations

from functools import cache

from catalog.problems import read_file
from catalog.rules import FOLDER
from catalog.schema import Entry


class Refbook(Entry):
    """Справочник ФРНСИ; `kind` is given to every record of a refbook that has no column for it."""

    code: str
    oid: str
    title: str
    kind: str = ""


class RegistryFile(Entry):
    refbooks: tuple[Refbook, ...]
    columns: dict[str, tuple[str, ...]]


@cache
def registry() -> RegistryFile:
    return read_file(FOLDER / "registry.toml", RegistryFile)


def refbook_by_oid(oid: str) -> Refbook | None:
    return next((entry for entry in registry().refbooks if entry.oid == oid), None)
