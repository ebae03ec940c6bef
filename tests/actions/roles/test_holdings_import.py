"""Roles that people hold from before: judged row by row, written down by word, never twice, and taken back on record."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile

import pytest
from sqlalchemy import select

from actions.cards import names, people
from actions.context import Conflict
from actions.evidence import evidence
from actions.keeping import erasure
from actions.reviews import leavers, reviews
from actions.reviews.leavers import Case
from actions.roles import grants, holdings_import
from demo.people import EMPLOYEES, INN
from models.audit import Event
from models.employee import Employee
from models.facts import FullName
from models.grant import Grant
from models.identifiers import BadIdentifier
from tests.walking import clinic

HEADINGS = ("СНИЛС", "ФИО", "Подсистема", "Роль", "С какого дня", "До какого дня", "Источник", "Дата источника")
SOURCE = "список СТП, письмо № 5"
ROLE = "Работник организации (ФРМО)"


def listed(path, *rows):
    """Each row: person's number of the demonstration or (СНИЛС, name), then what differs from the usual."""
    text = [HEADINGS]
    for who, *changes in rows:
        person = EMPLOYEES[who] if isinstance(who, int) else None
        row = [person.snils, person.name] if person else list(who)
        row += ["ФРМО", ROLE, "01.09.2024", "", SOURCE, "15.10.2026"]
        for place, value in changes:
            row[place] = value
        text.append(tuple(row))
    path.write_text("\n".join(";".join(row) for row in text), "utf-8")
    return path


def taken(installation, file, **options):
    with installation.work("кадры") as work:
        clinic(work)
        return holdings_import.take(work, holdings_import.read(file, work.catalog), inn=INN, **options)


def _bad(installation, file, **options):
    """(row, field, rule) of the errors."""
    found = taken(installation, file, **options)
    return [(e.row, e.field, e.rule) for row in found.rows for e in row.findings if e.severity.value == "error"]


def _held(installation, day=None):
    moment = dt.datetime.combine(day, dt.time(12), dt.UTC) if day else None
    with installation.work("тест") as work:
        return [
            (row["person"], row["role"], row["source"], row["request"]) for row in grants.holders(work, as_of=moment)
        ]


def test_a_list_is_held_since_its_days_on_the_word_of_its_source(installation, tmp_path):
    found = taken(installation, listed(tmp_path / "a.csv", (0,), (1, (5, "31.12.2026"))))
    assert found.counts == {"new": 2, "known": 0, "bad": 0}
    told = f"со слов, без заявки: {SOURCE}, 15.10.2026"
    assert _held(installation) == [(EMPLOYEES[n].name, ROLE, told, None) for n in (0, 1)]
    assert _held(installation, dt.date(2024, 9, 1)) and _held(installation, dt.date(2024, 8, 31)) == []
    assert len(_held(installation, dt.date(2026, 12, 31))) == 2
    assert [row[0] for row in _held(installation, dt.date(2027, 1, 1))] == [EMPLOYEES[0].name]
    with installation.work("тест") as work:
        assert grants.holders(work, as_of=work.now, known_on=work.now - dt.timedelta(days=1)) == []


def test_the_same_list_again_changes_nothing(installation, tmp_path):
    file = listed(tmp_path / "a.csv", (0,), (1,))
    taken(installation, file)
    again = taken(installation, file)
    assert again.counts == {"new": 0, "known": 2, "bad": 0} and again.made is None
    more = taken(installation, listed(tmp_path / "b.csv", (0,), (2,)))
    assert more.counts == {"new": 1, "known": 1, "bad": 0}
    assert len(_held(installation)) == 3


