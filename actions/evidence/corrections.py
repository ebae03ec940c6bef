"""The second axis of a pack of evidence: what was known of roles and when, and what was put right."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select
from sqlmodel import col

from actions.cards.names import Names
from actions.context import Work
from actions.corrections.words import changes
from actions.evidence.evidence_tables import Key, Places
from actions.requests import pairs
from actions.roles import beliefs
from actions.roles.holdings import role_label
from documents.evidence import Table
from models.correction import Correction
from models.employee import Employee
from models.grant import Grant, GrantEntry
from states.moments import moment_on_record
from states.words.corrections import CORRECTIONS

_BY_DATABASE = "По базе данных на день составления; что и когда исправлено, есть и в записях журнала."


def known_table(work: Work, grants: Iterable[Grant], cards: Mapping[Key, Employee]) -> Table:
    """A row for each time that something was recorded of a role, and until when it was believed."""
    by_number = {grant.id or 0: grant for grant in grants}
    names, places = Names(work, cards.values()), Places(work)
    rows = tuple(
        (
            names.at(cards[grant.person_id, grant.organisation_id], entry.since),
            role_label(work, grant.subsystem, grant.role),
            places.of(grant),
            moment_on_record(entry.recorded_at),
            moment_on_record(entry.superseded_at) or "и сейчас",
            *_period(entry),
            f"grant {grant.id}",
        )
        for entry in beliefs.history(work, list(by_number))
        for grant in (by_number[entry.grant_id],)
    )
    columns = (
        "Работник",
        "Роль",
        "Организация",
        "Записано",
        "Считалось верным до",
        "Роль с",
        "Роль по",
        "Дана до",
        "Вход подтверждён",
        "Номер в журнале",
    )
    return Table("Что и когда было известно о ролях", _BY_DATABASE, columns, rows)


def _period(entry: GrantEntry) -> tuple[str, str, str, str]:
    never = entry.until is not None and entry.until == entry.since
    return (
        moment_on_record(entry.since),
        "не была предоставлена" if never else moment_on_record(entry.until),
        f"{entry.ends_on:%d.%m.%Y}" if entry.ends_on else "",
        moment_on_record(entry.verified_at),
    )


def corrections_table(work: Work, subjects: Collection[str], own: Collection[str] | None = None) -> Table:
    """`own`: of one person – keys of his rows; then nothing of the others is told, nor the words of the reason."""
    query = select(Correction).where(col(Correction.subject).in_(sorted(subjects))).order_by(col(Correction.id))
    rows = []
    for row in work.session.execute(query).scalars():
        for place, change in enumerate(changes(work, row, own)):
            why = pairs.said(row.why, "") or "" if own is None else "слова – в комплекте заявки"
            head = (moment_on_record(row.at), row.by, CORRECTIONS[row.kind], why) if place == 0 else ("", "", "", "")
            rows.append((*head, change.what, change.before, change.after))
    columns = ("Когда", "Кто", "Что исправлено", "Почему", "Что изменилось", "Было записано", "Стало")
    return Table("Исправления", _BY_DATABASE, columns, tuple(rows))
