"""Copies of everything: made into the data folder while people work, downloaded, deleted."""

from __future__ import annotations

import json

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, RedirectResponse

from actions.context import Conflict, NotFound, Work
from actions.log import audit
from models.audit import Event
from service import backup
from service.backup import BackupError
from views.log.log_search import latest
from web.shell import installed, looked, own, page, reading, see_other, work_of
from web.shell.downloads import LOCKED_UP

router = APIRouter(prefix="/admin/backups")
_GONE = "Такой копии нет: возможно, её уже удалили."


@router.get("")
def show_backups(request: Request, done: str = "") -> Response:
    return _page(request, done=done)


@router.post("")
def make_backup(request: Request) -> Response:
    """The answer leaves first: a large copy takes minutes, and the page shows how far it is."""
    installation = installed(request)
    if backup.under_way(installation.settings):
        raise Conflict("Копия уже делается. Дождитесь её.")
    try:
        problem = backup.room_problem(installation.settings)
    except BackupError as error:
        problem = str(error)
    if problem:
        return _page(request, problem=problem)
    task = BackgroundTask(backup.make, installation, by=own(request).login)
    return RedirectResponse("/admin/backups?done=begun", status_code=303, background=task)


@router.get("/{name}")
def download_backup(request: Request, name: str) -> Response:
    """Who took a copy is recorded: it holds everything."""
    path = backup.kept_path(installed(request).settings, name)
    if path is None:
        raise NotFound(_GONE)
    looked(request, "backup.downloaded", "backups", bytes=path.stat().st_size)
    return FileResponse(
        path,
        media_type="application/zip" if name.endswith(".zip") else "application/octet-stream",
        filename=name,
        headers=LOCKED_UP,
    )


@router.post("/{name}/delete")
def delete_backup(request: Request, name: str) -> Response:
    if not backup.drop(installed(request).settings, name):
        raise NotFound(_GONE)
    with work_of(request) as work:
        audit.record(work, "backup.deleted", "backups", name=name)
    return see_other("/admin/backups?done=deleted")


def _page(request: Request, *, problem: str = "", done: str = "") -> Response:
    settings = installed(request).settings
    going = backup.under_way(settings)
    with reading(request) as work:
        return page(
            request,
            "admin/backups.html",
            status=422 if problem else 200,
            kept=backup.kept(settings),
            problem=problem,
            written=going.stat().st_size if going and going.exists() else 0,
            going=going is not None,
            failed=_failed(work),
            done=done,
            sqlite=settings.url.startswith("sqlite"),
            folder=backup.folder(settings),
            now=work.now,
            home=settings.home,
            locked=bool(settings.backup.recipient),
        )


def _failed(work: Work) -> tuple[Event, str] | None:
    """The last try, when it failed, and the name of its error."""
    last = latest(work, "backup.made", "backup.failed")
    if last is None or last.action == "backup.made":
        return None
    return last, str(json.loads(last.data).get("error", ""))
