"""Where the regulation sends people elsewhere: who is asked, what is prepared, and that СТП gets nothing."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from docx import Document
from sqlalchemy import select

from actions.context import Conflict
from actions.keeping import reminders
from actions.letters import correspondence
from actions.requests import attachments, creation, lookup, papers
from actions.steps import taking
from actions.steps.answer import Answer
from catalog import load
from models.letters import OutboxLetter
from models.moments import MOSCOW
from models.request import Status
from states.lifecycle import Refused, step_for, traits_of
from states.reminders import Reason
from states.statuses import ANSWERED
from tests.kinds.cases import CASES, drafted
from tests.walking import GROUND

ELSEWHERE = sorted(kind.code for kind in load().kinds.values() if not kind.to_desk)


def _text(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    return " ".join(node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t")).replace(
        "\u00a0", " "
    )


@pytest.mark.rule("DSP-7", "EXT-1", "EXT-5")
@pytest.mark.parametrize("kind", ELSEWHERE)
def test_kind_that_goes_elsewhere_says_whom_to_ask_and_has_no_way_to_the_desk(kind):
    entry = load().kind(kind)
    assert all(recipient.name and recipient.how for recipient in entry.recipients)
    for status in Status:
        for trigger in ("send", "follow_up", "reply"):
            with pytest.raises(Refused):
                step_for(trigger, status, traits_of(entry))


@pytest.mark.rule("EXT-5")
@pytest.mark.parametrize(("staff", "street"), [("doctors", "Баррикадная"), ("mid-level", "Лосиноостровская")])
def test_letter_goes_to_the_centre_of_the_persons_profession(installation, staff, street):
    with installation.work("тест") as work:
        request = drafted(work, "extract-centre", CASES["extract-centre"].but(fields={"staff": staff}))
        [(_, data, _)] = papers.current(work, request)
    printed = _text(data)
    assert street in printed
    assert "Орлова Мария Петровна" in printed
    assert "170000" in printed


@pytest.mark.rule("DSP-4")
def test_limit_is_lifted_through_the_authority_whose_letter_stays_in_the_house(installation):
    """The paper for the desk leaves only with the signature of the authority's head; the letter that asks for it never."""
    with installation.work("тест") as work:
        request = drafted(work, "dsp-lift-limit", CASES["dsp-lift-limit"])
        taking.take(work, request, "validate")
        made = {file.purpose: file for file in lookup.files_of(work, request)}
        letter = _text(work.files.read(made["authority-letter-docx"].sha256))
        assert request.number in letter
        assert "не МИАЦ" in letter
        assert "authority-letter-docx" not in {file.purpose for file in correspondence.enclosures(work, request)}
        with pytest.raises(Refused):
            taking.take(work, request, "send")
        assert work.session.execute(select(OutboxLetter)).first() is None


@pytest.mark.rule("DSP-4", "HIV-2")
def test_authority_that_applies_for_itself_needs_no_letter_to_itself(installation):
    own = {"kind": "health-administration", "authority": "regional", "licence": None}
    signer = {"capacity": "head", "body": "", "name": "Громов Павел Ильич"}
    with installation.work("тест") as work:
        request = drafted(work, "dsp-lift-limit", CASES["dsp-lift-limit"].but(card=own, signer=signer))
        taking.take(work, request, "validate")
        assert "authority-letter-docx" not in {file.purpose for file in lookup.files_of(work, request)}


@pytest.mark.rule("EXT-4", "EXT-7", "EXT-8")
def test_extract_is_due_in_three_days_and_what_follows_is_reminded_of(installation, clock):
    with installation.work("тест") as work:
        request = drafted(work, "extract-gosuslugi", CASES["extract-gosuslugi"])
        taking.take(work, request, "validate")
        taking.take(work, request, "hand_over", Answer(ticket="77-1"))
        number = request.id
        assert request.due_at - request.sent_at == dt.timedelta(days=3)
        assert Reason.RECIPIENT_LATE not in {due.waiting.reason for due in reminders.planned(work, days=1)}
    clock.forward(days=4)
    with installation.work("тест") as work:
        assert {due.waiting.reason for due in reminders.planned(work, days=1)} == {Reason.RECIPIENT_LATE}
        request = lookup.get(work, number)
        taking.take(work, request, "grant", Answer(outcome="absent", ground=GROUND))
        taking.take(work, request, "verify")
        assert "только работодатели" in request.note
        assert reminders.planned(work, days=1) == []
    clock.forward(days=10)
    with installation.work("тест") as work:
        [due] = reminders.planned(work, days=1)
        assert due.waiting.reason is Reason.OUTCOME_NEXT
        assert "внести сведения" in due.waiting.why
        again = creation.repeat(work, lookup.get(work, number))
        assert (again.status, again.kind, again.fields) == (
            Status.DRAFT,
            "extract-gosuslugi",
            lookup.get(work, number).fields,
        )
        assert reminders.planned(work, days=1) == []


