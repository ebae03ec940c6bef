"""Roles until a day: asked for and judged, taken from the answer that names it, reminded of in time, ended by themselves."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest
from sqlalchemy import select

from actions.answers import answers
from actions.cards import people
from actions.context import NotFound
from actions.keeping import endings, reminders
from actions.requests import cases, creation, lookup
from actions.roles import grants
from actions.steps import taking, undoing
from actions.steps.answer import Answer
from demo.people import EMPLOYEES, bare_snils
from models.answers import Said
from models.audit import Event
from models.grant import Grant
from models.identifiers import BadIdentifier
from models.letters import OutboxLetter
from models.request import RequestedRole, Status
from states.rules import Stage, check_request
from sweeps.remind import sweep
from tests.roles import granted as put_on_record
from tests.walking import GROUND, KIND, ROLES, clinic, lines, request_at

LAST = dt.date(2026, 12, 31)
NOON = dt.time(9, tzinfo=dt.UTC)


def draft(installation, until="2026-12-31"):
    with installation.work("кадры") as work:
        asked = [dataclasses.replace(line, asked_until=until) for line in lines(1)]
        return creation.create(work, kind=KIND, organisation_id=clinic(work), lines=asked).id


def granted(installation, until=LAST, *, asked=""):
    """One employee holds both roles; `until` as the answer names it."""
    number = request_at(installation, Status.AWAITING, count=1)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        for pair in work.session.execute(select(RequestedRole)).scalars():
            pair.asked_until = dt.date.fromisoformat(asked) if asked else None
        said = answers.understood(work, request, [Said("granted", until=until)])
        taking.take(work, request, "grant", Answer(pairs=said, ground=GROUND))
    return number


def _held(installation, day):
    with installation.work("тест") as work:
        return [(row["ends_on"], row["until"]) for row in grants.holders(work, as_of=dt.datetime.combine(day, NOON))]


def _digests(installation):
    with installation.work("тест") as work:
        found = work.session.execute(select(OutboxLetter).where(OutboxLetter.purpose == "digest")).scalars()
        return [letter.text for letter in found if "Кончается срок ролей" in letter.text]


@pytest.mark.rule("APP-11")
@pytest.mark.parametrize(
    ("until", "told"), [("2026-11-22", "уже прошёл"), ("скоро", "не дата"), ("2026-11-23", ""), ("", "")]
)
def test_the_day_asked_for_is_judged(installation, until, told):
    number = draft(installation, until)
    with installation.work("тест") as work:
        case = cases.case_of(work, lookup.get(work, number))
        found = [
            each for each in check_request(case.facts, work.catalog, Stage.VALIDATE) if each.field == "asked_until"
        ]
        asked = work.session.execute(select(RequestedRole.asked_until)).scalars().all()
    assert [each.row for each in found] == ([None] if told else []) and all(told in each.message for each in found)
    assert asked == [dt.date.fromisoformat(until) if until.startswith("2026") else None] * 2


def test_the_letter_to_the_desk_names_the_day(installation):
    number = request_at(installation, Status.SIGNED, count=1)
    with installation.work("кадры") as work:
        request = lookup.get(work, number)
        for line in lookup.lines_of(work, request):
            line.typed = {**line.typed, "asked_until": "2026-12-31"}
        taking.take(work, request, "send", Answer(confirm_address=True))
        letter = work.session.execute(select(OutboxLetter).where(OutboxLetter.purpose == "package")).scalar_one()
        assert f"– {EMPLOYEES[0].name} – до 31.12.2026" in letter.text


def test_the_grant_takes_the_day_that_the_answer_names(installation):
    granted(installation)
    assert _held(installation, dt.date(2026, 11, 24)) == [("2026-12-31", None)] * 2
    assert _held(installation, LAST) and _held(installation, dt.date(2027, 1, 1)) == []


def test_a_day_that_was_only_asked_for_ends_nothing_and_is_reminded_of(installation, clock):
    granted(installation, None, asked="2026-12-31")
    with installation.work("тест") as work:
        assert [(each.day, each.named) for each in endings.ending(work)] == [(LAST, False)] * 2
        assert "в ответе срок не назван" in endings.ending(work)[0].told
    clock.now = dt.datetime(2027, 2, 1, 9, tzinfo=dt.UTC)
    assert sweep(installation)["ended"] == 0
    assert len(_digests(installation)) == 1 and len(_held(installation, dt.date(2027, 2, 1))) == 2


def test_reminded_30_10_and_1_working_days_before_and_never_twice(installation, clock):
    granted(installation)
    days = []
    for number in range((LAST - clock.now.date()).days + 3):
        clock.now += dt.timedelta(days=1) if number else dt.timedelta()
        before = len(_digests(installation))
        sweep(installation)
        sweep(installation)
        if len(_digests(installation)) > before:
            days.append(clock.now.date())
    with installation.work("тест") as work:
        left = [
            sum(work.calendar.is_working(day + dt.timedelta(days=n)) for n in range((LAST - day).days)) for day in days
        ]
    assert left[1:] == [10, 1] and 10 < left[0] <= 30  # working days from that one on, before the last
    text = _digests(installation)[0]
    assert f"{EMPLOYEES[0].name}: Работник организации (ФРМО) – до 31.12.2026" in text and "/people/" in text


def test_downtime_brings_one_letter(installation, clock):
    granted(installation)
    clock.now = dt.datetime(2026, 12, 30, 9, tzinfo=dt.UTC)
    sweep(installation)
    assert len(_digests(installation)) == 1


def test_when_the_day_is_over_the_role_ends_by_itself_on_record(installation, clock):
    granted(installation)
    clock.now = dt.datetime(2027, 1, 12, 9, tzinfo=dt.UTC)
    assert sweep(installation)["ended"] == 2 and sweep(installation)["ended"] == 0
    with installation.work("тест") as work:
        rows = work.session.execute(select(Grant)).scalars().all()
        assert {row.until.astimezone(dt.UTC) for row in rows} == {dt.datetime(2026, 12, 31, 21, tzinfo=dt.UTC)}
        log = work.session.execute(select(Event).where(Event.action == "grant.ended")).scalars().all()
        assert [json.loads(each.data)["reason"] for each in log] == ["срок до 31.12.2026"] * 2
        assert {each.actor for each in log} == {"срок роли"}
    assert len(_held(installation, LAST)) == 2 and _held(installation, dt.date(2027, 1, 1)) == []


def _card(work):
    return people.cards_of(work, bare_snils(EMPLOYEES[0]))[0]


def test_a_renewal_asks_for_the_same_roles_and_its_answer_moves_the_day(installation, clock):
    granted(installation)
    with installation.work("кадры") as work:
        ids = [row.id for row in work.session.execute(select(Grant)).scalars()]
        with pytest.raises(BadIdentifier, match="уже прошёл"):
            endings.renew(work, _card(work), ids, until=dt.date(2026, 1, 1))
        with pytest.raises(NotFound):
            endings.renew(work, _card(work), [999])
        [made] = endings.renew(work, _card(work), ids, until=dt.date(2027, 12, 31))
        [line] = lookup.lines_of(work, made)
        assert made.kind == KIND and {pair.asked_until for pair in line.asked} == {dt.date(2027, 12, 31)}
        assert line.roles == [(ref.subsystem, ref.role) for ref in ROLES]
        put_on_record(
            work,
            person_id=line.person_id,
            organisation_id=made.organisation_id,
            subsystem="frmo",
            role="organisation",
            request_id=made.id,
            line_id=line.id,
            ends_on=dt.date(2027, 12, 31),
        )
        log = work.session.execute(select(Event).where(Event.action == "grant.prolonged")).scalars().all()
        assert [json.loads(each.data)["until"] for each in log] == ["2027-12-31"]
    clock.now += dt.timedelta(days=60)
    assert sweep(installation)["ended"] == 1
    assert _held(installation, clock.now.date()) == [("2027-12-31", None)]


def test_a_renewal_recorded_by_mistake_gives_the_day_back(installation, clock):
    granted(installation)
    clock.now += dt.timedelta(days=1)
    with installation.work("кадры") as work:
        ids = [row.id for row in work.session.execute(select(Grant)).scalars()]
        [made] = endings.renew(work, _card(work), ids, until=dt.date(2027, 12, 31))
        [line] = lookup.lines_of(work, made)
        for pair in line.asked:
            pair.decided_at = work.now
            put_on_record(
                work,
                person_id=line.person_id,
                organisation_id=made.organisation_id,
                subsystem=pair.subsystem,
                role=pair.role,
                request_id=made.id,
                line_id=line.id,
                ends_on=dt.date(2027, 12, 31),
            )
        rows = work.session.execute(select(Grant)).scalars().all()
        assert {row.ends_on for row in rows} == {dt.date(2027, 12, 31)}
        for pair in line.asked:
            undoing._take_back(work, made, line, pair)
        assert {row.ends_on for row in rows} == {LAST} and {row.until for row in rows} == {None}


def test_reminders_to_come_are_told_beforehand(installation):
    granted(installation)
    with installation.work("тест") as work:
        told = [due for due in reminders.planned(work, days=60) if due.waiting.reason.value == "role-ends"]
    assert len({due.at.date() for due in told}) == 3
