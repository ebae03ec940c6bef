"""A change of an organisation that was recorded by mistake: names, roles and open requests become what they would be without it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import col

from actions.cards import organisations
from actions.cards.organisation_names import NAMED
from actions.context import Conflict, Work
from actions.corrections import corrected_moves, corrections
from actions.corrections.corrected_moves import Act
from actions.corrections.corrections import Kind
from actions.corrections.standing import Values
from actions.log import audit
from actions.post import outbox
from actions.reviews import reorganising
from models.correction import Correction
from models.lengths import within
from models.letters import OutboxLetter
from models.organisation import Organisation, OrganisationChange
from models.request import AccessRequest
from models.text import fold, tidy
from states.statuses import ON_THE_WAY
from states.words.organisations import NAMES


def take_change_back(work: Work, change: OrganisationChange, *, why: str) -> Correction:
    """Raises Conflict, which names it, where something was built on the change that a person has to clear away first."""
    corrections.reasoned(why)
    if change.withdrawn_at is not None:
        raise Conflict(f"Изменение № {change.id} уже исправлено.")
    card = organisations.get(work, change.organisation_id)
    if change.successor_id is None:
        moved, follow = _of_card(work, card), _name_back(work, card, change)
    else:
        organisations.get(work, change.successor_id)  # who does not see it may not change what is there
        moved, follow = corrected_moves.went_along(work, change), corrected_moves.all_back(work, change)
    _refuse_on_its_way(work, change, moved)
    left = _left(work, change, moved)
    change.withdrawn_at, change.withdrawn_by, change.withdrawn_reason = (
        work.now,
        work.by,
        within(tidy(why), 4000, "Причина"),
    )
    work.session.add(change)
    before, after = follow()
    work.session.flush()
    audit.record(work, "organisation.change-undone", f"organisation:{card.id}", change=change.id)
    own = f"change:{change.id}.since"
    return corrections.enter(
        work,
        Kind.REORGANISATION,
        f"organisation:{card.id}",
        card.id,
        why,
        {own: change.since.isoformat()} | before,
        {own: None} | after,
        letters=left,
    )


def _name_back(work: Work, card: Organisation, change: OrganisationChange) -> Act:
    """Judged now, done when called."""
    later = [
        row for row in reorganising.changes(work, card) if (row.id or 0) > (change.id or 0) and not row.withdrawn_at
    ]
    if later:
        raise Conflict(
            f"С {later[0].since:%d.%m.%Y} записано ещё одно изменение (№ {later[0].id}), и оно держится на этом. "
            "Сначала исправьте его."
        )
    changed = [name for name in NAMED if change.before[name] != change.after[name]]
    for name in changed:
        if getattr(card, name) not in (change.before[name], change.after[name]):
            raise Conflict(
                f"{NAMES[name]} в карточке с тех пор изменили. Верните в карточке «{change.after[name]}», затем "
                "исправляйте запись."
            )
    if reorganising.is_anothers(work, card, change.before):
        raise Conflict("Прежние ИНН и КПП теперь стоят в другой карточке. Сначала исправьте их там.")

    def act() -> tuple[Values, Values]:
        own = {name: f"organisation:{card.id}.{name}" for name in changed}
        before: Values = {own[name]: getattr(card, name) for name in changed}
        for name in changed:
            setattr(card, name, change.before[name])
        card.fold = fold(f"{card.full_name} {card.short_name}")
        work.session.add(card)
        return before, {own[name]: change.before[name] for name in changed}

    return act


def _of_card(work: Work, card: Organisation) -> list[AccessRequest]:
    query = select(AccessRequest).where(col(AccessRequest.organisation_id) == card.id).order_by(col(AccessRequest.id))
    return list(work.session.execute(query).scalars())


def _refuse_on_its_way(work: Work, change: OrganisationChange, moved: Sequence[AccessRequest]) -> None:
    query = select(col(OutboxLetter.request_id)).where(
        col(OutboxLetter.request_id).in_([each.id for each in moved]),
        col(OutboxLetter.state).in_(ON_THE_WAY),
        col(OutboxLetter.purpose).in_(outbox.TO_DESK),
        col(OutboxLetter.promised_at) >= change.recorded_at,
    )
    waiting = work.session.execute(query.limit(1)).scalar()
    if waiting is not None:
        number = next(each.number for each in moved if each.id == waiting)
        raise Conflict(f"Письмо заявки {number} сейчас уходит в СТП. Дождитесь, когда оно уйдёт, или отзовите заявку.")


def _left(work: Work, change: OrganisationChange, moved: Sequence[AccessRequest]) -> list[int]:
    """Letters to the desk that named the organisation as the mistake had it."""
    letters: list[int] = []
    for request in moved:
        letters += corrections.left(work, request, change.recorded_at, col(OutboxLetter.purpose).in_(outbox.TO_DESK))
    return letters
