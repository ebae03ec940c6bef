"""What was recorded of an employee by mistake: a change of name that was none, a first login that did not happen."""

from __future__ import annotations

from actions.cards import names
from actions.cards.people import subject
from actions.context import Conflict, Work
from actions.corrections import corrections
from actions.corrections.corrections import Kind
from actions.log import audit
from models.correction import Correction
from models.employee import Employee, FormerName
from models.facts import FullName


def last_change(work: Work, card: Employee) -> FormerName | None:
    """The one that can be taken back: those before it can once it is."""
    return next((row for row in names.former_names(work, card) if row.until is not None and row.name), None)


def take_name_back(work: Work, card: Employee, *, why: str) -> Correction:
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
        work,
        Kind.NAME,
        subject(card),
        card.organisation_id,
        why,
        {f"name:{last.id}.until": day.isoformat()},
        {f"name:{last.id}.until": None},
    )


def take_first_login_back(work: Work, card: Employee, *, why: str) -> Correction:
    """He did not log in (USR-3): it is asked of him again. Raises Conflict where no first login is on record."""
    corrections.reasoned(why)
    if card.first_login_on is None:
        raise Conflict("Первый вход у работника не записан: исправлять нечего.")
    own = f"{subject(card)}.first_login_on"
    before: dict[str, object] = {own: card.first_login_on.isoformat()}
    card.first_login_on = None
    work.session.add(card)
    work.session.flush()
    audit.record(work, "person.first-login-undone", subject(card))
    return corrections.enter(work, Kind.FIRST_LOGIN, subject(card), card.organisation_id, why, before, {own: None})
