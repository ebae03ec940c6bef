"""What officers and managers write to each other about a request."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from actions.accounts import accounts
from actions.context import Work
from actions.requests import lookup
from actions.steps import comments
from actions.steps.comments import BadComment
from models.request import AccessRequest
from models.row_numbers import row_number
from views.requests.dossier import heading
from web.shell import Form, looked, page, reading, see_other, text, work_of

router = APIRouter()
_AT = "/requests/{number:int}/comments"


@router.get(_AT)
def show_comments(request: Request, number: int) -> Response:
    with reading(request) as work:
        found = lookup.get(work, number)
        answer = _page(request, work, found)
    looked(request, "request.viewed", lookup.subject(found), part="comments")
    return answer


@router.post(_AT)
def add_comment(request: Request, number: int, form: Form) -> Response:
    """The same words sent twice from one page are one comment."""
    after = text(form, "after", 18)

    def write(work: Work, found: AccessRequest) -> None:
        comments.add(work, found, text(form, "text"), after=row_number(after))

    return _written(request, number, write, text(form, "text"))


@router.post(_AT + "/{comment_id:int}/remove")
def remove_comment(request: Request, number: int, comment_id: int) -> Response:
    return _written(request, number, lambda work, found: comments.remove(work, found, comment_id))


def _written(request: Request, number: int, write: Callable[[Work, AccessRequest], None], typed: str = "") -> Response:
    """With htmx the list as it is now, so that what others wrote meanwhile is seen too; else back to the request."""
    with work_of(request) as work:
        found = lookup.get(work, number)
        try:
            write(work, found)
        except BadComment as problem:
            return _page(request, work, found, 422, str(problem), typed)
        if "hx-request" in request.headers:
            return _page(request, work, found)
    return see_other(f"/requests/{number}#comments")


def _page(
    request: Request, work: Work, found: AccessRequest, status: int = 200, problem: str = "", typed: str = ""
) -> Response:
    said = comments.of(work, found)
    return page(
        request,
        "requests/request-comments.html",
        status=status,
        it=heading(work, found),
        comments=said,
        names=accounts.names(work, {comment.by for comment in said}),
        problem=problem,
        typed=typed,
    )
