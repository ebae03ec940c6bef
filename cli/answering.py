"""Answers as the command line says them: of everybody, of a worker, of one role, or in a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer

from cli.drafting import read_toml

if TYPE_CHECKING:
    from actions.steps.answer import Upload
    from models.answers import Outcome, Said

_FORM = "«{}»: нужно {}=granted или {}=«rejected: причина»."
_KEYS = ("snils", "subsystem", "role", "outcome", "reason", "until")


def said_of(decision: str | None, persons: Sequence[str], pairs: Sequence[str], file: Path | None) -> list[Said]:
    """Raises typer.BadParameter for what is no answer, BadIdentifier for a wrong СНИЛС."""
    from models.answers import Said

    said = [Said(_outcome(decision, "РЕШЕНИЕ"))] if decision else []
    said += [_one(typed, "СНИЛС") for typed in persons]
    said += [_one(typed, "СНИЛС:ПОДСИСТЕМА:РОЛЬ") for typed in pairs]
    return said + (_in_file(file) if file else [])


def _one(typed: str, form: str) -> Said:
    from models.answers import Said
    from models.identifiers import snils_digits

    whom, mark, told = typed.partition("=")
    snils, _, rest = whom.partition(":")
    subsystem, _, role = rest.partition(":")
    if not mark or (form != "СНИЛС" and not (subsystem and role)):
        raise typer.BadParameter(_FORM.format(form, form, form))
    outcome, _, reason = told.partition(":")
    return Said(
        _outcome(outcome, form),
        reason.strip(),
        snils=snils_digits(snils),
        subsystem=subsystem.strip(),
        role=role.strip(),
    )


def _outcome(typed: str, form: str) -> Outcome:
    if typed.strip() not in ("granted", "rejected"):
        raise typer.BadParameter(f"{form}: ответ – granted или rejected, а здесь «{typed.strip()}».")
    return cast("Outcome", typed.strip())


def _in_file(path: Path) -> list[Said]:
    rows = read_toml(path).get("pairs")
    if not isinstance(rows, list) or not rows:
        raise typer.BadParameter("В файле нет ни одного раздела [[pairs]].", param_hint="--answers")
    return [_row(row, place) for place, row in enumerate(rows, 1)]


def _row(row: dict[str, Any], place: int) -> Said:
    from models.answers import Said
    from models.identifiers import snils_digits

    where = f"[[pairs]] № {place}"
    strange = sorted(set(row) - set(_KEYS))
    if strange:
        raise typer.BadParameter(
            f"{where}: ключа «{strange[0]}» нет. Есть: {', '.join(_KEYS)}.", param_hint="--answers"
        )
    until = row.get("until")
    if until is not None and (not isinstance(until, dt.date) or isinstance(until, dt.datetime)):
        raise typer.BadParameter(
            f"{where}, until: дату пишут без кавычек, например 2027-01-31.", param_hint="--answers"
        )
    if not row.get("snils"):
        raise typer.BadParameter(f"{where}: нет snils.", param_hint="--answers")
    return Said(
        _outcome(str(row.get("outcome", "")), f"{where}, outcome"),
        str(row.get("reason", "")),
        until,
        snils=snils_digits(row["snils"]),
        subsystem=str(row.get("subsystem", "")),
        role=str(row.get("role", "")),
    )


def file_of(path: Path | None) -> Upload | None:
    """Name and bytes. Raises typer.BadParameter when there is no such file."""
    if path is None:
        return None
    if not path.is_file():
        raise typer.BadParameter(f"Файла {path} нет.", param_hint="--ground-file")
    from actions.steps.answer import Upload

    return Upload(path.name, path.read_bytes())
