"""Words for a request, its lines and its steps."""

from __future__ import annotations

from models.request import LineState, Status

STATUS_LABELS: dict[Status, str] = {
    Status.DRAFT: "черновик",
    Status.VALIDATED: "проверена",
    Status.SIGNED: "подписана",
    Status.SENT: "отправлена",
    Status.AWAITING: "ждёт ответа",
    Status.GRANTED: "доступ дан",
    Status.REJECTED: "отказ",
    Status.VERIFIED: "вход подтверждён",
    Status.WITHDRAWN: "отозвана",
}

_RESULT_LABELS = {Status.GRANTED: "выполнена", Status.VERIFIED: "результат проверен"}


def status_label(status: Status, *, by_login: bool = True) -> str:
    """Where nobody logs in to prove it, nothing is called access."""
    return STATUS_LABELS[status] if by_login else _RESULT_LABELS.get(status, STATUS_LABELS[status])


# What each state means, in the order of the way.
MEANINGS = {
    Status.DRAFT: "Заявку готовят: список работников, сведения, приглашения на первый вход.",
    Status.VALIDATED: "Замечаний нет, документы готовы. Их печатают и несут на подпись.",
    Status.SIGNED: "Скан с подписью приложен и прочитан. Осталось отправить.",
    Status.SENT: "Почтовый сервер принял письмо. Ждём, что СТП зарегистрирует обращение.",
    Status.AWAITING: "Идёт срок ответа. Если СТП спросила, заявка ждёт нашего ответа.",
    Status.GRANTED: "Доступ дан. Каждый работник проверяет, что видит подсистему.",
    Status.VERIFIED: "Все вошли. Заявка закончена, открываются списки заполнения.",
    Status.REJECTED: "СТП отказала. Исправьте, что названо в причине, и подайте снова: история сохранится.",
    Status.WITHDRAWN: "Заявку отозвали. Начать её снова можно только новой заявкой.",
}


LINES = {
    LineState.OPEN: "ждёт",
    LineState.GRANTED: "доступ дан",
    LineState.REJECTED: "отказ",
    LineState.VERIFIED: "вход подтверждён",
    LineState.TROUBLE: "не получается войти",
    LineState.MOVED: "отказ, в новой заявке",
}

LINES_ON_RECORD = {
    LineState.OPEN: "ждёт ответа",
    LineState.GRANTED: "исполнено",
    LineState.REJECTED: "отказ",
    LineState.VERIFIED: "проверено",
    LineState.TROUBLE: "работник сообщил о неполадке",
    LineState.MOVED: "отказ, перенесён в новую заявку",
}

EMPLOYEE = "работник по личной ссылке"
