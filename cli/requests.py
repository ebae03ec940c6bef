"""`request`: a request from draft to proven login."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.speech import Json, refuse, say, say_findings, say_json, working

if TYPE_CHECKING:
    from actions.context import Work
    from models.request import AccessRequest

app = typer.Typer(help="Заявки: от черновика до подтверждённого входа.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="Номер строки или номер заявки (ЕД-2026-000012).")]


@app.command()
def new(
    kind: Annotated[str, typer.Option(help="Вид заявки, см. egisz-access catalog list.")],
    organisation: Annotated[str, typer.Option(metavar="ИНН")],
    people: Annotated[Path | None, typer.Option(help="Список сотрудников: .xlsx, .csv, .ods.")] = None,
    field: Annotated[list[str] | None, typer.Option(metavar="ПОЛЕ=ЗНАЧЕНИЕ", help="Сведения вида заявки.")] = None,
    json: Json = False,
) -> None:
    """Создать черновик заявки из списка сотрудников. Ошибки списка не теряются: их покажет check."""
    from actions import organisations, requests
    from actions.rosters import read_people
    from actions.show import show as shown

    with working() as work:
        work.catalog.kind(kind)
        card = organisations.card(work, organisation)
        facts = organisations.facts_of(work, card)
        lines, intake = read_people(people, catalog=work.catalog, kind=kind, organisation=facts) if people else ([], [])
        fields = dict(pair.partition("=")[::2] for pair in field or [])
        request = requests.create(
            work, kind=kind, organisation_id=card.id or 0, lines=lines, intake=intake, fields=fields
        )
        result = shown(work, request)
        companion = requests.companion_of(work, request)
    if json:
        say_json(result)
        return
    say(f"Черновик {request.number} создан (ID {request.id}), строк: {len(lines)}.")
    if companion:
        say(f"Организации нет в ФРНСИ: вместе с ним подготовлена заявка {companion.number} на её добавление (ORG-3).")
    say(f"Дальше: egisz-access request check {request.id}")


@app.command()
def check(id: Id, json: Json = False) -> None:
    """Проверить черновик: все замечания сразу. Без ошибок – он становится проверенным, и документы готовы."""
    from actions import requests, show, steps
    from models.findings import has_errors
    from models.request import Status

    with working() as work:
        request = requests.find(work, id)
        findings = show.findings(work, request)
        if request.status is Status.DRAFT and not has_errors(findings):
            steps.take(work, request, "validate", revision=request.revision)
        bad, state = has_errors(findings), request.status.value
    if json:
        say_json({"ok": not bad, "id": request.id, "state": state, "findings": [f.as_json() for f in findings]})
    else:
        say_findings(findings)
        say("Есть ошибки: исправьте их и проверьте снова." if bad else f"Ошибок нет. Состояние: {state}.")
    if bad:
        raise typer.Exit(1)


@app.command()
def show(id: Id, json: Json = False) -> None:
    """Показать заявку: строки, замечания, срок, номер обращения, ход дела, возможные действия."""
    from actions import requests
    from actions.show import show as shown
    from cli.telling import tell_request

    with working() as work:
        result = shown(work, requests.find(work, id))
    say_json(result) if json else tell_request(result)


@app.command("list")
def list_requests(
    state: Annotated[str | None, typer.Option(help="draft, validated, signed, sent, awaiting …")] = None,
    organisation: Annotated[str | None, typer.Option(metavar="ИНН")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Только с истёкшим сроком ответа.")] = False,
    text: Annotated[str, typer.Option("--find", help="Номер, обращение, организация или работник.")] = "",
    json: Json = False,
) -> None:
    """Список заявок, просроченные сверху."""
    from actions.show import listed
    from models.request import Status

    try:
        status = Status(state) if state else None
    except ValueError:
        raise typer.BadParameter(f"Состояния «{state}» нет. Есть: {', '.join(s.value for s in Status)}.") from None
    with working() as work:
        rows = [
            {
                "id": request.id,
                "number": request.number,
                "kind": request.kind,
                "state": request.status.value,
                "organisation": {"inn": card.inn, "name": card.short_name or card.full_name},
                "deadline": request.due_at.isoformat() if request.due_at else None,
                "ticket": request.ticket,
            }
            for request, card in listed(work, status=status, inn=organisation, overdue=overdue, text=text)
        ]
    if json:
        say_json(rows)
        return
    for row in rows:
        say(f"{row['id']:>5}  {row['number']}  {row['state']:10}  {row['kind']:22}  {row['ticket'] or ''}")
    say(f"Заявок: {len(rows)}." if rows else "Заявок нет. Создать: egisz-access request new --help")


@app.command()
def sign(
    id: Id,
    scan: Annotated[list[Path], typer.Option(help="Файл скана (PDF, JPG); можно несколько, в любом порядке.")],
    capacity: Annotated[str, typer.Option(help="head, acting-head, sole-proprietor, attorney.")] = "head",
    name: Annotated[str, typer.Option(help="Кто подписал; по умолчанию руководитель из карточки.")] = "",
    post: Annotated[str, typer.Option(help="Должность подписавшего.")] = "",
    signed_on: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Дата подписи.")] = None,
    attorney: Annotated[Path | None, typer.Option(help="Скан доверенности.")] = None,
    attorney_number: Annotated[str, typer.Option()] = "",
    attorney_date: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    attorney_until: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    seal: Annotated[bool | None, typer.Option("--seal/--no-seal", help="Есть ли на скане печать.")] = None,
    readable: Annotated[bool, typer.Option("--readable", help="Подпись и печать видны чётко (SGN-4).")] = False,
    by_hand: Annotated[bool, typer.Option("--by-hand", help="Коды не читаются, но это страницы этой версии.")] = False,
    json: Json = False,
) -> None:
    """Приложить подписанный скан."""
    from actions import organisations, requests, scans
    from models.facts import SignatureFacts
    from states.lifecycle import Refused

    refusal: Refused | None = None
    with working() as work:
        request = requests.find(work, id)
        card = organisations.get(work, request.organisation_id)
        signature = SignatureFacts(
            capacity=capacity,
            name=name or card.head_name,
            post=post or card.head_post,
            signed_on=signed_on.date() if signed_on else None,
            attorney_number=attorney_number,
            attorney_date=attorney_date.date() if attorney_date else None,
            attorney_until=attorney_until.date() if attorney_until else None,
            seal_present=seal,
            readable_confirmed=readable,
        )
        try:
            scans.sign(
                work,
                request,
                [(path.name, path.read_bytes()) for path in scan],
                signature=signature,
                by_hand=by_hand,
                attorney=(attorney.name, attorney.read_bytes()) if attorney else None,
            )
        except Refused as error:  # the uploads stay, only the step is refused
            refusal = error
    if refusal is not None:
        raise refusal
    _tell(request, json)


@app.command()
def send(
    id: Id,
    confirm_address: Annotated[
        bool, typer.Option("--confirm-address", help="Подтвердить адрес СТП при первой отправке.")
    ] = False,
    json: Json = False,
) -> None:
    """Поставить заявку в очередь на отправку в СТП."""
    _step(id, "send", json, confirm_address=confirm_address)


@app.command()
def withdraw(id: Id, json: Json = False) -> None:
    """Отозвать заявку."""
    _step(id, "withdraw", json)


@app.command()
def invite(id: Id, json: Json = False) -> None:
    """Послать работникам письма с личными ссылками на первый вход."""
    _step(id, "invite", json)


@app.command()
def edit(id: Id, json: Json = False) -> None:
    """Вернуть проверенную или подписанную заявку в черновик (новая версия)."""
    _step(id, "edit", json)


@app.command()
def revise(id: Id, json: Json = False) -> None:
    """После отказа: вернуть в черновик следующей версией."""
    _step(id, "revise", json)


@app.command()
def people(
    id: Id, file: Annotated[Path, typer.Argument(help="Исправленный список сотрудников.")], json: Json = False
) -> None:
    """Заменить строки черновика списком из файла."""
    from actions import organisations, requests
    from actions.rosters import read_people
    from models.request import Status

    with working() as work:
        request = requests.find(work, id)
        if request.status is not Status.DRAFT:
            refuse("Строки меняют только в черновике: сначала egisz-access request edit.")
        facts = organisations.facts_of(work, organisations.get(work, request.organisation_id))
        lines, intake = read_people(file, catalog=work.catalog, kind=request.kind, organisation=facts)
        requests.replace_lines(work, request, lines, intake)
    _tell(request, json)


@app.command()
def fill(
    id: Id,
    values: Annotated[
        list[str], typer.Argument(metavar="ПОЛЕ=ЗНАЧЕНИЕ…", help="Строки формы; коды – в замечаниях check.")
    ],
    json: Json = False,
) -> None:
    """Заполнить строки формы (например, заявки на добавление организации)."""
    from actions import requests
    from models.request import Status

    pairs = dict(text.partition("=")[::2] for text in values)
    with working() as work:
        request = requests.find(work, id)
        if request.status is not Status.DRAFT:
            refuse("Сведения меняют только в черновике: сначала egisz-access request edit.")
        requests.fill_in(work, request, pairs)
    _tell(request, json)


@app.command("hand-over")
def hand_over(id: Id, ticket: Annotated[str, typer.Option(help="Номер обращения.")], json: Json = False) -> None:
    """Записать, что комплект подан через Центр СТП."""
    _step(id, "hand_over", json, ticket=ticket, channel="web")


@app.command()
def package(id: Id, out: Annotated[Path, typer.Argument(help="Куда положить .zip.")]) -> None:
    """Собрать комплект для подачи через Центр СТП (SND-4)."""
    from actions import packages, requests

    with working() as work:
        made = packages.zipped(work, requests.find(work, id))
    out.write_bytes(made)
    say(f"Комплект записан: {out}")


@app.command()
def reply(id: Id, text: Annotated[str, typer.Option(help="Текст ответа.")], json: Json = False) -> None:
    """Ответить на вопрос СТП."""
    _step(id, "reply", json, text=text)


@app.command("follow-up")
def follow_up(id: Id, json: Json = False) -> None:
    """Напомнить СТП о просроченной заявке."""
    _step(id, "follow_up", json)


@app.command()
def login(
    id: Id,
    snils: Annotated[list[str] | None, typer.Option(help="Чей вход; без него – всех.")] = None,
    proven: Annotated[bool, typer.Option("--proven", help="Вход после предоставления доступа подтверждён.")] = False,
    json: Json = False,
) -> None:
    """Записать со слов работника: первый вход выполнен (или, с --proven, доступ проверен)."""
    from actions import requests, verification
    from models.identifiers import snils_digits

    wanted = {snils_digits(value) for value in snils or []}
    with working() as work:
        request = requests.find(work, id)
        count = verification.record_logins(work, request, snils=wanted, proven=proven)
    if not json:
        say(f"Записано входов: {count}.")
    _tell(request, json)


def _step(id: str, trigger: str, json: bool, **data: Any) -> None:
    from actions import requests, steps

    with working() as work:
        request = requests.find(work, id)
        steps.take(work, request, trigger, revision=request.revision, **data)
    _tell(request, json)


def _tell(request: AccessRequest, json: bool) -> None:
    """How the request stands now."""
    from actions.show import show as shown
    from states.guards import STATUS_LABELS

    if json:
        with working() as work:
            say_json(shown(work, _fresh(work, request)))
    else:
        say(f"{request.number}: {STATUS_LABELS[request.status]}, версия {request.version}.")


def _fresh(work: Work, request: AccessRequest) -> AccessRequest:
    from actions import requests

    return requests.get(work, request.id or 0)
