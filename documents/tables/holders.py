"""The list of role holders as an Excel table."""

from __future__ import annotations

from collections.abc import Sequence

from documents.tables.export import table_workbook
from models.identifiers import format_snils

_COLUMNS = (
    ("person", "Работник"),
    ("snils", "СНИЛС"),
    ("subsystem", "Подсистема"),
    ("role", "Роль"),
    ("organisation", "Организация"),
    ("since", "С"),
    ("until", "По"),
    ("ends_on", "Дана до"),
    ("request", "Заявка"),
    ("source", "Источник"),
    ("verified", "Вход подтверждён"),
)


def holders_table(
    rows: Sequence[dict[str, object]], as_of: str | None, known_on: str | None = None, *, practice: bool = False
) -> bytes:
    """`rows` are those of the command `holders`; formulas in names stay text."""
    title = f"Кто обладает ролями на {as_of}" if as_of else "Кто обладает ролями сейчас"
    if known_on:
        title += f" по сведениям на {known_on}"
    return table_workbook(
        title,
        [label for _, label in _COLUMNS],
        [[_cell(key, row[key]) for key, _ in _COLUMNS] for row in rows],
        practice=practice,
    )


def _cell(key: str, value: object) -> str:
    if key == "verified":
        return "да" if value else "нет"
    if key == "snils":
        return format_snils(str(value))
    if key in ("since", "until", "ends_on"):
        return str(value)[:10] if value else ""
    return str(value or "")


_TEMPLATE = (
    "СНИЛС", "Фамилия", "Имя", "Отчество", "Подсистема", "Роль", "С какого дня", "До какого дня, если на срок",
    "Источник: с чьих слов, какой список", "Дата источника",
)  # fmt: skip


def holdings_template() -> bytes:
    """An empty list of roles that people hold already."""
    return table_workbook("Имеющиеся роли", _TEMPLATE, [("",) * len(_TEMPLATE)])
