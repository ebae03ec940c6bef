"""Files of a request and received letters: downloads that no browser opens as a page, and pages to look at as pictures."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from actions.answers import inbox
from actions.cards import organisations
from actions.context import Files, NotFound, Work
from actions.requests import lookup
from catalog.kinds import RequestKind
from documents.looks.preview import PreviewUnavailable
from documents.store import StoreError
from models.request import AccessRequest, RequestFile
from sandbox import Killed, Refused
from views.requests.dossier import FileView, file_views, heading
from views.requests.previews import LARGE, Paper, pages_of, paper_of, pdf_of, picture_of
from web.shell import looked, looked_on, page, reading
from web.shell.downloads import LOCKED_UP, download, letters_file, strangers_file

router = APIRouter()
_AT = "/requests/{number:int}/files/{file_id:int}"
_UNSEEN = (
    "Показать страницы не удалось: файл повреждён, закрыт паролем или слишком сложный. Скачайте его и откройте у себя."
)


@router.get(_AT)
def download_file(request: Request, number: int, file_id: int) -> Response:
    """Who took a file is recorded: it holds personal data."""
    with reading(request) as work:
        found, file = _file(work, number, file_id)
        if file.sha256.startswith("erased:"):
            raise NotFound("Этот файл стёрт по сроку хранения персональных данных.")
        data = work.files.read(file.sha256)
    looked(request, "file.downloaded", lookup.subject(found), file=file_id, sha256=file.sha256)
    return strangers_file(data, file.name)


@router.get(_AT + "/as.pdf")
def download_pdf(request: Request, number: int, file_id: int) -> Response:
    """A document of ours as LibreOffice prints it."""
    with reading(request) as work:
        found, file = _file(work, number, file_id)
        files, paper = work.files, _paper(work.catalog.kind(found.kind), file)
    if not paper.office:
        raise NotFound("Этот файл и так не документ Word или Excel. Скачайте его как есть.")
    try:
        data = pdf_of(files, paper).read_bytes()
    except PreviewUnavailable as why:
        raise NotFound(str(why)) from None
    looked(request, "file.downloaded", lookup.subject(found), file=file_id, sha256=file.sha256, as_pdf=True)
    return download(data, f"{file.name.rpartition('.')[0] or 'Документ'}.pdf", "application/pdf")


@dataclass(frozen=True, slots=True)
class Leaves:
    """Pages of a file in order; `problem` says why there are none to look at."""

    view: FileView
    pages: int = 0
    problem: str = ""


@router.get(_AT + "/pages")
def show_pages(request: Request, number: int, file_id: int) -> Response:
    """Every page of a document, the scan of the same page beside it; made on the first look, which takes seconds."""
    with reading(request) as work:
        found, file = _file(work, number, file_id)
        kind, top, files = work.catalog.kind(found.kind), heading(work, found), work.files
        views = _views(work, found)
    view = views[file_id]
    beside = views.get(view.beside) if view.beside else None
    leaves = _leaves(files, kind, view)
    scanned = _leaves(files, kind, beside) if beside else None
    with reading(request):
        answer = page(
            request,
            "requests/request-pages.html",
            it=top,
            left=leaves,
            right=scanned,
            office=paper_of(kind, file),
            rows=max(leaves.pages, scanned.pages if scanned else 0),
        )
    looked(request, "file.viewed", lookup.subject(found), file=file.id, beside=view.beside)
    return answer


def _views(work: Work, found: AccessRequest) -> dict[int, FileView]:
    organisation = organisations.facts_of(work, organisations.get(work, found.organisation_id))
    files = lookup.rows_of(work, found).files
    return {view.file.id or 0: view for view in file_views(work, found, files, organisation)}


def _leaves(files: Files, kind: RequestKind, view: FileView) -> Leaves:
    try:
        return Leaves(view, pages_of(files, _paper(kind, view.file)))
    except (PreviewUnavailable, NotFound) as why:
        return Leaves(view, problem=str(why))
    except (Refused, Killed, StoreError):
        return Leaves(view, problem=_UNSEEN)


@router.get(_AT + "/pages/{place:int}.png")
def show_page(request: Request, number: int, file_id: int, place: int, width: int = LARGE) -> Response:
    """One page, upright and as large as asked, to judge signature and seal by (SGN-4).

    Pictures inside a page of ours belong to a look that is on record; a picture opened by itself is recorded here.
    """
    with reading(request) as work:
        found, file = _file(work, number, file_id)
        files, paper = work.files, _paper(work.catalog.kind(found.kind), file)
    try:
        data = picture_of(files, paper, place, width)
    except PreviewUnavailable as why:
        raise NotFound(str(why)) from None
    except (Refused, Killed, StoreError):
        raise NotFound(_UNSEEN) from None
    if data is None:
        raise NotFound("Такой страницы в файле нет, или её не удалось показать. Скачайте файл целиком.")
    record = looked_on if request.headers.get("sec-fetch-dest") == "image" else looked
    record(request, "file.viewed", lookup.subject(found), file=file_id, page=place + 1)
    return Response(data, media_type="image/png", headers=LOCKED_UP)


def _file(work: Work, number: int, file_id: int) -> tuple[AccessRequest, RequestFile]:
    found = lookup.get(work, number)
    return found, lookup.file_of(work, found, file_id)


def _paper(kind: RequestKind, file: RequestFile) -> Paper:
    paper = paper_of(kind, file)
    if paper is None:
        raise NotFound("Этот файл на странице не показать: его можно только скачать.")
    return paper


@router.get("/letters/{letter_id:int}")
def download_letter(request: Request, letter_id: int) -> Response:
    """The letter as it came, for the mail programme."""
    with reading(request) as work:
        letter = inbox.get(work, letter_id)
        data = work.files.read(letter.sha256)
    looked(request, "letter.downloaded", f"inbox:{letter_id}")
    return letters_file(data, letter_id)
