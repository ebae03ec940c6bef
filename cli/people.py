"""`people`: what an organisation has on record of its employees, and explicit changes of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import Json, say, say_json, working

if TYPE_CHECKING:
    from actions.context import Work
    from models.employee import Employee
    from models.facts import FullName

app = typer.Typer(help="Работники: карточки, смена имени, опечатки.", no_args_is_help=True)
Snils = Annotated[str, typer.Argument(metavar="СНИЛС")]
Inn = Annotated[str, typer.Option("--organisation", metavar="ИНН", help="В какой организации.")]
Ground = Annotated[str, typer.Option(metavar="ТЕКСТ", help="Основание: например, свидетельство о браке.")]
Surname = Annotated[str | None, typer.Option(help="Фамилия; без неё прежняя.")]
Given = Annotated[str | None, typer.Option(help="Имя; без него прежнее.")]
Patronymic = Annotated[str | None, typer.Option(help="Отчество; без него прежнее, «» – нет отчества.")]


@app.command()
def show(snils: Snils, organisation: Inn, json: Json = False) -> None:
    """Карточка работника. Кто посмотрел, записывается."""
    from actions.cards.people import cards_in
    from actions.log import audit

    with working() as work:
        cards = cards_in(work, snils, organisation)
        for card in cards:
            audit.record(work, "person.viewed", "people", employee=card.id)
        told = [_told(work, card) for card in cards]
    _say(told, json)


@app.command()
def change(
    snils: Snils,
    organisation: Inn,
    email: Annotated[str | None, typer.Option(help="Почта; «» – убрать.")] = None,
    post: Annotated[str | None, typer.Option(help="Должность.")] = None,
    unit: Annotated[str | None, typer.Option(help="Служба: hr, maintenance или other.")] = None,
    json: Json = False,
) -> None:
    """Изменить почту, должность, службу. В заявках остаётся то, что в их строках."""
    from actions.cards import names
    from actions.cards.people import cards_in

    with working() as work:
        cards = [
            names.change(work, card, {"email": email, "post": post, "unit": unit})
            for card in cards_in(work, snils, organisation)
        ]
        told = [_told(work, card) for card in cards]
    _say(told, json)


@app.command()
def rename(
    snils: Snils,
    organisation: Inn,
    since: Annotated[dt.datetime, typer.Option(formats=["%Y-%m-%d"], metavar="ДАТА", help="С какого дня имя другое.")],
    surname: Surname = None,
    given: Given = None,
    patronymic: Patronymic = None,
    ground: Ground = "",
    json: Json = False,
) -> None:
    """Записать смену имени: до этого дня в списках ролей и доказательствах остаётся прежнее."""
    from actions.cards import names
    from actions.cards.people import cards_in

    with working() as work:
        cards = cards_in(work, snils, organisation)
        for card in cards:
            names.rename(work, card, _name(card, surname, given, patronymic), since=since.date(), ground=ground)
        told = [_told(work, card) for card in cards]
    _say(told, json)


@app.command()
def correct(
    snils: Snils,
    organisation: Inn,
    surname: Surname = None,
    given: Given = None,
    patronymic: Patronymic = None,
    ground: Ground = "",
    json: Json = False,
) -> None:
    """Исправить опечатку в имени – за все дни."""
    from actions.cards import names
    from actions.cards.people import cards_in

    with working() as work:
        cards = cards_in(work, snils, organisation)
        for card in cards:
            names.correct(work, card, _name(card, surname, given, patronymic), ground=ground)
        told = [_told(work, card) for card in cards]
    _say(told, json)


def _name(card: Employee, *parts: str | None) -> FullName:
    from models.facts import FullName

    kept = (card.surname, card.given, card.patronymic)
    return FullName(*(before if part is None else part for part, before in zip(parts, kept, strict=True)))


def _told(work: Work, card: Employee) -> dict[str, object]:
    from actions.cards import names

    return {
        "id": card.id,
        "organisation": card.organisation_id,
        "name": card.name,
        "email": card.email,
        "post": card.post,
        "unit": card.unit,
        "esia_confirmed_on": card.esia_confirmed_on.isoformat() if card.esia_confirmed_on else None,
        "first_login_on": card.first_login_on.isoformat() if card.first_login_on else None,
        "former_names": [
            {"name": row.name, "until": row.until.isoformat() if row.until else None, "ground": row.ground}
            for row in names.former_names(work, card)
        ],
    }


def _say(cards: list[dict[str, object]], json: bool) -> None:
    if json:
        say_json(cards)
        return
    for card in cards:
        say(f"{card['name']}. Почта: {card['email'] or 'нет'}. Должность: {card['post'] or 'не указана'}.")
        for row in card["former_names"]:  # type: ignore[attr-defined]
            say(
                f"  {'до ' + row['until'] if row['until'] else 'было с опечаткой'}: {row['name']}  {row['ground']}".rstrip()
            )
