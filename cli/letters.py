"""`letter`, `inbox`, `outbox`: reading a letter, settling what a machine must not, seeing what goes out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.output import Json, actor, opened, refuse, say, say_json, working

letter = typer.Typer(help="Чтение писем.", no_args_is_help=True)
inbox = typer.Typer(help="Письма, которые ждут решения человека.", no_args_is_help=True)
outbox = typer.Typer(help="Исходящие письма.", no_args_is_help=True)
_DECISIONS = "acknowledge, grant, reject, partial, ask, bounce, note"


@letter.command("read")
def read(file: Annotated[Path, typer.Argument(metavar="FILE.eml")], json: Json = False) -> None:
    """Понять письмо: что это, каков исход, кому верить. Базы данных не нужно."""
    from actions.answers.letter_files import with_files
    from notifications.reading import read_letter_safely
    from wiring.settings import load

    if not file.is_file():
        refuse(f"Файла {file} нет.", code=2)
    own_catalog = load().catalog_folder
    reading = with_files(file, read_letter_safely(file, own_catalog=own_catalog), own_catalog=own_catalog)
    if json:
        say_json(reading.as_json())
        return
    for name, value in reading.as_json().items():
        say(f"{name:12} {value}")
    for each in reading.attachments:
        say(f"Вложение     {each.name}, {each.size} байт. {each.problem}".rstrip())
        if each.text:
            say("\n".join(f"    {line}" for line in each.text.splitlines()[:40]))
    for doubt in dict.fromkeys([*reading.withheld, *reading.problems]):
        say(f"! {doubt}")


@letter.command("take")
def take(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Письмо, сохранённое из почтовой программы: .eml или .msg.")
    ],
    request: Annotated[str | None, typer.Option(help="Заявка, если письмо само её не называет.")] = None,
    json: Json = False,
) -> None:
    """Принести письмо файлом: оно будет прочитано и подождёт решения человека."""
    from actions.requests import lookup
    from notifications.reading.safely import MAX_MEGABYTES
    from sweeps.letter_reading import take_by_hand

    if not file.is_file():
        refuse(f"Файла {file} нет.", code=2)
    if file.stat().st_size > MAX_MEGABYTES * 1024 * 1024:
        refuse(f"Письмо больше {MAX_MEGABYTES} МБ.", code=2)
    number = None
    if request:
        with working() as work:
            number = lookup.find(work, request).id
    taken = take_by_hand(opened(), file.read_bytes(), by=actor(), request_id=number)
    entry = taken.letter
    if json:
        say_json({"id": entry.id, "already": taken.already, "state": entry.state.value, "request": entry.request_id})
        return
    if taken.already:
        say(f"Это письмо уже есть в программе: № {entry.id}. Второй раз ничего не записано.")
        return
    say(f"Письмо № {entry.id} принесено. {entry.problem or ''}".rstrip())
    say(f"Решите, что оно значит: egisz-access inbox settle {entry.id} {_DECISIONS.replace(', ', '|')}")


@letter.command("try")
def try_(
    file: Annotated[Path, typer.Argument(metavar="FILE.eml")],
    request: Annotated[str, typer.Option(help="Заявка: номер строки или наш номер.")],
    json: Json = False,
) -> None:
    """Что сделал бы почтовый ящик с этим письмом для этой заявки. Ничего не записывает."""
    from actions.answers import inbox as actions_inbox
    from actions.answers import proposals
    from actions.answers.letter_files import with_files
    from actions.answers.matching import Matched, match
    from actions.requests import lookup
    from actions.requests.asked import asked_of
    from notifications.reading import read_letter_safely

    if not file.is_file():
        refuse(f"Файла {file} нет.", code=2)
    with working() as work:
        target = lookup.find(work, request)
        asked = asked_of(work, target)
        told, ours = asked.as_dict(), actions_inbox.sent_files(work, target)
        reading = read_letter_safely(file, asked=told, own_catalog=work.policy.own_catalog)
        reading = with_files(
            file, reading, people=asked.people, asked=told, ours=ours, own_catalog=work.policy.own_catalog
        )
        found = match(work, reading)
        if found.request is None or found.request.id != target.id:
            doubt = (
                proposals.NO_REQUEST if found.request is None else f"Письмо относится к заявке {found.request.number}."
            )
            found = Matched(None, found.letter, None, doubt)
        proposal = proposals.propose(work, reading, found).as_json()
    if json:
        say_json(proposal)
        return
    say("Почтовый ящик применил бы письмо сам." if proposal["applies"] else "Решал бы человек.")
    for doubt in proposal["doubts"]:
        say(f"  – {doubt}")
    for pair in proposal["pairs"]:
        say(f"  {pair['snils']}  {pair['subsystem']}/{pair['role']}: {pair['outcome']}  «{pair['quote']}»")


@inbox.command("list")
def list_triage(json: Json = False) -> None:
    """Письма, которые машина не берётся решать."""
    from actions.answers import inbox as actions_inbox
    from actions.requests.lookup import get

    with working() as work:
        rows = [
            {
                "id": entry.id,
                "received": entry.received_at.isoformat(),
                "from": entry.sender,
                "subject": entry.subject,
                "request": get(work, entry.request_id).number if entry.request_id else None,
                "suggestion": entry.reading.get("outcome"),
                "evidence": entry.reading.get("evidence", []),
                "problem": entry.problem,
                "brought_by": entry.brought_by,
            }
            for entry in actions_inbox.triage(work)
        ]
    if json:
        say_json(rows)
        return
    for row in rows:
        by_hand = f" (принесено вручную: {row['brought_by']})" if row["brought_by"] else ""
        say(f"{row['id']:>4}  {row['from']}: {row['subject']}{by_hand}\n      {row['problem']}")
    say(f"Ждут решения: {len(rows)}." if rows else "Писем, которые ждут решения, нет.")


@inbox.command()
def settle(
    id: Annotated[int, typer.Argument()],
    decision: Annotated[str, typer.Argument(help=_DECISIONS)],
    request: Annotated[str | None, typer.Option(help="Заявка, если письмо не привязано.")] = None,
    ticket: Annotated[str | None, typer.Option(help="Номер обращения.")] = None,
    line: Annotated[
        list[str] | None,
        typer.Option(
            metavar="СНИЛС=ОТВЕТ", help="Для partial, обо всех ролях работника: granted или «rejected: причина»."
        ),
    ] = None,
    pair: Annotated[
        list[str] | None,
        typer.Option(metavar="СНИЛС:ПОДСИСТЕМА:РОЛЬ=ОТВЕТ", help="Для partial, об одной роли работника."),
    ] = None,
    answers: Annotated[Path | None, typer.Option(help="Для partial: ответы в TOML, как у request answer.")] = None,
    text: Annotated[str, typer.Option(help="Причина или цитата.")] = "",
    json: Json = False,
) -> None:
    """Решить, что значит письмо."""
    from actions.answers import answers as given
    from actions.answers import inbox as actions_inbox
    from actions.requests import lookup
    from cli.answering import said_of

    said = said_of(None, line or [], pair or [], answers)
    with working() as work:
        target = lookup.find(work, request) if request else None
        about = target or actions_inbox.request_of(work, id)
        found = (
            given.understood(work, about, said, reason=text, need_reason=False)
            if about and decision == "partial"
            else {}
        )
        entry = actions_inbox.settle(work, id, decision=decision, request=target, ticket=ticket, said=found, text=text)
        result = {"id": entry.id, "state": entry.state.value, "request": entry.request_id}
    say_json(result) if json else say(f"Письмо № {id} разобрано: {decision}.")


@outbox.command("list")
def list_outbox(json: Json = False) -> None:
    """Исходящие письма, которые не ушли или чья судьба неясна."""
    from actions.post import outbox as actions_outbox

    with working() as work:
        rows = [
            {
                "id": entry.id,
                "state": entry.state.value,
                "purpose": entry.purpose,
                "subject": entry.subject,
                "attempts": entry.attempts,
                "error": entry.error,
            }
            for entry in actions_outbox.unsettled(work)
        ]
    if json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['id']:>4}  {row['state']:10} {row['subject']}\n      {row['error'] or ''}")
    say(f"Писем: {len(rows)}." if rows else "Все письма отправлены.")


@outbox.command()
def resend(id: int) -> None:
    """Письмо не дошло: отправить снова (тем же номером сообщения)."""
    from actions.post import outbox as actions_outbox

    with working() as work:
        actions_outbox.resend(work, letter_id=id)
    say(f"Письмо № {id} снова в очереди.")


@outbox.command()
def arrived(id: int) -> None:
    """Письмо дошло: больше не отправлять."""
    from actions.answers import delivery

    with working() as work:
        delivery.settled_as_sent(work, id, "по словам человека")
    say(f"Письмо № {id} отмечено отправленным.")
