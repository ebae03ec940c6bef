"""One's own tokens for programs and addresses of the calendar: made, shown once, revoked."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.accounts import accounts, api_tokens
from actions.accounts.api_tokens import BadToken, Use
from actions.cards import organisation_choices
from actions.context import Conflict, Work
from models.account import ApiToken
from models.row_numbers import row_number
from web.shell import Form, own, page, reading, see_other, text, work_of

router = APIRouter(prefix="/account/tokens")
_DAYS = {"30": "30 дней", "90": "90 дней", "180": "полгода", "366": "год"}
_MOST_CHOICES = 300  # organisations of the list
_USES: dict[str, Use] = {"api": "api", "calendar": "calendar"}


@router.get("")
def show_tokens(request: Request) -> Response:
    with reading(request) as work:
        return _page(request, work)


@router.post("")
def create(request: Request, form: Form) -> Response:
    """The token stands on the answer and nowhere else; a reload makes another one only after the browser asks."""
    use, days = _USES.get(text(form, "use", 20), "api"), text(form, "days", 4)
    name = text(form, "name", 100) or ("Календарь" if use == "calendar" else "")
    with work_of(request) as work:
        try:
            account = accounts.get(work, own(request).id)
            if use == "api" and days not in _DAYS:
                raise BadToken("Выберите срок ключа.")
            of = row_number(text(form, "organisation", 18)) if use == "api" else None
            row, secret = api_tokens.create(
                work,
                account,
                use=use,
                name=name,
                days=int(days) if use == "api" else None,
                reads_only=use == "api" and text(form, "may", 10) != "all",
                organisation_id=of,
            )
        except (BadToken, Conflict) as wrong:
            return _page(request, work, 422, problem=str(wrong), typed=name, chosen=days)
        shown = f"{work.policy.page_url}/calendar/{secret}.ics" if use == "calendar" else secret
        return _page(request, work, made=row, secret=shown)


@router.post("/{number:int}/revoke")
def revoke(request: Request, number: int) -> Response:
    with work_of(request) as work:
        api_tokens.revoke(work, accounts.get(work, own(request).id), number)
    return see_other("/account/tokens")


def _page(
    request: Request,
    work: Work,
    status: int = 200,
    *,
    problem: str = "",
    typed: str = "",
    chosen: str = "180",
    made: ApiToken | None = None,
    secret: str = "",
) -> Response:
    account = accounts.get(work, own(request).id)
    mine = {card.id: card.called for card in organisation_choices.cards(work, "", limit=_MOST_CHOICES)}
    listed = {use: [(row, _state(work, row)) for row in api_tokens.of(work, account, use)] for use in _USES.values()}
    return page(
        request,
        "account/tokens.html",
        status=status,
        listed=listed,
        problem=problem,
        typed=typed,
        chosen=chosen or "180",
        days=_DAYS,
        organisations=mine,
        made=made,
        secret=secret,
    )


def _state(work: Work, row: ApiToken) -> tuple[str, str]:
    """(shape of a state, words)."""
    if row.revoked_at is not None:
        return "withdrawn", "отозван"
    return ("verified", "действует") if api_tokens.is_alive(work, row) else ("rejected", "срок вышел")
