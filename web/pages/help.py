"""Help: how a request goes and what to do when something does not; open to everybody, for a phone and for the printer."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from actions.accounts.accounts import ROLE_LABELS, ROLE_MEANINGS
from catalog.help import load_help
from models.request import Status
from states.words.requests import status_label
from web.shell import installed, page

router = APIRouter(prefix="/help")

# What each state means and who moves; in the order of the way.
STATES = (
    (Status.DRAFT, "Заявку готовят: список работников, сведения, приглашения на первый вход.", "ответственный"),
    (Status.VALIDATED, "Замечаний нет, документы готовы. Их печатают и несут на подпись.", "ответственный"),
    (Status.SIGNED, "Скан с подписью приложен и прочитан. Осталось отправить.", "ответственный"),
    (Status.SENT, "Почтовый сервер принял письмо. Ждём, что СТП зарегистрирует обращение.", "СТП"),
    (Status.AWAITING, "Идёт срок ответа. Если СТП спросила, заявка ждёт нашего ответа.", "СТП"),
    (Status.GRANTED, "Доступ дан. Каждый работник проверяет, что видит подсистему.", "работники"),
    (Status.VERIFIED, "Все вошли. Заявка закончена, открываются списки заполнения.", "никто"),
    (
        Status.REJECTED,
        "СТП отказала. Исправьте, что названо в причине, и подайте снова: история сохранится.",
        "ответственный",
    ),
    (Status.WITHDRAWN, "Заявку отозвали. Начать её снова можно только новой заявкой.", "никто"),
)


@router.get("/")
def index(request: Request) -> Response:
    """Nothing of this installation is told but its links to the desk."""
    return page(
        request,
        "help/help.html",
        states=[(status, status_label(status), what, who) for status, what, who in STATES],
        roles=[(ROLE_LABELS[role], meaning) for role, meaning in ROLE_MEANINGS.items()],
        desk=installed(request).catalog.desk,
    )


@router.get("/login")
def login(request: Request) -> Response:
    """Nothing of this installation is told: only the regulation's own words and links."""
    installation = installed(request)
    return page(
        request,
        "help/help-login.html",
        help=load_help(installation.policy.own_catalog),
        subsystems=[entry for entry in installation.catalog.subsystems.values() if entry.link],
    )
