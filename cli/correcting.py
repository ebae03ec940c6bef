"""`request correct`: putting right what was recorded wrongly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import Json, refuse, say, say_json, working

if TYPE_CHECKING:
    from actions.context import Work
    from models.correction import Correction

_KINDS = (
    "answer – ответ был другим, no-answer – ответа не было, ticket – номер обращения не тот, login – вход не подтверждён, "
    "hand-over – заявку не передавали, signature-date – дата подписи не та, version – подали снова из-за неверного отказа: вернуть "
    "прежнюю версию, since – доступ дали ещё по прежней версии."
)

Why = Annotated[str, typer.Option(help="Почему исправляете, не короче 10 знаков.")]
Preview = Annotated[bool, typer.Option("--preview", help="Только показать, что изменится.")]
Yes = Annotated[bool, typer.Option("--yes", help="Не спрашивать подтверждения.")]


def correct(
    id: Annotated[str, typer.Argument(metavar="ЗАЯВКА", help="Номер заявки или её строки.")],
    kind: Annotated[str, typer.Argument(metavar="ЧТО", help=_KINDS)],
    why: Why,
    ticket: Annotated[str, typer.Option(help="Правильный номер обращения; пусто – номера нет.")] = "",
    signed_on: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Правильная дата подписи.")
    ] = None,
    version: Annotated[
        int | None, typer.Option(help="Какая прежняя версия; без него – последняя, которой отказали.")
    ] = None,
    snils: Annotated[list[str] | None, typer.Option(help="Чей вход не подтверждён; без него – всех.")] = None,
    person: Annotated[
        list[str] | None,
        typer.Option(metavar="СНИЛС=ОТВЕТ", help="Обо всех ролях работника: granted или «rejected: причина»."),
    ] = None,
    pair: Annotated[
        list[str] | None,
        typer.Option(metavar="СНИЛС:ПОДСИСТЕМА:РОЛЬ=ОТВЕТ", help="Об одной роли; не названное остаётся как есть."),
    ] = None,
    answers: Annotated[Path | None, typer.Option(help="Ответы в TOML, как у request answer.")] = None,
    outcome: Annotated[str | None, typer.Option(help="Что получено (код), если видов ответа несколько.")] = None,
    reason: Annotated[str, typer.Option(help="Причина отказа тем, у кого своя не названа.")] = "",
    until: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="До какого дня дан доступ.")] = None,
    ground: Annotated[
        str, typer.Option(help="На чём основан верный ответ: кто, когда и как сообщил (не короче 10 знаков).")
    ] = "",
    ground_letter: Annotated[int | None, typer.Option(help="Или номер пришедшего письма.")] = None,
    preview: Preview = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Исправить записанное неверно. Прежняя запись остаётся в журнале; сначала видно, что изменится."""
    from actions.answers import answers as given
    from actions.corrections import correcting
    from actions.corrections.corrections import Kind
    from actions.requests import lookup
    from models.identifiers import snils_digits

    if kind not in {each.value for each in Kind}:
        raise typer.BadParameter(f"«{kind}»: такого исправления нет. Есть: {_KINDS}", param_hint="ЧТО")
    from cli.answering import said_of

    said = tuple(said_of(None, person or [], pair or [], answers))
    numbers = frozenset(snils_digits(each) for each in snils or [])
    with working() as work:
        request = lookup.find(work, id)
        wanted = correcting.Wanted(
            Kind(kind),
            why,
            ticket=ticket,
            version=version,
            day=signed_on.date() if signed_on else None,
            snils=numbers,
            said=said,
            reason=reason,
            until=until.date() if until else None,
            outcome=outcome,
            ground=given.ground(work, request, words=ground, letter=ground_letter),
        )
        _shown_first(work, lambda: correcting.correct(work, request, wanted), preview, yes, json)


def letter_back(
    id: Annotated[int, typer.Argument(help="Номер письма.")],
    why: Why,
    preview: Preview = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Вернуть на разбор письмо, которое разобрали неверно; что по нему записано, исправляется."""
    from actions.answers import inbox
    from actions.corrections import corrected_letters

    with working() as work:
        letter = inbox.get(work, id)
        _shown_first(work, lambda: corrected_letters.back_to_triage(work, letter, why=why), preview, yes, json)


def name_back(
    snils: Annotated[str, typer.Argument(metavar="СНИЛС")],
    organisation: Annotated[str, typer.Option(metavar="ИНН")],
    why: Why,
    preview: Preview = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Вернуть работнику прежнее имя: последняя смена имени записана по ошибке."""
    from actions.cards.people import cards_in
    from actions.corrections import corrected_cards

    with working() as work:
        for card in cards_in(work, snils, organisation):
            if corrected_cards.last_change(work, card) is not None:
                _shown_first(work, partial(corrected_cards.take_name_back, work, card, why=why), preview, yes, json)
                return
    refuse("Смены имени у работника не записано: исправлять нечего.")


def first_login_back(
    snils: Annotated[str, typer.Argument(metavar="СНИЛС")],
    organisation: Annotated[str, typer.Option(metavar="ИНН")],
    why: Why,
    preview: Preview = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Записать, что первого входа у работника не было."""
    from actions.cards.people import cards_in
    from actions.corrections import corrected_cards

    with working() as work:
        cards = [card for card in cards_in(work, snils, organisation) if card.first_login_on is not None]
        if cards:
            act = partial(corrected_cards.take_first_login_back, work, cards[0], why=why)
            _shown_first(work, act, preview, yes, json)
            return
    refuse("Первый вход у работника не записан: исправлять нечего.")


def change_back(
    inn: Annotated[str, typer.Argument(metavar="ИНН")],
    number: Annotated[int, typer.Argument(metavar="№", help="Номер изменения: organisation changes ИНН.")],
    why: Why,
    kpp: Annotated[str, typer.Option("--kpp", metavar="КПП", help="Филиал, если их несколько с этим ИНН.")] = "",
    preview: Preview = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Записать, что переименования или перехода ролей не было."""
    from actions.cards import organisations
    from actions.corrections import corrected_organisations
    from actions.reviews import reorganising

    with working() as work:
        change = reorganising.get(work, organisations.known(work, inn, kpp), number)
        _shown_first(work, lambda: corrected_organisations.take_change_back(work, change, why=why), preview, yes, json)


def _shown_first(work: Work, act: Callable[[], Correction], preview: bool, yes: bool, json: bool) -> None:
    """What would change, the question, the entry."""
    from actions.corrections import corrections

    if preview or not yes:
        told = told_of(work, corrections.foreseen(work, act))
        say_json(told) if json else _say(told)
    if preview or (json and not yes):
        return
    if not yes and not typer.confirm("Записать исправление?"):
        refuse("Ничего не записано.")
    told = told_of(work, act())
    say_json(told) if json else say(f"Исправление № {told['id']} записано.")


def told_of(work: Work, correction: Correction) -> dict[str, Any]:
    from actions.corrections.words import as_json

    return as_json(work, correction)


def _say(told: dict[str, Any]) -> None:
    say("Изменится:")
    for change in told["changes"]:
        say(f"  {change['what']}: {change['before'] or '–'} → {change['after'] or '–'}")
    if told["letters"]:
        say(f"Из-за ошибки уже ушли письма № {', '.join(map(str, told['letters']))}: объясните их получателям.")
