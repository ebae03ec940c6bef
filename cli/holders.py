"""`holders`: who holds which role, and lists of roles from before this program."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.asking import moment
from cli.output import Json, loaded_catalog, refuse, say, say_findings, say_json, working

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from actions.context import Work
    from actions.roles.holdings_import import Plan
    from models.employee import Employee

app = typer.Typer(help="Кто какими ролями обладает; списки ролей, полученных раньше.")


@app.callback(invoke_without_command=True)
def holders(
    context: typer.Context,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="ДАТА", help="На конец дня ГГГГ-ММ-ДД или момент ISO.")
    ] = None,
    known_on: Annotated[
        str | None,
        typer.Option("--known-on", metavar="ДАТА", help="По сведениям на эту дату, без позднейших исправлений."),
    ] = None,
    organisation: Annotated[str | None, typer.Option(metavar="ИНН")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="Записать таблицу Excel.")] = None,
    json: Json = False,
) -> None:
    """Кто какими ролями обладает, сейчас или на любую прошлую дату."""
    if context.invoked_subcommand is not None:
        return
    from actions.log import audit as actions_audit
    from actions.roles import grants

    with working() as work:
        rows = grants.holders(work, as_of=moment(as_of), known_on=moment(known_on), inn=organisation)
        actions_audit.record(work, "holders.viewed", "holders", rows=len(rows), exported=xlsx is not None)
    if xlsx is not None:
        from documents.tables.holders import holders_table

        xlsx.write_bytes(holders_table(rows, as_of or known_on, known_on, practice=work.policy.practice))
    if json:
        say_json(rows)
        return
    for row in rows:
        proven = "подтверждено" if row["verified"] else "не подтверждено"
        ends = f"  до {row['ends_on']}" if row["ends_on"] else ""
        source = f"  {row['source']}" if row["source"] else ""
        say(
            f"{row['person']}  {row['role']}  {row['organisation']}  с {str(row['since'])[:10]}{ends}  {proven}{source}"
        )
    say(f"Ролей: {len(rows)}." if rows else "На эту дату ролей нет ни у кого.")


@app.command("import")
def take(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Список: .xlsx, .csv, .ods; образец – holders template.")
    ],
    organisation: Annotated[str, typer.Option(metavar="ИНН", help="Чьи работники.")],
    kpp: Annotated[str, typer.Option(metavar="КПП", help="Филиал, если их несколько с этим ИНН.")] = "",
    source: Annotated[str, typer.Option(metavar="ТЕКСТ", help="Источник для строк, где он не указан.")] = "",
    source_date: Annotated[str, typer.Option(metavar="ДАТА", help="Дата этого источника.")] = "",
    checked: Annotated[
        list[int] | None,
        typer.Option(metavar="СТРОКА", help="Номер строки, где СНИЛС сверен с документом; можно несколько."),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Записать; без этого – только показать.")] = False,
    json: Json = False,
) -> None:
    """Внести роли, которые у работников уже есть, со слов и без заявки. Повторный список ничего не меняет."""
    from actions.log import audit
    from actions.roles import holdings_import

    if not file.is_file():
        refuse(f"Файла {file} нет.", code=2)
    sheet = holdings_import.read(file, loaded_catalog())
    with working() as work:
        act = holdings_import.take if write else holdings_import.plan
        found = act(work, sheet, inn=organisation, kpp=kpp, told_by=source, told_on=source_date, checked=checked or ())
        if not write:
            place = f"organisation:{found.organisation.id}"
            audit.record(work, holdings_import.COMPARED, place, cases=found.counts)
    say_json(found.as_json()) if json else _tell(found, write)
    if found.counts["bad"]:
        raise typer.Exit(1)


def _tell(found: Plan, written: bool) -> None:
    from states.words.reviews import LISTED

    say_findings(found.warnings)
    for row in found.rows:
        line = row.told.line
        if not written or row.state == "bad":
            say(f"строка {line.row}: {line.name} – {', '.join(row.labels) or 'роль не названа'}: {LISTED[row.state]}")
        say_findings(row.findings)
    counts = found.counts
    if found.made:
        say(
            f"Внесено строк: {counts['new']}, список № {found.made.id}. Уже числились: {counts['known']}, с ошибками: {counts['bad']}."
        )
        return
    say(f"Новых строк: {counts['new']}, уже числятся: {counts['known']}, с ошибками: {counts['bad']}.")
    if counts["new"]:
        say("Записать: та же команда с --write.")


@app.command("imports")
def listed(json: Json = False) -> None:
    """Внесённые списки ролей."""
    from actions.roles import holdings_import

    with working() as work:
        rows = [holdings_import.as_json(*each) for each in holdings_import.imports(work)]
    if json:
        say_json(rows)
        return
    for row in rows:
        state = "отменён" if row["withdrawn_at"] else f"действует ролей: {row['in_force']} из {row['roles']}"
        say(f"№ {row['id']}  {str(row['imported_at'])[:10]}  {row['organisation']}  {row['file']}  {state}")
    if not rows:
        say("Списков ролей ещё не вносили.")


@app.command()
def withdraw(
    number: Annotated[int, typer.Argument(metavar="№", help="Номер списка, см. holders imports.")],
    reason: Annotated[str, typer.Option(metavar="ТЕКСТ", help="Почему список внесён по ошибке.")],
) -> None:
    """Отменить ошибочно внесённый список: его ролей никогда не было. Запись о нём остаётся."""
    from actions.roles import holdings_import

    with working() as work:
        gone = holdings_import.withdraw(work, holdings_import.get(work, number), reason=reason)
    say(f"Список № {number} отменён, ролей: {len(gone)}.")


@app.command()
def template(out: Annotated[Path, typer.Argument(metavar="OUT", help="Куда записать образец (.xlsx).")]) -> None:
    """Образец списка ролей: пустая таблица с нужными столбцами."""
    from documents.tables.holders import holdings_template

    out.write_bytes(holdings_template())
    say(f"Образец: {out}")


_Snils = Annotated[str, typer.Argument(metavar="СНИЛС")]
_Inn = Annotated[str, typer.Option("--organisation", metavar="ИНН", help="В какой организации.")]
_Roles = Annotated[
    list[str] | None, typer.Option("--role", metavar="ПОДСИСТЕМА[/РОЛЬ]", help="Какие роли, кодами; без этого – все.")
]


@app.command()
def ending(json: Json = False) -> None:
    """Роли, данные на срок, ближайшие первыми."""
    from actions.keeping import endings
    from actions.log import audit

    with working() as work:
        rows = [(each.as_json(), each.told) for each in endings.ending(work)]
        audit.record(work, "holders.viewed", "holders", rows=len(rows))
    if json:
        say_json([row for row, _ in rows])
        return
    for _, told in rows:
        say(told)
    if not rows:
        say("Ролей на срок ни у кого нет.")


@app.command()
def renew(
    snils: _Snils,
    organisation: _Inn,
    role: _Roles = None,
    until: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="ДАТА", help="До какого дня; без него – без срока."),
    ] = None,
    json: Json = False,
) -> None:
    """Составить заявку на продление ролей работника."""
    from actions.keeping import endings

    with working() as work:
        drafts = [
            draft
            for card, grants in _chosen(work, snils, organisation, role or ())
            for draft in endings.renew(work, card, grants, until=until.date() if until else None)
        ]
        told = [{"id": draft.id, "number": draft.number} for draft in drafts]
    _tell_drafts(told, json)


@app.command()
def revoke(
    snils: _Snils,
    organisation: _Inn,
    why: Annotated[str, typer.Option(metavar="КОД", help="Основание вида заявки, например changed-duties.")],
    role: _Roles = None,
    json: Json = False,
) -> None:
    """Составить заявку на прекращение ролей работника."""
    from actions.reviews import revocations

    with working() as work:
        drafts = [
            draft
            for card, grants in _chosen(work, snils, organisation, role or ())
            for draft in revocations.of_person(work, card, grants, why=why)
        ]
        told = [{"id": draft.id, "number": draft.number} for draft in drafts]
    _tell_drafts(told, json)


def _chosen(work: Work, snils: str, inn: str, roles: Collection[str]) -> list[tuple[Employee, set[int]]]:
    """Cards in the organisation and its branches with the numbers of the roles meant. Raises NotFound."""
    from actions.cards.people import cards_in
    from actions.context import NotFound
    from actions.roles.holdings import held_by

    found: list[tuple[Employee, set[int]]] = []
    for card in cards_in(work, snils, inn):
        meant = {
            held.grant.id or 0
            for held in held_by(work, [card.person_id])
            if held.grant.organisation_id == card.organisation_id
            and (not roles or {held.grant.subsystem, f"{held.grant.subsystem}/{held.grant.role}"} & set(roles))
        }
        if meant:
            found.append((card, meant))
    if not found:
        raise NotFound("Таких действующих ролей у работника в этой организации нет.")
    return found


def _tell_drafts(drafts: Sequence[Mapping[str, object]], json: bool) -> None:
    if json:
        say_json(drafts)
        return
    for draft in drafts:
        say(f"Черновик {draft['number']} (ID {draft['id']}). Дальше: egisz-access request check {draft['id']}")
