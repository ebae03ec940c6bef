"""A request as the caller saw it: a stale number of its revision is told, not written over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import Header, Request, Response

from actions.context import Conflict, NotFound, Work
from actions.requests import lookup
from models.request import AccessRequest, RequestLine, Status
from web.api.idempotency import once
from web.api.schemas.requests import RequestOut
from web.api.telling.requests import whole
from web.shell.problems import ApiProblem

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="Номер правки заявки, который вы видели: если он уже другой, ответ 409",
        examples=["3"],
    ),
]


def told_whole(work: Work, number: int) -> RequestOut:
    return whole(work, lookup.get(work, number))


def seen(work: Work, number: int, if_match: str | None) -> AccessRequest:
    """The request as the caller saw it. Raises the problem `stale` when it has changed since."""
    found = lookup.get(work, number)
    if if_match is not None and if_match.strip().strip('"') != str(found.revision):
        raise stale(work, found)
    return found


def draft(work: Work, number: int, if_match: str | None) -> AccessRequest:
    """Raises Conflict for what is no draft any more."""
    found = seen(work, number, if_match)
    if found.status is not Status.DRAFT:
        raise Conflict("Это меняют только в черновике. Сначала верните в него заявку: шаг edit или revise.")
    return found


def on_draft(
    request: Request, number: int, if_match: str | None, act: Callable[[Work, AccessRequest], object]
) -> Response:
    """What a call changes in a draft, as its caller saw it; the answer tells the request as it stands then."""

    def done(work: Work) -> RequestOut:
        found = draft(work, number, if_match)
        act(work, found)
        return whole(work, found)

    return once(request, done)


def stale(work: Work, found: AccessRequest) -> ApiProblem:
    """What changed: where the request stands now."""
    now = whole(work, found)
    return ApiProblem(
        "stale",
        f"Заявку {found.number} тем временем изменили: сейчас она в состоянии «{now.state_label}».",
        current={
            "state": now.state.value,
            "version": now.version,
            "revision": now.revision,
            "steps": [step.trigger for step in now.steps],
        },
    )


def lines_named(work: Work, found: AccessRequest, ids: Sequence[int]) -> list[RequestLine]:
    """Lines of these ids, none when none is named. Raises NotFound for a stranger's."""
    lines = {line.id: line for line in lookup.lines_of(work, found)}
    strange = [number for number in ids if number not in lines]
    if strange:
        raise NotFound(f"Строки № {strange[0]} в этой заявке нет.")
    return [lines[number] for number in ids]
