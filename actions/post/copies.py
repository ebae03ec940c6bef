"""Two installations of one origin must not send the same letters: a copied folder asks first, a second sender is noticed.

The audit log holds what is known, under the subject «installation»: where the data lie, what a person said of a change, and
that letters left which this database does not know.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable

from sqlalchemy import delete, func, select, update
from sqlmodel import col

from actions.context import Conflict, Work
from actions.log import audit
from actions.post import links
from models.audit import Event
from models.grant import EndedFor
from models.lease import Lease
from models.letters import OutboxLetter, OutboxState
from notifications.message_ids import drawn_at

PAGE = "/admin/copies"
COMMAND = "egisz-access settings this-is move|copy|alone"
_SUBJECT = "installation"
_PLACED, _MOVED, _COPIED, _DOUBLED, _ALONE = (
    f"installation.{each}" for each in ("placed", "moved", "copied", "doubled", "alone")
)
_FENCED = (
    "Письмо ждало отправки, когда была сделана копия данных, и с тех пор могло уйти. Само оно не уйдёт: посмотрите папку "
    "«Отправленные», дождитесь ответа или отметьте, дошло ли оно."
)


def settle_in(work: Work) -> None:
    """Note where a new installation lies. Nothing happens where that is known, or where it cannot be told (PostgreSQL)."""
    if work.policy.place and _last(work) is None:
        audit.record(work, _PLACED, _SUBJECT, place=work.policy.place)


def why_it_stands(work: Work) -> str:
    """Why no letter leaves and none is read, with what to do; "" when the post goes on."""
    last = _last(work)
    if last is not None and last.action == _DOUBLED:
        return (
            "Из этого ящика пишет ещё одна копия программы: пришёл ответ на письмо, которого в этой базе нет. Остановите копию; "
            "пока человек не подтвердит, что она одна, письма не уходят и не читаются."
        )
    if work.policy.place and _place(last) not in (None, work.policy.place):
        return (
            "Папка данных скопирована или перенесена. Если прежняя программа ещё работает, письма уйдут дважды. Пока человек "
            "не скажет, что это, письма не уходят и не читаются."
        )
    return ""


def is_moved(work: Work) -> bool:
    """Whether the data lie elsewhere than they did, and nobody has said what that is."""
    last = _last(work)
    return bool(work.policy.place) and _place(last) not in (None, work.policy.place)


def say_moved(work: Work) -> None:
    """A person says that the former place is not used any more: everything goes on. Raises Conflict when nothing was asked."""
    if not is_moved(work):
        raise Conflict("Папка данных лежит там же, где была: подтверждать нечего.")
    audit.record(work, _MOVED, _SUBJECT, place=work.policy.place)


def say_copied(work: Work) -> int:
    """A person says that both go on: this one sends nothing that the other may have sent, and its links end.

    Returns how many letters are uncertain now. Raises Conflict when nothing was asked.
    """
    if not is_moved(work):
        raise Conflict("Папка данных лежит там же, где была: подтверждать нечего.")
    fenced = fence(work, EndedFor.RESTORED)
    audit.record(work, _COPIED, _SUBJECT, place=work.policy.place, letters=fenced)
    return fenced


def say_alone(work: Work) -> None:
    """A person says that the other copy was stopped. Raises Conflict when nothing was asked."""
    last = _last(work)
    if last is None or last.action != _DOUBLED:
        raise Conflict("Второй копии никто не замечал: подтверждать нечего.")
    audit.record(work, _ALONE, _SUBJECT, place=_place(last))


def fence(work: Work, why: EndedFor) -> int:
    """What the origin of this copy may have sent since is uncertain, its links open nothing, its leases are nobody's.

    Returns how many letters are uncertain now.
    """
    waiting = (OutboxState.PROMISED, OutboxState.CLAIMED, OutboxState.SENDING)
    fenced = work.session.execute(
        update(OutboxLetter)
        .where(col(OutboxLetter.state).in_(waiting))
        .values(state=OutboxState.UNCERTAIN, error=_FENCED, lease_owner=None, lease_until=None)
        .returning(col(OutboxLetter.id))
        .execution_options(synchronize_session="fetch")
    ).scalars()
    numbers = [number for number in fenced if number is not None]
    for number in numbers:
        audit.record(work, "letter.uncertain", f"letter:{number}", why="copy")
    links.end_all(work, why)
    work.session.execute(delete(Lease))
    return len(numbers)


def put_back(work: Work, place: str) -> int:
    """A backup takes its place in the folder of this digest. Returns how many letters are uncertain now."""
    fenced = fence(work, EndedFor.RESTORED)
    audit.record(work, _COPIED, _SUBJECT, place=place, letters=fenced)
    return fenced


def notice(work: Work, message_ids: Iterable[str]) -> bool:
    """Whether these name a letter that left with our key and that this database does not know.

    One drawn before a backup was put back is what was lost with it; a later one was sent by another copy: the post stands.
    """
    unknown = {each: at for each in message_ids if (at := drawn_at(each, work.policy.link_secret)) is not None}
    if not unknown:
        return False
    query = select(col(OutboxLetter.message_id)).where(col(OutboxLetter.message_id).in_(list(unknown)))
    for known in work.session.execute(query).scalars():
        del unknown[known]
    if not unknown:
        return False
    last = _last(work)
    if max(unknown.values()) > _begun_again(work) and (last is None or last.action != _DOUBLED):
        audit.record(work, _DOUBLED, _SUBJECT, place=_place(last))
    return True


def _begun_again(work: Work) -> dt.datetime:
    """When this database last became what it is: put back from a backup, or told to be a copy or the only one."""
    query = select(func.max(col(Event.at))).where(
        ((col(Event.action) == "backup.restored") & (col(Event.subject) == "backups"))
        | ((col(Event.subject) == _SUBJECT) & col(Event.action).in_((_COPIED, _ALONE)))
    )
    at: dt.datetime | None = work.session.execute(query).scalar_one()
    return at or dt.datetime.min.replace(tzinfo=dt.UTC)


def _place(event: Event | None) -> str | None:
    return json.loads(event.data).get("place") if event is not None else None


def _last(work: Work) -> Event | None:
    query = select(Event).where(col(Event.subject) == _SUBJECT).order_by(col(Event.seq).desc()).limit(1)
    return work.session.execute(query).scalar_one_or_none()
