"""Organisations: the list, a card with its form and what the rules say of it, a new card out of the refbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.cards import organisation_choices, organisations
from actions.cards.organisation_names import named
from actions.cards.organisation_names import told as told_name
from actions.context import Work
from actions.reviews import reorganising
from catalog.rules import rules
from models.findings import Finding, Severity
from models.identifiers import BadIdentifier
from models.organisation import Organisation
from models.refbook import RefbookOrganisation
from models.row_numbers import row_number
from registry.store import is_loaded
from states.words.organisations import NAMES, REGISTRY
from states.words.requests import status_label
from views import checklist_progress
from views.board.cards import cards
from views.offers.card_fields import changed, parts, values_of
from views.organisations import listing
from views.organisations.offered import by_name
from views.requests import summary
from web.forms.organisation_cards import typed
from web.shell import Form, notice, own, page, reading, see_other, text, work_of
from web.shell.bodies import sought
from web.shell.sealed import address

router = APIRouter(prefix="/organisations")
_PAGE = 50
_REQUESTS = 50
_ONLY_ALL = (
    "Новые карточки заводит тот, кому видны все организации. Попросите администратора завести её и открыть вам: "
    "«Управление», «Пользователи»."
)
_STALE = "Карточку тем временем изменили. Сверьте поля с нынешними и сохраните ещё раз."


@dataclass(frozen=True, slots=True)
class Listing:
    """`after` and `before` are addresses of the neighbouring screens, "" at the ends."""

    lines: tuple[listing.Line, ...]
    count: int
    first: int
    before: str
    after: str


@router.get("")
def show_organisations(request: Request, text: str = "", start: str = "") -> Response:
    wanted = sought(text)
    offset = row_number(start) or 0
    with reading(request) as work:
        count, found = listing.listed(work, wanted, limit=_PAGE, offset=offset)
        shown = Listing(
            tuple(listing.lines(work, found)),
            count,
            offset + 1,
            _at(request, wanted, offset - _PAGE) if offset else "",
            _at(request, wanted, offset + _PAGE) if offset + _PAGE < count else "",
        )
        return page(
            request, "organisations/organisations.html", it=shown, text=wanted, all_seen=own(request).only_of is None
        )


def _at(request: Request, wanted: str, offset: int) -> str:
    return address(request, "/organisations", [("text", wanted), ("start", str(max(offset, 0) or ""))])


@router.get("/new")
def ask_new(request: Request, text: str = "") -> Response:
    return _new(request, sought(text))


@router.post("/new")
def open_new(request: Request, form: Form) -> Response:
    """From a record of the refbook, or an empty card by its ИНН."""
    if own(request).only_of is not None:
        return notice(request, 403, _ONLY_ALL)
    record, inn = row_number(text(form, "record", 12)), text(form, "inn", 40)
    try:
        with work_of(request) as work:
            if record is not None:
                number = organisation_choices.open_record(work, record).id
            else:
                number = organisation_choices.open_inn(work, inn).id
    except BadIdentifier as wrong:
        return _new(request, inn, str(wrong), 422)
    return see_other(f"/organisations/{number}")


def _new(request: Request, wanted: str, problem: str = "", status: int = 200) -> Response:
    if own(request).only_of is not None:
        return notice(request, 403, _ONLY_ALL)
    with reading(request) as work:
        records: Sequence[RefbookOrganisation] = (
            organisation_choices.records(work, wanted, limit=30) if len(wanted) > 2 else ()
        )
        known = organisation_choices.cards(work, wanted, limit=10) if len(wanted) > 2 else ()
        return page(
            request,
            "organisations/new.html",
            status=status,
            text=wanted,
            records=records,
            known=known,
            problem=problem,
            loaded=is_loaded(work.session),
        )


@router.get("/{number:int}")
def show_organisation(request: Request, number: int, saved: str = "") -> Response:
    with reading(request) as work:
        return _card(request, work, organisations.get(work, number), saved=saved == "1")


@router.post("/{number:int}")
def change_organisation(request: Request, number: int, form: Form) -> Response:
    """Only what was changed is written; with anything wrong nothing is, and all of it is told at once."""
    with work_of(request) as work:
        card = organisations.get(work, number)
        given = typed(form, parts(work.catalog))
        values = changed(values_of(card), given, card)
        if text(form, "seen", 40) != organisations.fingerprint(card):
            return _card(request, work, card, 409, given, {"": _STALE})
        wrong = organisations.problems(work, card, values)
        if wrong:
            return _card(request, work, card, 422, given, wrong)
        if values:
            organisations.change(work, card, values)
    return see_other(f"/organisations/{number}?saved=1")


_TONES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.ADVICE: "advice"}


def card_page(
    request: Request, work: Work, card: Organisation, status: int, *, problem: str, typed: FormData
) -> Response:
    """The card with what was wrong with a change above its forms, and what was typed in them."""
    kept = {name: value for name, value in typed.items() if isinstance(value, str)}
    return _card(request, work, card, status, problem=problem, retyped=kept)


def _card(
    request: Request,
    work: Work,
    card: Organisation,
    status: int = 200,
    given: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
    *,
    saved: bool = False,
    problem: str = "",
    retyped: Mapping[str, str] | None = None,
) -> Response:
    found = summary.listed(work, inn=card.inn, limit=_REQUESTS + 1)
    mine = [(each, organisation) for each, organisation in found if organisation.id == card.id]
    told: list[Finding] = organisations.findings(work, card)
    return page(
        request,
        "organisations/organisation.html",
        status=status,
        card=card,
        reason=rules()["ORG-13"],
        parts=parts(work.catalog),
        changes=reorganising.changes(work, card),
        named=named(card),
        labels=NAMES,
        told=told_name,
        others=by_name(work, but=card),
        problem=problem,
        retyped=retyped or {},
        values=given or values_of(card),
        wrong=wrong or {},
        seen=organisations.fingerprint(card),
        saved=saved,
        registry=REGISTRY[organisations.registry_of(work, card)],
        findings=told,
        tones=_TONES,
        rules=rules(),
        lists=[view for view in checklist_progress.lists_of(work, card.id or 0) if view.opened],
        cards=cards(work, mine[:_REQUESTS]),
        more=len(found) > _REQUESTS,
        label=status_label,
    )
