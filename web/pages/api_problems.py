"""What the `type` of an API's problem leads to: one kind of error in words."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.context import NotFound
from web.shell import page
from web.shell.problems import KINDS

router = APIRouter()


@router.get("/api/problems/{code}")
def show_problem(request: Request, code: str) -> Response:
    if code not in KINDS:
        raise NotFound("Такого вида ошибок нет. Все они перечислены в описании API: /api/v1/openapi.json.")
    return page(request, "frame/api-problem.html", kind=KINDS[code])
