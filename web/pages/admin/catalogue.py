"""The administrator's own folder over the shipped catalogue: checked, compared, taken up."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request, Response

from actions.log import audit
from catalog.auditing import FILES, laid
from catalog.comparing import HOW, WHAT
from catalog.forgetting import forget
from catalog.problems import CatalogError, Problem
from states.words.requests import STATUS_LABELS
from views.catalogue.changes import Comparison, compared, problems
from web.shell import Form, installed, page, reading, see_other, text, ticked, work_of
from web.shell.server_paths import server_path
from wiring import settings_file
from wiring.settings_file import WrongSettings

router = APIRouter(prefix="/admin/catalogue")


@router.get("")
def show_catalogue(request: Request, folder: str = "", done: str = "") -> Response:
    return _page(request, folder.strip(), done=done)


@router.post("")
def take_up(request: Request, form: Form) -> Response:
    """An empty folder's name: the shipped catalogue alone. Refused while anything is wrong with it."""
    typed = text(form, "folder", 1000)
    folder = server_path(typed) if typed else None
    if typed and folder is None:
        return _page(request, "", problem=_NO_FOLDER)
    judged = _problems(folder)
    if any(judged):
        return _page(request, typed, problem="Папка не принята: сначала исправьте ошибки.", judged=judged)
    with reading(request, everywhere=True) as work:
        stranded = compared(work, folder).stranded
    if stranded and not ticked(form, "stranded"):
        problem = "Есть заявки, которые не смогут идти дальше. Подтвердите, что это понятно."
        return _page(request, typed, problem=problem, judged=judged)
    try:
        settings = settings_file.change({"catalog_folder": str(folder.absolute()) if folder else None})
    except WrongSettings as refused:
        return _page(request, typed, problem=str(refused), judged=judged)
    installed(request).take_up(settings)
    with work_of(request) as work:
        audit.record(work, "catalog.taken-up", "settings", own=folder is not None, stranded=len(stranded))
    return see_other("/admin/catalogue?done=1")


_NO_FOLDER = "Папки с таким именем быть не может. Впишите полный путь, например /srv/egisz/catalogue."
_Judged = tuple[list[Problem], str]


def _problems(folder: Path | None) -> _Judged:
    """What is wrong with the folder's files, or why they cannot be looked at."""
    if folder is None:
        return [], ""
    forget()  # the files may have been mended since they were read last
    try:
        return problems(folder), ""
    except CatalogError as error:
        return [], str(error)


def _page(
    request: Request, typed: str, *, problem: str = "", done: str = "", judged: _Judged | None = None
) -> Response:
    present = installed(request).settings.catalog_folder
    asked = server_path(typed) if typed else present
    if typed and asked is None:
        return _page(request, "", problem=_NO_FOLDER)
    found, wrong = judged or _problems(asked)
    comparison = None
    if asked is not None and not found and not wrong:
        with reading(request, everywhere=True) as work:
            comparison = compared(work, asked)
    with reading(request) as work:
        return page(
            request,
            "admin/catalogue.html",
            status=422 if problem else 200,
            present=present,
            asked=asked,
            found=found,
            wrong=wrong,
            problem=problem,
            laid=laid(asked) if asked and asked.is_dir() else None,
            comparison=comparison,
            changed=_lines(comparison),
            labels=STATUS_LABELS,
            done=done,
            files=FILES,
            fixed="catalog_folder" in settings_file.from_environment(),
        )


def _lines(comparison: Comparison | None) -> list[tuple[str, list[str]]]:
    """(what was changed, its differences) in words."""
    return [
        (
            f"{WHAT[change.what]} «{change.name or change.code}»: {HOW[change.how]}",
            [f"{one.label}: {one.old or 'не было'} → {one.new or 'нет'}" for one in change.differences],
        )
        for change in (comparison.changes if comparison else ())
    ]
