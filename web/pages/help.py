"""Help: how a request goes and what to do when something does not; open to everybody, for a phone and for the printer."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from catalog.help import load_help
from models.request import Status
from states.turn import TURNS, Standing, turn_of
from states.words.accounts import ROLE_LABELS, ROLE_MEANINGS
from states.words.requests import MEANINGS, status_label
from web.shell import installed, page

router = APIRouter(prefix="/help")


@router.get("/")
def index(request: Request) -> Response:
    """Nothing of this installation is told but its links to the desk."""
    return page(
        request,
        "help/help.html",
        states=[(status, status_label(status), MEANINGS[status], _who(status)) for status in MEANINGS],
        roles=[(ROLE_LABELS[role], meaning) for role, meaning in ROLE_MEANINGS.items()],
        desk=installed(request).catalog.desk,
    )


def _who(status: Status) -> str:
    """Who moves while nothing out of the ordinary has happened."""
    turn = turn_of(Standing(status))
    word = TURNS[turn] if turn else "никто"
    return word if word.isupper() else word.lower()


@router.get("/login")
def login(request: Request) -> Response:
    """Nothing of this installation is told: only the regulation's own words and links."""
    installation = installed(request)
    return page(
        request,
        "help/help-login.html",
        help=load_help(installation.policy.own_catalog),
        subsystems=[entry for entry in installation.catalog.subsystems.values() if entry.link],
    )
