"""How commands speak: one JSON document or plain Russian on stdout, refusals on stderr, exit codes 0, 1, 2."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from refusals import Refusal

if TYPE_CHECKING:
    from actions.context import Work
    from catalog import Catalog
    from models.findings import Finding
    from wiring.work import Installation

Json = Annotated[bool, typer.Option("--json", help="Один документ JSON и больше ничего.")]
_MARKS = {"error": "✗", "warning": "!", "advice": "·"}


def say(text: str = "") -> None:
    typer.echo(text)


def say_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def refuse(text: str, *, code: int = 1) -> NoReturn:
    """Say why not, on stderr, and leave."""
    typer.echo(text, err=True)
    raise typer.Exit(code)


def say_findings(findings: Iterable[Finding]) -> None:
    """Each finding with where, what, and why."""
    from models.findings import SEVERITIES

    for finding in findings:
        where = ", ".join(
            part for part in (f"строка {finding.row}" if finding.row else "", finding.person or "") if part
        )
        mark = f"{_MARKS[finding.severity.value]} {SEVERITIES[finding.severity]}"
        say(f"{mark}{f' ({where})' if where else ''}: {finding.message}")
        if finding.rule:
            say(f"    Правило {finding.rule}: {finding.source}")


def actor() -> str:
    """Who acts, as the log names him."""
    try:
        return f"командная строка: {getpass.getuser()}"
    except (KeyError, OSError):
        return "командная строка"


@contextmanager
def working() -> Iterator[Work]:
    """One command is one transaction of this installation."""
    with opened().work(by=actor()) as work:
        yield work


def loaded_catalog() -> Catalog:
    """The catalogue with the administrator's folder over it; no database is needed."""
    from catalog import load
    from wiring.settings import load as load_settings

    return load(load_settings().catalog_folder)


def opened() -> Installation:
    from wiring.work import installation

    return installation()


def spoken(error: BaseException) -> tuple[str, list[Any]] | None:
    """A refusal of ours as a Russian sentence and findings; None for what is a fault of the program."""
    if isinstance(error, Refusal):
        return error.told + _options(error.more.get("asked", ())), list(error.findings)
    return None


def _options(asked: Any) -> str:
    """By which options a roster's questions are answered."""
    from cli.roster_options import HINTS

    told = [hint for code, hint in HINTS.items() if code in asked]
    return f" Ответы – параметрами: {'; '.join(told)}." if told else ""


def answer(error: BaseException) -> int:
    """Print a refusal and return the exit code; other errors go on. With --json it is a JSON document."""
    told = spoken(error)
    if told is None:
        raise error
    text, findings = told
    if "--json" in sys.argv:
        say_json({"ok": False, "error": text, "findings": [finding.as_json() for finding in findings]})
    else:
        typer.echo(text, err=True)
        say_findings(findings)
    return 1
