"""`deadline`, `remind`, `sweep`: time and what is due."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import Json, opened, say, say_json, working

if TYPE_CHECKING:
    from wiring.work import Installation


def deadline(
    start: Annotated[str, typer.Option("--from", metavar="ISO", help="Начало; без пояса – московское время.")],
    hours: Annotated[str, typer.Option(metavar="N", help="Рабочие часы.")] = "16",
    json: Json = False,
) -> None:
    """Срок в рабочих часах СТП по производственному календарю, с объяснением."""
    import datetime as dt

    from models.moments import zoned
    from states.deadlines import deadline as reckon
    from states.deadlines import explain
    from wiring.calendar import desk_schedule, working_calendar
    from wiring.settings import load

    try:
        moment, wanted = dt.datetime.fromisoformat(start), Decimal(hours.replace(",", "."))
    except (ValueError, InvalidOperation):
        raise typer.BadParameter("Начало – как 2026-11-23T10:00, часы – число.") from None
    if wanted < 0 or not wanted.is_finite():
        raise typer.BadParameter("Часов не может быть меньше нуля.")
    settings = load()
    reckoned = reckon(zoned(moment), wanted, desk_schedule(settings), working_calendar(settings))
    if json:
        say_json(reckoned.as_json())
    else:
        for line in explain(reckoned):
            say(line)


def remind(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Только показать, кто что получит и почему.")] = False,
    days: Annotated[int, typer.Option(min=1, max=366, help="На сколько дней вперёд, считая сегодня.")] = 1,
    json: Json = False,
) -> None:
    """Напоминания: показать заранее (--dry-run) или поставить сегодняшние в очередь."""
    from actions.keeping import reminders
    from actions.post import destinations

    with working() as work:
        held = destinations.unconfirmed(work)
        if not dry_run:
            count = reminders.send_due(work)
        else:
            rows = [due.as_json() for due in reminders.planned(work, days=days)]
    if not dry_run:
        say_json({"promised": count}) if json else say(held or f"Писем поставлено в очередь: {count}.")
        return
    if json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['at'][:16].replace('T', ' ')}  {row['to']}  {row['request']}  {row['why']}")
    say(f"Напоминаний: {len(rows)}." if rows else "Напоминать не о чем.")


def sweep(
    name: Annotated[str, typer.Argument(help="deliver, inbox, remind, refresh, nightly, erase, webhooks.")],
    json: Json = False,
) -> None:
    """Выполнить один обход сейчас, без Prefect."""
    from sweeps import NAMES, run_sweep

    if name not in NAMES:
        raise typer.BadParameter(f"Обхода «{name}» нет. Есть: {', '.join(NAMES)}.")
    installation = opened()
    result = run_sweep(name, installation)
    say_json(result) if json else say(f"{name}: {result}")
    if name == "deliver" and not json:
        _say_what_is_held(installation)


def _say_what_is_held(installation: Installation) -> None:
    from actions.post import destinations

    with installation.reading(by="командная строка") as work:
        held = destinations.unconfirmed(work)
    if held:
        say(f"{held} Команда: {destinations.COMMAND} АДРЕС.")
