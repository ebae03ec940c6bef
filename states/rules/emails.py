"""Addresses that a letter can go to (APP-6)."""

from __future__ import annotations

import re
from functools import lru_cache

_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_ADDRESS = re.compile(r"(?<![^@\s;,<>()])[^@\s;,<>()]++@[^@\s;,<>()]+")
_EXAMPLE = "Проверьте написание, например ivanova@mail.ru."


@lru_cache(maxsize=4096)
def email_problem(value: str) -> str:
    """A Russian sentence for an address that a letter cannot go to; empty when it can."""
    text = value.strip()
    if "@" not in text:
        return f"«{value}» – не адрес почты: нет знака @. {_EXAMPLE}"
    found = _ADDRESS.findall(text)
    if len(found) > 1:
        return "В ячейке несколько адресов. Оставьте один, собственный адрес работника."
    if found and found[0] != text and re.search(r"\w", text.replace(found[0], "")) and _is_address(found[0]):
        return f"Кроме адреса в ячейке есть лишнее. Оставьте только {found[0]}."
    local, _, domain = text.partition("@")
    if not domain.strip(" .") or not local:
        half = "до знака @ ничего нет" if not local else "после знака @ нет домена"
        return f"«{value}» – не адрес почты: {half}. {_EXAMPLE}"
    if meant := _misspelt(domain):
        ending = domain.rpartition(".")[2]
        return f"В адресе окончание «.{ending}» русскими буквами. Наверное, {local}@{meant}: наберите латиницей."
    if "." not in domain.strip("."):
        return f"«{value}» – не адрес почты: в домене «{domain}» нет окончания, например .ru. {_EXAMPLE}"
    strange = sorted(set(_CYRILLIC.findall(local)) | _mixed(domain))
    if strange and _LATIN.search(text):
        return f"В адресе есть русские буквы ({', '.join(strange)}). Наберите адрес заново латиницей."
    return "" if _is_address(text) else f"«{value}» – не адрес почты. {_EXAMPLE}"


def _is_address(text: str) -> bool:
    from email_validator import EmailNotValidError, validate_email

    try:
        validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return False
    return True


_RUSSIAN_ENDINGS = {"ру": "ru", "су": "su", "нет": "net", "ком": "com", "орг": "org"}


def _misspelt(domain: str) -> str:
    """The domain as it was meant: there is no .ру; .ком and .орг there are, but not behind a Latin name."""
    name, _, ending = domain.rpartition(".")
    latin = _RUSSIAN_ENDINGS.get(ending.lower(), "")
    return f"{name}.{latin}" if latin and name and not _CYRILLIC.search(name) else ""


def _mixed(domain: str) -> set[str]:
    """Russian letters of a domain's labels that also hold Latin ones; почта.рф is a domain, mаil.ru is not."""
    mixed = (label for label in domain.split(".") if _LATIN.search(label))
    return {letter for label in mixed for letter in _CYRILLIC.findall(label)}
