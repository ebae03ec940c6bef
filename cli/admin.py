"""`settings`, `backup`, `backup-key`, `restore`: for the administrator."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import Json, say, say_json

if TYPE_CHECKING:
    from service.locks import Identity, Passphrase

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
    """Послать пробное письмо и проверить входящий ящик; на адрес самого ящика – ещё и узнать, как сервер отмечает отправителя."""
    from service.probing import probe
    from wiring.settings import load

    for tried in probe(load(), to):
        say(tried.text)
        if tried.learned:
            below = "\n  results_below_received = true" if tried.learned.below else ""
            say(f'Запомнить: в settings.toml, раздел [imap]:\n  authserv_id = "{tried.learned.server}"{below}')


@settings.command("confirm-desk")
def confirm_desk(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Адрес СТП, который вы сверили.")],
) -> None:
    """Подтвердить адрес СТП: до этого заявки и напоминания не уходят. Новый адрес подтверждают снова."""
    from actions.post import destinations
    from cli.output import working

    with working() as work:
        destinations.confirm_address(work, address)
    say(f"Адрес СТП подтверждён: {address.strip()}. Письма, которые его ждали, уйдут со следующей отправкой.")


@settings.command("this-is")
def this_is(
    what: Annotated[str, typer.Argument(metavar="move|copy|alone", help="Перенос, копия или снова единственная.")],
) -> None:
    """Сказать, что это за папка данных, когда её скопировали или перенесли либо замечена вторая программа."""
    from actions.post import copies
    from cli.output import working

    if what not in ("move", "copy", "alone"):
        raise typer.BadParameter("Скажите move (перенос), copy (копия) или alone (программа снова одна).")
    with working() as work:
        told = {"move": copies.say_moved, "copy": copies.say_copied, "alone": copies.say_alone}[what](work)
    say(f"Записано. Писем с неясной судьбой: {told}." if what == "copy" else "Записано. Письма уходят и читаются.")


Ask = Annotated[bool, typer.Option("--passphrase", help="Спросить парольную фразу.")]
PhraseFile = Annotated[Path | None, typer.Option("--passphrase-file", help="Взять фразу из первой строки файла.")]


def backup(
    file: Annotated[Path, typer.Argument(help="Куда записать архив .zip; закрытый – .zip.age.")],
    ask: Ask = False,
    phrase_file: PhraseFile = None,
    recipient: Annotated[str, typer.Option(help="Закрыть ключом «age1…», см. backup-key.")] = "",
) -> None:
    """Сохранить базу и файлы в один архив; работу прерывать не нужно. Пароли и ключ есть только в закрытом."""
    from cli.output import actor, opened
    from service.backup import back_up
    from service.locks import Passphrase, Recipient

    words = _phrase(ask, phrase_file, twice=True)
    lock = Passphrase(words) if words is not None else Recipient(recipient) if recipient else None
    count = back_up(opened(), file, lock=lock, by=actor())
    say(f"Копия записана: {file}, файлов {count}.")
    if lock is None:
        say(
            "Паролей и ключа secret.key в ней нет. Но в ней персональные данные: храните её под замком. Закрыть её можно фразой: --passphrase."
        )


def backup_key(file: Annotated[Path, typer.Argument(help="Куда записать ключ. Унесите его с этой машины.")]) -> None:
    """Сделать ключ для закрытых копий: одной половиной закрывают, другой, из этого файла, открывают."""
    from service.locks import make_key

    recipient = make_key(file)
    say(
        f"Ключ записан: {file}. Без него закрытые им копии не открыть никому: храните его отдельно от них, в двух местах."
    )
    say(f'Чтобы копии закрывались, впишите в settings.toml: [backup] recipient = "{recipient.text}"')


def restore(
    file: Annotated[Path, typer.Argument(help="Архив, сделанный командой backup.")],
    force: Annotated[bool, typer.Option("--force", help="Заменить непустую папку данных.")] = False,
    ask: Ask = False,
    phrase_file: PhraseFile = None,
    identity: Annotated[Path | None, typer.Option(help="Файл ключа, сделанный backup-key.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Только проверить, что копия восстанавливается.")] = False,
) -> None:
    """Восстановить базу и файлы из архива в папку данных: всё или ничего. Службу перед этим остановите."""
    from cli.output import actor
    from service.restoring import restore as put_back
    from service.restoring import try_out
    from wiring.settings import load

    opener = opener_of(ask, phrase_file, identity)
    if check:
        say(
            f"Копия {file} цела и восстанавливается: файлов {try_out(load(), file, opener=opener).files}. Ничего не изменено."
        )
        return
    restored = put_back(load(), file, force=force, opener=opener, by=actor())
    say(f"Восстановлено из {file}: файлов {restored.files}.")
    if restored.lacking:
        say(f"В открытой копии паролей нет. Впишите их в settings.toml: {', '.join(restored.lacking)}.")
    say(_NEW_ONES)


def opener_of(ask: bool, phrase_file: Path | None, identity: Path | None) -> Passphrase | Identity | None:
    """What opens a locked copy; None for an open one."""
    from service.locks import Identity, Passphrase

    words = _phrase(ask, phrase_file, twice=False)
    return Passphrase(words) if words is not None else Identity(identity) if identity else None


def _phrase(ask: bool, file: Path | None, *, twice: bool) -> str | None:
    if file is not None:
        try:
            return (file.read_text("utf-8").splitlines() or [""])[0]
        except OSError as error:
            raise typer.BadParameter(f"Файл {file} не прочитать: {error.strerror}.") from error
    return str(typer.prompt("Парольная фраза", hide_input=True, confirmation_prompt=twice)) if ask else None


_NEW_ONES = "Личные ссылки из прежних писем больше не действуют. Кто ещё не вошёл, получит новую с ближайшим напоминанием; раньше – если пригласить его заново."


def end_links() -> None:
    """Закончить все личные ссылки работников: база PostgreSQL возвращена из копии или ключ secret.key мог попасть в чужие руки."""
    from actions.post import links
    from cli.output import working
    from models.grant import EndedFor

    with working() as work:
        ended = links.end_all(work, EndedFor.RECALLED)
    say(f"Закончено ссылок: {ended}.")
    say(_NEW_ONES)
