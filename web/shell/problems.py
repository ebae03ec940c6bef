"""What goes wrong as problem details (RFC 9457): a stable type, Russian words, findings with their rules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from models.findings import Finding, sourced
from refusals import Refusal
from web.shell.errors import TWICE, UNSTORABLE, is_beyond, is_ours_to_mend, is_second
from web.shell.headers import always
from web.shell.wrong_values import wrong_values
from wiring.database import is_busy

MEDIA_TYPE = "application/problem+json"
BASE = "/api/problems/"


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of problem: its code ends its address, which is documented and never changes its meaning."""

    code: str
    status: int
    title: str
    about: str


KINDS = {
    kind.code: kind
    for kind in (
        Kind(
            "unauthorized",
            401,
            "Нужен ключ",
            "Ключа нет, он отозван, просрочен или его владелец отключён. Передайте действующий ключ в заголовке Authorization: Bearer. Ключи делают на странице «Ключи и календарь».",
        ),
        Kind(
            "forbidden",
            403,
            "Роль этого не позволяет",
            "Ключ действует с ролями своего владельца. Таблица ролей та же, что у страниц: смотреть может любая роль, вести заявки – ответственный.",
        ),
        Kind(
            "not-found",
            404,
            "Не найдено",
            "Такого адреса или такой записи нет. Записи чужих организаций для ключа тоже не существуют.",
        ),
        Kind(
            "method-not-allowed",
            405,
            "Метод не подходит",
            "У этого адреса нет такого метода. Допустимые названы в заголовке Allow.",
        ),
        Kind(
            "conflict",
            409,
            "Тем временем всё изменилось",
            "Действие не подходит к нынешнему положению дел. Прочитайте запись заново. Ничего не записано.",
        ),
        Kind(
            "stale",
            409,
            "Заявка изменилась",
            "Номер правки (revision) не совпал или шаг из этого состояния невозможен. В поле current – нынешние состояние, версия, правка и возможные шаги. Прочитайте заявку и решите заново. Ничего не записано.",
        ),
        Kind(
            "idempotency-busy",
            409,
            "Вызов ещё выполняется",
            "Вызов с этим ключом повтора (Idempotency-Key) выполняется прямо сейчас. Повторите через секунду: вы получите его ответ.",
        ),
        Kind(
            "too-large",
            413,
            "Слишком большой запрос",
            "Тело запроса с файлами – не больше 64 МБ, без файлов – не больше 8 МБ.",
        ),
        Kind("too-slow", 408, "Слишком медленно", "Тело запроса шло слишком медленно, и связь закрыта. Повторите."),
        Kind(
            "media-type",
            415,
            "Не тот вид данных",
            "Тело запроса – application/json, а там, где передают файлы, – multipart/form-data.",
        ),
        Kind(
            "invalid",
            422,
            "Проверьте переданное",
            "Запрос не соответствует описанию. В findings названы поля (field) и что с ними не так. Ничего не записано.",
        ),
        Kind(
            "refused",
            422,
            "Есть замечания",
            "Правила не пропускают действие. В findings – все причины сразу: правило (rule), источник (source), строка (row), поле (field). Состояние не изменилось.",
        ),
        Kind(
            "bad-file",
            422,
            "Файл не подходит",
            "Файл повреждён, слишком сложен или не того вида. Сам файл мог сохраниться, состояние заявки не изменилось.",
        ),
        Kind(
            "roster-questions",
            422,
            "Список оставляет вопросы",
            "Часть списка нельзя взять без решения человека. В asked – о чём вопросы (columns, hidden, sheets, unread, others), в findings – что именно; ответы передают полями вызова. Ничего не записано.",
        ),
        Kind(
            "idempotency-mismatch",
            422,
            "Ключ повтора уже занят",
            "С этим ключом повтора (Idempotency-Key) уже был другой запрос. На каждое новое действие нужен новый ключ.",
        ),
        Kind(
            "too-many",
            429,
            "Слишком много запросов",
            "Ключу положено 600 вызовов в минуту и 12 одновременно (администратор может изменить); вызов с файлами, комплект, выгрузка считаются за двадцать. Подождите столько секунд, сколько названо в заголовке Retry-After.",
        ),
        Kind(
            "busy",
            503,
            "Сейчас занято",
            "Другие записывают слишком долго, и очередь не дошла. Повторите через столько секунд, сколько названо в заголовке Retry-After. Ничего не записано.",
        ),
        Kind(
            "broken",
            500,
            "Ошибка в программе",
            "Ничего не записано. Повторите позже, а если не пройдёт – сообщите администратору.",
        ),
    )
}
_BY_STATUS = {
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    408: "too-slow",
    413: "too-large",
    415: "media-type",
    422: "invalid",
    429: "too-many",
    503: "busy",
}


