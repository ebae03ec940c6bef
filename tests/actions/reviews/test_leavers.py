"""Those who left: found by СНИЛС, never by name alone; their roles are asked to end once, in one draft."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from actions.cards import organisations
from actions.context import Conflict, NotFound
from actions.requests import creation, drafting, lookup
from actions.reviews.leavers import Case, departed, departures
from actions.roles import grants
from demo import people
from demo.people import EMPLOYEES, bare_snils
from documents.rosters import RosterError
from models.audit import Event
from models.facts import LineFacts
from models.request import AccessRequest, Status
from tests.actions.reviews.rosters import roster, row, rows
from tests.homes import copied
from tests.roles import granted
from tests.walking import KIND, ROLES, bring, clinic, lines
from wiring.settings import Settings
from wiring.work import Installation

ELSEWHERE = "7728168971"
STRANGER = ("001-001-998 10", "Новиков Пётр Ильич")


@pytest.fixture
def held(granted_home, home, clock):
    """Three persons hold both roles."""
    made = copied(granted_home, home, clock)
    yield made
    made.engine.dispose()


def _left(installation, file, **options):
    with installation.work("кадры") as work:
        return departures(work, file, inn=people.INN, **options)


def _revocations(installation):
    with installation.work("тест") as work:
        kinds = [kind.code for kind in work.catalog.kinds.values() if kind.revokes]
        found = work.session.execute(select(AccessRequest).where(AccessRequest.kind.in_(kinds))).scalars().all()
        return [(request, lookup.lines_of(work, request)) for request in found]


def _cases(found):
    return [(leaver.name, leaver.case) for leaver in found.leavers]


def test_roster_of_those_who_left_tells_who_holds_what(held, tmp_path):
    file = roster(tmp_path / "left.csv", [*rows(0, 4), STRANGER, ("112-233-445 96", "Никто Никита")])
    found = _left(held, file)
    assert _cases(found) == [
        (EMPLOYEES[0].name, Case.HOLDS),
        (EMPLOYEES[4].name, Case.IDLE),
        (STRANGER[1], Case.IDLE),
        ("Никто Никита", Case.UNKNOWN),
    ]
    assert [held.label for held in found.leavers[0].holdings] == [
        "Работник организации (ФРМО)",
        "Работник организации (ФРМР)",
    ]
    assert found.drafts == ()
    assert _revocations(held) == []


def test_applied_it_is_one_draft_with_a_line_per_person_and_all_his_roles(held, tmp_path):
    file = roster(tmp_path / "left.csv", rows(0, 2))
    found = _left(held, file, apply=True)
    [(request, made)] = _revocations(held)
    assert [draft.id for draft in found.drafts] == [request.id]
    assert request.status is Status.DRAFT
    with held.work("тест") as work:
        assert work.catalog.kind(request.kind).revokes
        persons = lookup.persons_of(work, made)
        asked = {persons[line.person_id].snils: {tuple(pair) for pair in line.roles} for line in made}
    both = {(ref.subsystem, ref.role) for ref in ROLES}
    assert asked == {bare_snils(EMPLOYEES[0]): both, bare_snils(EMPLOYEES[2]): both}


def test_run_twice_it_drafts_nothing_twice(held, tmp_path):
    file = roster(tmp_path / "left.csv", rows(0))
    number = _left(held, file, apply=True).drafts[0].number
    again = _left(held, file, apply=True)
    assert again.drafts == ()
    assert (again.leavers[0].case, again.leavers[0].requests) == (Case.OPEN, (number,))
    assert len(_revocations(held)) == 1


def test_who_leaves_later_joins_the_draft_while_it_is_one(held, tmp_path):
    _left(held, roster(tmp_path / "left.csv", rows(0)), apply=True)
    _left(held, roster(tmp_path / "more.csv", rows(0, 1)), apply=True)
    [(request, made)] = _revocations(held)
    assert len(made) == 2
    assert request.version == 2


def test_draft_is_linked_in_the_log_without_names(held, tmp_path):
    draft = _left(held, roster(tmp_path / "left.csv", rows(0)), apply=True).drafts[0]
    with held.work("тест") as work:
        events = list(work.session.execute(select(Event).order_by(Event.seq)).scalars())
    told = [event for event in events if event.action == "revocation.drafted"]
    assert [(event.subject, event.data) for event in told] == [
        (f"request:{draft.id}", '{"grants":[1,2],"organisation":1,"why":"left"}')
    ]
    everything = "\n".join(f"{event.subject} {event.data}" for event in events)
    assert EMPLOYEES[0].surname not in everything
    assert bare_snils(EMPLOYEES[0]) not in everything


def test_carried_out_it_ends_the_roles_and_nothing_is_left_to_do(held, tmp_path):
    file = roster(tmp_path / "left.csv", rows(0))
    draft = _left(held, file, apply=True).drafts[0]
    with held.work("кадры") as work:
        drafting.fill_in(work, lookup.get(work, draft.id), {"last-day": "2026-11-23"})
    for target in (Status.VALIDATED, Status.SIGNED, Status.SENT, Status.AWAITING, Status.GRANTED):
        bring(held, draft.id, target)
    again = _left(held, file, apply=True)
    assert _cases(again) == [(EMPLOYEES[0].name, Case.IDLE)]
    with held.work("тест") as work:
        assert {entry["person"] for entry in grants.holders(work)} == {EMPLOYEES[1].name, EMPLOYEES[2].name}


def test_difference_of_two_rosters_is_who_is_no_longer_there(held, tmp_path):
    old = roster(tmp_path / "old.csv", rows(0, 1, 2))
    new = roster(tmp_path / "new.csv", [*rows(1, 2), STRANGER])
    assert _cases(_left(held, new, before=old)) == [(EMPLOYEES[0].name, Case.HOLDS)]


def test_same_name_without_a_number_is_a_question_and_never_a_draft(held, tmp_path):
    old = roster(tmp_path / "old.csv", rows(0, 1, 2))
    new = roster(tmp_path / "new.csv", [("", EMPLOYEES[0].name), *rows(1, 2)])
    found = _left(held, new, before=old, apply=True)
    assert _cases(found) == [(EMPLOYEES[0].name, Case.QUESTION)]
    assert "такое же имя" in found.leavers[0].note
    assert _revocations(held) == []


@pytest.mark.parametrize("typed", ["", "112-233-445 96"])
def test_holder_named_without_a_right_number_is_a_question(held, tmp_path, typed):
    found = _left(held, roster(tmp_path / "left.csv", [(typed, EMPLOYEES[0].name), *rows(1)]), apply=True)
    assert _cases(found) == [(EMPLOYEES[0].name, Case.QUESTION), (EMPLOYEES[1].name, Case.HOLDS)]
    [(_, made)] = _revocations(held)
    assert len(made) == 1


def test_number_of_another_person_is_a_question(held, tmp_path):
    found = _left(held, roster(tmp_path / "left.csv", [(EMPLOYEES[0].snils, STRANGER[1])]), apply=True)
    assert _cases(found) == [(STRANGER[1], Case.QUESTION)]
    assert EMPLOYEES[0].name in found.leavers[0].note
    assert _revocations(held) == []


def test_new_surname_with_the_same_number_and_first_name_is_the_same_person(held, tmp_path):
    found = _left(held, roster(tmp_path / "left.csv", [(EMPLOYEES[0].snils, "Петрова Мария Петровна")]))
    assert [leaver.case for leaver in found.leavers] == [Case.HOLDS]


def test_roles_in_another_organisation_are_noted_and_stay(held, tmp_path):
    with held.work("тест") as work:
        other = organisations.card(work, ELSEWHERE)
        organisations.change(work, other, {"short_name": "ООО «Другая клиника»"})
        request = creation.create(work, kind=KIND, organisation_id=other.id, lines=lines(1))
        line = lookup.lines_of(work, request)[0]
        granted(
            work,
            person_id=line.person_id,
            organisation_id=other.id,
            subsystem=ROLES[0].subsystem,
            role=ROLES[0].role,
            request_id=request.id,
            line_id=line.id,
        )
    found = _left(held, roster(tmp_path / "left.csv", rows(0)), apply=True)
    assert found.leavers[0].elsewhere == ("ООО «Другая клиника»",)
    [(request, made)] = _revocations(held)
    with held.work("тест") as work:
        assert request.organisation_id == clinic(work)
        assert len(made[0].roles) == 2


def test_one_person_over_two_rows_is_told_once(held, tmp_path):
    assert len(_left(held, roster(tmp_path / "left.csv", rows(0, 0))).leavers) == 1


def test_names_alone_make_nobody_leave():
    def line(snils, name):
        surname, given = name.split()
        return LineFacts(snils=snils, surname=surname, given=given)

    old = [line("", "Иванов Иван"), line("", "Петров Пётр"), line("11223344595", "Орлова Мария")]
    left, doubtful = departed(old, [line("", "ИВАНОВ  Иван"), line("11223344595", "Соколова Мария")])
    assert [entry.surname for entry in left] == ["Петров"]
    assert list(doubtful) == [0]


def test_organisation_without_a_card_and_a_file_that_is_no_roster_are_refused(held, tmp_path):
    file = roster(tmp_path / "left.csv", rows(0))
    with held.work("тест") as work, pytest.raises(NotFound, match=ELSEWHERE):
        departures(work, file, inn=ELSEWHERE)
    (tmp_path / "none.csv").write_text("один;два\nтри;четыре\n", "utf-8")
    with held.work("тест") as work, pytest.raises(RosterError):
        departures(work, tmp_path / "none.csv", inn=people.INN)


def test_catalogue_without_a_kind_that_ends_roles_is_told_what_to_add(granted_home, home, clock, tmp_path):
    own = tmp_path / "own" / "subsystems"
    own.mkdir(parents=True)
    (own / "revocation.toml").write_text("", "utf-8")
    copied(granted_home, home, clock)
    made = Installation(Settings(home=home, catalog_folder=own.parent), clock=clock)
    with made.work("кадры") as work, pytest.raises(Conflict, match="revokes = true"):
        departures(work, roster(tmp_path / "left.csv", [row(EMPLOYEES[0])]), inn=people.INN, apply=True)
    made.engine.dispose()
