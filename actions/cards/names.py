"""What an employee is called, and on which day he was called what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlmodel import col

from actions.cards.people import name_of, owners_of, set_address, set_name, subject
from actions.context import Conflict, Work
from actions.log import audit
from models.employee import Employee, FormerName
from models.facts import FullName
from models.identifiers import BadIdentifier
from models.lengths import within
from models.moments import MOSCOW
from models.text import fold, tidy
from states.rules.emails import email_problem

_AT_ONCE = 500
_UNITS = ("hr", "maintenance", "other")


class Names:
    """Names of these employees on any day; one query, whoever asks and however often."""

    def __init__(self, work: Work, cards: Iterable[Employee]) -> None:
        self._former: dict[int, list[FormerName]] = {}
        ids = {card.id for card in cards}
        query = (
            select(FormerName)
            .join(Employee, col(Employee.id) == col(FormerName.employee_id))  # by which the user's view is narrowed
            .where(col(FormerName.until).is_not(None))
            .order_by(col(FormerName.until))
        )
        if len(ids) <= _AT_ONCE:  # those who changed their name are few: of a crowd all are read
            query = query.where(col(FormerName.employee_id).in_(ids))
        for row in work.session.execute(query).scalars() if ids else ():
            self._former.setdefault(row.employee_id, []).append(row)

    def on(self, card: Employee, day: dt.date) -> str:
        """ "" once it is erased."""
        for former in self._former.get(card.id or 0, ()):
            if former.until is not None and day < former.until:
                return former.name
        return card.name

    def at(self, card: Employee, moment: dt.datetime) -> str:
        """By the Moscow calendar."""
        return self.on(card, moment.astimezone(MOSCOW).date())


def former_names(work: Work, card: Employee) -> list[FormerName]:
    """The latest first, typing errors too."""
    query = select(FormerName).where(col(FormerName.employee_id) == card.id).order_by(col(FormerName.id).desc())
    return list(work.session.execute(query).scalars())


def rename(work: Work, card: Employee, name: FullName, *, since: dt.date, ground: str = "") -> FormerName:
    """He bears another name from that day on; before it he keeps the old one everywhere.

    Raises BadIdentifier for no name or a wrong day, Conflict for the name that he bears already.
    """
    today = work.now.astimezone(MOSCOW).date()
    if since > today:
        raise BadIdentifier(f"День смены имени {since:%d.%m.%Y} ещё не наступил. Запишите смену, когда имя сменится.")
    last = max((row.until for row in former_names(work, card) if row.until is not None), default=None)
    if last is not None and since <= last:
        raise BadIdentifier(
            f"С {last:%d.%m.%Y} уже записана другая смена имени. День новой должен быть позже: сверьте его с документом."
        )
    return _renamed(work, card, name, since, ground, "person.renamed")


def correct(work: Work, card: Employee, name: FullName, *, ground: str = "") -> FormerName:
    """The card held a typing error. Raises BadIdentifier for no name, Conflict for the name that stands there already."""
    return _renamed(work, card, name, None, ground, "person.name-corrected")


def _renamed(work: Work, card: Employee, name: FullName, until: dt.date | None, ground: str, action: str) -> FormerName:
    parts = (("Фамилия", name.surname), ("Имя", name.given), ("Отчество", name.patronymic))
    name = FullName(*(within(tidy(part), 100, what) for what, part in parts))
    if not name.surname or not name.given:
        raise BadIdentifier("Укажите фамилию и имя: без них имя не запишешь.")
    if name == name_of(card):
        raise Conflict("Это имя уже стоит в карточке работника.")
    row = FormerName(
        employee_id=card.id or 0,
        surname=card.surname,
        given=card.given,
        patronymic=card.patronymic,
        fold=card.fold,
        next_surname=name.surname,
        next_given=name.given,
        next_patronymic=name.patronymic,
        until=until,
        ground=within(tidy(ground), 300, "Основание"),
        recorded_at=work.now,
        recorded_by=work.by,
    )
    set_name(card, name)
    card.stated_on = card.stated_on or work.now
    work.session.add_all((card, row))
    work.session.flush()
    audit.record(work, action, subject(card), former=row.id, since=until.isoformat() if until else None)
    return row


def change(work: Work, card: Employee, values: Mapping[str, str | None]) -> Employee:
    """Address, post and unit as the organisation says them from now on; requests keep what their lines say.

    Raises BadIdentifier for an address that is none or another's (APP-6, APP-14), and for an unknown unit.
    """
    wanted = {name: tidy(value or "") for name, value in values.items() if value is not None}
    changed = [name for name, value in wanted.items() if value != (getattr(card, name) or "")]
    if "email" in changed:
        _change_address(work, card, wanted["email"])
    if "post" in changed:
        card.post = within(wanted["post"], 300, "Должность")
    if "unit" in changed:
        if wanted["unit"] not in ("", *_UNITS):
            raise BadIdentifier(f"Службы «{wanted['unit']}» нет. Есть: {', '.join(_UNITS)}.")
        card.unit = wanted["unit"] or None
    if changed:
        card.stated_on = card.stated_on or work.now
        work.session.add(card)
        work.session.flush()
        audit.record(work, "person.changed", subject(card), fields=sorted(changed))
    return card


def _change_address(work: Work, card: Employee, email: str) -> None:
    problem = email_problem(email) if email else ""
    if problem:
        raise BadIdentifier(problem)
    owner = owners_of(work, [email]).get(fold(email)) if email else None
    if owner is not None and owner != card.snils:
        raise BadIdentifier(f"Адрес {email} записан за другим работником. Укажите свой.")
    set_address(card, email, None)
