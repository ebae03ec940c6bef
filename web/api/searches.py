"""Looks whose words travel in the body: an address stays in the logs of proxies, and it may name a person."""

from __future__ import annotations

import re

from web.shell.problems import ApiProblem, invalid

LOOKS = ("/requests/search", "/organisations/search", "/people/search", "/holders/search")  # nothing is changed by them
_LEGAL = re.compile(r"\d{10}")  # the ИНН of a legal person; one of twelve digits is a person's


def no_words(name: str, typed: str, instead: str) -> None:
    """Raises invalid, which names the call that takes them."""
    if typed:
        raise _refused(name, instead)


def no_person(name: str, inn: str, instead: str) -> None:
    """The ИНН of a legal person may stand in an address. Raises invalid for any other."""
    if inn and not _LEGAL.fullmatch(inn):
        raise _refused(name, instead)


def _refused(name: str, instead: str) -> ApiProblem:
    return invalid(
        name,
        f"Слова, СНИЛС и ИНН людей в адресе не передают: он остаётся в чужих журналах. Вызовите POST /api/v1{instead} с ними в теле.",
    )
