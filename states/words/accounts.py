"""Words for what a user may do here."""

from __future__ import annotations

from models.account import Role

ROLE_LABELS = {
    Role.OFFICER: "ответственный",
    Role.MANAGER: "руководитель",
    Role.AUDITOR: "проверяющий",
    Role.ADMINISTRATOR: "администратор",
}
ROLE_MEANINGS = {
    Role.OFFICER: "ведёт заявки: готовит, подписывает, отправляет, разбирает ответы",
    Role.MANAGER: "следит за ходом заявок и пишет замечания, шагов не делает",
    Role.AUDITOR: "смотрит всё и журнал, ничего не меняет",
    Role.ADMINISTRATOR: "заводит пользователей, настраивает почту, календарь и справочники",
}
