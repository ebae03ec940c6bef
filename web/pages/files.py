"""Files of a request and received letters, as downloads that no browser opens as a page."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from actions import audit, inbox, requests
from actions.context import NotFound
from models.request import RequestFile
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
        found = requests.get(work, number)
        file = work.session.get(RequestFile, file_id)
        if file is None or file.request_id != found.id:
            raise NotFound("Такого файла у этой заявки нет.")
        data = work.files.read(file.sha256)
        audit.record(work, "file.downloaded", requests.subject(found), file=file_id, sha256=file.sha256)
        return download(data, file.name, file.media_type)


@router.get("/letters/{letter_id:int}")
def download_letter(request: Request, letter_id: int) -> Response:
    """The letter as it came, for the mail programme."""
    with work_of(request) as work:
        letter = inbox.get(work, letter_id)
        data = work.files.read(letter.sha256)
        audit.record(work, "letter.downloaded", f"inbox:{letter_id}")
        return download(data, f"Письмо {letter_id}.eml", "message/rfc822")
