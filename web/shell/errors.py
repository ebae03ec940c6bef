"""What goes wrong in the house becomes a page with its status, in one place."""

from __future__ import annotations

from fastapi import FastAPI
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse

from models.row_numbers import row_number
from refusals import Refusal, word
from views.requests.findings import grouped
from web.shell import too_long
from web.shell.bodies import FieldTooLong
from web.shell.headers import always
from web.shell.rendering import page
from wiring.database import is_busy

_TEXTS = {404: "Проверьте адрес или вернитесь к списку заявок.", 405: "Вернитесь и нажмите кнопку ещё раз."}


UNSTORABLE = "Слишком большое число, невозможная дата или недопустимый знак. Исправьте и повторите. Ничего не записано."
BUSY = "Сейчас записывают другие, и очередь не дошла. Подождите несколько секунд и повторите. Ничего не записано."
TWICE = "То же самое только что записали: второй щелчок или другой человек. Обновите страницу, повторять не нужно."


def notice(request: Request, status: int, text: str) -> HTMLResponse:
    """A page that says what happened and what to do."""
    return page(request, "frame/notice.html", status=status, title=word(status), text=text)


def _refusal(request: Request, error: Exception) -> HTMLResponse:
    assert isinstance(error, Refusal)
    if is_ours_to_mend(error):
        raise error
    return refused(request, error)


def refused(request: Request, error: Refusal) -> HTMLResponse:
    if error.findings:
        return page(request, "frame/refused.html", status=error.http_status, groups=grouped(error.findings), back=None)
    answer = notice(request, error.http_status, error.told)
    if error.retry_after:
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def is_ours_to_mend(error: Refusal) -> bool:
    """What the installation's keeper must mend is told as a fault of the program, and logged as one."""
    return error.http_status in (500, 502)


def _http(request: Request, error: Exception) -> HTMLResponse:
    assert isinstance(error, HTTPException)
    spoken = error.detail if any("а" <= letter <= "я" for letter in error.detail.lower()) else ""
    answer = notice(
        request, error.status_code, spoken or _TEXTS.get(error.status_code, "Вернитесь и попробуйте снова.")
    )
    answer.headers.update(error.headers or {})
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
    app.add_exception_handler(FieldTooLong, too_long.answered)
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(DataError, _unstorable)  # PostgreSQL refuses,
    app.add_exception_handler(OverflowError, _unstorable)  # SQLite's driver and dates overflow
    app.add_exception_handler(IntegrityError, _twice)
    for kind in (OperationalError, PoolTimeout):
        app.add_exception_handler(kind, _busy)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _broken)
