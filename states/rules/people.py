"""The employee before the application: account, confirmation, first login (register section 2)."""

from __future__ import annotations

from collections.abc import Iterator

from catalog import Catalog
from models.facts import RequestFacts
from models.findings import Finding
from states.rules.telling import of_line
from states.rules.values import ahead


def check_accounts(facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    if not catalog.kind(facts.kind).first_login:
        return
    for line in facts.lines:
        if line.first_login_on and ahead(line.first_login_on.date(), facts.today):
            told = f"Первый вход записан будущим днём: {line.first_login_on:%d.%m.%Y}. Исправьте дату."
            yield of_line("USR-3", line, "first_login", told)
        if line.esia_confirmed is False:
            yield of_line("USR-2", line, "esia", "Учётная запись на Госуслугах не подтверждена. Её надо подтвердить.")
        elif line.esia_confirmed is None and line.first_login_on is None:
            yield of_line(
                "USR-2",
                line,
                "esia",
                "Не записано, что учётная запись на Госуслугах есть и подтверждена. Пригласите работника по личной ссылке "
                "или отметьте с его слов.",
            )


def check_first_logins(facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    if not catalog.kind(facts.kind).first_login:
        return
    for line in facts.lines:
        if line.first_login_on is None:
            yield of_line(
                "USR-3",
                line,
                "first_login",
                f"Работник ещё не вошёл первый раз на {catalog.links['first-login'].url}. До отправки должны войти все.",
            )
