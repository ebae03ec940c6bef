"""What goes wrong in the house becomes a page with its status, in one place."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse

from actions.accounts.accounts import BadAccount
from actions.accounts.passwords import WeakPassword
from actions.context import Conflict, NotFound
from actions.steps.personal import LinkSpent
from actions.steps.taking import NotAllowed
from catalog import CatalogError
from models.identifiers import BadIdentifier
from models.row_numbers import row_number
from sandbox import Unavailable
from states.lifecycle import Refused
from views.requests.findings import grouped
from web.shell.headers import always
from web.shell.rendering import page
from wiring.database import is_busy
from wiring.practice import WrongFolder

_TITLES = {
    403: "Сюда нельзя",
    404: "Такой страницы нет",
    405: "Так эту страницу не открыть",
    408: "Слишком медленно",
    409: "Тем временем всё изменилось",
    410: "Ссылка больше не действует",
    413: "Слишком большой файл",
    422: "Проверьте введённое",
    429: "Слишком много попыток",
    503: "Сейчас занято",
}
_TEXTS = {404: "Проверьте адрес или вернитесь к списку заявок.", 405: "Вернитесь и нажмите кнопку ещё раз."}


UNSTORABLE = "Слишком большое число, невозможная дата или недопустимый знак. Исправьте и повторите. Ничего не записано."
BUSY = "Сейчас записывают другие, и очередь не дошла. Подождите несколько секунд и повторите. Ничего не записано."
TWICE = "То же самое только что записали: второй щелчок или другой человек. Обновите страницу, повторять не нужно."


def notice(request: Request, status: int, text: str) -> HTMLResponse:
    """A page that says what happened and what to do."""
    title = _TITLES.get(status, "Не получилось")
    return page(request, "frame/notice.html", status=status, title=title, text=text)


def _says(status: int) -> Callable[[Request, Exception], HTMLResponse]:
    """For errors whose text is a Russian sentence for the reader."""

    def handler(request: Request, error: Exception) -> HTMLResponse:
        return notice(request, status, str(error))

    return handler


def _refused(request: Request, error: Exception) -> HTMLResponse:
    assert isinstance(error, Refused)
    return page(request, "frame/refused.html", status=422, groups=grouped(error.findings), back=None)


def _http(request: Request, error: Exception) -> HTMLResponse:
    assert isinstance(error, HTTPException)
    spoken = error.detail if any("а" <= letter <= "я" for letter in error.detail.lower()) else ""
    answer = notice(
        request, error.status_code, spoken or _TEXTS.get(error.status_code, "Вернитесь и попробуйте снова.")
    )
    answer.headers.update(error.headers or {})
    return answer


def _unavailable(request: Request, error: Exception) -> HTMLResponse:
    answer = notice(request, 503, str(error))
    answer.headers["Retry-After"] = "60"
    return answer


def _unstorable(request: Request, error: Exception) -> HTMLResponse:
    """A number that no row has, or a value that no database keeps."""
    if is_beyond(request):
        return notice(request, 404, _TEXTS[404])
    return notice(request, 422, UNSTORABLE)


def is_beyond(request: Request) -> bool:
    """Whether a number in the address is larger than any row's."""
    return any(str(value).isdecimal() and row_number(value) is None for value in request.path_params.values())


def _twice(request: Request, error: Exception) -> HTMLResponse:
    if not is_second(error):
        raise error
    return notice(request, 409, TWICE)


def is_second(error: Exception) -> bool:
    """Whether two did the same at the same moment, of which the first is written; else the program is wrong."""
    return isinstance(error, IntegrityError) and "unique" in str(error.orig).lower()


def _busy(request: Request, error: Exception) -> HTMLResponse:
    if not is_busy(error):
        raise error
    answer = notice(request, 503, BUSY)
    answer.headers["Retry-After"] = "5"
    return answer


def _gone(request: Request, error: Exception) -> HTMLResponse:
    """The browser went on before its form had come whole, as it does with each letter that is typed into a search: no fault."""
    return HTMLResponse(status_code=400)


def _broken(request: Request, error: Exception) -> HTMLResponse:
    """Made outside every middleware of ours, so it is dressed here."""
    text = "Ошибка в программе. Ничего не записано. Повторите, а если не пройдёт – сообщите администратору."
    answer = notice(request, 500, text)
    answer.headers.update(always(request))
    return answer


def register(app: FastAPI) -> None:
    statuses: dict[type[Exception], int] = {
        BadAccount: 422,
        WeakPassword: 422,
        NotFound: 404,
        Conflict: 409,
        NotAllowed: 403,
        LinkSpent: 410,
        BadIdentifier: 422,
        WrongFolder: 409,
        CatalogError: 409,
    }
    for kind, status in statuses.items():
        app.add_exception_handler(kind, _says(status))
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(Unavailable, _unavailable)
    for kind in (DataError, OverflowError):  # PostgreSQL refuses, SQLite's driver and dates overflow
        app.add_exception_handler(kind, _unstorable)
    app.add_exception_handler(IntegrityError, _twice)
    for kind in (OperationalError, PoolTimeout):
        app.add_exception_handler(kind, _busy)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _broken)
