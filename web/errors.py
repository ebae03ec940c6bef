"""What goes wrong in the house becomes a page with its status, in one place."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from actions.accounts import BadAccount
from actions.context import Conflict, NotFound
from actions.passwords import WeakPassword
from actions.personal import LinkSpent
from actions.steps import NotAllowed
from models.identifiers import BadIdentifier
from states.lifecycle import Refused
from web.findings import grouped
from web.headers import ALWAYS
from web.rendering import page

_TITLES = {
    403: "Сюда нельзя",
    404: "Такой страницы нет",
    405: "Так эту страницу не открыть",
    409: "Тем временем всё изменилось",
    410: "Ссылка больше не действует",
    413: "Слишком большой файл",
    422: "Проверьте введённое",
    429: "Слишком много попыток",
}
_TEXTS = {
    404: "Проверьте адрес или вернитесь к списку заявок.",
    405: "Вернитесь и нажмите кнопку ещё раз.",
}


def notice(request: Request, status: int, text: str) -> HTMLResponse:
    """A page that says what happened and what to do."""
    title = _TITLES.get(status, "Не получилось")
    return page(request, "notice.html", status=status, title=title, text=text)


def _says(status: int) -> Callable[[Request, Exception], HTMLResponse]:
    """For errors whose text is a Russian sentence for the reader."""

    def handler(request: Request, error: Exception) -> HTMLResponse:
        return notice(request, status, str(error))

    return handler


def _refused(request: Request, error: Exception) -> HTMLResponse:
    assert isinstance(error, Refused)
    return page(request, "refused.html", status=422, groups=grouped(error.findings), back=None)


def _http(request: Request, error: Exception) -> HTMLResponse:
    assert isinstance(error, HTTPException)
    spoken = error.detail if any("а" <= letter <= "я" for letter in error.detail.lower()) else ""
    return notice(request, error.status_code, spoken or _TEXTS.get(error.status_code, "Вернитесь и попробуйте снова."))


def _broken(request: Request, error: Exception) -> HTMLResponse:
    """Made outside every middleware of ours, so it is dressed here."""
    text = "Ошибка в программе. Ничего не записано. Повторите, а если не пройдёт – сообщите администратору."
    answer = notice(request, 500, text)
    answer.headers.update(ALWAYS)
    return answer


def register(app: FastAPI) -> None:
    statuses: dict[type[Exception], int] = {
        BadAccount: 422, WeakPassword: 422, NotFound: 404, Conflict: 409, NotAllowed: 403, LinkSpent: 410, BadIdentifier: 422,
    }
    for kind, status in statuses.items():
        app.add_exception_handler(kind, _says(status))
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)
