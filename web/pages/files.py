"""Files of a request and received letters, as downloads that no browser opens as a page."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from actions import audit, inbox, requests
from actions.context import NotFound, Work
from documents.scans import page_picture
from models.request import RequestFile
from sandbox import Killed, Refused
from web.installed import work_of

router = APIRouter()


def download(data: bytes, name: str, media_type: str) -> Response:
    """An attachment with its Cyrillic name (RFC 5987); a plain name stands in for programs that know only ASCII."""
    suffix = name.rpartition(".")[2] if "." in name else "bin"
    plain = f"file.{suffix}" if suffix.isascii() and suffix.isalnum() else "file.bin"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": disposition, "Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(data, media_type=media_type, headers=headers)


@router.get("/requests/{number:int}/files/{file_id:int}")
def download_file(request: Request, number: int, file_id: int) -> Response:
    """Who took a file is recorded: it holds personal data."""
    with work_of(request) as work:
        found, file = requests.get(work, number), _file(work, number, file_id)
        data = work.files.read(file.sha256)
        audit.record(work, "file.downloaded", requests.subject(found), file=file_id, sha256=file.sha256)
        return download(data, file.name, file.media_type)


@router.get("/requests/{number:int}/files/{file_id:int}/pages/{place:int}.png")
def show_page(request: Request, number: int, file_id: int, place: int, width: int = 1600) -> Response:
    """One page of a scan, upright and as large as asked, to judge signature and seal by (SGN-4)."""
    with work_of(request) as work:
        path = work.files.path(_file(work, number, file_id).sha256)
    try:
        data = page_picture(path, place, width=min(max(width, 120), 2400))
    except (Refused, Killed):
        raise NotFound("Такой страницы в файле нет, или её не удалось показать. Скачайте файл целиком.") from None
    return Response(data, media_type="image/png", headers={"Content-Security-Policy": "default-src 'none'; sandbox"})


def _file(work: Work, number: int, file_id: int) -> RequestFile:
    file = work.session.get(RequestFile, file_id)
    if file is None or file.request_id != number:
        raise NotFound("Такого файла у этой заявки нет.")
    return file


@router.get("/letters/{letter_id:int}")
def download_letter(request: Request, letter_id: int) -> Response:
    """The letter as it came, for the mail programme."""
    with work_of(request) as work:
        letter = inbox.get(work, letter_id)
        data = work.files.read(letter.sha256)
        audit.record(work, "letter.downloaded", f"inbox:{letter_id}")
        return download(data, f"Письмо {letter_id}.eml", "message/rfc822")
