"""Check of the page of health: letters that lie in the mailbox and that its server does not give."""

from __future__ import annotations

from actions.answers import mailbox
from actions.context import Work
from models.moments import MOSCOW
from notifications.errors import EXPLANATIONS
from service.checks import Check
from service.planner import Planner
from wiring.work import Installation

_NAME = "Письма, которые сервер не отдаёт"


def letters_not_given(installation: Installation, work: Work, planner: Planner) -> Check:
    """Each with its folder and number there, since when and why; they hold up no other letter."""
    missed = mailbox.not_given(work, installation.settings.mail.sender)
    if not missed:
        return Check("not-given", _NAME, "good", "Таких писем нет.")
    more = tuple(
        f"Папка {each.folder}, номер письма в ящике (UID) {each.uid}: с {each.first_at.astimezone(MOSCOW):%d.%m.%Y %H:%M}. "
        f"{EXPLANATIONS[each.problem].wrong} Следующая попытка {each.next_try_at.astimezone(MOSCOW):%d.%m.%Y %H:%M}."
        for each in missed
    )
    mend = (
        "Остальные письма читаются. Найдите эти в почтовой программе, сохраните файлом .eml и положите на страницу «Письма»; "
        "если письмо не нужно, удалите его из ящика."
    )
    return Check("not-given", _NAME, "warning", f"Не получено писем: {len(missed)}.", more, mend)
