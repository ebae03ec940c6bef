"""The second step: for whom. Cards on record first, then the register's own records; the draft exists from here on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.cards import organisation_choices, organisations
from actions.context import Conflict, NotFound, Work
from actions.requests import drafting
from catalog.kinds import RequestKind
from models.identifiers import BadIdentifier, inn_digits
from models.organisation import Organisation
from models.refbook import RefbookOrganisation
from models.request import AccessRequest
from models.row_numbers import row_number
from registry.store import is_loaded
from views.offers.kind_choices import offered
from views.requests.drafts import drafts_of, next_page
from web.shell import Form, own, page, reading, see_other, text, work_of
from web.shell.bodies import sought

router = APIRouter()
_AT = "/requests/new/organisation"
_ONLY_OWN = (
    "Вы ведёте заявки только своих организаций. Новую карточку заводит ответственный, который видит все организации, а "
    "открывает её вам администратор: «Управление», «Пользователи»."
)


@dataclass(frozen=True, slots=True)
class CardView:
    """`drafts`: drafts of this kind that it has already."""

    card: Organisation
    drafts: tuple[AccessRequest, ...]


@router.get(_AT)
def choose_organisation(request: Request, kind: str = "", text: str = "") -> Response:
    with reading(request) as work:
        chosen = _kind(work, kind)
        if chosen is None:
            return see_other("/requests/new")
        return _page(request, work, chosen, sought(text))


@router.post(_AT)
def begin(request: Request, form: Form) -> Response:
    """From a card, a record of the register, or an ИНН. The draft is kept from this moment."""
    user = own(request)
    with work_of(request) as work:
        kind = _kind(work, text(form, "kind", 60))
        if kind is None:
            raise NotFound("Такого вида заявки сейчас нет. Выберите вид заново.")
        try:
            with work.session.begin_nested():
                card = _card(work, form, may_open=user.only_of is None)
                made = drafting.begin(work, kind=kind.code, organisation_id=card.id or 0)
                target = next_page(work, made, "organisation")
        except BadIdentifier as wrong:
            return _page(request, work, kind, text(form, "inn", 40), 422, str(wrong))
        except Conflict as wrong:
            return _page(request, work, kind, text(form, "inn", 40), 409, str(wrong))
    return see_other(target)


def _card(work: Work, form: FormData, *, may_open: bool) -> Organisation:
    """Raises BadIdentifier, Conflict when he may not, NotFound."""
    number, record = row_number(text(form, "card", 18)), row_number(text(form, "record", 18))
    if number is not None:
        return organisations.get(work, number)
    if not may_open:
        raise Conflict(_ONLY_OWN)
    if record is not None:
        return organisation_choices.open_record(work, record)
    return organisation_choices.open_inn(work, text(form, "inn", 40))


def _kind(work: Work, code: str) -> RequestKind | None:
    return next((kind for kind in offered(work.catalog, work.now.date()) if kind.code == code), None)


def _page(
    request: Request, work: Work, kind: RequestKind, wanted: str, status: int = 200, problem: str = ""
) -> Response:
    may_open = own(request).only_of is None
    cards = organisation_choices.cards(work, wanted, limit=30 if wanted else 12)
    records: Sequence[RefbookOrganisation] = organisation_choices.records(work, wanted) if len(wanted) > 2 else ()
    drafts = drafts_of(work, kind.code, [card.id or 0 for card in cards])
    return page(
        request,
        "wizard/organisation.html",
        status=status,
        kind=kind,
        wanted=wanted,
        problem=problem,
        cards=[CardView(card, tuple(drafts.get(card.id or 0, ()))) for card in cards],
        records=records,
        inn="" if cards or records else _inn(wanted),
        loaded=is_loaded(work.session),
        may_open=may_open,
        only_own=_ONLY_OWN,
    )


def _inn(wanted: str) -> str:
    """What was searched for, when it is an ИНН: then a card can be opened by it at once."""
    try:
        return inn_digits(wanted)
    except BadIdentifier:
        return ""
