"""A step: all reasons at once and nothing written, or status, event and debts in one transaction."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from actions.answers import answers
from actions.log import audit
from actions.requests import creation, lookup, pairs
from actions.steps import taking
from actions.steps.answer import Answer
from models.answers import Said
from models.audit import Event
from models.facts import LineFacts
from models.letters import OutboxLetter, OutboxState
from models.request import AccessRequest, Status
from states.lifecycle import Actor, Refused
from tests.walking import GROUND, KIND, bring, clinic, lines, request_at
from views.requests import summary


def _count(work, table):
    return work.session.execute(select(func.count()).select_from(table)).scalar_one()


def test_refused_step_writes_nothing_and_tells_every_reason(installation):
    with installation.work("тест") as work:
        wrong = LineFacts(snils="123", surname="И2", given="", email="нет")
        request = creation.create(work, kind=KIND, organisation_id=clinic(work), lines=[wrong])
        number = request.id
    with installation.work("тест") as work:
        before = _count(work, Event), _count(work, OutboxLetter)
        with pytest.raises(Refused) as refusal:
            taking.take(work, lookup.get(work, number), "validate")
        assert (_count(work, Event), _count(work, OutboxLetter)) == before
        assert {"APP-2", "APP-3", "APP-6", "APP-10", "APP-11", "USR-2"} <= {f.rule for f in refusal.value.findings}
        assert lookup.get(work, number).status is Status.DRAFT


def test_step_writes_status_event_and_documents_together(installation):
    number = request_at(installation, Status.VALIDATED)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        purposes = {file.purpose for file in lookup.files_of(work, request)}
        assert purposes == {"application-docx", "application-xlsx"}
        told = [row["what"] for row in summary.timeline(work, request)]
        assert any("«проверена»" in text for text in told)


def test_rolled_back_transaction_leaves_neither_status_nor_event(installation):
    number = request_at(installation, Status.DRAFT)
    with pytest.raises(RuntimeError), installation.work("тест") as work:
        before = _count(work, Event)
        taking.take(work, lookup.get(work, number), "validate")
        raise RuntimeError("power cut")
    with installation.work("тест") as work:
        assert _count(work, Event) == before
        assert lookup.get(work, number).status is Status.DRAFT


def test_stale_click_is_a_conflict_that_names_the_present_state(installation):
    number = request_at(installation, Status.DRAFT)
    bring(installation, number, Status.VALIDATED)
    with installation.work("тест") as work, pytest.raises(taking.StaleRequest, match="проверена"):
        taking.take(work, lookup.get(work, number), "edit", revision=0)


def test_two_at_once_one_wins_one_is_refused(installation):
    number = request_at(installation, Status.SIGNED)
    outcomes: list[str] = []

    def press() -> None:
        try:
            with installation.work("тест") as work:
                taking.take(work, lookup.get(work, number), "send", Answer(confirm_address=True))
            outcomes.append("sent")
        except (taking.StaleRequest, Refused):
            outcomes.append("refused")

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "refused", "refused", "sent"]
    with installation.work("тест") as work:
        packages = select(func.count()).where(OutboxLetter.purpose == "package")
        assert work.session.execute(packages).scalar_one() == 1


def test_desk_may_not_take_the_officers_step(installation):
    number = request_at(installation, Status.DRAFT)
    with installation.work("тест") as work, pytest.raises(taking.NotAllowed):
        taking.take(work, lookup.get(work, number), "validate", actor=Actor.DESK)


def test_sending_asks_once_to_confirm_the_desks_address(installation):
    number = request_at(installation, Status.SIGNED)
    with installation.work("тест") as work:
        with pytest.raises(Refused) as refusal:
            taking.take(work, lookup.get(work, number), "send")
        assert "egisz@stp-egisz.ru" in refusal.value.findings[0].message
        taking.take(work, lookup.get(work, number), "send", Answer(confirm_address=True))
    second = request_at(installation, Status.SIGNED, of=1)
    with installation.work("тест") as work:
        taking.take(work, lookup.get(work, second), "send")


def test_editing_withdraws_the_promised_letter_and_starts_a_version(installation):
    number = request_at(installation, Status.SIGNED)
    with installation.work("тест") as work:
        taking.take(work, lookup.get(work, number), "send", Answer(confirm_address=True))
    with installation.work("тест") as work:
        request = taking.take(work, lookup.get(work, number), "edit")
        assert (request.status, request.version) == (Status.DRAFT, 2)
        letters = work.session.execute(select(OutboxLetter.state).where(OutboxLetter.purpose == "package")).scalars()
        assert list(letters) == [OutboxState.CANCELLED]
        assert lookup.files_of(work, request) == []


@pytest.mark.rule("AWT-2")
def test_deadline_starts_when_the_letter_has_left(installation, clock):
    number = request_at(installation, Status.SENT)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        assert request.sent_at == clock.now
        assert request.due_at.isoformat() == "2026-11-25T07:00:00+00:00"


@pytest.mark.rule("AWT-1")
def test_whole_life_ends_verified_with_grants_that_name_their_event(installation):
    from actions.roles import grants
    from actions.steps import verification
    from models.grant import Grant

    number = request_at(installation, Status.GRANTED)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        assert verification.record_logins(work, request, snils=[], proven=True) == 2
    with installation.work("тест") as work:
        assert lookup.get(work, number).status is Status.VERIFIED
        held = grants.holders(work)
        assert len(held) == 4
        assert all(row["verified"] for row in held)
        for grant in work.session.execute(select(Grant)).scalars():
            told = work.session.get(Event, grant.event_seq)
            assert told.action == "grant.made"
        assert audit.verify(work.session).ok


def test_part_granted_request_keeps_its_line_and_drafts_the_refused_one_as_next_version(installation):
    from models.request import LineState

    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        first, second = lookup.lines_of(work, request)
        said = [Said("granted", line=first.id), Said("rejected", "нет подтверждения", line=second.id)]
        found = answers.understood(work, request, said)
        answers.give_answer(work, request, Answer(pairs=found, ground=GROUND), actor=Actor.DESK)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        assert request.status is Status.GRANTED
        assert [line.state for line in lookup.lines_of(work, request)] == [LineState.GRANTED, LineState.MOVED]
        draft = lookup.child_of(work, request, "refused-lines")
        assert (draft.status, draft.version) == (Status.DRAFT, 2)
        assert [pair.reason for pair in pairs.of(lookup.lines_of(work, draft))] == ["нет подтверждения"] * 2


def test_rejected_request_goes_on_as_its_next_version_with_history_kept(installation):
    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        taking.take(
            work, lookup.get(work, number), "reject", Answer(reason="нет печати", ground=GROUND), actor=Actor.DESK
        )
    with installation.work("тест") as work:
        request = taking.take(work, lookup.get(work, number), "revise")
        assert (request.status, request.version) == (Status.DRAFT, 2)
        old = select(func.count()).select_from(AccessRequest)
        assert work.session.execute(old).scalar_one() == 1
    bring(installation, number, Status.VALIDATED)
    bring(installation, number, Status.SIGNED)
    bring(installation, number, Status.SENT)
    with installation.work("тест") as work:
        assert lookup.get(work, number).status is Status.SENT


def test_events_name_no_people(installation):
    request_at(installation, Status.GRANTED)
    with installation.work("тест") as work:
        text = " ".join(f"{event.subject} {event.data}" for event in work.session.execute(select(Event)).scalars())
    for person in lines(2):
        assert person.snils not in text
        assert person.surname not in text
        assert person.email not in text