class ApiProblem(Refusal):
    """What an endpoint finds wrong by itself; `more` are further members of the problem."""

    def __init__(self, code: str, detail: str = "", **more: object) -> None:
        super().__init__(detail)
        self.problem, self._more = code, more

    @property
    def more(self) -> Mapping[str, object]:
        return self._more


def problem(
    request: Request,
    code: str,
    detail: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> Response:
    kind = KINDS[code]
    told = {
        "type": f"{BASE}{code}", "title": kind.title, "status": kind.status, "detail": detail or kind.about,
        "instance": request.url.path, **(more or {}),
    }  # fmt: skip
    return Response(json.dumps(told, ensure_ascii=False), kind.status, headers, MEDIA_TYPE)


def told(findings: Iterable[Finding]) -> list[dict[str, object]]:
    """Without the person's name: the row says whose."""
    return [
        {
            key: value
            for key, value in (sourced(finding) if finding.rule else finding).as_json().items()
            if key != "person"
        }
        for finding in findings
    ]


def told_why(request: Request, error: Refusal) -> Response:
    """By its status, or by the type that it names itself."""
    code = error.problem or _BY_STATUS[error.http_status]
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else None
    findings = {"findings": told(error.findings)} if error.findings else {}
    return problem(request, code, error.told, headers=headers, more={**error.more, **findings})


def wrong_field(field: str, message: str) -> dict[str, object]:
    """A finding that comes from the shape of the call, not from a rule."""
    return {"rule": "", "severity": "error", "row": None, "field": field, "message": message, "source": "описание API"}


def invalid(field: str, message: str) -> ApiProblem:
    return ApiProblem("invalid", message, findings=[wrong_field(field, message)])


def _refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    if is_ours_to_mend(error):
        raise error
    return told_why(request, error)


def _invalid(request: Request, error: Exception) -> Response:
    """JSON was awaited and something else came: that is told as such, not as a wrong body."""
    assert isinstance(error, RequestValidationError)
    sent = request.headers.get("content-type", "").partition(";")[0]
    if sent != "application/json" and any(each["loc"] == ("body",) for each in error.errors()):
        return problem(request, "media-type")
    found = [wrong_field(field, message) for field, message in wrong_values(error.errors())]
    return problem(request, "invalid", "Запрос не соответствует описанию: см. findings.", more={"findings": found})


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    spoken = error.detail if any("а" <= letter <= "я" for letter in error.detail.lower()) else ""
    code = _BY_STATUS.get(error.status_code, "invalid" if error.status_code < 500 else "broken")
    return problem(request, code, spoken, headers=error.headers)


def _unstorable(request: Request, error: Exception) -> Response:
    """A number that no row has, or a value that no database keeps."""
    return problem(request, "not-found") if is_beyond(request) else problem(request, "invalid", UNSTORABLE)


def _twice(request: Request, error: Exception) -> Response:
    if not is_second(error):
        raise error
    return problem(request, "conflict", TWICE)


def _waiting(request: Request, error: Exception) -> Response:
    if not is_busy(error):
        raise error
    return problem(request, "busy", headers={"Retry-After": "5"})


def _broken(request: Request, error: Exception) -> Response:
    """Made outside every middleware of ours, so it is dressed here. Nothing of the error is told."""
    return problem(request, "broken", headers=always(request))


def register(api: FastAPI) -> None:
    api.add_exception_handler(Refusal, _refusal)
    api.add_exception_handler(DataError, _unstorable)
    api.add_exception_handler(OverflowError, _unstorable)
    api.add_exception_handler(IntegrityError, _twice)
    for kind in (OperationalError, PoolTimeout):
        api.add_exception_handler(kind, _waiting)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(Exception, _broken)
