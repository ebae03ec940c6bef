"""Checklists open by themselves when logins are proven, once, and not for anything less."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from actions.checklists import checklist_workers, checklists
from actions.context import Conflict, NotFound
from actions.requests import lookup
from actions.steps import verification
from catalog.rules import FOLDER
from demo import people
from models.audit import Event
from models.checklist import ChecklistItem, OpenedChecklist
from models.identifiers import BadIdentifier
from models.request import Status
from tests.actions.checklists.opening import entered, opened, verified
from tests.walking import clinic, request_at
from views import checklist_progress
from wiring.settings import Settings
from wiring.work import Installation


def _opened(work):
    return sorted(work.session.execute(select(OpenedChecklist.code)).scalars())


@pytest.mark.rule("FIL-1", "FIL-8")
def test_granted_is_not_enough_and_the_last_proven_login_opens_both_lists(installation):
    number = request_at(installation, Status.GRANTED)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        verification.record_logins(
            work, request, snils={people.EMPLOYEES[0].snils.replace("-", "").replace(" ", "")}, proven=True
        )
        assert _opened(work) == []
    with installation.work("тест") as work:
        verification.record_logins(work, lookup.get(work, number), snils=(), proven=True)
        assert _opened(work) == ["sections", "worker"]
        rows = work.session.execute(select(ChecklistItem).order_by(ChecklistItem.id)).scalars().all()
        assert [row.item for row in rows] == ["card", "licensing", "buildings", "departments", "staffing", "equipment"]
        assert {row.opened_at for row in rows} == {work.now}
        events = work.session.execute(select(Event).where(Event.action == "checklist.opened")).scalars().all()
        assert [event.data for event in events] == ['{"checklist":"sections"}', '{"checklist":"worker"}']


def test_terms_are_counted_in_working_days_from_the_opening(installation):
    opened(installation)  # Monday 23 November 2026
    with installation.work("тест") as work:
        due = {row.item: row.due_on.isoformat() for row in work.session.execute(select(ChecklistItem)).scalars()}
    assert due["card"] == "2026-11-26"
    assert due["buildings"] == "2026-11-30"
    assert due["staffing"] == "2026-12-02"
    assert due["equipment"] == "2026-12-07"


def test_second_request_opens_nothing_twice_and_touches_no_tick(installation):
    organisation = verified(installation)
    with installation.work("тест") as work:
        checklists.tick(work, checklists.find_spot(work, organisation, "Карточка"))
    assert verified(installation) == organisation
    with installation.work("тест") as work:
        assert _opened(work) == ["sections", "worker"]
        assert len(work.session.execute(select(ChecklistItem)).scalars().all()) == 6
        assert checklist_progress.lists_of(work, organisation)[0].progress.done == 1


def test_own_catalogue_decides_which_role_opens_what(home, clock, tmp_path):
    text = (FOLDER / "checklists.toml").read_text("utf-8")
    (tmp_path / "checklists.toml").write_text(
        text.replace('roles = ["organisation"]', 'roles = ["education"]'), "utf-8"
    )
    own = Installation(Settings(home=home, catalog_folder=tmp_path), clock=clock)
    verified(own)
    with own.work("тест") as work:
        assert _opened(work) == []
    own.engine.dispose()


def test_employee_is_refused_while_the_list_is_closed_and_names_the_reason(installation):
    with installation.work("тест") as work, pytest.raises(Conflict, match=r"ещё закрыт.*ФРМР"):
        entered(work, clinic(work))


@pytest.mark.rule("FIL-5", "FIL-6")
def test_list_opened_by_hand_brings_the_sections_that_its_steps_stand_on(installation):
    with installation.work("тест") as work:
        organisation = clinic(work)
        checklists.open_checklist(work, organisation, "worker")
        assert _opened(work) == ["sections", "worker"]
        with pytest.raises(NotFound, match="sections, worker"):
            checklists.open_checklist(work, organisation, "nothing")


@pytest.mark.rule("FIL-8")
@pytest.mark.parametrize(
    ("name", "snils", "told"),
    [("Ёлкина", "412-402-212 00", "FIL-8"), ("Ёлкина Вера", "412-402-212 01", "Контрольное число"),
     ("Ёлкина Вера", "", "не указан"), ("Чужая Жанна", people.EMPLOYEES[0].snils, "за другим работником")],
)  # fmt: skip
def test_employee_needs_name_and_snils_that_fit(installation, name, snils, told):
    organisation = opened(installation)
    with installation.work("тест") as work, pytest.raises(BadIdentifier, match=told):
        checklist_workers.add_worker(work, organisation, name=name, snils=snils)


@pytest.mark.rule("FIL-8")
def test_employee_on_record_is_referred_to_and_a_new_one_keeps_his_own_name(installation):
    organisation = opened(installation)
    with installation.work("тест") as work:
        known, new = entered(work, organisation, 0), entered(work, organisation, 2)
        first, second = (checklist_workers.get_worker(work, organisation, number)[0] for number in (known, new))
        assert (first.name, first.snils, first.person_id is not None) == ("", "", True)
        assert (second.name, second.snils, second.person_id) == (people.EMPLOYEES[2].name, "41240221200", None)
        names = [worker.name for worker in checklist_progress.lists_of(work, organisation)[1].workers]
        assert names == [people.EMPLOYEES[0].name, people.EMPLOYEES[2].name]
        for index in (0, 2):
            with pytest.raises(Conflict, match="уже есть"):
                entered(work, organisation, index)


def test_log_tells_of_employees_by_number_only(installation):
    organisation = opened(installation)
    with installation.work("тест") as work:
        entered(work, organisation)
        told = "".join(work.session.execute(select(Event.data).where(Event.action.startswith("checklist."))).scalars())
    person = people.EMPLOYEES[2]
    assert '"worker":1' in told
    assert not any(secret in told for secret in (person.surname, person.snils, "41240221200"))


def test_employee_entered_by_mistake_is_taken_out_until_something_is_ticked(installation):
    organisation = opened(installation)
    with installation.work("тест") as work:
        number = entered(work, organisation)
        checklists.tick(work, checklists.find_spot(work, organisation, "departments"))
        checklists.tick(work, checklists.find_spot(work, organisation, "add", number))
        with pytest.raises(Conflict, match="есть отметки"):
            checklist_workers.remove_worker(work, organisation, number)
        checklists.untick(work, checklists.find_spot(work, organisation, "add", number))
        checklist_workers.remove_worker(work, organisation, number)
        assert checklist_progress.lists_of(work, organisation)[1].workers == ()
        with pytest.raises(NotFound):
            checklist_workers.get_worker(work, organisation, number)
