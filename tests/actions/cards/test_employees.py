"""Whose СНИЛС it is: each organisation has its own card, the past keeps its names, letters go to the line's address."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from actions.cards import enrolling, names, people
from actions.context import Conflict, Work
from actions.keeping import erasure, reminders
from actions.letters import invitations
from actions.post import links
from actions.requests import cases, clashes, creation, drafting, lookup
from actions.requests.clashes import Said
from actions.roles import grants
from actions.steps import personal, taking
from models.employee import Employee
from models.facts import FullName, LineFacts, RoleRef
from models.grant import EndedFor
from models.identifiers import BadIdentifier
from models.letters import OutboxLetter
from models.link import PersonalLink
from models.organisation import Organisation
from models.person import Person
from models.request import AccessRequest, Status
from states.lifecycle import Refused
from tests.roles import granted
from tests.walking import confirm_desk
from views.requests import summary
from wiring.work import Installation

SNILS = "11223344595"
KIND = "frmo-frmr-access"
ROLES = (RoleRef("frmo", "organisation"), RoleRef("frmr", "organisation"))
ANNA = LineFacts(
    snils=SNILS,
    surname="Иванова",
    given="Анна",
    patronymic="Петровна",
    email="anna@clinic-a.ru",
    post="Кадровик",
    roles=ROLES,
    esia_confirmed=True,
    first_login_on=dt.datetime(2026, 11, 20, tzinfo=dt.UTC),
)
ZOYA = dataclasses.replace(
    ANNA, surname="Зайцева", given="Зоя", email="zoya@clinic-b.ru", esia_confirmed=None, first_login_on=None
)
A, B = 1, 2


@pytest.fixture
def clinics(installation: Installation) -> Iterator[Installation]:
    with installation.work("тест") as work:
        for inn, name in (("7707083893", "Клиника А"), ("5902012349", "Клиника Б")):
            work.session.add(
                Organisation(inn=inn, full_name=name, short_name=name, fold=name.lower(), officer_email="o@a.ru")
            )
    yield confirm_desk(installation)


def draft(work: Work, line: LineFacts, place: int = A, *more: LineFacts) -> AccessRequest:
    return creation.create(work, kind=KIND, organisation_id=place, lines=[line, *more])


def gone_on(work: Work, line: LineFacts, place: int = A, status: Status = Status.GRANTED) -> AccessRequest:
    """As the step `validate` leaves it, and further."""
    request = draft(work, line, place)
    request.status = status
    work.session.flush()
    lines = lookup.lines_of(work, request)
    enrolling.take_over(work, request, [(people.of_line(work, each), line) for each in lines])
    for each in lines if status is Status.GRANTED else ():
        for role in ROLES:
            granted(
                work,
                person_id=each.person_id or 0,
                organisation_id=place,
                subsystem=role.subsystem,
                role=role.role,
                request_id=request.id or 0,
                line_id=each.id or 0,
            )
    return request


def told(work: Work, request: AccessRequest) -> list[str]:
    return [
        one.message for one in summary.findings(work, request) if one.field == "snils" and one.severity.value == "error"
    ]


def card(work: Work, place: int = A) -> Employee:
    found = people.find(work, place, SNILS)
    assert found is not None
    return found


def rows(work: Work, place: int) -> set[str]:
    """Everything of an organisation, byte by byte."""
    cards = work.session.execute(select(Employee.__table__).where(Employee.organisation_id == place)).all()  # type: ignore[attr-defined]
    persons = work.session.execute(select(Person.__table__)).all()  # type: ignore[attr-defined]
    return {repr(tuple(row)) for row in (*cards, *persons)}


@pytest.mark.rule("APP-2")
def test_a_number_of_ones_own_worker_under_another_name_stops_the_line_and_changes_nothing(
    clinics: Installation,
) -> None:
    with clinics.work("тест") as work:
        gone_on(work, ANNA)
        before = rows(work, A)
        mistyped = draft(work, dataclasses.replace(ZOYA, email="other@clinic-a.ru"))
        [message] = told(work, mistyped)
        assert "записан за другим работником: Иванова Анна Петровна" in message
        with pytest.raises(Refused) as refused:
            taking.take(work, mistyped, "validate")
        assert message in [one.message for one in refused.value.findings]
        with pytest.raises(Refused):  # nor does a letter with a link leave
            taking.take(work, mistyped, "invite")
        assert rows(work, A) == before
        assert {row["person"] for row in grants.holders(work)} == {"Иванова Анна Петровна"}
        [line] = lookup.lines_of(work, mistyped)
        assert cases.facts_of(work, mistyped).lines[0].first_login_on is None  # her login is not his
        with pytest.raises(Conflict):
            clashes.settle(work, mistyped, line, Said.CHECKED)


def test_a_recorded_change_of_name_lets_the_line_pass_and_the_past_keeps_the_old_one(
    clinics: Installation, clock
) -> None:
    with clinics.work("тест") as work:
        gone_on(work, ANNA)
    clock.forward(days=30)
    married = dataclasses.replace(ANNA, surname="Орлова")
    with clinics.work("кадры") as work:
        request = draft(work, married)
        [line] = lookup.lines_of(work, request)
        assert told(work, request)
        with pytest.raises(BadIdentifier, match="ещё не наступил"):
            clashes.settle(work, request, line, Said.RENAMED, since=dt.date(2027, 1, 1))
        clashes.settle(work, request, line, Said.RENAMED, since=dt.date(2026, 12, 10), ground="свидетельство о браке")
        assert told(work, request) == []
        assert card(work).name == "Орлова Анна Петровна"
        for day, name in (
            (dt.date(2026, 12, 9), "Иванова Анна Петровна"),
            (dt.date(2026, 12, 10), "Орлова Анна Петровна"),
        ):
            moment = dt.datetime.combine(day, dt.time(12), dt.UTC)
            assert {row["person"] for row in grants.holders(work, as_of=moment)} == {name}
            assert names.Names(work, [card(work)]).on(card(work), day) == name
        assert [row.name for row in names.former_names(work, card(work))] == ["Иванова Анна Петровна"]
        old = lookup.lines_of(work, lookup.get(work, 1))
        assert cases.line_facts(old[0], card(work)).name == "Иванова Анна Петровна"
        assert summary.show(work, lookup.get(work, 1))["lines"][0]["person"] == "Иванова Анна Петровна"  # type: ignore[index]
        later = draft(work, ANNA)  # the old name again is a clash that tells of the change
        assert "Орлова Анна Петровна, до 10.12.2026 – Иванова Анна Петровна" in told(work, later)[0]
        with pytest.raises(BadIdentifier, match="должен быть позже"):
            names.rename(work, card(work), FullName("Зимина", "Анна"), since=dt.date(2026, 12, 1))


def test_a_typing_error_of_the_card_is_put_right_for_every_day(clinics: Installation) -> None:
    with clinics.work("кадры") as work:
        gone_on(work, dataclasses.replace(ANNA, surname="Ивановна"))
        request = draft(work, ANNA)
        [line] = lookup.lines_of(work, request)
        clashes.settle(work, request, line, Said.CORRECTED)
        assert told(work, request) == [] and card(work).name == "Иванова Анна Петровна"
        assert {row["person"] for row in grants.holders(work)} == {"Иванова Анна Петровна"}
        [former] = names.former_names(work, card(work))
        assert (former.name, former.until, former.recorded_by) == ("Ивановна Анна Петровна", None, "кадры")
        with pytest.raises(Conflict, match="ничему не противоречат"):
            clashes.settle(work, request, line, Said.CORRECTED)


def test_of_another_organisations_worker_nothing_is_told_and_nothing_changes(clinics: Installation) -> None:
    with clinics.work("тест") as work:
        gone_on(work, ANNA)
        before = rows(work, A)
    with clinics.work("чужой") as work:
        request = draft(work, ZOYA, B)
        [message] = told(work, request)
        assert "Иванова" not in message and "Клиника" not in message
        with pytest.raises(Refused):
            taking.take(work, request, "invite")
        [line] = lookup.lines_of(work, request)
        for wrong in (Said.RENAMED, Said.CORRECTED):
            with pytest.raises(Conflict):
                clashes.settle(work, request, line, wrong, since=dt.date(2026, 11, 1))
        clashes.settle(work, request, line, Said.CHECKED)
        assert told(work, request) == []
        own = card(work, B)
        assert (own.name, own.first_login_on, own.esia_confirmed_on) == ("Зайцева Зоя Петровна", None, None)
        assert rows(work, A) == before
        again = dataclasses.replace(ZOYA, given="Зинаида")
        drafting.edit_lines(work, request, changed={line.id or 0: again})
        assert len(told(work, request)) == 1  # another name was not held against anything


def test_the_same_name_elsewhere_is_no_finding_and_brings_no_marks_along(clinics: Installation) -> None:
    with clinics.work("тест") as work:
        gone_on(work, ANNA)
        request = draft(
            work, dataclasses.replace(ANNA, email="anna@clinic-b.ru", esia_confirmed=None, first_login_on=None), B
        )
        assert told(work, request) == []
        assert cases.facts_of(work, request).lines[0].first_login_on is None
        assert invitations.invite(work, request, purpose=links.FIRST_LOGIN) == 1
        assert card(work, A).email == "anna@clinic-a.ru" and card(work, A).first_login_on is not None


def test_a_login_at_one_organisation_is_none_at_another(clinics: Installation) -> None:
    fresh = dataclasses.replace(ANNA, esia_confirmed=None, first_login_on=None)
    with clinics.work("тест") as work:
        ours = draft(work, fresh)
        theirs = draft(work, dataclasses.replace(fresh, email="anna@clinic-b.ru"), B)
        [line] = lookup.lines_of(work, ours)
        link = links.issue(work, line_id=line.id or 0, purpose=links.FIRST_LOGIN)
        personal.confirm_first_login(work, links.token(work, link))
        assert cases.facts_of(work, ours).lines[0].first_login_on is not None
        assert cases.facts_of(work, theirs).lines[0].first_login_on is None
        assert card(work, B).esia_confirmed_on is None


def test_two_drafts_with_one_new_number_and_two_names_stop_each_other(clinics: Installation) -> None:
    with clinics.work("тест") as work:
        one, other = draft(work, ANNA), draft(work, ZOYA)
        assert other.number in told(work, one)[0] and "Зайцева Зоя" in told(work, one)[0]
        assert one.number in told(work, other)[0] and "Иванова Анна" in told(work, other)[0]
        [line] = lookup.lines_of(work, one)
        clashes.settle(work, one, line, Said.CHECKED)
        assert told(work, one) == [] and len(told(work, other)) == 1
        [wrong] = lookup.lines_of(work, other)
        drafting.edit_lines(work, other, changed={wrong.id or 0: dataclasses.replace(ZOYA, snils="08765430300")})
        assert told(work, other) == []


def test_a_mistyped_number_leaves_no_card_and_no_clash_behind(clinics: Installation) -> None:
    with clinics.work("тест") as work:
        request = draft(work, ZOYA)
        [line] = lookup.lines_of(work, request)
        drafting.edit_lines(work, request, changed={line.id or 0: dataclasses.replace(ZOYA, snils="08765430300")})
        assert people.find(work, A, SNILS) is None
        assert work.session.execute(select(Person.snils)).scalars().all() == ["08765430300"]  # nobody's number is kept
        drafting.edit_lines(work, request, removed=[line.id or 0])
        assert work.session.execute(select(Employee)).scalars().all() == []
        withdrawn = draft(work, ZOYA)
        taking.take(work, withdrawn, "withdraw")
        assert told(work, draft(work, ANNA)) == [] and card(work).name == "Иванова Анна Петровна"


def test_a_name_typed_letter_by_letter_is_no_clash_with_itself(clinics: Installation) -> None:
    with clinics.work("тест") as work:
        request = draft(work, dataclasses.replace(ZOYA, surname="Ив", given="А", patronymic=""))
        [line] = lookup.lines_of(work, request)
        for surname, given in (("Иванов", "А"), ("Иванова", "Ан"), ("Иванова", "Анна")):
            typed = dataclasses.replace(ZOYA, surname=surname, given=given)
            drafting.edit_lines(work, request, changed={line.id or 0: typed})
            assert told(work, request) == []
        assert card(work).name == "Иванова Анна Петровна"


def test_letters_go_to_the_address_of_their_line_whatever_is_typed_elsewhere(clinics: Installation, clock) -> None:
    fresh = dataclasses.replace(ANNA, esia_confirmed=None, first_login_on=None)
    with clinics.work("тест") as work:
        first = draft(work, fresh)
        invitations.invite(work, first, purpose=links.FIRST_LOGIN)
        for place, email in ((A, "anna.new@clinic-a.ru"), (B, "anna@clinic-b.ru")):
            newer = gone_on(work, dataclasses.replace(fresh, email=email), place, Status.VALIDATED)
            invitations.invite(work, newer, purpose=links.FIRST_LOGIN)
    clock.forward(days=7)
    with clinics.work("часы") as work:
        reminders.send_due(work)
    with clinics.work("тест") as work:
        sent = work.session.execute(
            select(OutboxLetter).where(OutboxLetter.purpose.in_(("first-login", "nudge")))
        ).scalars()
        told_of = {(letter.request_id, letter.purpose, letter.recipient) for letter in sent}
    assert told_of == {
        (number, purpose, email)
        for number, email in ((1, "anna@clinic-a.ru"), (2, "anna.new@clinic-a.ru"), (3, "anna@clinic-b.ru"))
        for purpose in ("first-login", "nudge")
    }


def test_an_employee_of_two_clinics_with_one_address_gets_a_letter_of_each(clinics: Installation, clock) -> None:
    fresh = dataclasses.replace(ANNA, esia_confirmed=None, first_login_on=None)
    with clinics.work("тест") as work:
        for place in (A, B):
            invitations.invite(work, draft(work, fresh, place), purpose=links.FIRST_LOGIN)
    clock.forward(days=7)
    with clinics.work("часы") as work:
        reminders.send_due(work)
        sent = work.session.execute(select(OutboxLetter).where(OutboxLetter.purpose == "nudge")).scalars().all()
        assert [(letter.request_id, letter.text.count(links.SHOWN)) for letter in sent] == [(1, 1), (2, 1)]


def test_a_link_that_went_to_a_mistyped_address_dies_with_it(clinics: Installation) -> None:
    fresh = dataclasses.replace(ANNA, esia_confirmed=None, first_login_on=None)
    with clinics.work("тест") as work:
        request = draft(work, fresh)
        invitations.invite(work, request, purpose=links.FIRST_LOGIN)
        [line] = lookup.lines_of(work, request)
        drafting.edit_lines(
            work, request, changed={line.id or 0: dataclasses.replace(fresh, email="right@clinic-a.ru")}
        )
        link = work.session.execute(select(PersonalLink)).scalar_one()
        assert (link.line_id, link.ended_at, link.ended_for) == (None, work.now, EndedFor.LINE_GONE)
        assert [letter.state.value for letter in work.session.execute(select(OutboxLetter)).scalars()] == ["cancelled"]


def test_no_link_of_a_stranger_marks_the_worker_whose_number_was_typed(clinics: Installation, clock) -> None:
    fresh = dataclasses.replace(ANNA, esia_confirmed=None, first_login_on=None)
    with clinics.work("тест") as work:
        invitations.invite(work, gone_on(work, fresh, A, Status.VALIDATED), purpose=links.FIRST_LOGIN)
        mistyped = draft(work, ZOYA)
        draft(work, dataclasses.replace(fresh, email="unjudged@clinic-a.ru"))
        [line] = lookup.lines_of(work, mistyped)
        secret = links.token(work, links.issue(work, line_id=line.id or 0, purpose=links.FIRST_LOGIN))
        with pytest.raises(personal.LinkSpent):
            personal.confirm_first_login(work, secret)
    clock.forward(days=7)
    with clinics.work("часы") as work:
        reminders.send_due(work)
        sent = work.session.execute(select(OutboxLetter).where(OutboxLetter.purpose == "nudge")).scalars().all()
        assert [letter.recipient for letter in sent] == ["anna@clinic-a.ru"]
        assert card(work).first_login_on is None


def test_a_checked_line_fills_what_is_empty_and_writes_over_nothing(clinics: Installation) -> None:
    with clinics.work("тест") as work:
        gone_on(work, dataclasses.replace(ANNA, post=""))
        gone_on(work, dataclasses.replace(ANNA, email="newer@clinic-a.ru", post="Врач", unit="hr"), A, Status.VALIDATED)
        assert (card(work).email, card(work).post, card(work).unit) == ("anna@clinic-a.ru", "Врач", "hr")
        names.change(work, card(work), {"email": "newer@clinic-a.ru"})
        assert (card(work).email, card(work).post) == ("newer@clinic-a.ru", "Врач")
        gone_on(work, dataclasses.replace(ZOYA, snils="08765430300"), B)
        with pytest.raises(BadIdentifier, match="записан за другим работником"):
            names.change(work, card(work), {"email": "zoya@clinic-b.ru"})


def test_what_is_erased_at_one_organisation_stays_at_the_other(clinics: Installation, clock) -> None:
    with clinics.work("тест") as work:
        ours = gone_on(work, ANNA)
        for grant in list(grants.in_force(work, organisation_id=A, person_ids=[])):
            grants.end(work, grant_id=grant[0].id or 0, reason="ушла")
        names.rename(work, card(work), FullName("Орлова", "Анна"), since=dt.date(2026, 11, 1), ground="брак")
        ours.status, ours.status_since = Status.VERIFIED, work.now
        gone_on(work, ANNA, B)
    clock.forward(days=clinics.policy.retention_days + 1)
    with clinics.work("стирание") as work:
        before = [
            repr(row) for row in work.session.execute(select(Employee.__table__).where(Employee.organisation_id == B))
        ]  # type: ignore[attr-defined]
        erasure.erase_due(work)
        erased, kept = work.session.execute(select(Employee).order_by(Employee.id)).scalars()
        assert (erased.name, erased.email, erased.snils[:7]) == ("", "", "erased:")
        assert names.former_names(work, erased)[0].name == ""
        assert kept.snils == SNILS
        assert [
            repr(row) for row in work.session.execute(select(Employee.__table__).where(Employee.organisation_id == B))
        ] == before  # type: ignore[attr-defined]
        [line] = lookup.lines_of(work, lookup.get(work, 1))
        assert line.person_id == erased.person_id != kept.person_id
        assert told(work, draft(work, dataclasses.replace(ANNA, email=""), A)) == []  # who comes back is a new employee
