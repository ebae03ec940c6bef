"""The OpenAPI document: what FastAPI knows of the calls, with tokens, problems, keys of repetition and examples added."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from catalog import Catalog
from documents.practice import TOLD
from web.api.schemas.common import Problem
from web.api.schemas.steps import SignatureIn, StepIn
from web.shell.problems import KINDS, MEDIA_TYPE

_ABOUT = """Те же действия, что на страницах, для программ.

**Ключ** передают в заголовке `Authorization: Bearer …`; его делают на странице «Ключи и календарь». Ключ действует с ролями и
организациями своего владельца. Сеансы браузера здесь не принимаются.

**Повторы.** Передавайте с каждым изменением случайный `Idempotency-Key`: если связь оборвалась, повторите тот же вызов – действие
выполнится один раз, а ответ придёт прежний, с заголовком `Idempotency-Replayed: true`. Ответы хранятся сутки.

**Правки.** Каждая заявка несёт номер правки `revision`. Шаг без него не делается; если заявку успели изменить, ответ 409 говорит, что с ней сейчас.

**Ошибки** – по RFC 9457, `application/problem+json`: `type` не меняется со временем, `findings` называет все причины сразу, с правилом и источником.

**Учебный режим.** Каждый ответ учебной установки несёт заголовок `X-Practice: true`, имена её файлов начинаются с «УЧЕБНО_»: в её данных люди, заявки и
ответы вымышлены. У рабочей установки этого заголовка нет; программа, которая ведёт настоящие дела, должна его проверять.

**Персональные данные.** Кто, что и когда прочитал через API, записывается в журнал вместе с номером ключа."""
_SECURITY = {"token": {"type": "http", "scheme": "bearer", "description": "Ключ со страницы «Ключи и календарь»"}}
_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "Ключ повтора: от 1 до 255 знаков ASCII, новый для каждого действия",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255}, "example": "5f8c1e1c-8b1e-4a44-9a6e-2f6f1c1d7a10",
}  # fmt: skip
_TAGS = (
    ("Заявки", "От черновика: найти, создать, заполнить, проверить"),
    ("Шаги и документы", "Проверить, подписать, отправить, записать ответ; скачать документы"),
    ("Письма", "Что пришло и ждёт человека, что не ушло"),
    ("Организации", "Карточки"),
    ("Люди и роли", "Работники и кто какие роли держит"),
    ("Каталог и сроки", "Подсистемы, виды заявок, правила, рабочие часы СТП"),
    ("Журнал", "Записи журнала и его целость"),
    ("Проверка доступа", "Ежегодные вопросы, кому какая роль ещё нужна"),
    ("Уведомления", "Подписки на шаги заявок"),
    ("Служебное", "Кто я, жив ли сервис"),
)  # fmt: skip
_EVERY = ("unauthorized", "forbidden", "too-many", "busy", "broken")
_READING = ("not-found", "invalid")
_WRITING = (
    "not-found", "conflict", "stale", "idempotency-busy", "too-slow", "too-large", "media-type", "invalid", "refused", "bad-file",
    "idempotency-mismatch",
)  # fmt: skip
_OPEN = ("health",)
_PLACES = {
    "number": "Номер записи (id)", "letter": "Номер письма", "file": "Номер файла", "comment": "Номер комментария", "line": "Номер строки", "change": "Номер изменения",
    "delivery": "Номер уведомления", "trigger": "Шаг, например validate", "code": "Код из каталога", "limit": "Сколько записей на странице",
}  # fmt: skip


def document(app: FastAPI, catalog: Catalog, *, practice: bool = False) -> dict[str, Any]:
    about = f"**{TOLD}.** Эта установка учебная.\n\n{_ABOUT}" if practice else _ABOUT
    made = get_openapi(title=app.title, version=app.version, routes=app.routes, description=about)
    made["servers"] = [{"url": "/api/v1"}]
    made["tags"] = [{"name": name, "description": about} for name, about in _TAGS]
    components = made.setdefault("components", {})
    components["securitySchemes"] = _SECURITY
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    _add(schemas, Problem, StepIn, SignatureIn)
    for method, operation in _operations(made):
        _complete(method, operation)
    _add_examples(schemas, catalog)
    return made


def _add(schemas: dict[str, Any], *models: Any) -> None:
    for model in models:
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schema.pop("$defs", {}))
        schemas[model.__name__] = schema


def _operations(made: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in made["paths"].values():
        yield from path.items()


def _complete(method: str, operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        parameter.setdefault("description", _PLACES.get(parameter["name"], ""))
    responses = operation["responses"]
    responses.pop("422", None)
    for code, response in responses.items():
        if response.get("description") == "Successful Response":
            response["description"] = "Готово"
        if code == "204":
            response.pop("content", None)
    if operation["operationId"] in _OPEN:
        operation["security"] = []
        return
    operation["security"] = [{"token": []}]
    if method != "get":
        operation.setdefault("parameters", []).append(_KEY)
    responses.update(_problems((*_EVERY, *(_READING if method == "get" else _WRITING))))


def _problems(codes: tuple[str, ...]) -> dict[str, Any]:
    """Several problems may share a status."""
    found: dict[str, Any] = {}
    for code in codes:
        kind = KINDS[code]
        entry = found.setdefault(
            str(kind.status),
            {
                "description": "",
                "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}},
            },
        )
        entry["description"] = "; ".join(filter(None, (entry["description"], f"{code} – {kind.title.lower()}")))
        entry["content"][MEDIA_TYPE]["examples"][code] = {
            "summary": kind.title,
            "value": {
                "type": f"/api/problems/{code}",
                "title": kind.title,
                "status": kind.status,
                "detail": kind.about,
            },
        }
    return found


def _add_examples(schemas: dict[str, Any], catalog: Catalog) -> None:
    """Codes come from this installation's catalogue."""
    kind = next((kind for kind in catalog.kinds.values() if kind.people and kind.to_desk), None)
    if kind is None:
        return
    person = {
        "snils": "112-233-445 95",
        "surname": "Иванова",
        "given": "Анна",
        "patronymic": "Петровна",
        "email": "ivanova@clinic.example",
        "post": "Специалист по кадрам",
    }
    schemas["RequestIn"]["example"] = {"kind": kind.code, "inn": "7707083893", "people": [person]}
    schemas["StepIn"]["example"] = {"revision": 3, "confirm_address": True}
