"""Organisations that are called otherwise or go over into others: roles and requests with their history."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import select

from actions.cards import organisations, people
from actions.context import Conflict
from actions.evidence import evidence
from actions.log import audit
from actions.requests import cases, lookup
from actions.reviews import reorganising
from actions.roles import grants
from demo.people import EMPLOYEES, FULL_NAME, INN, KPP, SHORT_NAME, bare_snils
from models.audit import Event
from models.grant import Grant
from models.identifiers import BadIdentifier
from models.organisation import Organisation
from models.request import Status
from states.rules import Stage, check_request
from tests.roles import granted
from tests.walking import clinic, request_at
from tests.web.users import client
from tests.web.world import World

GROUND = "лист записи ЕГРЮЛ от 20.11.2026 № 5"
DAY, NEW, NEW_INN = dt.date(2026, 11, 23), "ООО «Клиника на Новой»", "7728168971"


def renamed(installation, values=None, **options):
    with installation.work("кадры") as work:
        card = organisations.card(work, INN)
        asked = {"since": DAY, "ground": GROUND} | options
        return reorganising.rename(work, card, values or {"short_name": NEW, "full_name": NEW}, **asked)


def moved(installation, **options):
    with installation.work("кадры") as work:
        target = organisations.card(work, NEW_INN)
        organisations.change(work, target, {"full_name": NEW, "short_name": NEW, "subject": "77"})
        source = organisations.known(work, INN)
        return reorganising.move(work, source, target, **({"since": DAY, "ground": GROUND} | options))


def _places(installation, day=None):
    with installation.work("тест") as work:
        moment = dt.datetime.combine(day, dt.time(12), dt.UTC) if day else None
        return {row["organisation"] for row in grants.holders(work, as_of=moment)}


def _later(clock, days=2):
    clock.now += dt.timedelta(days=days)


def test_past_days_keep_the_old_name(installation, clock):
    request_at(installation, Status.GRANTED)
    _later(clock)
    found = renamed(installation, since=dt.date(2026, 11, 24))
    assert found.change.before["short_name"] == SHORT_NAME and found.change.after["short_name"] == NEW
    assert _places(installation) == {NEW} and _places(installation, DAY) == {SHORT_NAME}
    with installation.work("тест") as work:
        told = work.session.execute(select(Event).where(Event.action == "organisation.renamed")).scalar_one()
        assert json.loads(told.data) == {"fields": ["full_name", "short_name"], "since": "2026-11-24"}
        assert audit.verify(work.session).ok


@pytest.mark.rule("APP-9")
@pytest.mark.parametrize(
    ("values", "options", "error", "told"),
    [
        ({"inn": "7728168972"}, {}, BadIdentifier, "ИНН"),
        ({"full_name": " "}, {}, BadIdentifier, "пустым"),
        ({"oid": "1..2"}, {}, BadIdentifier, "OID"),
        (None, {"since": dt.date(2026, 11, 24)}, BadIdentifier, "ещё не наступил"),
        (None, {"ground": "приказ"}, BadIdentifier, "основание"),
        ({"short_name": SHORT_NAME}, {}, Conflict, "уже стоят"),
        ({"inn": NEW_INN, "kpp": ""}, {}, Conflict, "уже есть"),
    ],
)
def test_a_wrong_act_says_what_is_wrong(installation, values, options, error, told):
    with installation.work("тест") as work:
        clinic(work)
        organisations.card(work, NEW_INN)
    with pytest.raises(error, match=told):
        renamed(installation, values, **options)


def test_the_same_day_is_not_recorded_twice(installation):
    with installation.work("тест") as work:
        clinic(work)
    renamed(installation)
    with pytest.raises(BadIdentifier, match="уже записано"):
        renamed(installation, {"short_name": "ООО «Другая»"})


@pytest.mark.rule("APP-8")
def test_drafts_take_the_new_name_and_signed_papers_are_warned_about(installation, clock):
    signed, draft = request_at(installation, Status.SIGNED), request_at(installation, Status.DRAFT)
    _later(clock)
    found = renamed(installation)
    assert [each.id for each in found.on_paper] == [signed]
    with installation.work("тест") as work:
        told = []
        for number, stage in ((signed, Stage.SEND), (draft, Stage.VALIDATE)):
            facts = cases.facts_of(work, lookup.get(work, number))
            assert facts.organisation.short_name == NEW
            told.append([each.message for each in check_request(facts, work.catalog, stage) if each.rule == "APP-8"])
    assert SHORT_NAME in told[0][0] and "Верните заявку в черновик" in told[0][0] and told[1] == []


def test_roles_and_open_requests_go_over_with_their_history(installation, clock):
    granted, waiting = request_at(installation, Status.GRANTED), request_at(installation, Status.AWAITING, count=3)
    draft = request_at(installation, Status.DRAFT)
    _later(clock)
    found = moved(installation, since=dt.date(2026, 11, 24))
    assert len(found.change.grants) == 4 and found.change.requests == [waiting, draft]
    assert [each.id for each in found.on_paper] == [waiting]
    assert _places(installation) == {NEW} and _places(installation, DAY) == {SHORT_NAME}
    with installation.work("тест") as work:
        target, source = organisations.known(work, NEW_INN), organisations.known(work, INN)
        places = [lookup.get(work, number).organisation_id for number in (granted, waiting, draft)]
        assert places == [source.id, target.id, target.id]
        cards = [people.find(work, target.id, bare_snils(person)) for person in EMPLOYEES[:3]]
        assert [card.name for card in cards if card] == [person.name for person in EMPLOYEES[:3]]
        rows = work.session.execute(select(Grant).order_by(Grant.id)).scalars().all()
        assert [(row.organisation_id, row.until is None) for row in rows] == [(source.id, False)] * 4 + [
            (target.id, True)
        ] * 4
        assert {row.request_id for row in rows} == {granted}
        assert evidence.of_person(work, EMPLOYEES[0].snils).events > 0
        assert audit.verify(work.session).ok
        before = grants.holders(work, known_on=dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC))
        assert {row["organisation"] for row in before} == {SHORT_NAME}
    with pytest.raises(Conflict, match="Переводить нечего"):
        moved(installation, since=dt.date(2026, 11, 25))


def test_a_branch_is_told_from_its_head_and_a_role_held_in_both_is_held_once(installation, clock):
    request_at(installation, Status.GRANTED, count=1)
    with installation.work("тест") as work:
        head = organisations.known(work, INN, KPP)
        row = work.session.execute(select(Grant)).scalars().first()
        branch = Organisation(inn=INN, kpp="770702002", full_name=NEW, short_name=NEW, fold="x", subject="77")
        work.session.add(branch)
        work.session.flush()
        reorganising._take_along(work, head, branch, [row.person_id])
        granted(
            work,
            person_id=row.person_id,
            organisation_id=branch.id,
            subsystem=row.subsystem,
            role=row.role,
            request_id=row.request_id,
            line_id=row.line_id,
        )
    _later(clock)
    with installation.work("кадры") as work:
        head, branch = organisations.known(work, INN, KPP), organisations.known(work, INN, "770702002")
        reorganising.move(work, head, branch, since=dt.date(2026, 11, 24), ground=GROUND)
        now = work.session.execute(select(Grant).where(Grant.until.is_(None))).scalars().all()
        assert sorted((each.subsystem, each.organisation_id) for each in now) == [
            ("frmo", branch.id),
            ("frmr", branch.id),
        ]


def test_the_letter_is_a_draft_of_facts(installation, clock):
    request_at(installation, Status.GRANTED, count=1)
    _later(clock)
    change = moved(installation).change
    with installation.work("тест") as work:
        written = reorganising.letter(work, change)
    assert f"вместо организации {SHORT_NAME} работает {NEW}" in written.text
    assert f"ИНН: было {INN}, стало {NEW_INN}" in written.text and GROUND in written.text
    assert f"– {EMPLOYEES[0].name}: Работник организации (ФРМО)" in written.text


def test_pages_of_a_request_tell_what_the_organisation_was_called_when_it_left(installation, clock):
    sent, draft = request_at(installation, Status.AWAITING), request_at(installation, Status.DRAFT, of=2)
    _later(clock)
    renamed(installation, since=dt.date(2026, 11, 24))
    officer = client(World(installation))
    for page in ("", "/corrections", "/steps/grant", "/people"):
        text = officer.get(f"/requests/{sent}{page}").text
        assert FULL_NAME in text and f"сейчас: {NEW}" in text, page
    assert (
        NEW in officer.get(f"/requests/{draft}").text and "звалась тогда" not in officer.get(f"/requests/{draft}").text
    )
