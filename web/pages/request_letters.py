"""Letters of a request read in place: their words, never their markup."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.context import NotFound
from actions.post import links
from actions.requests import lookup
from notifications.reading.showing import ShownLetter, enclosed_file, show_letter
from sandbox import Killed, Refused
from states.words.letters import INBOX
from views.mail.letter import letter_view
from views.requests.correspondence import received_letter, sent_letter
from views.requests.dossier import heading
from web.shell import looked, page, reading
from web.shell.downloads import strangers_file

router = APIRouter()
_AT = "/requests/{number:int}/letters"


@router.get(_AT + "/out/{letter_id:int}")
def show_sent(request: Request, number: int, letter_id: int) -> Response:
    with reading(request) as work:
        found = lookup.get(work, number)
        sent = sent_letter(work, found, letter_id)
        answer = page(
            request, "requests/request-letter-out.html", it=heading(work, found), sent=sent, sender=work.policy.sender
        )
    looked(request, "letter.viewed", lookup.subject(found), letter=letter_id, way="out")
    return answer


@router.get(_AT + "/in/{letter_id:int}")
def show_received(request: Request, number: int, letter_id: int) -> Response:
    """Read from the stored bytes by the sandbox, after the look at the database is over."""
    with reading(request) as work:
        found = lookup.get(work, number)
        top, letter = heading(work, found), received_letter(work, found, letter_id)
        own_catalog, files, view = work.policy.own_catalog, work.files, letter_view(work, letter)
    shown: ShownLetter | None = None
    problem = ""
    kept = files.path(letter.sha256).exists()
    if not kept:
        problem = "Самого письма больше нет: оно стёрто по сроку хранения."
    try:
        shown = show_letter(files.path(letter.sha256), own_catalog) if kept else None
    except (Refused, Killed):
        problem = "Письмо не удалось прочесть: оно повреждено или слишком велико. Скачайте его и откройте в почтовой программе."
    with reading(request):
        answer = page(
            request,
            "requests/request-letter-in.html",
            it=top,
            letter=letter,
            shown=shown,
            label=INBOX[letter.state],
            problem=problem,
            text=links.hidden(shown.text) if shown else "",
            kept=kept,
            view=view,
        )
    looked(request, "letter.viewed", lookup.subject(found), letter=letter_id, way="in")
    return answer


@router.get(_AT + "/in/{letter_id:int}/files/{place:int}")
def download_enclosed(request: Request, number: int, letter_id: int, place: int) -> Response:
    """An attachment as it came: an unknown file of a stranger, so only ever a download."""
    with reading(request) as work:
        found = lookup.get(work, number)
        letter = received_letter(work, found, letter_id)
        path = work.files.path(letter.sha256)
    try:
        name, data = enclosed_file(path, place)
    except (Refused, Killed):
        raise NotFound("Такого вложения в письме нет, или его не удалось достать. Скачайте письмо целиком.") from None
    looked(request, "letter.downloaded", f"inbox:{letter_id}", file=place)
    return strangers_file(data, name)
