"""Where applications go today, and whether somebody has confirmed that address."""

from __future__ import annotations

from sqlalchemy import select
from sqlmodel import col

from actions.context import Conflict, Work
from actions.log import audit
from models.audit import Event

_CONFIRMED = "desk.address-confirmed"
HELD = "Письмо ждёт: адрес службы поддержки ещё не подтверждён"
PAGE = "/desk"  # where it is confirmed
COMMAND = "egisz-access settings confirm-desk"


def address(work: Work) -> str:
    """The setting, else the catalogue's address by date."""
    if work.policy.desk_address:
        return work.policy.desk_address
    today = work.now.date()
    known = [entry for entry in work.catalog.desk.destinations if entry.since <= today]
    return max(known, key=lambda entry: entry.since).address


def is_confirmed(work: Work, where: str | None = None) -> bool:
    """The regulation's address is stale and the newer one undated: a person says yes once for each address."""
    return confirmation(work, where or address(work)) is not None


def confirmation(work: Work, where: str) -> Event | None:
    """Who said yes to this address, and when."""
    query = select(Event).where(col(Event.action) == _CONFIRMED, col(Event.subject) == f"desk:{where}")
    return work.session.execute(query.order_by(col(Event.seq)).limit(1)).scalar_one_or_none()


def confirmed(work: Work) -> list[str]:
    """Every address that a person has said yes to."""
    query = select(col(Event.subject)).where(col(Event.action) == _CONFIRMED)
    return [subject.removeprefix("desk:") for subject in work.session.execute(query.distinct()).scalars()]


def confirm(work: Work) -> None:
    if not is_confirmed(work):
        audit.record(work, _CONFIRMED, f"desk:{address(work)}")


def confirm_address(work: Work, typed: str) -> None:
    """Raises Conflict when it is not the address that letters go to now: the one who confirms has to have looked."""
    if typed.strip().casefold() != address(work).casefold():
        raise Conflict(
            f"Сейчас заявки идут на {address(work)}, а подтверждают {typed.strip() or 'пустой адрес'}. Сверьте адрес СТП; другой "
            "записывают в настройках: раздел [mail], ключ desk_address."
        )
    confirm(work)


def held_told(work: Work) -> str:
    """What is said beside letters that wait for a person's yes, with the command that gives it."""
    return f"{HELD}. Сверьте адрес {address(work)} и подтвердите его: страница {work.policy.page_url}{PAGE} или {COMMAND} {address(work)}"


def unconfirmed(work: Work) -> str:
    """What is said while letters wait for a person's yes; "" when nothing waits for it."""
    if is_confirmed(work):
        return ""
    return (
        f"Адрес СТП {address(work)} ещё никто не подтвердил: ни одно письмо не уходит, приглашения и напоминания тоже. Сверьте "
        "адрес с инструкцией и порталом и подтвердите его один раз."
    )
