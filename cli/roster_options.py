"""What a person decides about a roster, as options of the commands that read one."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from documents.rosters import Choices


class Take(StrEnum):
    TAKE = "take"
    SKIP = "skip"


class Leave(StrEnum):
    SKIP = "skip"


class Others(StrEnum):
    EACH = "each"
    SKIP = "skip"


Column = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="ПОЛЕ=СТОЛБЕЦ", help="Какой столбец брать: почта=D или «почта=E-mail личный»."),
]
Hidden = Annotated[
    Take | None, typer.Option("--hidden", help="Скрытые строки и столбцы: take – взять, skip – обойтись без них.")
]
Sheet = Annotated[list[str] | None, typer.Option("--sheet", metavar="ЛИСТ", help="Какие листы взять; «*» – все.")]
Unread = Annotated[Leave | None, typer.Option("--unread", help="skip – обойтись без строк, которые не прочитать.")]
OtherOrganisations = Annotated[
    Others | None,
    typer.Option("--others", help="Работники других организаций: skip – без них, each – каждой своя заявка."),
]

HINTS = {
    "columns": "--column ПОЛЕ=СТОЛБЕЦ – какой столбец брать",
    "hidden": "--hidden take – взять скрытые строки и столбцы, --hidden skip – обойтись без них",
    "sheets": "--sheet ЛИСТ – какие листы взять, --sheet \"*\" – все",
    "unread": "--unread skip – обойтись без этих строк",
    "others": "--others each – каждой организации своя заявка, --others skip – только своих",
}  # fmt: skip


def choices_of(
    column: list[str] | None = None,
    hidden: Take | None = None,
    sheet: list[str] | None = None,
    unread: Leave | None = None,
    others: Others | None = None,
) -> Choices:
    """Raises BadChoice."""
    from documents.rosters import Choices
    from documents.rosters.choices import Rows, chosen_columns

    return Choices(
        columns=chosen_columns(column or []),
        hidden=Rows(hidden.value) if hidden else Rows.ASK,
        sheets=tuple(sheet or ()),
        unread=Rows.SKIP if unread else Rows.ASK,
        others={None: Rows.ASK, Others.SKIP: Rows.SKIP, Others.EACH: Rows.TAKE}[others],
    )
