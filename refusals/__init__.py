"""Why not: the one kind of error that is told to people, as a page, an answer of the API or a line of a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

WORDS = {
    403: "Сюда нельзя",
    404: "Такой страницы нет",
    405: "Так эту страницу не открыть",
    408: "Слишком медленно",
    409: "Тем временем всё изменилось",
    410: "Ссылка больше не действует",
    413: "Слишком большой файл",
    422: "Проверьте введённое",
    429: "Слишком много попыток",
    503: "Сейчас занято",
}


def word(status: int) -> str:
    """What stands over the sentence."""
    return WORDS.get(status, "Не получилось")


class Refusal(Exception):
    """Its text is a Russian sentence without personal data that says what to do.

    `http_status`: with 500 nobody is told on a page or by a call: it is the installation's keeper who must act, and a
    command tells him. `problem`: the API's type where the status alone does not say it. `findings`: every reason at once.
    """

    http_status: int = 422
    problem: str = ""
    retry_after: int | None = None  # seconds
    findings: Sequence[Any] = ()  # models.findings.Finding

    @property
    def told(self) -> str:
        return str(self)

    @property
    def more(self) -> Mapping[str, object]:
        """What else a program gets that asked: further members of the API's problem."""
        return {}
