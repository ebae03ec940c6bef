"""`request`: a request from draft to proven login."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import Json, refuse, say, say_findings, say_json, working
from cli.roster_options import Column, Hidden, OtherOrganisations, Sheet, Unread, choices_of

if TYPE_CHECKING:
    from actions.context import Work
    from actions.requests.roster_drafts import Reader
    from actions.steps.answer import Answer
    from documents.rosters import Choices
    from models.request import AccessRequest

app = typer.Typer(help="Заявки: от черновика до подтверждённого входа.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="Номер строки или номер заявки (ЕД-2026-000012).")]


@app.command()
def new(
    kind: Annotated[str | None, typer.Option(help="Вид заявки, см. egisz-access catalog list.")] = None,
    organisation: Annotated[str | None, typer.Option(metavar="ИНН")] = None,
    data: Annotated[
        Path | None, typer.Option(help="Сведения в TOML: поля, [[people]], [signer]; образец – request template.")
    ] = None,
    attach: Annotated[
        list[str] | None, typer.Option(metavar="ПРИЛОЖЕНИЕ=ФАЙЛ", help="Файл приложения; коды – catalog show ВИД.")
    ] = None,
    people: Annotated[Path | None, typer.Option(help="Список сотрудников: Excel, .csv, .ods, таблица Word.")] = None,
    column: Column = None,
    hidden: Hidden = None,
    sheet: Sheet = None,
    unread: Unread = None,
    others: OtherOrganisations = None,
    field: Annotated[list[str] | None, typer.Option(metavar="ПОЛЕ=ЗНАЧЕНИЕ", help="Сведения вида заявки.")] = None,
    json: Json = False,
) -> None:
    """Создать черновик заявки. Без параметров – спросит всё по шагам. Ошибки не теряются: их покажет check."""
    if kind is None and organisation is None and not json:
        from cli.wizard import ask_everything

        ask_everything()
        return
    if kind is None or organisation is None:
        raise typer.BadParameter("Нужны --kind и --organisation (или ни одного параметра: тогда спросим по шагам).")
    choices = choices_of(column, hidden, sheet, unread, others)
    with working() as work:
        request, more = _draft(work, kind, organisation, data, people, field or [], attach or [], choices)
        result, companion = _shown_with_companion(work, request)
        count = len(result["lines"])
    if json:
        say_json({**result, "others": [other.number for other in more]} if more else result)
        return
    say(f"Черновик {request.number} создан (ID {request.id}), строк: {count}.")
    for other in more:
        say(f"Для другой организации из списка создан черновик {other.number} (ID {other.id}).")
    if companion:
        say(f"Организации нет в ФРНСИ: вместе с ним подготовлена заявка {companion.number} на её добавление (ORG-3).")
    say(f"Дальше: egisz-access request check {request.id}")


def _draft(
    work: Work,
    kind: str,
    inn: str,
    data: Path | None,
    people: Path | None,
    pairs: list[str],
    attached: list[str],
    choices: Choices,
) -> tuple[AccessRequest, list[AccessRequest]]:
    """The draft, and those of other organisations. Raises what is wrong with the call; what is wrong with the data waits for check."""
    from actions.cards import organisations
    from actions.requests import attachments, creation, roster_drafts
    from cli.drafting import card_values, read_toml, understood

    entry = work.catalog.kind(kind)
    files = [_file_of(pair) for pair in attached]
    values = read_toml(data) if data else {}
    card = organisations.card(work, inn)
    if card_values(values):
        organisations.change(work, card, card_values(values))
    facts = organisations.facts_of(work, card)
    typed = understood(values, entry, work.catalog, facts)
    read = _reader(people, work, kind) if people else None
    taken = roster_drafts.take(work, card.id or 0, read, choices) if read else None
    fields = {**typed.fields, **dict(pair.partition("=")[::2] for pair in pairs)}
    request = creation.create(
        work,
        kind=kind,
        organisation_id=card.id or 0,
        lines=[*typed.lines, *(taken.lines if taken else ())],
        intake=taken.intake if taken else (),
        fields=fields,
        signer=typed.signer,
    )
    more = roster_drafts.drafts_of_others(work, kind, taken, read, choices) if taken and read else []
    seen: set[str] = set()
    for code, path in files:
        attachments.attach(work, request, code, path.name, path.read_bytes(), replace=code not in seen)
        seen.add(code)
    return request, more


def _reader(file: Path, work: Work, kind: str) -> Reader:
    from actions.rosters.rosters import read_people

    return lambda facts, choices: read_people(
        file, catalog=work.catalog, kind=kind, organisation=facts, choices=choices
    )


def _file_of(pair: str) -> tuple[str, Path]:
    code, mark, name = pair.partition("=")
    if not mark or not Path(name).is_file():
        raise typer.BadParameter(f"«{pair}»: нужно ПРИЛОЖЕНИЕ=ФАЙЛ, и такой файл должен быть.")
    return code, Path(name)


def _shown_with_companion(work: Work, request: AccessRequest) -> tuple[dict[str, Any], AccessRequest | None]:
    from actions.requests import lookup
    from views.requests.summary import show as shown

    return shown(work, request), lookup.companion_of(work, request)


@app.command()
def resume(id: Id) -> None:
    """Продолжить черновик по вопросам: что уже есть, не спрашивается."""
    from cli.wizard import resume as go_on

    go_on(id)


@app.command()
def template(kind: Annotated[str, typer.Argument(metavar="ВИД")]) -> None:
    """Образец файла для --data: все поля вида с пояснениями, люди, кто подписывает."""
    from cli.output import loaded_catalog
    from cli.templates import template_of
    from wiring.settings import load

    catalog = loaded_catalog()
    say(template_of(catalog.kind(kind), catalog, own=load().catalog_folder))


@app.command()
def attach(id: Id, file: Annotated[list[str], typer.Argument(metavar="ПРИЛОЖЕНИЕ=ФАЙЛ…")], json: Json = False) -> None:
    """Приложить файлы к черновику: содержимое читается сразу, замечания покажет check."""
    from actions.requests import attachments, lookup

    files = [_file_of(pair) for pair in file]
    with working() as work:
        request = lookup.find(work, id)
        seen: set[str] = set()
        for code, path in files:
            attachments.attach(work, request, code, path.name, path.read_bytes(), replace=code not in seen)
            seen.add(code)
    _tell(request, json)


@app.command()
def detach(id: Id, code: Annotated[str, typer.Argument(metavar="ПРИЛОЖЕНИЕ")], json: Json = False) -> None:
    """Убрать приложение из черновика."""
    from actions.requests import attachments, lookup

    with working() as work:
        request = lookup.find(work, id)
        attachments.detach(work, request, code)
    _tell(request, json)


@app.command()
def look(
    id: Id,
    file: Annotated[
        list[str] | None, typer.Option(metavar="ИМЯ", help="Какой файл; без него – все, что ждут просмотра.")
    ] = None,
    json: Json = False,
) -> None:
    """Подтвердить: посмотрел файлы, которые программа прочитала не целиком, данных пациентов в них нет. Записывается, кто и когда."""
    from actions.requests import attachments, lookup

    with working() as work:
        request = lookup.find(work, id)
        rows = lookup.files_of(work, request)
        unknown = [name for name in file or [] if name not in {row.name for row in rows}]
        if unknown:
            refuse(f"Файла «{unknown[0]}» в заявке нет. Есть: {', '.join(row.name for row in rows) or 'ни одного'}.")
        count = attachments.look(work, request, [row.id or 0 for row in rows if row.name in (file or ())])
    if not json:
        say(f"Подтверждено файлов: {count}.")
    _tell(request, json)


@app.command()
def signer(
    id: Id,
    capacity: Annotated[str, typer.Option(help="head, acting-head, deputy, representative, attorney …")] = "head",
    body: Annotated[str, typer.Option(help="Чей представитель: own, regional-authority … (catalog bodies).")] = "",
    seal_of: Annotated[str, typer.Option(help="Чья печать; по умолчанию того же органа.")] = "",
    name: Annotated[str, typer.Option(help="Фамилия, имя, отчество.")] = "",
    post: Annotated[str, typer.Option(help="Должность.")] = "",
    json: Json = False,
) -> None:
    """Указать в черновике, кто подпишет: это печатается в документе и проверяется заранее."""
    from actions.requests import drafting, lookup
    from models.facts import SignatureFacts

    with working() as work:
        request = lookup.find(work, id)
        planned = SignatureFacts(capacity=capacity, body=body, seal_of=seal_of, name=name, post=post)
        drafting.plan_signer(work, request, planned)
    _tell(request, json)


@app.command()
def confirm(
    id: Id,
    code: Annotated[
        str, typer.Argument(metavar="ЧТО", help="Код подтверждения вида (catalog show), esia-email или snils-checked.")
    ],
    snils: Annotated[list[str] | None, typer.Option(help="О ком; без него – обо всех.")] = None,
    json: Json = False,
) -> None:
    """Подтвердить сведения о работниках: почта из Госуслуг, номер проверен по документу и другое, чего требует вид заявки."""
    from actions.requests import creation, lookup
    from models.identifiers import snils_digits
    from models.request import Status

    with working() as work:
        request = lookup.find(work, id)
        if request.status is not Status.DRAFT:
            refuse("Подтверждают в черновике: сначала egisz-access request edit.")
        count = creation.confirm(work, request, code, snils={snils_digits(value) for value in snils or []})
    if not json:
        say(f"Подтверждено: {count}.")
    _tell(request, json)


@app.command()
def answer(
    id: Id,
    decision: Annotated[
        str | None,
        typer.Argument(
            metavar="[РЕШЕНИЕ]", help="granted – выполнено, rejected – отказ: всем, кто не назван отдельно."
        ),
    ] = None,
    person: Annotated[
        list[str] | None,
        typer.Option(metavar="СНИЛС=ОТВЕТ", help="Обо всех ролях работника: granted или «rejected: причина»."),
    ] = None,
    pair: Annotated[
        list[str] | None,
        typer.Option(metavar="СНИЛС:ПОДСИСТЕМА:РОЛЬ=ОТВЕТ", help="Об одной роли работника; коды – в request show."),
    ] = None,
    answers: Annotated[
        Path | None, typer.Option(help="Ответы в TOML: [[pairs]] со snils, subsystem, role, outcome, reason, until.")
    ] = None,
    outcome: Annotated[
        str | None, typer.Option(help="Что получено (код из catalog show), если видов ответа несколько.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Причина отказа тем, у кого своя не названа.")] = "",
    until: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="До какого дня дан доступ, если СТП назвала.")
    ] = None,
    ground: Annotated[str, typer.Option(help="На чём основан: кто, когда и как сообщил (не короче 10 знаков).")] = "",
    ground_letter: Annotated[int | None, typer.Option(help="Или номер пришедшего письма.")] = None,
    ground_file: Annotated[Path | None, typer.Option(help="Или файл: он останется при заявке.")] = None,
    json: Json = False,
) -> None:
    """Записать ответ, который пришёл не письмом: по телефону, на бумаге, в личном кабинете."""
    from actions.answers import answers as given
    from actions.requests import lookup
    from actions.steps.answer import Answer
    from cli.answering import file_of, said_of
    from states.lifecycle import Actor

    said, file = said_of(decision, person or [], pair or [], answers), file_of(ground_file)
    if not said:
        raise typer.BadParameter("Назовите решение: granted или rejected, --person, --pair или --answers.")
    with working() as work:
        request = lookup.find(work, id)
        last_day = until.date() if until else None
        found = given.understood(work, request, said, reason=reason, until=last_day)
        if not found and decision == "rejected" and not reason:
            raise typer.BadParameter("Укажите причину отказа: --reason.")
        told = Answer(
            pairs=found,
            outcome=outcome,
            ground=given.ground(work, request, words=ground, letter=ground_letter, file=file),
            reason="" if found else reason,
        )
        given.give_answer(work, request, told, granted=decision == "granted", actor=Actor.OFFICER)
    _tell(request, json)


@app.command()
def verify(id: Id, json: Json = False) -> None:
    """Записать, что результат проверен (для доступа вход подтверждает сам работник, см. request login --proven)."""
    _step(id, "verify", json)


@app.command()
def repeat(id: Id, json: Json = False) -> None:
    """Подать ещё раз: новый черновик с теми же сведениями."""
    from actions.requests import creation, lookup

    with working() as work:
        made = creation.repeat(work, lookup.find(work, id))
    _tell(made, json)


@app.command()
def dismiss(id: Id, json: Json = False) -> None:
    """Дальнейшее по ответу сделано: больше не напоминать."""
    from actions.requests import creation, lookup

    with working() as work:
        request = lookup.find(work, id)
        creation.dismiss(work, request)
    _tell(request, json)


@app.command()
def check(id: Id, json: Json = False) -> None:
    """Проверить черновик: все замечания сразу. Без ошибок – он становится проверенным, и документы готовы."""
    from actions.requests import lookup
    from actions.steps import taking
    from models.findings import has_errors
    from models.request import Status
    from views.requests import summary

    with working() as work:
        request = lookup.find(work, id)
        findings = summary.findings(work, request)
        if request.status is Status.DRAFT and not has_errors(findings):
            taking.take(work, request, "validate", revision=request.revision)
        bad, state = has_errors(findings), request.status.value
    if json:
        say_json({"ok": not bad, "id": request.id, "state": state, "findings": [f.as_json() for f in findings]})
    else:
        say_findings(findings)
        say("Есть ошибки: исправьте их и проверьте снова." if bad else f"Ошибок нет. Состояние: {state}.")
    if bad:
        raise typer.Exit(1)


@app.command()
def show(
    id: Id,
    reveal: Annotated[
        str,
        typer.Option(
            "--reveal",
            metavar="ПРИЧИНА",
            help="Показать данные пациента; записывается, кому и зачем. Причины: check – сверка перед отправкой, answer – разбор ответа СТП, asked – обращение пациента или врача, inspection – проверка.",
        ),
    ] = "",
    json: Json = False,
) -> None:
    """Показать заявку: строки, замечания, срок, номер обращения, ход дела, возможные действия."""
    from actions.requests import lookup, patients
    from cli.telling import tell_request
    from views.requests.summary import show as shown

    try:
        with working() as work:
            request = lookup.find(work, id)
            result = shown(work, request, patients=patients.shown(work, request, reveal) if reveal else None)
    except patients.NoReason as wrong:
        refuse(str(wrong))
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
    from models.request import Status
    from views.requests.summary import listed

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
                "organisation": {"inn": card.inn, "name": card.name},
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
    capacity: Annotated[
        str | None, typer.Option(help="head, acting-head, deputy, sole-proprietor, attorney, representative.")
    ] = None,
    body: Annotated[str | None, typer.Option(help="Чей представитель: own, regional-authority …")] = None,
    seal_of: Annotated[str | None, typer.Option(help="Чья печать; по умолчанию того же органа.")] = None,
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
    from actions.cards import organisations
    from actions.requests import cases, lookup
    from actions.steps import scans
    from models.facts import SignatureFacts
    from states.lifecycle import Refused

    refusal: Refused | None = None
    with working() as work:
        request = lookup.find(work, id)
        card = organisations.get(work, request.organisation_id)
        planned = cases.signature_of(request) or SignatureFacts(capacity="head")
        signature = SignatureFacts(
            capacity=capacity or planned.capacity,
            body=planned.body if body is None else body,
            seal_of=planned.seal_of if seal_of is None else seal_of,
            name=name or planned.name or card.head_name,
            post=post or planned.post or card.head_post,
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
    from actions.steps.answer import Answer

    _step(id, "send", json, Answer(confirm_address=confirm_address))


@app.command()
def withdraw(id: Id, json: Json = False) -> None:
    """Отозвать заявку."""
    _step(id, "withdraw", json)


@app.command()
def invite(
    id: Id,
    confirm_address: Annotated[
        bool, typer.Option("--confirm-address", help="Подтвердить адрес СТП: без этого письма ждут.")
    ] = False,
    json: Json = False,
) -> None:
    """Послать работникам письма с личными ссылками на первый вход."""
    from actions.steps.answer import Answer

    _step(id, "invite", json, Answer(confirm_address=confirm_address))


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
    id: Id,
    file: Annotated[Path, typer.Argument(help="Исправленный список сотрудников.")],
    column: Column = None,
    hidden: Hidden = None,
    sheet: Sheet = None,
    unread: Unread = None,
    others: OtherOrganisations = None,
    json: Json = False,
) -> None:
    """Заменить строки черновика списком из файла."""
    from actions.requests import drafting, lookup, roster_drafts

    choices = choices_of(column, hidden, sheet, unread, others)

    with working() as work:
        request = lookup.find(work, id)
        read = _reader(file, work, request.kind)
        taken = roster_drafts.take(work, request.organisation_id, read, choices)
        drafting.replace_lines(work, request, taken.lines, taken.intake)
        more = roster_drafts.drafts_of_others(work, request.kind, taken, read, choices)
    if not json:
        say(f"{taken.count.capitalize()}.")
        for other in more:
            say(f"Для другой организации из списка создан черновик {other.number} (ID {other.id}).")
    _tell(request, json)


@app.command()
def fill(
    id: Id,
    values: Annotated[
        list[str], typer.Argument(metavar="ПОЛЕ=ЗНАЧЕНИЕ…", help="Строки формы; коды – в замечаниях check.")
    ],
    json: Json = False,
) -> None:
    """Заполнить поля вида заявки или строки формы (например, заявки на добавление организации)."""
    from actions.requests import attachments, drafting, lookup

    pairs = dict(text.partition("=")[::2] for text in values)
    with working() as work:
        request = lookup.find(work, id)
        drafting.fill_in(work, request, pairs)
        attachments.search_again(work, request)
    _tell(request, json)


@app.command("hand-over")
def hand_over(
    id: Id,
    ticket: Annotated[str | None, typer.Option(help="Номер обращения или регистрационный номер.")] = None,
    registered_on: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Дата регистрации: от неё считается срок.")
    ] = None,
    json: Json = False,
) -> None:
    """Записать, что комплект подан через Центр СТП или передан другому получателю."""

    from actions.steps.answer import Answer

    _step(id, "hand_over", json, Answer(ticket=ticket, registered_on=registered_on.date() if registered_on else None))


@app.command()
def package(id: Id, out: Annotated[Path, typer.Argument(help="Куда положить .zip.")]) -> None:
    """Собрать комплект для подачи через Центр СТП (SND-4)."""
    from actions.requests import lookup
    from actions.steps import packages

    with working() as work:
        made = packages.zipped(work, lookup.find(work, id))
    out.write_bytes(made)
    say(f"Комплект записан: {out}")


@app.command()
def reply(id: Id, text: Annotated[str, typer.Option(help="Текст ответа.")], json: Json = False) -> None:
    """Ответить на вопрос СТП."""

    from actions.steps.answer import Answer

    _step(id, "reply", json, Answer(reply=text))


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
    from actions.requests import lookup
    from actions.steps import verification
    from models.identifiers import snils_digits

    wanted = {snils_digits(value) for value in snils or []}
    with working() as work:
        request = lookup.find(work, id)
        count = verification.record_logins(work, request, snils=wanted, proven=proven)
    if not json:
        say(f"Записано входов: {count}.")
    _tell(request, json)


def _step(id: str, trigger: str, json: bool, answer: Answer | None = None) -> None:
    from actions.answers.entering import enter
    from actions.requests import lookup
    from actions.steps.answer import NOTHING

    with working() as work:
        request = lookup.find(work, id)
        enter(work, request, trigger, answer or NOTHING)
    _tell(request, json)


def _tell(request: AccessRequest, json: bool) -> None:
    """How the request stands now."""
    from actions.post import destinations, outbox
    from actions.requests import lookup
    from views.requests.summary import show as shown

    with working() as work:
        if json:
            say_json(shown(work, _fresh(work, request)))
            return
        state = lookup.state_label(work, request)
        held = destinations.held_told(work) if outbox.held(work, request) else ""
    say(f"{request.number}: {state}, версия {request.version}.")
    if held:
        say(f"{held}.")


def _fresh(work: Work, request: AccessRequest) -> AccessRequest:
    from actions.requests import lookup

    return lookup.get(work, request.id or 0)
