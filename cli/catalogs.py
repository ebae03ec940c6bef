"""`catalog`: subsystems and request kinds, what they ask for, an administrator's folder checked and compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import Json, loaded_catalog, say, say_json, working

if TYPE_CHECKING:
    from catalog.comparing import Change
    from catalog.problems import Problem
    from views.catalogue.changes import Comparison, Touched

app = typer.Typer(help="Справочник подсистем и видов заявок.", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(metavar="ПАПКА", help="Папка с файлами, которые лягут поверх поставленных.")]


@app.command("list")
def list_catalog(json: Json = False) -> None:
    """Подсистемы и виды заявок: что это, куда идёт, нужна ли подпись, сколько ждать."""
    from catalog.describing import overview

    rows = overview(loaded_catalog())
    if json:
        say_json(rows)
        return
    from cli.catalog_telling import tell_overview

    tell_overview(rows)


@app.command("show")
def show_catalog(
    code: Annotated[str, typer.Argument(metavar="КОД", help="Вид заявки или подсистема, см. catalog list.")],
    json: Json = False,
) -> None:
    """Что понадобится для заявки: поля, приложения, люди, подпись, правила с источниками."""
    from catalog.describing import describe

    shown = describe(code, loaded_catalog(), _own_folder())
    if json:
        say_json(shown)
        return
    from cli.catalog_telling import tell_entry

    tell_entry(shown)


@app.command()
def bodies(json: Json = False) -> None:
    """Коды: кто подписывает, чья печать, подведомственность, типы организаций."""
    from catalog.describing import bodies as known

    rows = known(loaded_catalog())
    if json:
        say_json(rows)
        return
    from cli.catalog_telling import tell_bodies

    tell_bodies(rows)


@app.command()
def check(folder: Folder, json: Json = False) -> None:
    """Проверить свою папку справочника до того, как ею пользоваться: все ошибки сразу."""
    from catalog.auditing import laid
    from views.catalogue.changes import problems

    found = problems(folder)
    told = laid(folder)
    if json:
        say_json(
            {
                "ok": not found,
                "problems": [{"file": one.file, "key": one.key, "message": one.message} for one in found],
                "adds": list(told.adds),
                "replaces": list(told.replaces),
            }
        )
    else:
        _tell_problems(found)
        for text, names in (("Добавляет", told.adds), ("Заменяет поставленные", told.replaces)):
            if names:
                say(f"{text}: {', '.join(names)}.")
        if not found:
            say(f"Ошибок нет. Что изменится в заявках: egisz-access catalog diff {folder}")
    if found:
        raise typer.Exit(1)


def _tell_problems(found: list[Problem]) -> None:
    from cli.wrapping import tell

    for problem in found:
        tell(str(problem), mark="✗ ")
    if found:
        say(f"Ошибок: {len(found)}.")


@app.command()
def diff(folder: Folder, json: Json = False) -> None:
    """Что папка изменит против нынешнего справочника и каких заявок это коснётся. Ничего не записывает."""
    from catalog import CatalogError
    from views.catalogue.changes import compared, problems

    found = problems(folder)
    if found:
        raise CatalogError(*found)
    with working() as work:
        comparison = compared(work, folder)
    if json:
        say_json({"ok": True, **comparison.as_json()})
        return
    _tell_comparison(comparison)


def _tell_comparison(comparison: Comparison) -> None:
    if not comparison.changes:
        say("Различий нет.")
        return
    for change in comparison.changes:
        _tell_change(change)
    say()
    if not comparison.touched:
        say("Открытых заявок это не коснётся.")
        return
    say(f"Открытых заявок коснётся: {len(comparison.touched)}.")
    for entry in comparison.touched:
        _tell_touched(entry)
    if comparison.stranded:
        say(f"Не смогут идти дальше: {len(comparison.stranded)}. Сначала завершите или отзовите их.")


def _tell_change(change: Change) -> None:
    from catalog.comparing import HOW, WHAT
    from cli.wrapping import tell

    name = f" «{change.name}»" if change.name and change.name != change.code else ""
    say(f"{WHAT[change.what]}{name} ({change.code}): {HOW[change.how]}.")
    for one in change.differences:
        tell(f"{one.label}: {one.old or 'не было'} → {one.new or 'нет'}", indent=2, mark="– ")


def _tell_touched(entry: Touched) -> None:
    from cli.wrapping import tell
    from states.words.requests import STATUS_LABELS

    told = [
        f"{label}: {', '.join(rule or 'порядок работы' for rule in rules)}"
        for label, rules in (
            ("новые ошибки", entry.new_errors),
            ("снимутся ошибки", entry.gone_errors),
            ("новые предупреждения", entry.new_others),
            ("снимутся предупреждения", entry.gone_others),
        )
        if rules
    ]
    why = entry.stranded or "; ".join(told) or "замечания те же"
    tell(
        f"{entry.number} ({entry.kind}, {STATUS_LABELS[entry.status]}): {why}",
        indent=2,
        mark="✗ " if entry.stranded else "– ",
    )


def _own_folder() -> Path | None:
    from wiring.settings import load

    return load().catalog_folder
