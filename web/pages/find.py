"""Where every search form sends its words: they travel in a body, the answer leads to the page with a token for them."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response

from actions.context import NotFound
from web.shell import Form, see_other
from web.shell.bodies import sought
from web.shell.door import own_address
from web.shell.sealed import address

router = APIRouter()
_FIELDS = 30


@router.post("/find")
def find(request: Request, form: Form) -> Response:
    """It changes nothing, so whoever may look may look for something."""
    wanted = urlsplit(str(form.get("to", "")))
    if own_address(wanted.path) != wanted.path or wanted.path.startswith("/find"):
        raise NotFound("Искать здесь нельзя: вернитесь на страницу и повторите.")
    said = [(name, sought(value)) for name, value in form.multi_items() if isinstance(value, str) and name != "to"]
    return see_other(address(request, wanted.path, said[:_FIELDS]))
