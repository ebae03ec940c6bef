"""Whether another copy of this installation may send the same letters: asked, and answered by the administrator."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.context import Conflict
from actions.post import copies
from web.shell import Form, page, reading, see_other, text, work_of

router = APIRouter(prefix=copies.PAGE)
_ACTS = {"move": copies.say_moved, "copy": copies.say_copied, "alone": copies.say_alone}


@router.get("")
def show_copies(request: Request, done: str = "") -> Response:
    return _page(request, done=done in _ACTS)


@router.post("")
def say_what_it_is(request: Request, form: Form) -> Response:
    """`what`: move, copy or alone. What was not asked changes nothing."""
    what = text(form, "what", 10)
    if what not in _ACTS:
        return _page(request, problem="Выберите один из ответов.")
    try:
        with work_of(request) as work:
            _ACTS[what](work)
    except Conflict as wrong:
        return _page(request, problem=str(wrong))
    return see_other(f"{copies.PAGE}?done={what}")


def _page(request: Request, *, problem: str = "", done: bool = False) -> Response:
    with reading(request) as work:
        return page(
            request,
            "admin/copies.html",
            status=409 if problem else 200,
            stands=copies.why_it_stands(work),
            moved=copies.is_moved(work),
            problem=problem,
            done=done,
        )
