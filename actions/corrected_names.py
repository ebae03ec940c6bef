"""A change of name that was recorded by mistake: whose it was, or that there was one, turned out wrong."""

from __future__ import annotations

from actions import corrections, names
from actions.context import Conflict, Work
from actions.corrections import Kind
from actions.people import subject
from models.correction import Correction
from models.employee import Employee, FormerName
from models.facts import FullName


def last_change(work: Work, card: Employee) -> FormerName | None:
    """The one that can be taken back: those before it can once it is."""
    return next((row for row in names.former_names(work, card) if row.until is not None and row.name), None)


def take_back(work: Work, card: Employee, *, why: str) -> Correction:
    """He bears the name before the last change, on every day since it too; requests keep what their lines say.

    Raises Conflict where no change is on record. A typing error is put right by `names.correct`.
    """
    corrections.reasoned(why)
    last = last_change(work, card)
    if last is None or last.until is None:
        raise Conflict("Смены имени у работника не записано: исправлять нечего. Опечатку исправляет «Изменить имя».")
    day, last.until = last.until, None
    names.correct(work, card, FullName(last.surname, last.given, last.patronymic), ground=why)
    return corrections.enter(
        work, Kind.NAME, subject(card), card.organisation_id, why, {f"name:{last.id}.until": day.isoformat()},
        {f"name:{last.id}.until": None},
    )  # fmt: skip