@pytest.mark.rule("APP-2", "APP-3", "APP-10", "APP-11")
@pytest.mark.parametrize(
    ("row", "field", "rule"),
    [
        ((("112-233-445 96", "Орлова Мария Петровна"),), "snils", "APP-2"),
        (((EMPLOYEES[1].snils, "С0колов Илья Андреевич"),), "surname", "APP-3"),
        (((EMPLOYEES[1].snils, ""),), "surname", "APP-11"),
        ((1, (3, "Смотритель маяка")), "role", "APP-10"),
        ((1, (4, "")), "since", "APP-11"),
        ((1, (4, "вчера")), "since", "APP-11"),
        ((1, (4, "24.11.2026")), "since", "APP-11"),
        ((1, (4, "01.01.1999")), "since", "APP-11"),
        ((1, (5, "31.08.2024")), "asked_until", "APP-11"),
        ((1, (5, "01.11.2026")), "asked_until", "APP-11"),
        ((1, (6, "")), "told_by", "APP-11"),
        ((1, (7, "01.08.2024")), "told_on", "APP-11"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_not_lost(installation, tmp_path, row, field, rule):
    file = listed(tmp_path / "a.csv", (0,), row)
    found = taken(installation, file)
    errors = [each for each in found.rows[-1].findings if each.severity.value == "error"]
    assert (errors[0].row, errors[0].field, errors[0].rule) == (3, field, rule)
    assert errors[0].source and errors[0].message.endswith((".", "?"))
    assert [name for name, *_ in _held(installation)] == [EMPLOYEES[0].name]


def test_a_source_for_all_stands_where_a_row_names_none(installation, tmp_path):
    file = listed(tmp_path / "a.csv", (0, (6, ""), (7, "")))
    assert _bad(installation, file, told_by="отдел кадров", told_on="20.11.2026") == []
    assert _held(installation)[0][2] == "со слов, без заявки: отдел кадров, 20.11.2026"


@pytest.mark.rule("APP-12")
def test_one_number_is_one_person_and_one_role_stands_once(installation, tmp_path):
    file = listed(tmp_path / "a.csv", (0,), (0,), ((EMPLOYEES[0].snils, "Громова Нина Львовна"), (2, "ФРМР"), (3, "")))
    assert _bad(installation, file) == [(3, "role", "APP-12"), (4, "snils", "APP-12")]
    assert len(_held(installation)) == 1


@pytest.mark.rule("APP-2")
def test_a_number_on_record_under_another_name_stops_its_row(installation, tmp_path):
    taken(installation, listed(tmp_path / "a.csv", (0,)))
    stranger = listed(tmp_path / "b.csv", ((EMPLOYEES[0].snils, "Громова Нина Львовна"), (2, "ФРМР"), (3, "")), (1,))
    assert _bad(installation, stranger) == [(2, "snils", "APP-2")]
    assert [name for name, *_ in _held(installation)] == [EMPLOYEES[0].name, EMPLOYEES[1].name]


@pytest.mark.rule("APP-16")
def test_roles_that_exclude_one_another_are_refused_together_and_beside_what_is_held(installation, tmp_path):
    with installation.work("тест") as work:
        clinic(work)
        pair = work.catalog.subsystems["hiv"].exclusions[0]
        one, other = (work.catalog.role("hiv", code).label for code in pair.roles)
        name = work.catalog.subsystems["hiv"].name
    both = listed(tmp_path / "a.csv", (0, (2, name), (3, one)), (0, (2, name), (3, other)), (1, (2, name), (3, one)))
    assert {row for row, _, rule in _bad(installation, both) if rule == pair.rule} == {2, 3}
    later = listed(tmp_path / "b.csv", (1, (2, name), (3, other)))
    assert [(row, rule) for row, _, rule in _bad(installation, later) if rule == pair.rule] == [(2, pair.rule)]


def test_a_mistaken_list_is_taken_back_and_its_roles_were_never_held(installation, tmp_path, clock):
    made = taken(installation, listed(tmp_path / "a.csv", (0,), (1,))).made
    clock.now += dt.timedelta(days=3)
    with installation.work("кадры") as work:
        entry = holdings_import.get(work, made.id)
        with pytest.raises(BadIdentifier, match="почему список отменяется"):
            holdings_import.withdraw(work, entry, reason="ошибка")
        assert len(holdings_import.withdraw(work, entry, reason="список был от другой клиники")) == 2
        with pytest.raises(Conflict):
            holdings_import.withdraw(work, entry, reason="список был от другой клиники")
    assert _held(installation) == [] and _held(installation, dt.date(2026, 11, 23)) == []
    with installation.work("тест") as work:
        believed = grants.holders(work, known_on=work.now - dt.timedelta(days=1))
        assert len(believed) == 2
        log = work.session.execute(select(Event).where(Event.subject == f"holdings:{made.id}")).scalars().all()
        assert [each.action for each in log] == [
            "grant.told",
            "grant.told",
            "holdings.imported",
            "grant.retracted",
            "grant.retracted",
            "holdings.withdrawn",
        ]
        assert "клиник" not in json.dumps([each.data for each in log], ensure_ascii=False)
    assert taken(installation, listed(tmp_path / "a.csv", (0,))).counts["new"] == 1


def test_what_is_held_by_word_is_asked_by_the_review_and_ended_by_those_who_left(installation, tmp_path):
    file = listed(tmp_path / "a.csv", (0,), (1,))
    taken(installation, file)
    with installation.work("кадры") as work:
        campaign = reviews.start(work, year=2026)
        asked = reviews.show(work, campaign).organisations[0].questions
        assert [(each.name, each.label) for each in asked] == [(EMPLOYEES[n].name, ROLE) for n in (0, 1)]
        reviews.answer(work, campaign, inn=INN, keep=[str(asked[0].question.id)])
    left = tmp_path / "left.csv"
    left.write_text(f"СНИЛС;ФИО\n{EMPLOYEES[1].snils};{EMPLOYEES[1].name}", "utf-8")
    with installation.work("кадры") as work:
        found = leavers.departures(work, left, inn=INN, apply=True)
        assert found.leavers[0].case is Case.HOLDS and len(found.drafts) == 1


def test_evidence_of_a_person_tells_whose_words_it_was(installation, tmp_path):
    taken(installation, listed(tmp_path / "a.csv", (0,), (1,)))
    with installation.work("кадры") as work:
        card = people.cards_of(work, EMPLOYEES[0].snils.replace("-", "").replace(" ", ""))[0]
        pack = evidence.of_employee(work, card)
        row = work.session.execute(select(Grant).where(Grant.person_id == card.person_id)).scalar_one()
    with zipfile.ZipFile(io.BytesIO(pack.data)) as archive:
        told = "".join(archive.read(name).decode("utf-8", "ignore") for name in archive.namelist())
    assert SOURCE in told and f"№ {row.event_seq}" in told and EMPLOYEES[1].name not in told


def test_after_the_term_nobody_is_named_who_only_had_roles_by_word(installation, tmp_path, clock):
    taken(installation, listed(tmp_path / "a.csv", (0,), (1,)))
    with installation.work("кадры") as work:
        first = work.session.execute(select(Grant).order_by(Grant.id)).scalars().first()
        grants.end(work, grant_id=first.id, reason="уволен")
    clock.now += dt.timedelta(days=installation.policy.retention_days - 1)
    for names_left, told in ((2, SOURCE), (1, "")):
        with installation.work("стирание") as work:
            erasure.erase_due(work)
            cards = work.session.execute(select(Employee)).scalars().all()
            assert sum(bool(card.name) for card in cards) == names_left
            assert work.session.get(Grant, first.id).told_by == told
        clock.now += dt.timedelta(days=2)


def test_a_changed_name_is_told_as_it_was(installation, tmp_path):
    taken(installation, listed(tmp_path / "a.csv", (0,)))
    with installation.work("кадры") as work:
        card = people.cards_of(work, EMPLOYEES[0].snils.replace("-", "").replace(" ", ""))[0]
        names.rename(work, card, FullName("Ветрова", "Мария", "Петровна"), since=dt.date(2026, 1, 1))
    assert _held(installation, dt.date(2025, 1, 1))[0][0] == EMPLOYEES[0].name
    assert _held(installation)[0][0] == "Ветрова Мария Петровна"
