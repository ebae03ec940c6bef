"""For whom a request is: cards on record first, then the refbook; a card is opened from a record or by its ИНН."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from actions.cards import organisations
from actions.context import EVERYWHERE, Conflict, NotFound, Work
from models.identifiers import inn_digits
from models.organisation import Organisation
from models.refbook import RefbookOrganisation
from models.text import fold
from registry import store


def cards(work: Work, text: str = "", *, limit: int = 9) -> Sequence[Organisation]:
    """By words of the name, ИНН, ОГРН or OID, the newest first; those that the user may see."""
    query = select(Organisation).order_by(col(Organisation.id).desc()).limit(limit)
    wanted, number = fold(text), text.strip()
    if wanted:
        named = [col(Organisation.fold).contains(word, autoescape=True) for word in wanted.split()]
        query = query.where(or_(_all_of(named), *(column == number for column in _NUMBERS)))
    return work.session.execute(query).scalars().all()


_NUMBERS = (col(Organisation.inn), col(Organisation.ogrn), col(Organisation.oid))


def _all_of(parts: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    first, *rest = parts
    for part in rest:
        first = first & part
    return first


def records(work: Work, text: str, *, limit: int = 15) -> list[RefbookOrganisation]:
    """Records of the refbook in force that have an ИНН and no card yet."""
    found = [row for row in store.find(work.session, text, limit=limit * 2, active_only=True) if row.inn]
    known = _carded(work, [row.inn for row in found])
    return [row for row in found if (row.inn, row.kpp or "") not in known and (row.inn, "") not in known][:limit]


def _carded(work: Work, inns: Sequence[str]) -> set[tuple[str, str]]:
    """ИНН and КПП of every card, seen by the user or not."""
    query = select(col(Organisation.inn), col(Organisation.kpp)).where(col(Organisation.inn).in_(inns))
    return set(work.session.execute(query, execution_options=EVERYWHERE).tuples())


def open_record(work: Work, record_id: int) -> Organisation:
    """The card of a refbook record, made from it when new; a branch has its own. Raises NotFound, Conflict when it is hidden."""
    record = work.session.get(RefbookOrganisation, record_id)
    if record is None or not record.inn:
        raise NotFound("Такой записи в справочнике уже нет: он обновился. Поищите организацию снова.")
    if (record.inn, record.kpp or "") in _carded(work, [record.inn]):
        query = select(Organisation).where(
            col(Organisation.inn) == record.inn, col(Organisation.kpp) == (record.kpp or "")
        )
        found: Organisation | None = work.session.execute(query.limit(1)).scalar_one_or_none()
        if found is None:
            raise Conflict(organisations.NOT_YOURS)
        return found
    return organisations.card_of(work, record)


def open_inn(work: Work, inn: object) -> Organisation:
    """The card of that ИНН, from the refbook where it is there. Raises BadIdentifier (APP-9), Conflict when it is hidden."""
    digits = inn_digits(inn)
    if organisations.find(work, digits) is None and _carded(work, [digits]):
        raise Conflict(organisations.NOT_YOURS)
    return organisations.card(work, digits)
