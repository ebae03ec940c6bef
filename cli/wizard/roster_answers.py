"""What a roster leaves to a person, asked one by one."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from catalog.rosters import FIELD_NAMES
from cli.wizard.talking import line, yes_no

if TYPE_CHECKING:
    from actions.rosters.rosters import OpenQuestions
    from documents.rosters import Choices


def answers(questions: OpenQuestions, choices: Choices) -> Choices | None:
    """The choices with an answer to each question; None to leave the file alone."""
    from documents.rosters.choices import ALL_SHEETS, Asked, Rows

    asked, columns = questions.asked, dict(choices.columns)
    for double in questions.roster.doubles:
        options = ", ".join(f"{letter} – «{text}»" for letter, text in double.options)
        wanted = line(f"{FIELD_NAMES[double.field]}, столбец ({options})", help="Буква столбца; пусто – не брать файл.")
        if not wanted:
            return None
        columns[double.field] = wanted
    if Asked.UNREAD in asked and not yes_no("Обойтись без строк, которые не прочитать"):
        return None
    if Asked.OTHERS in asked and not yes_no("Взять только людей этой организации"):
        return None
    hidden, sheets = choices.hidden, choices.sheets
    if Asked.HIDDEN in asked:
        hidden = Rows.TAKE if yes_no("Взять скрытые строки и столбцы") else Rows.SKIP
    if Asked.SHEETS in asked:
        sheets = (ALL_SHEETS,) if yes_no("Взять все листы") else (questions.roster.main.sheet,)
    return dataclasses.replace(
        choices,
        columns=columns,
        hidden=hidden,
        sheets=sheets,
        unread=Rows.SKIP if Asked.UNREAD in asked else choices.unread,
        others=Rows.SKIP if Asked.OTHERS in asked else choices.others,
    )
