"""Letters in a file: brought by hand, and the files inside any letter, to look at and to take out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.answers import inbox
from actions.answers.letter_taking import NotALetter
from actions.context import Conflict, NotFound
from documents.store import StoreError
from notifications.reading.safely import MAX_MEGABYTES
from notifications.reading.showing import enclosed_file
from sandbox import Killed, Refused
from sweeps.letter_reading import take_by_hand
from views.mail.letter import letter_view
from views.mail.letter_previews import MOST_PAGES, pages_of, picture_of
from views.requests.previews import LARGE
from web.pages.triage import triage_page
from web.shell import Form, installed, looked, looked_on, notice, own, page, reading, see_other, uploads
from web.shell.downloads import LOCKED_UP, strangers_file

router = APIRouter()
_AT = "/triage/{letter_id:int}/files/{place:int}"
_NO_FILE = "Такого вложения в письме нет, или его не удалось достать. Скачайте письмо целиком."
_UNSEEN = (
    "Показать страницы не удалось: файл повреждён, закрыт паролем или слишком сложный. Скачайте его и откройте у себя."
)
_NO_PAGES = "Страниц у этого файла не показать: ниже его текст, если он прочитан."
_CHOOSE = "Файл не выбран. Выберите письмо (.eml или .msg) и нажмите «Принести письмо»."


@router.post("/triage/letters")
def bring(request: Request, form: Form) -> Response:
    """A letter whose request it names itself."""
    chosen = uploads(form, "letter", MAX_MEGABYTES * 1024 * 1024)
    if not chosen:
        return triage_page(request, problem=_CHOOSE, status=422)
    try:
        return _brought(request, chosen[0][1])
    except NotALetter as why:
        return triage_page(request, problem=str(why), status=422)
    except Conflict as why:
        return triage_page(request, problem=str(why), status=409)


@router.post("/requests/{number:int}/letters")
def bring_to_request(request: Request, number: int, form: Form) -> Response:
    """A letter about this request."""
    chosen = uploads(form, "letter", MAX_MEGABYTES * 1024 * 1024)
    if not chosen:
        return notice(request, 422, _CHOOSE)
    try:
        return _brought(request, chosen[0][1], number)
    except NotALetter as why:
        return notice(request, 422, str(why))


def _brought(request: Request, raw: bytes, number: int | None = None) -> Response:
    user = own(request)
    taken = take_by_hand(installed(request), raw, by=user.login, only_of=user.only_of, request_id=number)
    beside = f"&chosen={number}" if taken.already and number and taken.letter.request_id is None else ""
    came = "known" if taken.already else "new"
    return see_other(f"/triage/{taken.letter.id}?came={came}{beside}")


@router.get(_AT)
def download_file(request: Request, letter_id: int, place: int) -> Response:
    """A stranger's file: only ever a download, its type by its bytes."""
    with reading(request) as work:
        path = work.files.path(inbox.get(work, letter_id).sha256)
    try:
        name, data = enclosed_file(path, place)
    except (Refused, Killed, OSError):
        raise NotFound(_NO_FILE) from None
    looked(request, "letter.downloaded", f"inbox:{letter_id}", file=place)
    return strangers_file(data, name)


@router.get(_AT + "/pages")
def show_pages(request: Request, letter_id: int, place: int) -> Response:
    """Its pages as pictures, and its text."""
    with reading(request) as work:
        letter = inbox.get(work, letter_id)
        view, files = letter_view(work, letter), work.files
    file = next((each for each in view.files if each.place == place), None)
    if file is None:
        raise NotFound(_NO_FILE)
    pages, problem = 0, ""
    try:
        pages = pages_of(files, letter.sha256, place)
    except (Refused, Killed, StoreError, OSError):
        problem = _UNSEEN
    with reading(request):
        answer = page(
            request,
            "letters/pages.html",
            letter=letter,
            name=file.name,
            place=place,
            pages=pages,
            shown=min(pages, MOST_PAGES),
            pieces=file.pieces,
            problem=problem or ("" if pages else _NO_PAGES),
        )
    record = looked_on if request.headers.get("hx-request") else looked
    record(request, "letter.viewed", f"inbox:{letter_id}", file=place)
    return answer


@router.get(_AT + "/pages/{number:int}.png")
def show_page(request: Request, letter_id: int, place: int, number: int, width: int = LARGE) -> Response:
    """One page as a picture. Inside a page of ours it belongs to a look on record; by itself it is recorded here."""
    with reading(request) as work:
        letter, files = inbox.get(work, letter_id), work.files
    try:
        data = picture_of(files, letter.sha256, place, number, width)
    except (Refused, Killed, StoreError, OSError):
        raise NotFound(_UNSEEN) from None
    if data is None:
        raise NotFound("Такой страницы в файле нет, или её не удалось показать. Скачайте файл целиком.")
    record = looked_on if request.headers.get("sec-fetch-dest") == "image" else looked
    record(request, "letter.viewed", f"inbox:{letter_id}", file=place, page=number + 1)
    return Response(data, media_type="image/png", headers=LOCKED_UP)
