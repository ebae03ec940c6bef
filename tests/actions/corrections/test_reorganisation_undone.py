"""A reorganisation that was recorded by mistake: everything becomes what it would be without it, and the record keeps both."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import select

from actions.answers import answers
from actions.cards import organisations, people
from actions.context import Conflict
from actions.corrections import corrected_organisations, corrections
from actions.corrections.words import changes
from actions.requests import cases, lookup
from actions.reviews import reorganising, revocations
from actions.roles import grants
from actions.steps import taking
from actions.steps.answer import Answer
from demo.people import EMPLOYEES, INN, SHORT_NAME, bare_snils
from models.answers import Ground, Said
from models.audit import Event
from models.correction import Correction
from models.grant import Grant
from models.organisation import OrganisationChange
from models.request import Status
from states.lifecycle import Actor
from states.rules import Stage, check_request
from tests.actions.evidence.sound import checked_pack
from tests.actions.reviews.test_reorganisation import NEW, NEW_INN, moved, renamed
from tests.roles import granted
from tests.walking import GROUND, bring, clinic, request_at

WHY = "Лист записи ЕГРЮЛ оказался другой организации"
NEXT = dt.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def whole(installation, tmp_path):
    """After every correction the chain holds, and so does a pack of evidence by its own verifier."""
    yield
    checked_pack(installation, tmp_path, only_corrected=True)


def back(installation, number=1, why=WHY):
    with installation.work("кадры") as work:
        change = work.session.get(OrganisationChange, number)
        return corrected_organisations.take_change_back(work, change, why=why)


def places(installation, day=None, known=None):
    with installation.work("тест") as work:
        at = dt.datetime.combine(day, dt.time(12), dt.UTC) if day else None
        return {row["organisation"] for row in grants.holders(work, as_of=at, known_on=known)}


def said(installation, row):
    with installation.work("тест") as work:
        return [(each.what, each.before, each.after) for each in changes(work, work.session.get(Correction, row.id))]


def test_a_wrong_name_was_never_borne(installation, clock):
    request_at(installation, Status.GRANTED)
    draft = request_at(installation, Status.DRAFT)
    clock.forward(days=2)
    renamed(installation, {"short_name": NEW, "full_name": NEW, "oid": "1.2.643.5.1.13.13.12.2.77.8312"}, since=NEXT)
    believed = clock.now
    clock.forward(days=1)
    row = back(installation)
    assert places(installation) == {SHORT_NAME} == places(installation, dt.date(2026, 11, 25))
    assert places(installation, known=believed) == {NEW} and places(installation, dt.date(2026, 11, 23), believed) == {
        SHORT_NAME
    }
    assert ("Краткое наименование", NEW, SHORT_NAME) in said(installation, row)
    assert ("Изменение организации", "действует с 24.11.2026", "не было") in said(installation, row)
    with installation.work("тест") as work:
        assert cases.facts_of(work, lookup.get(work, draft)).organisation.short_name == SHORT_NAME
        told = work.session.execute(select(Event).where(Event.action == "organisation.change-undone")).scalar_one()
        assert json.loads(told.data) == {"change": 1}
        change = work.session.get(OrganisationChange, 1)
        assert (change.withdrawn_by, change.withdrawn_reason) == ("кадры", WHY)
    with pytest.raises(Conflict, match="уже исправлено"):
        back(installation)
    renamed(installation, since=NEXT)  # the day is free again
    assert places(installation) == {NEW}


def test_papers_made_under_the_wrong_name_are_warned_about_and_letters_listed(installation, clock):
    older = request_at(installation, Status.SIGNED)
    clock.forward(days=2)
    renamed(installation, since=NEXT)
    sent, signed = request_at(installation, Status.AWAITING, of=2), request_at(installation, Status.SIGNED, of=3)
    with installation.work("тест") as work:  # the walk fills in the clinic's card again
        organisations.change(work, organisations.known(work, INN), {"short_name": NEW, "full_name": NEW})
    clock.forward(days=1)
    row = back(installation)
    with installation.work("тест") as work:
        told = {}
        for number in (older, signed):
            facts = cases.facts_of(work, lookup.get(work, number))
            told[number] = [
                each.message for each in check_request(facts, work.catalog, Stage.SEND) if each.rule == "APP-8"
            ]
        assert told[older] == [] and NEW in told[signed][0]
        letters = corrections.left(work, lookup.get(work, sent), None)
    assert row.letters == letters and len(letters) == 1


@pytest.mark.parametrize(
    ("then", "words"),
    [
        (lambda work, card: reorganising.rename(work, card, {"short_name": "ООО «Третья»"}, since=dt.date(2026, 11, 25), ground=WHY), "ещё одно изменение"),
        (lambda work, card: organisations.change(work, card, {"short_name": "ООО «Четвёртая»"}), "в карточке с тех пор изменили"),
    ],
)  # fmt: skip
def test_what_stands_on_a_wrong_name_is_named(installation, clock, then, words):
    with installation.work("тест") as work:
        clinic(work)
    clock.forward(days=2)
    renamed(installation, since=NEXT)
    with installation.work("тест") as work:
        then(work, organisations.known(work, INN))
    with pytest.raises(Conflict, match=words):
        back(installation)


def test_numbers_that_another_card_has_taken_are_not_taken_back(installation, clock):
    with installation.work("тест") as work:
        clinic(work)
    clock.forward(days=2)
    renamed(installation, {"inn": NEW_INN}, since=NEXT)
    with installation.work("тест") as work:
        organisations.change(work, organisations.card(work, INN), {"kpp": "770701001"})
    with pytest.raises(Conflict, match="другой карточке"):
        back(installation)


def test_roles_and_requests_come_back_with_what_happened_since(installation, clock):
    granted, waiting = request_at(installation, Status.GRANTED), request_at(installation, Status.AWAITING, of=2)
    draft = request_at(installation, Status.DRAFT, of=3)
    clock.forward(days=2)
    moved(installation, since=NEXT)
    believed = clock.now
    with installation.work("тест") as work:
        rows = work.session.execute(select(Grant).where(Grant.until.is_(None)).order_by(Grant.id)).scalars().all()
        ended = grants.end(work, grant_id=rows[0].id, reason="уволен").until
        taking.take(
            work, lookup.get(work, waiting), "reject", Answer(ground=GROUND, reason="нет подписи"), actor=Actor.DESK
        )
    clock.forward(days=1)
    row = back(installation)
    assert places(installation) == {SHORT_NAME} and places(installation, known=believed) == {NEW}
    assert ("Заявка " + _number(installation, draft) + ": организация", NEW, SHORT_NAME) in said(installation, row)
    with installation.work("тест") as work:
        source = organisations.known(work, INN)
        assert {lookup.get(work, number).organisation_id for number in (granted, waiting, draft)} == {source.id}
        assert lookup.get(work, waiting).status is Status.REJECTED
        held = (
            work.session.execute(select(Grant).where(Grant.organisation_id == source.id).order_by(Grant.id))
            .scalars()
            .all()
        )
        assert [each.until for each in held] == [ended, None, None, None]
        there = work.session.execute(select(Grant).where(Grant.organisation_id != source.id)).scalars().all()
        assert len(there) == 4 and all(each.never for each in there)
    moved(installation, since=NEXT)
    assert places(installation) == {NEW}


def _number(installation, number):
    with installation.work("тест") as work:
        return lookup.get(work, number).number


def test_a_role_that_was_held_in_both_is_held_in_both_again(installation, clock):
    request_at(installation, Status.GRANTED, count=1)
    with installation.work("тест") as work:
        source, target = organisations.known(work, INN), organisations.card(work, NEW_INN)
        row = work.session.execute(select(Grant).where(Grant.subsystem == "frmo")).scalar_one()
        reorganising._take_along(work, source, target, [row.person_id])
        kept = {"subsystem": row.subsystem, "role": row.role, "request_id": row.request_id, "line_id": row.line_id}
        granted(work, person_id=row.person_id, organisation_id=target.id, **kept)
        number = target.id
    clock.forward(days=2)
    moved(installation, since=NEXT)
    back(installation)
    with installation.work("тест") as work:
        now = work.session.execute(select(Grant).where(Grant.until.is_(None))).scalars().all()
        assert sorted((row.subsystem, row.organisation_id == number) for row in now) == [
            ("frmo", False),
            ("frmo", True),
            ("frmr", False),
        ]


def test_what_stands_on_a_move_is_named(installation, clock):
    request_at(installation, Status.GRANTED)
    waiting = request_at(installation, Status.AWAITING, of=2)
    clock.forward(days=2)
    moved(installation, since=NEXT)
    bring(installation, waiting, Status.GRANTED)
    with pytest.raises(Conflict, match=_number(installation, waiting)):
        back(installation)
    with installation.work("тест") as work:
        corrections.no_answer(work, lookup.get(work, waiting), why=WHY)
        target = organisations.known(work, NEW_INN)
        card = people.find(work, target.id, bare_snils(EMPLOYEES[0]))
        rows = work.session.execute(select(Grant.id).where(Grant.until.is_(None))).scalars().all()
        asked = revocations.of_person(work, card, rows, why=revocations.grounds(work)[0][0])
        asked_number = asked[0].number
    with pytest.raises(Conflict, match=asked_number):
        back(installation)
    with installation.work("тест") as work:
        taking.take(work, lookup.get(work, asked[0].id), "withdraw")
    back(installation)
    assert places(installation) == {SHORT_NAME}


def test_moves_that_followed_go_first(installation, clock):
    request_at(installation, Status.GRANTED)
    clock.forward(days=2)
    moved(installation, since=NEXT)
    clock.forward(days=1)
    with installation.work("тест") as work:
        third = organisations.card(work, "7736050003")
        reorganising.move(work, organisations.known(work, NEW_INN), third, since=dt.date(2026, 11, 25), ground=WHY)
    with pytest.raises(Conflict, match="№ 2"):
        back(installation)
    back(installation, 2)
    back(installation, 1)
    assert places(installation) == {SHORT_NAME}


def test_an_answer_is_corrected_wherever_its_roles_have_gone(installation, clock):
    number = request_at(installation, Status.GRANTED)
    clock.forward(days=2)
    moved(installation, since=NEXT)
    clock.forward(days=1)
    with installation.work("тест") as work:
        corrections.no_answer(work, lookup.get(work, number), why=WHY)
        assert grants.holders(work) == []
        request = lookup.get(work, number)
        answers.give_answer(
            work, request, Answer(pairs=answers.the_same(work, request, "granted"), ground=GROUND), actor=Actor.OFFICER
        )


def test_a_role_that_was_in_force_after_all_goes_along(installation, clock):
    number = request_at(installation, Status.AWAITING, count=1)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        told = answers.understood(work, request, [Said("granted"), Said("rejected", "нет в ФРМР", subsystem="ФРМР")])
        answers.give_answer(work, request, Answer(pairs=told, ground=GROUND), actor=Actor.OFFICER)
    clock.forward(days=2)
    moved(installation, since=NEXT)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        taking.take(work, lookup.child_of(work, request, "refused-lines"), "withdraw")
        true = Ground(words="Письмо СТП от 23 ноября прочитано заново")
        corrections.correct_answer(work, request, [Said("granted", subsystem="ФРМР")], why=WHY, ground=true)
        now = work.session.execute(select(Grant).where(Grant.until.is_(None))).scalars().all()
        assert {(row.subsystem, row.organisation_id) for row in now} == {
            (name, organisations.known(work, NEW_INN).id) for name in ("frmo", "frmr")
        }
    back(installation)
    assert places(installation) == {SHORT_NAME}