@pytest.mark.rule("EXT-7")
def test_what_follows_is_reminded_of_by_the_day_in_moscow(installation, clock):
    with installation.work("тест") as work:
        request = drafted(work, "extract-gosuslugi", CASES["extract-gosuslugi"])
        taking.take(work, request, "validate")
        taking.take(work, request, "hand_over", Answer(ticket="77-1"))
        number = request.id
    clock.now = dt.datetime(2026, 11, 29, 21, 30, tzinfo=dt.UTC)  # Monday already in Moscow
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        taking.take(work, request, "grant", Answer(outcome="absent", ground=GROUND))
        days = work.catalog.kind(request.kind).outcome("absent").remind_days
        due = request.next_reminder_at.astimezone(MOSCOW).date()
        assert work.calendar.working_days(dt.date(2026, 11, 30), due) == days


@pytest.mark.rule("EXT-6")
@pytest.mark.parametrize("kind", ["extract-gosuslugi", "extract-centre"])
def test_extract_has_three_outcomes_and_the_two_sad_ones_say_what_follows(kind):
    outcomes = {outcome.code: outcome for outcome in load().kind(kind).outcomes}
    assert set(outcomes) == {"accredited", "not-found", "absent"}
    assert "несколько дней" in outcomes["not-found"].next
    assert "Минздрав" in outcomes["absent"].next


@pytest.mark.rule("IPS-4")
def test_serial_number_and_algorithm_are_printed_from_the_file(installation):
    with installation.work("тест") as work:
        request = drafted(work, "ips-change-certificate", CASES["ips-change-certificate"])
        [(_, data, _)] = papers.current(work, request)
    printed = _text(data)
    assert "01A7B2C3D4E5F60718" in printed
    assert "ГОСТ Р 34.10-2012" in printed
    assert "П.1.7" in printed


@pytest.mark.rule("VMP-1")
def test_act_of_the_year_is_cited_and_a_year_without_one_is_a_warning(installation, clock):
    from views.requests import summary

    with installation.work("тест") as work:
        request = drafted(work, "vmp-add-organisation", CASES["vmp-add-organisation"])
        made = {name.rpartition(".")[2]: data for name, data, _ in papers.current(work, request)}
        assert "№ 2188" in _text(made["docx"])
        assert "act" not in {finding.field for finding in summary.findings(work, request)}
    clock.forward(days=60)
    with installation.work("тест") as work:
        request = drafted(work, "vmp-add-organisation", CASES["vmp-add-organisation"])
        told = [finding for finding in summary.findings(work, request) if finding.field == "act"]
        assert [(finding.rule, finding.severity.value) for finding in told] == [("VMP-1", "warning")]


@pytest.mark.parametrize("status", Status)
def test_what_came_with_the_answer_is_kept_wherever_an_answer_may_come_and_until_it_is_settled(installation, status):
    """Where the desk answers before its clock is started, too: an answer may be recorded then."""
    case = CASES["extract-gosuslugi"]
    with installation.work("тест") as work:
        request = drafted(work, "extract-gosuslugi", case)
        request.status = status
        [(code, (name, data))] = [*case.late_files.items()][:1]
        if (status in ANSWERED and status is not Status.GRANTED) or status is Status.WITHDRAWN:
            with pytest.raises(Conflict):
                attachments.attach(work, request, code, name, data)
        else:
            assert attachments.attach(work, request, code, name, data).purpose == code
