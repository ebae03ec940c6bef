"""Items near their term and past it join the officer's digest, those that wait for others do not; erasure forgets names."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from actions.checklists import checklist_workers, checklists
from actions.keeping import erasure, reminders
from actions.requests import lookup
from actions.steps import taking
from demo import people
from models.audit import Event
from models.employee import Employee
from models.letters import OutboxLetter
from states.reminders import Reason
from tests.actions.checklists.opening import entered, opened, ticked
from views import checklist_progress

pytestmark = pytest.mark.usefixtures("confirmed")

NEAR, LATE = "Пора внести в реестры", "Не внесено в реестры, срок вышел"


@pytest.fixture
def organisation(installation):
    return opened(installation)


def _digest(installation):
    """The digest of this moment, "" when there is none."""
    with installation.work("напоминания") as work:
        reminders.send_due(work)
        query = select(OutboxLetter).where(OutboxLetter.purpose == "digest", OutboxLetter.promised_at == work.now)
        letters = work.session.execute(query).scalars().all()
        assert len(letters) <= 1
        return letters[0].text if letters else ""


def _at(clock, day):
    clock.now = dt.datetime.fromisoformat(f"{day}T10:00:00+03:00")


@pytest.mark.rule("FIL-1", "FIL-2", "FIL-3")
def test_near_two_working_days_before_the_term_and_late_from_the_day_after(installation, organisation, clock):
    _at(clock, "2026-11-23")
    assert _digest(installation) == ""
    _at(clock, "2026-11-24")  # the card's term is Thursday the 26th
    near = _digest(installation)
    assert NEAR in near and LATE not in near
    assert "ООО «Клиника на Садовой» – «Карточка» внести до 26.11.2026" in near and "«Здания»" not in near
    _at(clock, "2026-11-27")
    late = _digest(installation)
    assert "«Карточка»" in late.partition(LATE)[2].partition(NEAR)[0]
    assert "«Здания» внести до 30.11.2026" in late.partition(NEAR)[2]
    assert "«Карточка»" not in late.partition(NEAR)[2]


def test_no_reminder_at_weekends_and_one_after(installation, organisation, clock):
    _at(clock, "2026-11-28")
    assert _digest(installation) == ""
    _at(clock, "2026-11-30")
    assert LATE in _digest(installation)


@pytest.mark.rule("FIL-4", "FIL-7")
def test_ticked_items_and_those_that_wait_are_not_told(installation, organisation, clock):
    with installation.work("тест") as work:
        ticked(work, organisation, "card", "licensing", "departments", "staffing")
    _at(clock, "2026-12-08")
    told = _digest(installation)
    assert "«Здания»" in told and "«Оборудование»" not in told and "«Карточка»" not in told
    with installation.work("тест") as work:
        ticked(work, organisation, "buildings")
    _at(clock, "2026-12-09")
    assert "«Оборудование»" in _digest(installation)


@pytest.mark.rule("FIL-8")
def test_employees_are_told_by_number_at_the_step_whose_turn_has_come(installation, organisation, clock):
    with installation.work("тест") as work:
        for index in (2, 3, 4):
            entered(work, organisation, index)
        checklists.assign(work, checklists.find_spot(work, organisation, "unit", 1), name="Кузнецова")
    _at(clock, "2026-12-01")
    assert "Добавить из ФРМР" not in _digest(installation)
    with installation.work("тест") as work:
        ticked(work, organisation, "departments")
        ticked(work, organisation, "add", worker=1)
    _at(clock, "2026-12-03")
    told = _digest(installation)
    assert "«Добавить из ФРМР» внести до 30.11.2026, работников: 2" in told
    assert "«Подразделение» внести до 02.12.2026, работников: 1, отвечает Кузнецова" in told
    assert not any(person.surname in told for person in people.EMPLOYEES[2:5])


def test_dry_run_says_the_same_as_is_sent(installation, organisation, clock):
    with installation.work("тест") as work:
        planned = reminders.planned(work, days=6)
        said = {
            (due.at.date(), due.waiting.reason)
            for due in planned
            if due.waiting.reason in (Reason.ITEM_NEAR, Reason.ITEM_OVERDUE)
        }
    sent = set()
    for day in range(23, 29):
        _at(clock, f"2026-11-{day}")
        told = _digest(installation)
        sent |= {
            (clock.now.date(), reason)
            for title, reason in ((NEAR, Reason.ITEM_NEAR), (LATE, Reason.ITEM_OVERDUE))
            if title in told
        }
    assert sent == said and (dt.date(2026, 11, 27), Reason.ITEM_OVERDUE) in said


def test_names_of_finished_employees_are_erased_after_the_term_with_an_act(installation, organisation, clock):
    steps = ("add", "unit", "post", "start", "rate", "education", "postgraduate", "additional")
    with installation.work("тест") as work:
        done, waiting = entered(work, organisation, 2), entered(work, organisation, 3)
        ticked(work, organisation, "departments", "staffing")
        ticked(work, organisation, *steps, worker=done)
        checklists.write_note(work, checklists.find_spot(work, organisation, "card"), "у Петровой")
    clock.forward(days=installation.policy.retention_days + 1)
    with installation.work("стирание") as work:
        erasure.erase_due(work)
    with installation.work("тест") as work:
        gone, kept = (checklist_workers.get_worker(work, organisation, number)[0] for number in (done, waiting))
        assert (gone.name, gone.snils, gone.erased_on) == ("", "", work.now)
        assert kept.name == people.EMPLOYEES[3].name
        views = checklist_progress.lists_of(work, organisation)
        assert views[1].workers[0].name == checklist_workers.ERASED
        assert {item.row.done_by for item in views[1].workers[0].items} == {""}
        assert views[0].items[0].row.note == "у Петровой"  # still to be done
        act = work.session.execute(select(Event).where(Event.action == "erasure.act")).scalar_one()
        assert f'"workers":[{done}]' in act.data
    with installation.work("стирание") as work:
        erasure.erase_due(work)
        assert len(work.session.execute(select(Event).where(Event.action == "erasure.act")).scalars().all()) == 1


def test_employee_on_record_is_kept_while_he_stands_in_a_list(installation, organisation, clock):
    with installation.work("тест") as work:
        entered(work, organisation, 0)
        taking.take(work, lookup.get(work, 1), "withdraw")
    clock.forward(days=installation.policy.retention_days + 1)
    with installation.work("стирание") as work:
        erasure.erase_due(work)
        left = work.session.execute(select(Employee.surname).order_by(Employee.id)).scalars().all()
    assert left == [people.EMPLOYEES[0].surname, ""]
