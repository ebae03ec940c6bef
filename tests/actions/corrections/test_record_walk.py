"""Every kind of correction, walked: the log holds, holders answer on both axes, the pack proves itself by its own verifier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import select

from actions.answers import answers, inbox
from actions.cards import names, people
from actions.corrections import corrected_cards, corrected_letters, corrected_organisations
from actions.corrections.corrections import Kind
from actions.evidence import evidence
from actions.log import audit
from actions.requests import lookup
from actions.steps import taking, verification
from actions.steps.answer import Answer
from demo.people import INN
from documents.evidence.verify import Check, Pack
from models.answers import Said
from models.correction import Correction
from models.facts import FullName
from models.organisation import OrganisationChange
from models.request import LineState, Status
from states.lifecycle import Actor
from tests.actions.corrections.test_corrections import _taken_in
from tests.actions.corrections.test_corrections_everywhere import FIRST, WHY, answered, correct, go_on, held
from tests.actions.reviews.test_reorganisation import moved
from tests.walking import GROUND, request_at

Act = Callable[[], object]


def _answer(installation, clock) -> tuple[Act, int]:
    number = request_at(installation, Status.AWAITING)
    answered(installation, number, "granted")
    return lambda: correct(
        installation, number, Kind.ANSWER, said=(Said("rejected", "не тот человек", snils=FIRST),)
    ), 2


def _no_answer(installation, clock) -> tuple[Act, int]:
    number = request_at(installation, Status.AWAITING)
    answered(installation, number, "granted")
    return lambda: correct(installation, number, Kind.NO_ANSWER), 0


def _ticket(installation, clock) -> tuple[Act, int]:
    number = request_at(installation, Status.GRANTED)
    return lambda: correct(installation, number, Kind.TICKET, ticket="SKL-987-12345"), 4


def _login(installation, clock) -> tuple[Act, int]:
    number = request_at(installation, Status.GRANTED)
    with installation.work("тест") as work:
        verification.record_logins(work, lookup.get(work, number), snils=(), proven=True)
    return lambda: correct(installation, number, Kind.LOGIN), 4


def _hand_over(installation, clock) -> tuple[Act, int]:
    number = request_at(installation, Status.SIGNED)
    with installation.work("тест") as work:
        taking.take(work, lookup.get(work, number), "hand_over", Answer(ticket="ABC-123-45678", channel="web"))
    return lambda: correct(installation, number, Kind.HAND_OVER), 0


def _signature_date(installation, clock) -> tuple[Act, int]:
    number = request_at(installation, Status.GRANTED)
    return lambda: correct(installation, number, Kind.SIGNATURE_DATE, day=dt.date(2026, 11, 20)), 4


def _letter(installation, clock) -> tuple[Act, int]:
    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        letter = _taken_in(work, lookup.get(work, number)).id
        inbox.settle(work, letter, decision="grant")

    def act():
        with installation.work("тест") as work:
            return corrected_letters.back_to_triage(work, inbox.get(work, letter), why=WHY)

    return act, 0


def _first_card(work, number):
    return people.of_line(work, lookup.lines_of(work, lookup.get(work, number))[0])


def _name(installation, clock) -> tuple[Act, int]:
    number = request_at(installation, Status.GRANTED)
    with installation.work("тест") as work:
        names.rename(work, _first_card(work, number), FullName("Новая", "Имя", ""), since=dt.date(2026, 11, 23))

    def act():
        with installation.work("тест") as work:
            return corrected_cards.take_name_back(work, _first_card(work, number), why=WHY)

    return act, 4


def _first_login(installation, clock) -> tuple[Act, int]:
    number = request_at(installation, Status.GRANTED)

    def act():
        with installation.work("тест") as work:
            return corrected_cards.take_first_login_back(work, _first_card(work, number), why=WHY)

    return act, 4


def _reorganisation(installation, clock) -> tuple[Act, int]:
    request_at(installation, Status.GRANTED)
    clock.forward(days=2)
    moved(installation, since=dt.date(2026, 11, 24))

    def act():
        with installation.work("тест") as work:
            return corrected_organisations.take_change_back(work, work.session.get(OrganisationChange, 1), why=WHY)

    return act, 4


def _version(installation, clock) -> tuple[Act, int]:
    number = request_at(installation, Status.AWAITING)
    answered(installation, number, "rejected")
    go_on(installation, clock, number, Status.DRAFT)
    return lambda: correct(installation, number, Kind.VERSION), 0


def _since(installation, clock) -> tuple[Act, int]:
    number = request_at(installation, Status.AWAITING)
    answered(installation, number, "rejected")
    go_on(installation, clock, number, Status.GRANTED)
    return lambda: correct(installation, number, Kind.SINCE, said=(Said("granted"),)), 4


WALKS = {
    Kind.ANSWER: _answer, Kind.NO_ANSWER: _no_answer, Kind.TICKET: _ticket, Kind.LOGIN: _login, Kind.HAND_OVER: _hand_over,
    Kind.SIGNATURE_DATE: _signature_date, Kind.LETTER: _letter, Kind.NAME: _name, Kind.FIRST_LOGIN: _first_login,
    Kind.REORGANISATION: _reorganisation, Kind.VERSION: _version, Kind.SINCE: _since,
}  # fmt: skip


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_correction(installation, clock, tmp_path, kind):
    """A new kind without a walk has no entry here, and fails."""
    act, expected = WALKS[kind](installation, clock)
    known, believed = clock.now, held(installation)
    clock.forward(hours=1)
    act()
    assert len(held(installation)) == expected
    assert held(installation, known_on=known) == believed == held(installation, as_of=known, known_on=known)
    with installation.work("аудитор") as work:
        row = work.session.execute(select(Correction)).scalar_one()
        assert (row.kind, row.why) == (kind.value, WHY) and row.before != row.after
        assert audit.verify(work.session, []).ok
        path = tmp_path / "pack.zip"
        path.write_bytes(evidence.of_organisation(work, INN).data)
    check = Check(Pack(path), [])
    assert check.run(), check.wrong


def test_one_role_granted_while_the_other_is_refused_is_recorded_as_it_is(installation):
    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        said = (Said("granted", subsystem="ФРМО"), Said("rejected", "нет в ФРМР", subsystem="ФРМР"))
        answers.give_answer(
            work, request, Answer(pairs=answers.understood(work, request, said), ground=GROUND), actor=Actor.OFFICER
        )
        told = {(pair.subsystem, pair.state) for line in lookup.lines_of(work, request) for pair in line.asked}
        assert told == {("frmo", LineState.GRANTED), ("frmr", LineState.MOVED)}
        assert lookup.child_of(work, request, "refused-lines") is not None
    assert {subsystem for _, subsystem in held(installation)} == {"ФРМО"}
