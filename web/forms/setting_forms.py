"""Settings as forms: each is declared once, shown with where its value comes from, read back with every mistake told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from starlette.datastructures import FormData

from states.rules.emails import email_problem
from web.shell import secret, text, ticked
from web.shell.server_paths import server_path
from wiring import settings_file
from wiring.settings import Settings
from wiring.settings_file import WrongSettings

Kind = Literal["text", "email", "emails", "lines", "number", "choice", "secret", "tick", "time", "path"]


@dataclass(frozen=True, slots=True)
class Setting:
    """`key` is dotted («smtp.host»); `choices` are (value, label)."""

    key: str
    label: str
    kind: Kind = "text"
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Control:
    """A setting in a form. `fixed`: the environment gives the value, so the file cannot."""

    setting: Setting
    value: str
    fixed: bool
    known: bool  # a secret that is set
    problem: str


def controls(
    settings: Settings,
    wanted: Iterable[Setting],
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    *,
    elsewhere: bool = False,
) -> dict[str, Control]:
    """By key. `typed` wins over what holds: nothing typed is lost. `elsewhere`: another folder's, where our environment says nothing."""
    fixed = frozenset[str]() if elsewhere else settings_file.from_environment()
    found = {}
    for setting in wanted:
        present = settings_file.value_of(settings, setting.key)
        shown = settings_file.as_text(present)
        if setting.kind == "tick":
            shown = "1" if present else ""
        elif setting.kind == "secret":
            shown = ""
        if typed is not None and setting.kind != "secret" and setting.key not in fixed:
            shown = typed.get(setting.key, "")
        found[setting.key] = Control(
            setting,
            shown,
            setting.key in fixed,
            setting.kind == "secret" and bool(settings_file.plain(present)),
            (problems or {}).get(setting.key, ""),
        )
    return found


def typed_values(form: FormData, wanted: Iterable[Setting]) -> dict[str, str]:
    """As typed, to show again; never a secret."""
    return {setting.key: text(form, setting.key, 4000) for setting in wanted if setting.kind != "secret"}


def read(form: FormData, wanted: Iterable[Setting], *, elsewhere: bool = False) -> dict[str, object]:
    """Values for the file; an emptied field gives its default back. Raises WrongSettings with every mistake."""
    fixed = frozenset[str]() if elsewhere else settings_file.from_environment()
    values: dict[str, object] = {}
    problems: dict[str, str] = {}
    for setting in wanted:
        if setting.key in fixed:
            continue
        if setting.kind == "secret":
            values |= _secret(form, setting)
            continue
        try:
            values[setting.key] = _value(form, setting)
        except ValueError as wrong:
            problems[setting.key] = str(wrong)
    if problems:
        raise WrongSettings(problems)
    return values


def _secret(form: FormData, setting: Setting) -> dict[str, object]:
    """An empty field leaves what is set."""
    if ticked(form, f"{setting.key}.forget"):
        return {setting.key: None}
    given = secret(form, setting.key)
    return {setting.key: given} if given else {}


def _value(form: FormData, setting: Setting) -> object:
    """Raises ValueError with a Russian sentence."""
    if setting.kind == "tick":
        return ticked(form, setting.key)
    typed = text(form, setting.key, 4000)
    if not typed:
        return None
    match setting.kind:
        case "number":
            return _number(typed)
        case "time":
            return _time(typed)
        case "email":
            return _address(typed)
        case "emails":
            return [_address(line.strip()) for line in typed.splitlines() if line.strip()]
        case "lines":
            return [line.strip() for line in typed.splitlines() if line.strip()]
        case "path":
            return _path(typed)
        case "choice" if typed not in dict(setting.choices):
            raise ValueError("выберите одно из списка.")
    return typed


def _number(typed: str) -> int | float:
    try:
        return int(typed)
    except ValueError:
        pass
    try:
        return float(typed.replace(",", "."))
    except ValueError:
        raise ValueError("нужно число, например 30.") from None


def _time(typed: str) -> dt.time:
    try:
        return dt.time.fromisoformat(typed)
    except ValueError:
        raise ValueError("время пишут так: 09:00.") from None


def _address(typed: str) -> str:
    problem = email_problem(typed)
    if problem:
        raise ValueError(problem)
    return typed


def _path(typed: str) -> str:
    path = server_path(typed)
    if path is None or not path.is_file():
        raise ValueError("такого файла на сервере нет. Впишите полный путь.")
    return typed
