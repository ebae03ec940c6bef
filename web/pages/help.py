"""How to log in: open to everybody, for a phone and for the printer."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from catalog.help import load_help
from web.installed import installed
from web.rendering import page

router = APIRouter(prefix="/help")


@router.get("/login")
def login(request: Request) -> Response:
    """Nothing of this installation is told: only the regulation's own words and links."""
    installation = installed(request)
    return page(
        request, "help-login.html", help=load_help(installation.policy.own_catalog),
        subsystems=[entry for entry in installation.catalog.subsystems.values() if entry.link],
    )
