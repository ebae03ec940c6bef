"""What waits for what: refused aloud with the item and the rule, both ways; who, by when, and notes."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from actions.checklists import checklists, overview
from actions.checklists.checklists import Change, NotYet
from actions.context import Conflict, NotFound
from models.audit import Event
from models.employee import Employee
from models.identifiers import BadIdentifier
from tests.actions.checklists.opening import entered, opened, ticked
from tests.walking import clinic
from views import checklist_progress


@pytest.fixture
def organisation(installation):
    return opened(installation)


def _spot(work, organisation, name, worker=None):
    return checklists.find_spot(work, organisation, name, worker)


@pytest.mark.rule("FIL-4", "FIL-7")
def test_equipment_waits_for_buildings(installation, organisation):
    with installation.work("тест") as work:
        with pytest.raises(NotYet, match=r"«Оборудование».*«Здания» \(правило FIL-4\)"):
            ticked(work, organisation, "equipment")
        assert checklist_progress.item_view(work, _spot(work, organisation, "equipment")).state == "blocked"
        ticked(work, organisation, "buildings", "equipment")
        assert checklist_progress.item_view(work, _spot(work, organisation, "equipment")).state == "done"


@pytest.mark.rule("FIL-4")
def test_buildings_stay_ticked_while_equipment_stands_on_them(installation, organisation):
    with installation.work("тест") as work:
        ticked(work, organisation, "buildings", "equipment")
        with pytest.raises(NotYet, match=r"«Оборудование» \(правило FIL-4\)"):
            checklists.untick(work, _spot(work, organisation, "buildings"))
        checklists.untick(work, _spot(work, organisation, "equipment"))
        row = checklists.untick(work, _spot(work, organisation, "buildings"))
        assert (row.done_at, row.done_by) == (None, "")


@pytest.mark.rule("FIL-2", "FIL-3", "FIL-5", "FIL-6")
@pytest.mark.parametrize("name", ["card", "licensing", "buildings", "departments", "staffing"])
def test_other_sections_wait_for_nothing(installation, organisation, name):
    with installation.work("тест") as work:
        row = checklists.tick(work, _spot(work, organisation, name), note="по выписке")
        assert (row.done_at, row.done_by, row.note) == (work.now, "тест", "по выписке")


@pytest.mark.rule("FIL-5")
def test_employees_wait_for_departments_and_hold_them_fast(installation, organisation):
    with installation.work("тест") as work:
        worker = entered(work, organisation)
        with pytest.raises(NotYet, match=r"«Структурное подразделение» \(правило FIL-5\)"):
            ticked(work, organisation, "add", worker=worker)
        ticked(work, organisation, "departments")
        ticked(work, organisation, "add", worker=worker)
        with pytest.raises(NotYet, match=r"«Добавить из ФРМР» \(правило FIL-5\)"):
            checklists.untick(work, _spot(work, organisation, "departments"))


@pytest.mark.rule("FIL-6")
def test_nobody_is_hired_before_the_staffing_table(installation, organisation):
    with installation.work("тест") as work:
        worker = entered(work, organisation)
        ticked(work, organisation, "departments")
        ticked(work, organisation, "add", "unit", worker=worker)
        with pytest.raises(NotYet, match=r"«Штатное расписание» \(правило FIL-6\)"):
            ticked(work, organisation, "post", worker=worker)
        ticked(work, organisation, "staffing")
        ticked(work, organisation, "post", worker=worker)
        with pytest.raises(NotYet, match="FIL-6"):
            checklists.untick(work, _spot(work, organisation, "staffing"))


@pytest.mark.rule("FIL-8", "FIL-9")
def test_steps_of_an_employee_go_in_order_and_education_comes_after_hiring(installation, organisation):
    steps = ("add", "unit", "post", "start", "rate", "education", "postgraduate", "additional")
    with installation.work("тест") as work:
        worker = entered(work, organisation)
        ticked(work, organisation, "departments", "staffing")
        for number, step in enumerate(steps):
            for later in steps[number + 1 :]:
                with pytest.raises(NotYet, match="FIL-9" if later == "education" else "FIL-8"):
                    ticked(work, organisation, later, worker=worker)
            ticked(work, organisation, step, worker=worker)
        assert checklist_progress.lists_of(work, organisation)[1].progress.complete
        with pytest.raises(NotYet, match=r"«Профессиональное образование» \(правило FIL-9\)"):
            checklists.untick(work, _spot(work, organisation, "rate", worker))


@pytest.mark.rule("FIL-8")
def test_one_employees_steps_do_not_open_anothers(installation, organisation):
    with installation.work("тест") as work:
        first, second = entered(work, organisation, 2), entered(work, organisation, 3)
        ticked(work, organisation, "departments")
        ticked(work, organisation, "add", worker=first)
        with pytest.raises(NotYet, match="«Добавить из ФРМР»"):
            ticked(work, organisation, "unit", worker=second)


@pytest.mark.rule("FIL-1")
def test_progress_counts_names_the_next_and_is_whole_only_with_all_six(installation, organisation):
    with installation.work("тест") as work:
        progress = checklist_progress.lists_of(work, organisation)[0].progress
        assert (progress.done, progress.total, progress.next) == (0, 6, "Карточка")
        ticked(work, organisation, "card", "licensing", "departments", "staffing", "buildings")
        progress = checklist_progress.lists_of(work, organisation)[0].progress
        assert (progress.done, progress.next, progress.complete) == (5, "Оборудование", False)
        ticked(work, organisation, "equipment")
        progress = checklist_progress.lists_of(work, organisation)[0].progress
        assert (progress.done, progress.next, progress.complete) == (6, "", True)


def test_overview_agrees_with_the_lists_and_puts_the_late_first(installation, organisation, clock):
    clock.forward(days=9)  # 2 December: the card, the licences, the buildings and the departments are late
    with installation.work("тест") as work:
        entered(work, organisation, 2)
        entered(work, organisation, 3)
        ticked(work, organisation, "card", "departments")
        ticked(work, organisation, "add", worker=1)
        shown = {view.entry.code: view.progress for view in checklist_progress.lists_of(work, organisation)}
        standings = overview.overview(work)
        assert [standing.entry.code for standing in standings] == ["sections", "worker"]
        assert standings[0].progress == shown["sections"]
        assert (shown["sections"].done, shown["sections"].overdue, shown["sections"].next) == (2, 2, "Лицензирование")
        whole = standings[1]
        assert (whole.workers, whole.progress.done, whole.progress.total) == (2, 1, 16)


def test_overdue_from_the_day_after_the_term_by_the_organisations_clock(installation, organisation, clock):
    def late():
        with installation.work("тест") as work:
            return checklist_progress.item_view(work, _spot(work, organisation, "card")).overdue

    clock.now = dt.datetime(2026, 11, 26, 20, 59, tzinfo=dt.UTC)  # 23:59 in Moscow of the last day
    assert not late()
    clock.now = dt.datetime(2026, 11, 26, 21, 0, tzinfo=dt.UTC)
    assert late()


def test_double_ticks_and_stale_pages_are_conflicts_and_write_nothing(installation, organisation):
    with installation.work("тест") as work:
        spot = _spot(work, organisation, "card")
        ticked(work, organisation, "card")
        with pytest.raises(Conflict, match="уже отмечено"):
            checklists.tick(work, spot)
        with pytest.raises(Conflict, match="тем временем изменили"):
            checklists.untick(work, spot, revision=0)
        assert checklists.untick(work, spot, revision=1).revision == 2
        with pytest.raises(Conflict, match="и так не отмечено"):
            checklists.untick(work, spot)
        actions = (
            work.session.execute(select(Event.action).where(Event.action.like("checklist.%tick%"))).scalars().all()
        )
        assert actions == ["checklist.ticked", "checklist.unticked"]


@pytest.mark.rule("APP-18", "APP-19")
def test_assigning_tells_whom_the_regulation_would_rather_see(installation, organisation):
    with installation.work("тест") as work:
        hr = work.session.execute(select(Employee).order_by(Employee.id)).scalars().first()
        assert hr.unit == "hr"
        assert checklists.assign(work, _spot(work, organisation, "staffing"), employee_id=hr.id) == []
        told = checklists.assign(work, _spot(work, organisation, "buildings"), employee_id=hr.id)
        assert [(finding.rule, finding.person) for finding in told] == [("APP-18", hr.name)]
        hr.unit = "maintenance"
        assert [f.rule for f in checklists.assign(work, _spot(work, organisation, "staffing"), employee_id=hr.id)] == [
            "APP-19"
        ]
        assert checklists.assign(work, _spot(work, organisation, "card"), name="  Петров   из бухгалтерии ") == []
        names = [
            checklist_progress.item_view(work, _spot(work, organisation, name)).assignee
            for name in ("staffing", "card")
        ]
        assert names == [hr.name, "Петров из бухгалтерии"]
        with pytest.raises(NotFound):
            checklists.assign(work, _spot(work, organisation, "card"), employee_id=999)


def test_term_is_set_taken_away_and_never_put_into_the_past(installation, organisation):
    with installation.work("тест") as work:
        spot = _spot(work, organisation, "card")
        assert checklists.set_due(work, spot, dt.date(2026, 11, 23)).due_on == dt.date(2026, 11, 23)
        with pytest.raises(BadIdentifier, match=r"22\.11\.2026 уже прошёл"):
            checklists.set_due(work, spot, dt.date(2026, 11, 22))
        assert checklists.set_due(work, spot, None).due_on is None


def test_form_writes_only_what_differs(installation, organisation):
    with installation.work("тест") as work:
        spot = _spot(work, organisation, "card")
        due = checklist_progress.item_view(work, spot).row.due_on
        checklists.change(work, spot, Change(None, "", due, ""), revision=0)
        assert checklist_progress.item_view(work, spot).revision == 0
        checklists.change(work, spot, Change(None, "Петров", due, "позвонить"), revision=0)
        told = work.session.execute(
            select(Event.action).where(Event.subject == f"organisation:{organisation}")
        ).scalars()
        assert [
            action for action in told if action in ("checklist.due-set", "checklist.noted", "checklist.assigned")
        ] == ["checklist.noted", "checklist.assigned"]
        with pytest.raises(BadIdentifier, match="длиннее"):
            checklists.write_note(work, spot, "о" * 2001)


def test_items_of_others_and_unknown_ones_are_not_found(installation, organisation):
    with installation.work("тест") as work:
        worker = entered(work, organisation)
        with pytest.raises(NotFound, match="buildings"):
            _spot(work, organisation, "подвал")
        other = clinic(work) + 1000
        with pytest.raises(NotFound):
            checklists.tick(work, _spot(work, other, "card"))
        with pytest.raises(NotFound):
            checklists.tick(work, _spot(work, organisation, "add", worker + 1))


def test_item_that_the_catalogue_got_later_is_there_to_tick(installation, organisation):
    from models.checklist import ChecklistItem

    with installation.work("тест") as work:
        row = work.session.execute(select(ChecklistItem).where(ChecklistItem.item == "staffing")).scalar_one()
        work.session.delete(row)
        work.session.flush()
        view = checklist_progress.item_view(work, _spot(work, organisation, "staffing"))
        assert (view.state, view.row) == ("ready", None)
        ticked(work, organisation, "staffing")
        assert checklist_progress.item_view(work, _spot(work, organisation, "staffing")).done
