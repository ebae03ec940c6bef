"""`review`: the yearly review of who still needs which role."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import Json, say, say_json, working

if TYPE_CHECKING:
    from actions.reviews.reviews import Review

app = typer.Typer(help="Ежегодная проверка: кому роли ещё нужны.", no_args_is_help=True)
Year = Annotated[int | None, typer.Option(min=2020, max=2100, metavar="ГОД", help="За какой год.")]


@app.command()
def start(
    year: Year = None,
    until: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="До какого дня ждать ответа; обычно 30 дней.")
    ] = None,
    organisation: Annotated[
        list[str] | None, typer.Option(metavar="ИНН", help="Кого спросить; без него – всех.")
    ] = None,
    json: Json = False,
) -> None:
    """Начать проверку: послать организациям списки ролей. Снова – спросить только новых."""
    from actions.reviews import reviews

    with working() as work:
        campaign = reviews.start(work, year=year, until=until.date() if until else None, inns=organisation or ())
        review = reviews.show(work, campaign)
    _tell(review, json)


@app.command()
def show(
    year: Year = None, organisation: Annotated[str | None, typer.Option(metavar="ИНН")] = None, json: Json = False
) -> None:
    """Показать вопросы и ответы; без ответа – сверху."""
    from actions.log import audit
    from actions.reviews import reviews
    from states.words.reviews import ANSWERS

    with working() as work:
        campaign = reviews.find(work, year)
        review = reviews.show(work, campaign, inn=organisation)
        audit.record(work, "review.viewed", reviews.subject(campaign))
    _tell(review, json)
    if json:
        return
    for entry in review.organisations:
        for asked in sorted(entry.questions, key=lambda asked: asked.answer is not None):
            ending = f", заявка {asked.revocation.number}" if asked.revocation else ""
            told = ANSWERS[asked.answer]
            say(f"{asked.question.id:>6}  {asked.name}: {asked.label} – {told}{ending}")


@app.command()
def answer(
    organisation: Annotated[str, typer.Argument(metavar="ИНН")],
    keep: Annotated[
        list[str] | None, typer.Option(help="Роль нужна: номер вопроса, СНИЛС или all (все без ответа).")
    ] = None,
    drop: Annotated[list[str] | None, typer.Option(help="Роль не нужна: номер вопроса, СНИЛС или all.")] = None,
    year: Year = None,
    json: Json = False,
) -> None:
    """Записать ответ организации; на ненужные роли составляется заявка на прекращение."""
    from actions.reviews import reviews

    if not keep and not drop:
        raise typer.BadParameter("Скажите, что нужно (--keep) или не нужно (--drop).")
    with working() as work:
        campaign = reviews.open_campaign(work, year)
        drafts = reviews.answer(work, campaign, inn=organisation, keep=keep or (), drop=drop or ())
        review = reviews.show(work, campaign, inn=organisation)
    _tell(review, json)
    if not json:
        for draft in drafts:
            say(f"Прекращение ролей – в заявке {draft.number} (ID {draft.id}).")


@app.command()
def close(year: Year = None, json: Json = False) -> None:
    """Закрыть проверку; оставшееся без ответа остаётся видно."""
    from actions.reviews import reviews

    with working() as work:
        review = reviews.close(work, reviews.open_campaign(work, year))
    _tell(review, json)


@app.command()
def evidence(
    out: Annotated[Path, typer.Argument(metavar="OUT.zip", help="Куда записать комплект.")],
    year: Year = None,
    json: Json = False,
) -> None:
    """Комплект доказательств проверки: вопросы, письма, ответы и записи журнала о них."""
    from actions.evidence import evidence as actions_evidence
    from actions.reviews import reviews
    from cli.evidence import tell_pack, writable

    writable(out)
    with working() as work:
        pack = actions_evidence.of_review(work, reviews.find(work, year))
    out.write_bytes(pack.data)
    tell_pack(pack, out, json)


def _tell(review: Review, json: bool) -> None:
    from states.words.reviews import ANSWERS

    if json:
        say_json(review.as_json())
        return
    campaign, counts = review.campaign, review.counts()
    state = f"закрыта {campaign.closed_at:%d.%m.%Y}" if campaign.closed_at else f"ответы до {campaign.until:%d.%m.%Y}"
    say(f"Проверка за {campaign.year} год, {state}. Организаций: {len(review.organisations)}.")
    say("Ролей: " + ", ".join(f"{label} – {counts[answer or 'open']}" for answer, label in ANSWERS.items()) + ".")
    silent = [entry for entry in review.organisations if entry.unanswered]
    for entry in silent:
        say(f"! {entry.organisation.called}: без ответа {len(entry.unanswered)}")
