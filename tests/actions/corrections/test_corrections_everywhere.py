"""Whatever was recorded wrongly can be put right in every state that the table of steps leads to after it."""

from __future__ import annotations

import datetime as dt
import html

import pytest
from sqlalchemy import select

from actions.answers import answers, inbox
from actions.context import Conflict
from actions.corrections import corrected_letters, correcting, corrections
from actions.corrections.correcting import Wanted
from actions.corrections.corrections import Kind
from actions.requests import cases, drafting, lookup
from actions.roles import grants
from actions.steps import taking, verification
from actions.steps.answer import Answer
from models.answers import Ground, Said
from models.correction import Correction
from models.letters import InboxState, OutboxLetter
from models.request import LineState, Status
from states.lifecycle import STEPS, Actor, Refused
from tests.actions.corrections.test_corrections import _taken_in
from tests.actions.evidence.sound import checked_pack
from tests.states.test_lifecycle import ACCESS
from tests.walking import GROUND, bring, lines, others, request_at

WHY = "Ответ был о другой заявке, сверено с письмом СТП"
TRUE = Ground(words="Письмо СТП от 23 ноября прочитано заново")
FIRST = "11223344595"
_PATH = (Status.VALIDATED, Status.SIGNED, Status.SENT, Status.AWAITING, Status.GRANTED)


@pytest.fixture(autouse=True)
def whole(installation, tmp_path):
    """After every correction the chain holds, and so does a pack of evidence by its own verifier."""
    yield
    check = checked_pack(installation, tmp_path)
    assert check is not None
    told = html.unescape(
        "".join(check.pack.read(name).decode() for name in check.pack.names if name.endswith((".html", ".txt")))
    )
    assert "Исправления" in told and "сверено с письмом СТП" in told


def after(status: Status) -> list[Status]:
    """Where the table leads from there, without corrections."""
    reached, frontier = {status}, [status]
    while frontier:
        now = frontier.pop()
        for step in STEPS:
            target = step.destination
            if (
                now in step.sources
                and step.suits(ACCESS)
                and Actor.CORRECTOR not in step.by
                and target
                and target not in reached
            ):
                reached.add(target)
                frontier.append(target)
    return [each for each in Status if each in reached]


def answered(installation, number, outcome, letter=None):
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        said = answers.the_same(work, request, outcome, reason="нет оснований")
        answers.give_answer(work, request, Answer(pairs=said, ground=letter or GROUND), actor=Actor.OFFICER)


def go_on(installation, clock, number, status, start=Status.REJECTED):
    """From there to the state by real steps; a refused request goes through its next version."""
    if start is Status.REJECTED and status not in (Status.REJECTED, Status.WITHDRAWN):
        with installation.work("тест") as work:
            taking.take(work, lookup.get(work, number), "revise")
        start = Status.DRAFT
    clock.forward(hours=2)
    path = _PATH if start is Status.DRAFT else _PATH[_PATH.index(start) + 1 :] if start in _PATH else ()
    for target in path:
        with installation.work("тест") as work:
            now = lookup.get(work, number).status
        if now is status or (status in (Status.DRAFT, Status.REJECTED, Status.WITHDRAWN) and now is start):
            break
        bring(installation, number, target)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        if status is Status.VERIFIED:
            verification.record_logins(work, request, snils=(), proven=True)
        elif status is Status.WITHDRAWN:
            taking.take(work, request, "withdraw")
        assert request.status is status


def correct(installation, number, kind, **more):
    with installation.work("тест") as work:
        return correcting.correct(work, lookup.get(work, number), Wanted(kind, WHY, ground=TRUE, **more))


def possible(installation, number):
    with installation.work("тест") as work:
        return corrections.possible(work, lookup.get(work, number))


def held(installation, **asked):
    with installation.work("тест") as work:
        return sorted((row["snils"], row["subsystem"]) for row in grants.holders(work, **asked))


@pytest.mark.parametrize("status", after(Status.REJECTED))
def test_a_refusal_that_was_a_grant(installation, clock, status):
    number = request_at(installation, Status.AWAITING)
    answered(installation, number, "rejected")
    then = clock.now
    go_on(installation, clock, number, status)
    believed = held(installation)
    clock.forward(hours=1)
    known = possible(installation, number)
    if Kind.SINCE in known:
        correct(installation, number, Kind.SINCE, said=(Said("granted"),))
    else:
        if Kind.VERSION in known:
            row = correct(installation, number, Kind.VERSION)
            assert bool(row.letters) == (status in (Status.SENT, Status.AWAITING))
        assert Kind.ANSWER in possible(installation, number)
        correct(installation, number, Kind.ANSWER, said=(Said("granted"),))
    assert len(held(installation, as_of=then)) == 4 == len(held(installation))
    assert held(installation, as_of=then, known_on=then) == [] and held(installation, known_on=then) == []
    assert len(believed) in (0, 4)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        wanted = (status, 2) if status in (Status.GRANTED, Status.VERIFIED) else (Status.GRANTED, 1)
        assert (request.status, request.version) == wanted


