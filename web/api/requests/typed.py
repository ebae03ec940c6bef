"""What a call says of people and who signs, as a draft takes it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from actions.cards import organisation_choices, organisations
from actions.context import NotFound, Work
from catalog.kinds import RequestKind
from models.facts import LineFacts, RoleRef, SignatureFacts
from models.identifiers import BadIdentifier, snils_digits
from models.organisation import Organisation
from views.offers.line_questions import usual_roles
from web.api.schemas.drafts import PersonIn, SignerIn
from web.shell.problems import invalid


def card_of(work: Work, inn: str, kpp: str | None) -> Organisation:
    """On record, or made from the refbook when new; with a КПП only the card that bears it."""
    if kpp:
        found = organisations.find(work, inn, kpp)
        if found is None:
            raise NotFound("Карточки с такими ИНН и КПП нет.")
        return found
    return organisation_choices.open_inn(work, inn)


def signer_of(given: SignerIn) -> SignatureFacts:
    return SignatureFacts(**given.model_dump())


def lines_of(work: Work, kind: RequestKind, card: Organisation, given: Sequence[PersonIn]) -> list[LineFacts]:
    return [_line(work, kind, card, person, row) for row, person in enumerate(given, 1)]


def _line(work: Work, kind: RequestKind, card: Organisation, given: PersonIn, row: int) -> LineFacts:
    values = given.model_dump(exclude={"roles", "confirmed", "first_login_on", "snils", "until"})
    noon = dt.time(12, tzinfo=dt.UTC)
    return LineFacts(
        **values,
        snils=_digits(given.snils),
        roles=tuple(_roles(work, kind, card, given, row)),
        row=row,
        confirmed=tuple(given.confirmed),
        asked_until=given.until.isoformat() if given.until else "",
        first_login_on=dt.datetime.combine(given.first_login_on, noon) if given.first_login_on else None,
    )


def _digits(typed: str) -> str:
    """As typed when it is none: the check says what is wrong with it."""
    try:
        return snils_digits(typed)
    except BadIdentifier:
        return typed


def _roles(work: Work, kind: RequestKind, card: Organisation, given: PersonIn, row: int) -> Sequence[RoleRef]:
    if not kind.roles_asked:
        return []
    if given.roles is None:
        return usual_roles(kind, work.catalog, organisations.facts_of(work, card))
    known = {(code, role.code) for code, entry in work.catalog.subsystems.items() for role in entry.roles}
    for place, each in enumerate(given.roles):
        if (each.subsystem, each.role) not in known:
            raise invalid(f"people.{row - 1}.roles.{place}", "Такой роли нет. Коды – в /catalog/subsystems.")
    return list(dict.fromkeys(RoleRef(each.subsystem, each.role) for each in given.roles))
