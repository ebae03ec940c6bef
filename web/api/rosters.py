"""A list of employees as a file: its people into a draft."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from actions.context import Work
from actions.requests import drafting, lookup, roster_drafts
from actions.rosters.rosters import Taken
from documents.rosters import Choices
from documents.rosters.choices import Rows, chosen_columns
from models.facts import OrganisationFacts
from web.api.bodies import Multipart
from web.api.idempotency import once
from web.api.requests.seen import IfMatch, draft
from web.api.schemas.requests import RosterOut, UnreadOut
from web.api.telling.requests import whole
from web.forms.rosters import Carried
from web.shell import installed, text, uploads
from web.shell.problems import invalid

router = APIRouter(tags=["Заявки"])
_ANSWERS = {
    "hidden": {"take": Rows.TAKE, "skip": Rows.SKIP},
    "unread": {"skip": Rows.SKIP},
    "others": {"each": Rows.TAKE, "skip": Rows.SKIP},
}
_STRING = {"type": "string"}
_FIELDS = {
    "file": {"type": "string", "format": "binary", "description": "Excel, .ods, .csv, таблица Word"},
    "replace": {**_STRING, "enum": ["1"], "description": "Вместо тех, кто уже в черновике"},
    "column": {
        "type": "array",
        "items": _STRING,
        "description": "Какой столбец брать: email=D или «email=E-mail личный»",
    },
    "hidden": {**_STRING, "enum": ["take", "skip"], "description": "Скрытые строки и столбцы"},
    "sheet": {"type": "array", "items": _STRING, "description": "Какие листы взять; * – все"},
    "unread": {**_STRING, "enum": ["skip"], "description": "Обойтись без строк, которые не прочитать"},
    "others": {
        **_STRING,
        "enum": ["each", "skip"],
        "description": "Работники других организаций: каждой свой черновик или без них",
    },
}


@router.post(
    "/requests/{number}/roster",
    operation_id="takeRoster",
    summary="Взять работников из файла",
    response_model=RosterOut,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": {"type": "object", "required": ["file"], "properties": _FIELDS}}
            },
        }
    },
)
def take(request: Request, number: int, form: Multipart, if_match: IfMatch = None) -> Response:
    """Если список оставляет вопросы (два столбца почты, скрытые строки или столбцы), ответ `roster-questions`, и ничего не записано."""

    def act(work: Work) -> RosterOut:
        found = draft(work, number, if_match)
        files = uploads(form, "file")
        if not files:
            raise invalid("file", "Передайте список в поле file.")
        carried, choices = Carried(*files[0]), _choices(form)

        def read(facts: OrganisationFacts, told: Choices) -> Taken:
            return carried.read(catalog=work.catalog, kind=found.kind, organisation=facts, choices=told)

        taken = roster_drafts.take(work, found.organisation_id, read, choices)
        more = roster_drafts.drafts_of_others(work, found.kind, taken, read, choices)
        drafting.add_people(work, found, taken.lines, taken.intake, replace=bool(text(form, "replace", 5)))
        return RosterOut(
            count=taken.count,
            read=taken.read,
            people=taken.people,
            unread=[UnreadOut(sheet=one.sheet, row=one.row, why=one.why.value) for one in taken.roster.unread],
            others=[other.id or 0 for other in more],
            request=whole(work, lookup.get(work, number)),
        )

    for name, data in uploads(form, "file")[:1]:
        Carried(name, data).look_ahead(installed(request).catalog, _choices(form))
    return once(request, act)


def _choices(form: FormData) -> Choices:
    """Raises BadChoice, ApiProblem."""
    return Choices(
        columns=chosen_columns(str(pair) for pair in form.getlist("column")),
        sheets=tuple(str(name) for name in form.getlist("sheet")),
        hidden=_answer(form, "hidden"),
        unread=_answer(form, "unread"),
        others=_answer(form, "others"),
    )


def _answer(form: FormData, name: str) -> Rows:
    told = text(form, name, 20)
    if told and told not in _ANSWERS[name]:
        raise invalid(name, f"Здесь бывает: {', '.join(_ANSWERS[name])}.")
    return _ANSWERS[name].get(told, Rows.ASK)