@pytest.mark.parametrize("status", after(Status.REJECTED))
def test_a_refusal_that_was_none(installation, clock, status):
    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        due = lookup.get(work, number).due_at
    answered(installation, number, "rejected")
    go_on(installation, clock, number, status)
    if status in (Status.GRANTED, Status.VERIFIED):
        correct(installation, number, Kind.NO_ANSWER)
    if Kind.VERSION in possible(installation, number):
        correct(installation, number, Kind.VERSION)
    correct(installation, number, Kind.NO_ANSWER)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        assert (request.status, request.version, request.due_at, request.ticket) == (
            Status.AWAITING,
            1,
            due,
            "ABC-123-45678",
        )
        assert {pair.state for line in lookup.lines_of(work, request) for pair in line.asked} == {LineState.OPEN}
        assert cases.signature_of(request).signed_on == dt.date(2026, 11, 23)
        assert any(file.purpose == "scan" for file in lookup.files_of(work, request))
    answered(installation, number, "rejected")
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        taking.take(work, request, "revise")
        assert request.version == (
            3 if status not in (Status.REJECTED, Status.WITHDRAWN) else 2
        )  # no number is given twice
    for target in _PATH:
        bring(installation, number, target)
    assert len(held(installation)) == 4


@pytest.mark.parametrize("status", after(Status.REJECTED))
def test_a_letter_that_was_no_refusal(installation, clock, status):
    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        letter = _taken_in(work, request).id
        inbox.settle(work, letter, decision="reject", text="не о том")
    go_on(installation, clock, number, status)
    with installation.work("тест") as work:
        corrected_letters.back_to_triage(work, inbox.get(work, letter), why=WHY)
        request = lookup.get(work, number)
        assert inbox.get(work, letter).state is InboxState.TRIAGE
        if status in (Status.GRANTED, Status.VERIFIED):
            assert request.status is status and len(grants.holders(work)) == 4
        else:
            assert (request.status, request.version) == (Status.AWAITING, 1)


@pytest.mark.parametrize("status", after(Status.GRANTED))
def test_a_grant_that_was_a_refusal_or_none(installation, clock, status):
    number = request_at(installation, Status.AWAITING)
    answered(installation, number, "granted")
    go_on(installation, clock, number, status, Status.GRANTED)
    assert {Kind.ANSWER, Kind.NO_ANSWER} <= set(possible(installation, number))
    correct(installation, number, Kind.ANSWER, said=(Said("rejected", "не тот человек", snils=FIRST),))
    assert len(held(installation)) == 2
    correct(installation, number, Kind.NO_ANSWER)
    assert held(installation) == []


@pytest.mark.parametrize("status", after(Status.AWAITING))
def test_a_ticket(installation, clock, status):
    number = request_at(installation, Status.AWAITING)
    if status is not Status.AWAITING:
        outcome = "granted" if status in (Status.GRANTED, Status.VERIFIED) else "rejected"
        answered(installation, number, outcome)
        go_on(installation, clock, number, status, Status.GRANTED if outcome == "granted" else Status.REJECTED)
    assert Kind.TICKET in possible(installation, number)
    correct(installation, number, Kind.TICKET, ticket="SKL-987-12345")
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        assert (request.ticket, request.status) == ("SKL-987-12345", status)


@pytest.mark.parametrize("status", after(Status.AWAITING))
def test_a_hand_over(installation, clock, status):
    number = request_at(installation, Status.SIGNED)
    with installation.work("тест") as work:
        taking.take(work, lookup.get(work, number), "hand_over", Answer(ticket="ABC-123-45678", channel="web"))
    if status is not Status.AWAITING:
        outcome = "granted" if status in (Status.GRANTED, Status.VERIFIED) else "rejected"
        answered(installation, number, outcome)
        go_on(installation, clock, number, status, Status.GRANTED if outcome == "granted" else Status.REJECTED)
    if Kind.VERSION in possible(installation, number):
        correct(installation, number, Kind.VERSION)
    assert Kind.HAND_OVER in possible(installation, number)
    correct(installation, number, Kind.HAND_OVER)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        wanted = Status.WITHDRAWN if status is Status.WITHDRAWN else Status.SIGNED
        assert (request.status, request.sent_at, request.due_at, request.ticket) == (wanted, None, None, None)
    assert held(installation) == [] and Kind.HAND_OVER not in possible(installation, number)


