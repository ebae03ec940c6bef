"""Reminders are computed from what is due: one letter per person and working day, none by night, no storm."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from actions.cards import organisations
from actions.keeping import reminders
from actions.post import links, outbox
from actions.requests import creation, lookup
from actions.steps import taking
from actions.steps.answer import Answer
from models.letters import OutboxLetter
from models.request import Status
from states.lifecycle import Actor
from tests.walking import GROUND, KIND, bring, clinic, deliver, lines, request_at

pytestmark = pytest.mark.usefixtures("confirmed")

OFFICER = "officer@clinic.example"


def _send_due(installation):
    with installation.work("напоминания") as work:
        return reminders.send_due(work)


def _letters(installation, purpose, to=None):
    with installation.work("тест") as work:
        query = select(OutboxLetter).where(OutboxLetter.purpose == purpose)
        return [letter for letter in work.session.execute(query).scalars() if to in (None, letter.recipient)]


def _invited(installation):
    with installation.work("тест") as work:
        request = creation.create(work, kind=KIND, organisation_id=clinic(work), lines=lines(6, logged_in=False)[4:])
        taking.take(work, request, "invite")
        return request.id


def test_nothing_due_sends_nothing(installation):
    request_at(installation, Status.VALIDATED)
    assert _send_due(installation) == 0


def test_unsigned_request_is_told_after_three_working_days_once_a_day(installation, clock):
    request_at(installation, Status.VALIDATED)
    clock.now = dt.datetime(2026, 11, 26, 7, 0, tzinfo=dt.UTC)
    assert _send_due(installation) == 1
    assert _send_due(installation) == 0
    clock.forward(hours=3)
    assert _send_due(installation) == 0
    clock.forward(days=1)
    assert _send_due(installation) == 1
    digest = _letters(installation, "digest", OFFICER)[0]
    assert "Проверено, но не подписано" in digest.text
    assert "Отметка журнала: " in digest.text


def test_a_fortnight_of_downtime_brings_one_letter(installation, clock):
    for number in range(3):
        request_at(installation, Status.VALIDATED, of=number)
    clock.now = dt.datetime(2026, 12, 7, 7, 0, tzinfo=dt.UTC)
    _send_due(installation)
    assert len(_letters(installation, "digest")) == 1


@pytest.mark.parametrize(
    "moment",
    ["2026-11-28T09:00:00+03:00", "2026-11-29T12:00:00+03:00", "2026-12-31T12:00:00+03:00", "2026-11-27T08:59:00+03:00",
     "2026-11-27T18:00:00+03:00", "2026-11-27T23:00:00+03:00"],
)  # fmt: skip
def test_no_digest_by_night_at_weekends_or_on_holidays(installation, clock, moment):
    request_at(installation, Status.VALIDATED)
    clock.now = dt.datetime.fromisoformat(moment)
    assert _send_due(installation) == 0


def test_digest_goes_in_the_organisations_own_working_hours(installation, clock):
    number = request_at(installation, Status.VALIDATED)
    with installation.work("тест") as work:
        card = organisations.get(work, lookup.get(work, number).organisation_id)
        organisations.change(work, card, {"time_zone": "Asia/Vladivostok"})
    clock.now = dt.datetime(2026, 11, 26, 23, 30, tzinfo=dt.UTC)  # 27 November, 9:30 in Vladivostok
    assert _send_due(installation) == 1
    clock.now = dt.datetime(2026, 11, 30, 9, 0, tzinfo=dt.UTC)  # 19:00 there
    assert _send_due(installation) == 0


@pytest.mark.rule("USR-3")
def test_employee_who_has_not_logged_in_is_reminded_every_second_working_day(installation, clock):
    _invited(installation)
    clock.now = dt.datetime(2026, 11, 24, 7, 0, tzinfo=dt.UTC)
    _send_due(installation)
    assert _letters(installation, "nudge") == []
    clock.now = dt.datetime(2026, 11, 25, 7, 0, tzinfo=dt.UTC)
    _send_due(installation)
    assert len(_letters(installation, "nudge")) == 2
    clock.now = dt.datetime(2026, 11, 26, 7, 0, tzinfo=dt.UTC)
    _send_due(installation)
    assert len(_letters(installation, "nudge")) == 2
    clock.now = dt.datetime(2026, 11, 27, 7, 0, tzinfo=dt.UTC)
    _send_due(installation)
    assert len(_letters(installation, "nudge")) == 4
    assert links.SHOWN in _letters(installation, "nudge")[0].text


@pytest.mark.rule("AWT-2")
def test_late_desk_gets_one_follow_up_per_term_citing_the_ticket(installation, clock):
    number = request_at(installation, Status.AWAITING)
    clock.now = dt.datetime(2026, 11, 25, 7, 1, tzinfo=dt.UTC)
    _send_due(installation)
    _send_due(installation)
    letters = _letters(installation, "follow-up")
    assert len(letters) == 1
    assert "ABC-123-45678" in letters[0].subject
    assert "16 рабочих часов" in letters[0].text
    clock.now = dt.datetime(2026, 11, 27, 7, 2, tzinfo=dt.UTC)
    _send_due(installation)
    assert len(_letters(installation, "follow-up")) == 2
    with installation.work("тест") as work:
        assert lookup.get(work, number).status is Status.AWAITING


def test_answered_request_is_not_followed_up(installation, clock):
    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        taking.take(work, lookup.get(work, number), "reject", Answer(reason="x", ground=GROUND), actor=Actor.DESK)
    clock.now = dt.datetime(2026, 12, 1, 7, 0, tzinfo=dt.UTC)
    _send_due(installation)
    assert _letters(installation, "follow-up") == []


def test_clock_of_the_answer_starts_by_itself_when_the_desk_says_nothing(installation, clock):
    number = request_at(installation, Status.SENT)
    clock.forward(hours=1)
    _send_due(installation)
    with installation.work("тест") as work:
        assert lookup.get(work, number).status is Status.AWAITING


def test_digest_names_failed_uncertain_and_unread_letters(installation, clock):
    number = request_at(installation, Status.SIGNED)
    with installation.work("тест") as work:
        taking.take(work, lookup.get(work, number), "send", Answer(confirm_address=True))
    with installation.work("тест") as work:
        letter = outbox.claim(work, owner="a", limit=1)[0]
        outbox.begin(work, letter_id=letter, owner="a")
        outbox.mark_failed(work, letter_id=letter, detail="ящика нет", permanent=True)
    _send_due(installation)
    assert "Письма, которые не ушли" in _letters(installation, "digest")[0].text


def test_dry_run_says_who_gets_what_when_and_why_and_promises_nothing(installation, clock):
    _invited(installation)
    number = request_at(installation, Status.AWAITING)
    before = len(_letters(installation, "nudge")) + len(_letters(installation, "digest"))
    with installation.work("тест") as work:
        rows = [due.as_json() for due in reminders.planned(work, days=8)]
        ours = lookup.get(work, number).number
    assert set(rows[0]) == {"at", "to", "kind", "request", "why"}
    overdue = [row for row in rows if row["kind"] == "overdue"]
    assert {row["request"] for row in overdue} == {ours}
    assert overdue[0]["at"] == "2026-11-26T09:00:00+03:00"
    employee = [row["at"][:10] for row in rows if row["to"] == lines(6)[4].email and row["kind"] == "first-login"]
    assert employee == ["2026-11-25", "2026-11-27"]
    assert all(dt.datetime.fromisoformat(row["at"]).isoweekday() <= 5 for row in rows)
    assert len(_letters(installation, "nudge")) + len(_letters(installation, "digest")) == before


def test_what_the_dry_run_says_is_what_is_sent(installation, clock):
    _invited(installation)
    request_at(installation, Status.VALIDATED)
    deliver(installation)
    with installation.work("тест") as work:
        said = {(due.at.date(), due.waiting.to) for due in reminders.planned(work, days=10)}
    sent = set()
    for day in range(10):
        clock.now = dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC) + dt.timedelta(days=day)
        if _send_due(installation):
            sent |= {
                (clock.now.date(), letter.recipient)
                for purpose in ("digest", "nudge")
                for letter in _letters(installation, purpose)
                if letter.promised_at == clock.now
            }
    assert sent == said


def test_bring_to_granted_reminds_of_unproven_logins(installation, clock):
    number = request_at(installation, Status.AWAITING)
    bring(installation, number, Status.GRANTED)
    clock.now = dt.datetime(2026, 11, 25, 8, 0, tzinfo=dt.UTC)
    _send_due(installation)
    assert "вход не подтверждён" in _letters(installation, "digest", OFFICER)[0].text
    assert len(_letters(installation, "nudge")) == 2
