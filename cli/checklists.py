"""`checklist`: what is filled in once access is there; `login-help`: how to log in."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import Json, say, say_findings, say_json, working

if TYPE_CHECKING:
    from actions.checklists.checklists import Spot
    from actions.context import Work
    from models.organisation import Organisation

app = typer.Typer(help="Что внести в реестры, когда доступ есть: по организации и по работникам.", no_args_is_help=True)
Inn = Annotated[str, typer.Argument(metavar="ИНН")]
Item = Annotated[str, typer.Argument(metavar="ПУНКТ", help="Код или название пункта, см. checklist show.")]
Worker = Annotated[str, typer.Option("--worker", metavar="СНИЛС|№", help="Чей пункт; без него – организации.")]
_MARKS = {"done": "✓", "ready": "□", "blocked": "·"}


@app.command("list")
def list_checklists(json: Json = False) -> None:
    """Как идёт заполнение во всех организациях, просроченные сверху."""
    from actions.checklists.overview import overview

    with working() as work:
        rows = [standing.as_json() for standing in overview(work)]
    if json:
        say_json(rows)
        return
    for row in rows:
        late = f", просрочено: {row['overdue']}" if row["overdue"] else ""
        people = f", работников: {row['workers']}" if row["workers"] is not None else ""
        ahead = f", дальше «{row['next']}»" if row["next"] else ""
        say(
            f"{row['inn']}  {row['organisation']}  {row['title']}: {row['done']} из {row['total']}{people}{late}{ahead}"
        )
    say(f"Списков: {len(rows)}." if rows else "Списков ещё нет: они откроются, когда доступ подтвердят входом.")


@app.command()
def show(inn: Inn, json: Json = False) -> None:
    """Списки организации: что внести, от чего зависит, кто и к какому сроку."""
    from views import checklist_progress

    with working() as work:
        shown: dict[str, Any] = checklist_progress.show(work, _organisation(work, inn))
    if json:
        say_json(shown)
        return
    say(f"{shown['organisation']}, ИНН {shown['inn']}")
    for entry in shown["lists"]:
        _tell_list(entry)


def _tell_list(entry: dict[str, Any]) -> None:
    if entry["opened"] is None:
        say(f"\n{entry['title']}: список ещё закрыт ({entry['rule']}).")
        return
    progress = entry["progress"]
    say(f"\n{entry['title']}: {progress['done']} из {progress['total']} ({entry['rule']})")
    for item in entry["items"]:
        _tell_item(item)
    for worker in entry["workers"]:
        done = worker["progress"]
        say(f"  № {worker['worker']}  {worker['name']}, {worker['snils']}: {done['done']} из {done['total']}")
        for item in worker["items"]:
            _tell_item(item, "  ")
    for note in entry["notes"]:
        say(f"  ! {note['text']} ({note['rule']})")


def _tell_item(item: dict[str, Any], indent: str = "") -> None:
    waits = "".join(f", после «{part['title']}» ({part['rule']})" for part in item["waits_for"])
    due = (
        f", до {item['due']}{' – срок вышел' if item['overdue'] else ''}"
        if item["due"] and item["state"] != "done"
        else ""
    )
    who = f", отвечает {item['assignee']}" if item["assignee"] else ""
    note = f" – {item['note']}" if item["note"] else ""
    say(f"{indent}  {_MARKS[item['state']]} {item['item']:13} {item['title']}{waits}{due}{who}{note}")


@app.command("open")
def open_list(
    inn: Inn,
    code: Annotated[str, typer.Argument(metavar="СПИСОК", help="Код списка, см. checklist show --json.")],
    json: Json = False,
) -> None:
    """Открыть список вручную: доступ получен раньше, не через эту программу."""
    from actions.checklists import checklists
    from views import checklist_progress

    with working() as work:
        card = _organisation(work, inn)
        checklists.open_checklist(work, card.id or 0, code)
        shown = checklist_progress.show(work, card)
    say_json(shown) if json else say(f"Список «{code}» открыт. Дальше: egisz-access checklist show {inn}")


@app.command()
def worker(
    inn: Inn,
    name: Annotated[str, typer.Option(help="Фамилия, имя и отчество.")],
    snils: Annotated[str, typer.Option(help="СНИЛС.")],
    json: Json = False,
) -> None:
    """Внести работника в список: дальше по нему идут шаги регистра."""
    from actions.checklists import checklist_workers

    with working() as work:
        added = checklist_workers.add_worker(work, _organisation(work, inn).id or 0, name=name, snils=snils)
    say_json({"worker": added.id}) if json else say(f"Работник внесён, № {added.id}. Показать: checklist show {inn}")


@app.command("drop-worker")
def drop_worker(inn: Inn, which: Annotated[str, typer.Argument(metavar="СНИЛС|№")], json: Json = False) -> None:
    """Убрать работника, внесённого по ошибке; с отметками – нельзя."""
    from actions.checklists import checklist_workers

    with working() as work:
        organisation = _organisation(work, inn).id or 0
        number = checklist_workers.find_worker(work, organisation, which).id or 0
        checklist_workers.remove_worker(work, organisation, number)
    say_json({"removed": number}) if json else say(f"Работник № {number} убран из списка.")


@app.command()
def tick(
    inn: Inn,
    item: Item,
    worker: Worker = "",
    note: Annotated[str, typer.Option(help="Примечание к отметке.")] = "",
    json: Json = False,
) -> None:
    """Отметить: внесено."""
    from actions.checklists import checklists

    with working() as work:
        spot = _spot(work, inn, item, worker)
        checklists.tick(work, spot, note=note)
        _told(work, spot, "отмечено", json)


@app.command()
def untick(inn: Inn, item: Item, worker: Worker = "", json: Json = False) -> None:
    """Снять отметку."""
    from actions.checklists import checklists

    with working() as work:
        spot = _spot(work, inn, item, worker)
        checklists.untick(work, spot)
        _told(work, spot, "отметка снята", json)


@app.command()
def assign(
    inn: Inn,
    item: Item,
    to: Annotated[str, typer.Option(metavar="СНИЛС|ФИО", help="Работник на учёте или имя; пусто – никто.")],
    worker: Worker = "",
    json: Json = False,
) -> None:
    """Назначить, кто внесёт."""
    from actions.cards import people
    from actions.checklists import checklists
    from actions.context import NotFound
    from models.identifiers import snils_digits

    with working() as work:
        spot = _spot(work, inn, item, worker)
        if sum(sign.isdigit() for sign in to) >= 9:  # a name may hold a room number
            person = people.find(work, spot.organisation_id, snils_digits(to))
            if person is None:
                raise NotFound("Работника с таким СНИЛС в этой организации нет. Напишите имя.")
            findings = checklists.assign(work, spot, employee_id=person.id)
        else:
            findings = checklists.assign(work, spot, name=to)
        _told(work, spot, "назначено", json)
    if not json:
        say_findings(findings)


@app.command()
def due(
    inn: Inn,
    item: Item,
    day: Annotated[str, typer.Argument(metavar="ДАТА", help="ГГГГ-ММ-ДД или «нет».")],
    worker: Worker = "",
    json: Json = False,
) -> None:
    """Поставить другой срок."""
    from actions.checklists import checklists

    try:
        wanted = None if day.casefold() == "нет" else dt.date.fromisoformat(day)
    except ValueError:
        raise typer.BadParameter(f"«{day}»: нужна дата вида 2026-12-10 или «нет».") from None
    with working() as work:
        spot = _spot(work, inn, item, worker)
        checklists.set_due(work, spot, wanted)
        _told(work, spot, f"срок {day}", json)


@app.command()
def note(
    inn: Inn, item: Item, text: Annotated[str, typer.Argument(metavar="ТЕКСТ")], worker: Worker = "", json: Json = False
) -> None:
    """Записать примечание к пункту."""
    from actions.checklists import checklists

    with working() as work:
        spot = _spot(work, inn, item, worker)
        checklists.write_note(work, spot, text)
        _told(work, spot, "примечание записано", json)


def login_help(json: Json = False) -> None:
    """Памятка: как войти в подсистемы ЕГИСЗ и что делать, если не получается."""
    from catalog.help import load_help
    from wiring.settings import load

    told = load_help(load().catalog_folder)
    if json:
        sections = [
            {
                "code": part.code,
                "title": part.title,
                "text": told.plain(part.text),
                "steps": [told.plain(step) for step in part.steps],
                "rule": part.rule,
            }
            for part in told.sections
        ]
        say_json({"title": told.title, "intro": told.intro, "sections": sections})
        return
    say(f"{told.title}\n{told.intro}")
    for part in told.sections:
        say(f"\n{part.title} ({part.rule})")
        if part.text:
            say(f"  {told.plain(part.text)}")
        for number, step in enumerate(part.steps, 1):
            say(f"  {number}. {told.plain(step)}")


def _organisation(work: Work, inn: str) -> Organisation:
    from actions.cards import organisations
    from actions.context import NotFound
    from models.identifiers import inn_digits

    found = organisations.find(work, inn_digits(inn))
    if found is None:
        raise NotFound("Организации с таким ИНН в картотеке нет. Завести: egisz-access organisation show ИНН")
    return found


def _spot(work: Work, inn: str, item: str, worker: str) -> Spot:
    from actions.checklists import checklist_workers, checklists

    organisation = _organisation(work, inn).id or 0
    number = checklist_workers.find_worker(work, organisation, worker).id if worker else None
    return checklists.find_spot(work, organisation, item, number)


def _told(work: Work, spot: Spot, what: str, json: bool) -> None:
    """How the item stands now."""
    from views.checklist_progress import item_view

    view = item_view(work, spot)
    say_json(view.as_json()) if json else say(f"«{view.entry.title}»: {what}.")
