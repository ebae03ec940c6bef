"""A yearly review: every role in force is asked about once, reminded of weekly, answered by somebody, summed up."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import select

from actions.cards import organisations
from actions.context import Conflict, NotFound
from actions.keeping import reminders
from actions.requests import creation, lookup, pairs
from actions.reviews import reviews
from actions.roles import grants
from actions.steps import taking
from demo import people
from demo.people import EMPLOYEES, bare_snils
from models.audit import Event
from models.letters import OutboxLetter
from models.request import LineState
from models.review import ReviewAnswer
from tests.homes import copied
from tests.roles import granted
from tests.walking import KIND, ROLES, lines

OFFICER, OTHER_OFFICER = "officer@clinic.example", "other@clinic.example"
OTHER_INN = "7728168971"


@pytest.fixture
def held(granted_home, home, clock):
    """Two persons with two roles each, the third has lost his; nothing else waits for the officer."""
    made = copied(granted_home, home, clock)
    with made.work("тест") as work:
        for line in lookup.lines_of(work, lookup.get(work, 1)):
            pairs.put(line, LineState.VERIFIED)
        for number in (5, 6):
            grants.end(work, grant_id=number, reason="тест")
    yield made
    made.engine.dispose()


def _start(installation, **options):
    with installation.work("ответственный") as work:
        return reviews.start(work, **options)


def _show(installation):
    with installation.work("тест") as work:
        return reviews.show(work, reviews.find(work))


def _answer(installation, **said):
    with installation.work("главврач") as work:
        return reviews.answer(work, reviews.open_campaign(work), inn=people.INN, **said)


def _questions(installation):
    return [asked for entry in _show(installation).organisations for asked in entry.questions]


def _letters(installation, purpose):
    with installation.work("тест") as work:
        return list(work.session.execute(select(OutboxLetter).where(OutboxLetter.purpose == purpose)).scalars())


def _other_clinic(installation):
    """Another organisation in which one of the persons holds a role."""
    with installation.work("тест") as work:
        card = organisations.card(work, OTHER_INN)
        organisations.change(work, card, {"short_name": "ООО «Другая клиника»", "officer_email": OTHER_OFFICER})
        request = creation.create(work, kind=KIND, organisation_id=card.id, lines=lines(1))
        line = lookup.lines_of(work, request)[0]
        granted(
            work,
            person_id=line.person_id,
            organisation_id=card.id,
            subsystem=ROLES[0].subsystem,
            role=ROLES[0].role,
            request_id=request.id,
            line_id=line.id,
        )


def test_every_role_in_force_is_asked_about_in_a_letter_to_its_officer(held):
    campaign = _start(held)
    assert (campaign.year, campaign.until) == (2026, dt.date(2026, 12, 23))
    review = _show(held)
    assert review.counts() == {"keep": 0, "drop": 0, "ended": 0, "open": 4}
    [letter] = _letters(held, "review")
    assert letter.recipient == OFFICER
    for person in EMPLOYEES[:2]:
        assert person.name in letter.text
        assert person.snils not in letter.text
        assert bare_snils(person) not in letter.text
    assert letter.text.count("– Работник организации (ФРМО)") == 2
    assert f"Ответьте до 23.12.2026: http://127.0.0.1:8000/reviews/{review.organisations[0].asked.id}" in letter.text


def test_started_twice_it_asks_only_whom_it_has_not_asked(held):
    first = _start(held, inns=[people.INN])
    assert _start(held).id == first.id
    assert len(_letters(held, "review")) == 1
    _other_clinic(held)
    assert _start(held).id == first.id
    assert [letter.recipient for letter in _letters(held, "review")] == [OFFICER, OTHER_OFFICER]
    assert _show(held).counts()["open"] == 5


def test_nothing_to_ask_a_past_term_and_an_unknown_organisation_are_refused(held):
    with held.work("тест") as work, pytest.raises(NotFound, match=OTHER_INN):
        reviews.start(work, inns=[OTHER_INN])
    with held.work("тест") as work, pytest.raises(Conflict, match=r"01\.11\.2026"):
        reviews.start(work, until=dt.date(2026, 11, 1))
    with held.work("тест") as work:
        for row in list(grants.in_force(work, organisation_id=1, person_ids=[])):
            grants.end(work, grant_id=row[0].id, reason="тест")
        with pytest.raises(Conflict, match="ролей нет"):
            reviews.start(work)


def test_answers_are_kept_with_who_and_when_and_drop_drafts_a_revocation(held, clock):
    _start(held)
    first, second, *_ = _questions(held)
    clock.forward(hours=2)
    [draft] = _answer(held, keep=["all"], drop=[str(second.question.id)])
    answered = {asked.question.id: asked for asked in _questions(held)}
    dropped = answered[second.question.id]
    assert (dropped.answer, dropped.revocation.id) == (ReviewAnswer.DROP, draft.id)
    assert (dropped.question.answered_by, dropped.question.answered_at) == ("главврач", clock.now)
    assert {asked.answer for number, asked in answered.items() if number != second.question.id} == {ReviewAnswer.KEEP}
    with held.work("тест") as work:
        [line] = lookup.lines_of(work, lookup.get(work, draft.id))
        assert work.catalog.kind(draft.kind).revokes
        assert line.roles == [(second.grant.subsystem, second.grant.role)]
        assert "review" in lookup.get(work, draft.id).fields.values()
    assert first.person.id == second.person.id


def test_person_is_named_by_snils_and_drops_share_one_draft(held):
    _start(held)
    [one] = _answer(held, drop=[EMPLOYEES[0].snils])
    [two] = _answer(held, drop=[bare_snils(EMPLOYEES[1])])
    assert one.id == two.id
    with held.work("тест") as work:
        assert [len(line.roles) for line in lookup.lines_of(work, lookup.get(work, one.id))] == [2, 2]


def test_repeated_answer_writes_nothing_and_a_dropped_role_is_taken_back_in_its_request(held):
    _start(held)
    number = str(_questions(held)[0].question.id)
    [draft] = _answer(held, drop=[number])
    assert _answer(held, drop=[number]) == []
    with pytest.raises(Conflict, match=draft.number):
        _answer(held, keep=[number])
    with held.work("тест") as work:
        taking.take(work, lookup.get(work, draft.id), "withdraw")
    [second] = _answer(held, drop=[number])
    assert second.id != draft.id
    with held.work("тест") as work:
        taking.take(work, lookup.get(work, second.id), "withdraw")
    _answer(held, keep=[number])
    asked = _questions(held)[0]
    assert (asked.answer, asked.revocation) == (ReviewAnswer.KEEP, None)


@pytest.mark.parametrize(
    ("said", "why"),
    [({"keep": ["999"]}, "Такого вопроса"), ({"keep": ["1"], "drop": ["1"]}, "вопросе № 1"),
     ({"keep": ["all"], "drop": ["all"]}, "не то и другое сразу"), ({"drop": ["001-001-998 10"]}, "Такого вопроса")],
)  # fmt: skip
def test_unclear_answers_are_refused_and_change_nothing(held, said, why):
    _start(held)
    with pytest.raises(Conflict, match=why):
        _answer(held, **said)
    assert _show(held).counts()["open"] == 4


def test_role_that_ended_meanwhile_is_answered_by_itself(held):
    _start(held)
    asked = _questions(held)[0]
    with held.work("СТП") as work:
        grants.end(work, grant_id=asked.grant.id, reason="тест")
    assert _show(held).counts() == {"keep": 0, "drop": 0, "ended": 1, "open": 3}
    with pytest.raises(Conflict, match="уже прекращена"):
        _answer(held, keep=[str(asked.question.id)])
    _answer(held, keep=["all"])
    assert _show(held).counts() == {"keep": 3, "drop": 0, "ended": 1, "open": 0}


def _digests(installation):
    with installation.work("напоминания") as work:
        reminders.send_due(work)
    return [letter for letter in _letters(installation, "digest") if "Подтвердите, кому роли ещё нужны" in letter.text]


def test_unanswered_are_reminded_of_once_a_week_in_working_days(held, clock):
    _start(held)
    told = []
    for _ in range(15):
        told.append(len(_digests(held)))
        clock.forward(days=1)
    # 23 November is a Monday: due on Monday 30, and again on Monday 7 December
    assert told == [0] * 7 + [1] * 7 + [2]
    assert "без ответа 4, ответьте до 23.12.2026" in _digests(held)[0].text


def test_downtime_brings_one_reminder_and_an_answer_ends_them(held, clock):
    _start(held)
    clock.forward(days=21)
    assert len(_digests(held)) == 1
    _answer(held, keep=["all"])
    clock.forward(days=7)
    assert len(_digests(held)) == 1


def test_dry_run_shows_the_reminders_to_come(held):
    _start(held)
    with held.work("тест") as work:
        rows = [due.as_json() for due in reminders.planned(work, days=16)]
    assert [row["at"][:10] for row in rows if row["kind"] == "review"] == ["2026-11-30", "2026-12-07"]


def test_closing_sums_up_and_takes_no_more_answers(held, clock):
    _start(held)
    ended, dropped, *_ = _questions(held)
    _answer(held, drop=[str(dropped.question.id)])
    with held.work("СТП") as work:
        grants.end(work, grant_id=ended.grant.id, reason="тест")
    clock.forward(days=30)
    with held.work("ответственный") as work:
        reviews.close(work, reviews.open_campaign(work))
    with held.work("тест") as work:
        last = work.session.execute(select(Event).order_by(Event.seq.desc()).limit(1)).scalar_one()
    assert last.action == "review.closed"
    counts = {"keep": 0, "drop": 1, "ended": 1, "open": 2}
    assert json.loads(last.data) == {"counts": counts, "silent": [1]}
    assert _show(held).counts() == counts
    with held.work("тест") as work, pytest.raises(NotFound, match="Открытой проверки нет"):
        reviews.open_campaign(work)
    with held.work("тест") as work, pytest.raises(Conflict, match="закрыта"):
        reviews.answer(work, reviews.find(work), inn=people.INN, keep=["all"])
    assert _digests(held) == []


def test_a_closed_year_may_be_asked_again_and_years_do_not_mix(held, clock):
    first = _start(held)
    with held.work("ответственный") as work:
        reviews.close(work, reviews.open_campaign(work))
    second = _start(held)
    assert second.id != first.id
    clock.forward(days=365)
    third = _start(held)
    assert (third.year, second.year) == (2027, 2026)
    with held.work("тест") as work:
        assert reviews.open_campaign(work).id == third.id
        assert reviews.open_campaign(work, 2026).id == second.id


def test_log_of_a_review_holds_numbers_only(held):
    _start(held)
    _answer(held, keep=["all"])
    with held.work("тест") as work:
        events = list(work.session.execute(select(Event).where(Event.subject.startswith("review:"))).scalars())
    assert [event.action for event in events] == ["review.started", "review.asked", "review.answered"]
    assert json.loads(events[1].data) == {"grants": [1, 2, 3, 4], "organisation": 1}
    assert json.loads(events[2].data) == {"drop": [], "keep": [1, 2, 3, 4], "organisation": 1, "requests": []}
