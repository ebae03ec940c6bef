"""Words that colleagues leave at a request."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.requests import lookup
from actions.steps import comments
from models.comment import Comment
from web.api.door import token_of
from web.api.idempotency import once
from web.api.schemas.drafts import CommentIn
from web.api.schemas.requests import CommentOut
from web.shell import looked, reading

router = APIRouter(tags=["Заявки"])


@router.get("/requests/{number}/comments", operation_id="listComments", summary="Комментарии к заявке")
def list_comments(request: Request, number: int) -> list[CommentOut]:
    """От старых к новым; от убранного остаётся место."""
    with reading(request) as work:
        found = [comment_told(each) for each in comments.of(work, lookup.get(work, number))]
    if found:
        looked(request, "request.viewed", f"request:{number}", token=token_of(request), part="comments")
    return found


@router.post(
    "/requests/{number}/comments",
    operation_id="addComment",
    summary="Написать комментарий",
    status_code=201,
    response_model=CommentOut,
)
def add_comment(request: Request, number: int, body: CommentIn) -> Response:
    """Пишут ответственные и руководители."""
    return once(request, lambda work: comment_told(comments.add(work, lookup.get(work, number), body.text)), status=201)


@router.delete(
    "/requests/{number}/comments/{comment}",
    operation_id="removeComment",
    summary="Убрать свой комментарий",
    status_code=204,
)
def remove_comment(request: Request, number: int, comment: int) -> Response:
    """Слова стираются, место остаётся."""
    return once(request, lambda work: comments.remove(work, lookup.get(work, number), comment))


def comment_told(comment: Comment) -> CommentOut:
    return CommentOut(
        id=comment.id or 0, at=comment.at, by=comment.by, text=comment.text, removed=comment.removed_at is not None
    )
