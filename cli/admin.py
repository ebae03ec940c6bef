"""`settings`, `backup`, `restore`: for the administrator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.speech import Json, say, say_json

settings = typer.Typer(help="Настройки.", no_args_is_help=True)


@settings.command("show")
def show(json: Json = False) -> None:
    """Все настройки этой установки; пароли закрыты."""
    from wiring.settings import load

    shown = load().model_dump(mode="json")
    if json:
        say_json(shown)
        return
    for name, value in shown.items():
        if isinstance(value, dict):
            say(f"[{name}]")
            for key, part in value.items():
                say(f"  {key} = {part}")
        else:
            say(f"{name} = {value}")


@settings.command("test-letter")
def test_letter(to: Annotated[str, typer.Argument(help="Кому послать пробное письмо.")]) -> None:
    """Послать пробное письмо и проверить входящий ящик."""
    from wiring.gateways import probe
    from wiring.settings import load

    for tried in probe(load(), to):
        say(tried.text)


@settings.command("confirm-desk")
def confirm_desk(address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Адрес СТП, который вы сверили.")]) -> None:
    """Подтвердить адрес СТП: до этого заявки и напоминания не уходят. Новый адрес подтверждают снова."""
    from actions import destinations
    from cli.speech import working

    with working() as work:
        destinations.confirm_address(work, address)
    say(f"Адрес СТП подтверждён: {address.strip()}. Письма, которые его ждали, уйдут со следующей отправкой.")


def backup(file: Annotated[Path, typer.Argument(help="Куда записать архив .zip.")]) -> None:
    """Сохранить базу и файлы в один архив; работу прерывать не нужно."""
    from cli.speech import actor, opened
    from wiring.backup import back_up

    count = back_up(opened(), file, by=actor())
    say(f"Копия записана: {file}, файлов {count}.")


def restore(
    file: Annotated[Path, typer.Argument(help="Архив, сделанный командой backup.")],
    force: Annotated[bool, typer.Option("--force", help="Заменить непустую папку данных.")] = False,
) -> None:
    """Восстановить базу и файлы из архива в папку данных."""
    from cli.speech import actor
    from wiring.backup import restore as put_back
    from wiring.settings import load

    count = put_back(load(), file, force=force, by=actor())
    say(f"Восстановлено из {file}: файлов {count}.")
    say(_NEW_ONES)


_NEW_ONES = (
    "Личные ссылки из прежних писем больше не действуют. Кто ещё не вошёл, получит новую с ближайшим напоминанием; раньше – если пригласить его заново."
)


def end_links() -> None:
    """Закончить все личные ссылки работников: база PostgreSQL возвращена из копии или ключ secret.key мог попасть в чужие руки."""
    from actions import links
    from cli.speech import working
    from models.record import EndedFor

    with working() as work:
        ended = links.end_all(work, EndedFor.RECALLED)
    say(f"Закончено ссылок: {ended}.")
    say(_NEW_ONES)
