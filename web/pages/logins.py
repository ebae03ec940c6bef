"""An officer records an employee's login on his word, where the personal link did not help."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.cards import people
from actions.post import links
from actions.requests import lookup
from actions.steps import verification
from views.requests.places import line_address
from web.shell import Form, see_other, text, work_of

router = APIRouter()


@router.post("/requests/{number:int}/logins/{line_id:int}")
def record_login(request: Request, number: int, line_id: int, form: Form) -> Response:
    """A second click finds nothing awaited and is a conflict."""
    with work_of(request) as work:
        found = lookup.get(work, number)
        line = lookup.line_of(work, found, line_id)
        snils = people.of_line(work, line).snils
        proven = text(form, "purpose") == links.LOGIN_CHECK
        verification.record_logins(work, found, snils={snils}, proven=proven)
    return see_other(line_address(f"/requests/{number}", line.position))