@pytest.mark.parametrize("status", after(Status.SIGNED))
def test_a_date_of_signature(installation, clock, status):
    number = request_at(installation, Status.AWAITING if status not in (Status.SIGNED, Status.SENT) else status)
    if status not in (Status.SIGNED, Status.SENT, Status.AWAITING):
        outcome = "granted" if status in (Status.GRANTED, Status.VERIFIED) else "rejected"
        answered(installation, number, outcome)
        go_on(installation, clock, number, status, Status.GRANTED if outcome == "granted" else Status.REJECTED)
    if Kind.VERSION in possible(installation, number):
        correct(installation, number, Kind.VERSION)
    assert Kind.SIGNATURE_DATE in possible(installation, number)
    correct(installation, number, Kind.SIGNATURE_DATE, day=dt.date(2026, 11, 20))
    with installation.work("тест") as work:
        assert cases.signature_of(lookup.get(work, number)).signed_on == dt.date(2026, 11, 20)


@pytest.mark.parametrize("status", after(Status.VERIFIED))
def test_a_login(installation, clock, status):
    number = request_at(installation, Status.AWAITING)
    answered(installation, number, "granted")
    go_on(installation, clock, number, status, Status.GRANTED)
    assert Kind.LOGIN in possible(installation, number)
    correct(installation, number, Kind.LOGIN)
    with installation.work("тест") as work:
        assert lookup.get(work, number).status is Status.GRANTED


def test_people_who_were_replaced_in_the_next_version_come_back(installation, clock):
    number = request_at(installation, Status.AWAITING)
    answered(installation, number, "rejected")
    then = clock.now
    go_on(installation, clock, number, Status.DRAFT)
    with installation.work("тест") as work:
        drafting.replace_lines(work, lookup.get(work, number), [lines(2)[1], *others(5, 1)], ())
    correct(installation, number, Kind.VERSION)
    correct(installation, number, Kind.ANSWER, said=(Said("granted", snils=FIRST), Said("rejected", "нет")))
    assert held(installation, as_of=then) == [(FIRST, "ФРМО"), (FIRST, "ФРМР")]


def test_any_refused_version_can_be_the_one(installation, clock):
    number = request_at(installation, Status.AWAITING)
    answered(installation, number, "rejected")
    then = clock.now
    go_on(installation, clock, number, Status.AWAITING)
    answered(installation, number, "rejected")
    go_on(installation, clock, number, Status.AWAITING)
    correct(installation, number, Kind.VERSION, version=1)
    correct(installation, number, Kind.ANSWER, said=(Said("granted"),))
    assert len(held(installation, as_of=then)) == 4
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        assert (request.status, request.version) == (Status.GRANTED, 1)
        with pytest.raises(Conflict, match="Отказа прежней версии"):
            correcting.correct(work, request, Wanted(Kind.VERSION, WHY))
        packages = work.session.execute(select(OutboxLetter.version).where(OutboxLetter.purpose == "package")).scalars()
        assert sorted(packages) == [1, 2, 3]


def test_only_what_is_on_record_is_corrected(installation):
    number = request_at(installation, Status.AWAITING)
    for kind, words in ((Kind.VERSION, "Отказа прежней версии"), (Kind.ANSWER, "на чём основан")):
        with installation.work("тест") as work, pytest.raises((Conflict, Refused)) as refused:
            correcting.correct(work, lookup.get(work, number), Wanted(kind, WHY, said=(Said("granted"),)))
        told = refused.value.findings[0].message if isinstance(refused.value, Refused) else str(refused.value)
        assert words in told
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        taking.take(work, request, "withdraw")
        assert corrections.possible(work, request) == [Kind.TICKET, Kind.SIGNATURE_DATE]
        with pytest.raises(Conflict, match="не записано"):
            corrections.no_answer(work, request, why=WHY)
        assert work.session.execute(select(Correction)).first() is None
        correcting.correct(work, request, Wanted(Kind.TICKET, WHY, ticket="SKL-987-12345"))


def test_people_whose_roles_were_taken_back_can_be_replaced(installation, clock):
    number = request_at(installation, Status.GRANTED)
    then = clock.now
    clock.forward(hours=1)
    correct(installation, number, Kind.NO_ANSWER)
    answered(installation, number, "rejected")
    clock.forward(hours=1)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        taking.take(work, request, "revise")
        drafting.replace_lines(work, request, others(5, 1), ())
    assert held(installation) == [] and len(held(installation, known_on=then)) == 4
