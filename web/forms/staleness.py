"""A click on a page that is no longer true: what changed since it was opened, and what was typed, to copy."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request, Response
from starlette.datastructures import FormData, UploadFile

from actions.context import Work
from actions.requests import lookup, pairs
from models.request import AccessRequest
from models.row_numbers import row_number
from states.words.steps import SPOKEN, TYPED
from views.requests.dossier import heading
from views.requests.drafts import lines_of_form
from views.requests.grid import name_in_form
from views.requests.history import last_event, since
from web.shell import page, text

_OURS = ("revision", "seen", "was", "go")
_TICKS = ("drop-", "more-")  # what to do with files: they have to be chosen again anyway


def stale(request: Request, work: Work, found: AccessRequest, form: FormData | None = None) -> Response:
    """409 with the present state. `form` is what was sent, with the fields `revision` and `seen` of the page it came from."""
    seen = text(form, "seen", 18) if form is not None else ""
    known = row_number(seen)
    return page(
        request,
        "frame/stale.html",
        status=409,
        it=heading(work, found),
        known=known is not None,
        changes=since(work, found, known or 0, limit=20 if known is not None else 5),
        seen=last_event(work, found),
        typed=typed_back(work, found, form) if form is not None else (),
    )


def typed_back(work: Work, found: AccessRequest, form: FormData) -> Sequence[tuple[str, str]]:
    """What a person typed and the request does not hold, under the names of the form's fields; files have to be chosen again."""
    places = _places(work, found)
    fields = {f"field-{field.code}": field.label for field in work.catalog.kind(found.kind).fields}
    fields |= {f"field-{line.answer}": line.label for line in lines_of_form(work, found)}
    kept = {f"field-{code}": value for code, value in found.fields.items()}
    told = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                told.append(("Файл, выберите его снова", value.filename))
        elif name not in _OURS and not name.startswith(_TICKS) and value.strip() and value != kept.get(name):
            told.append((fields.get(name) or _label(name, places), SPOKEN.get(value, value.strip())))
    return told


def _places(work: Work, found: AccessRequest) -> dict[str, str]:
    """Fields of an answer by what follows «outcome-» and «reason-» in their names."""
    places = {"all": "Все работники"}
    for line in lookup.lines_of(work, found):
        places[str(line.id)] = f"Строка {line.position}"
        for pair in line.asked:
            places[name_in_form(pair)] = f"Строка {line.position}, {pairs.label(work, pair)}"
            places[f"role-{pair.subsystem}.{pair.role}"] = f"Все работники, {pairs.label(work, pair)}"
    return places


def _label(name: str, places: dict[str, str]) -> str:
    what, _, which = name.partition("-")
    if which in places:
        return f"{places[which]}, {'причина отказа' if what == 'reason' else 'решение'}"
    return TYPED.get(name, "Ещё указано")
