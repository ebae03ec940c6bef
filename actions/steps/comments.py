"""Comments on a request: officers and managers write to each other; a removed one keeps its place."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlmodel import col

from actions.context import Conflict, NotFound, Work
from actions.log import audit
from actions.requests import lookup
from actions.steps.taking import NotAllowed
from models.comment import Comment
from models.request import AccessRequest
from refusals import Refusal

MOST_LETTERS = 4000


class BadComment(Refusal, ValueError):
    """What a comment cannot be; the text says in Russian why."""


def of(work: Work, request: AccessRequest) -> Sequence[Comment]:
    """Oldest first."""
    query = select(Comment).where(col(Comment.request_id) == request.id).order_by(col(Comment.id))
    return work.session.execute(query).scalars().all()


def count(work: Work, request: AccessRequest) -> int:
    """Without the removed ones."""
    query = select(func.count()).where(col(Comment.request_id) == request.id, col(Comment.removed_at).is_(None))
    return int(work.session.execute(query).scalar_one())


def add(work: Work, request: AccessRequest, text: str, *, after: int | None = None) -> Comment:
    """`after` is the last comment that the writer saw: the same words sent twice by him are one comment.

    Raises BadComment, Conflict for a request whose data are erased.
    """
    words = text.strip()
    if not words:
        raise BadComment("Впишите текст: пустой комментарий не сохраняется.")
    if len(words) > MOST_LETTERS:
        raise BadComment(
            f"В комментарии {len(words)} знаков, а можно до {MOST_LETTERS}. Сократите его или приложите файл."
        )
    if request.erased_on is not None:
        raise Conflict("Данные этой заявки уже стёрты по сроку хранения. Комментарии к ней больше не пишут.")
    if after is not None:  # two clicks at the same moment come one by one
        work.session.execute(select(col(AccessRequest.id)).where(col(AccessRequest.id) == request.id).with_for_update())
    again = _sent_before(work, request, words, after)
    if again is not None:
        return again
    comment = Comment(request_id=request.id or 0, at=work.now, by=work.by, text=words)
    work.session.add(comment)
    work.session.flush()
    audit.record(work, "comment.added", lookup.subject(request), comment=comment.id)
    return comment


def _sent_before(work: Work, request: AccessRequest, words: str, after: int | None) -> Comment | None:
    if after is None:
        return None
    query = select(Comment).where(
        col(Comment.request_id) == request.id,
        col(Comment.id) > after,
        col(Comment.by) == work.by,
        col(Comment.text) == words,
    )
    return work.session.execute(query.limit(1)).scalar_one_or_none()


def remove(work: Work, request: AccessRequest, comment_id: int) -> None:
    """The words go, the place stays. Raises NotFound, NotAllowed for another's, Conflict when it is gone already."""
    comment = work.session.get(Comment, comment_id)
    if comment is None or comment.request_id != request.id:
        raise NotFound("Такого комментария у этой заявки нет.")
    if comment.by != work.by:
        raise NotAllowed("Убрать можно только свой комментарий.")
    if comment.removed_at is not None:
        raise Conflict("Этот комментарий уже убран. Обновите страницу.")
    comment.text, comment.removed_at = "", work.now
    work.session.flush()
    audit.record(work, "comment.removed", lookup.subject(request), comment=comment_id)


def erase(work: Work, request_id: int | None, *, authors: bool = True) -> None:
    """The words go with the request's personal data, the names of their authors too unless `authors` is false."""
    gone = {"text": "", "by": ""} if authors else {"text": ""}
    work.session.execute(
        update(Comment)
        .where(col(Comment.request_id) == request_id)
        .values(**gone)
        .execution_options(synchronize_session=False)
    )
