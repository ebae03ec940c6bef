"""Letters are promised once, claimed by one, sent at most once, and a killed worker loses none."""

from __future__ import annotations

import email
import email.policy

import pytest
from sqlalchemy import select

from actions.answers import delivery
from actions.context import Conflict
from actions.log import audit
from actions.post import outbox
from actions.requests import creation, lookup
from actions.steps import taking
from actions.steps.answer import Answer
from models.letters import OutboxLetter, OutboxState
from models.request import Status
from tests.walking import bring, deliver, request_at

pytestmark = pytest.mark.usefixtures("confirmed")


def _promise(installation, key="k:1"):
    with installation.work("тест") as work:
        return outbox.promise(
            work, key=key, purpose="digest", recipient="officer@clinic.example", subject="Тема", text="Текст"
        ).id


def _state(installation, number):
    with installation.work("тест") as work:
        return outbox.get(work, number).state


def test_same_key_is_promised_once(installation):
    assert _promise(installation) == _promise(installation)


def test_a_claimed_letter_is_nobody_elses(installation):
    numbers = [_promise(installation, f"k:{n}") for n in range(5)]
    with installation.work("тест") as work:
        first = outbox.claim(work, owner="a", limit=3)
        second = outbox.claim(work, owner="b", limit=10)
    assert (first, second) == (numbers[:3], numbers[3:])
    with installation.work("тест") as work, pytest.raises(Conflict):
        outbox.begin(work, letter_id=first[0], owner="b")


def test_after_a_killed_worker_unbegun_letters_are_due_and_begun_ones_uncertain(installation, clock):
    idle, begun = _promise(installation, "k:1"), _promise(installation, "k:2")
    with installation.work("тест") as work:
        outbox.claim(work, owner="killed", limit=2)
    with installation.work("тест") as work:
        outbox.begin(work, letter_id=begun, owner="killed")
    with installation.work("тест") as work:
        assert outbox.release_expired(work) == (0, 0)
    clock.forward(minutes=10)
    with installation.work("тест") as work:
        assert outbox.release_expired(work) == (1, 1)
    assert _state(installation, idle) is OutboxState.PROMISED
    assert _state(installation, begun) is OutboxState.UNCERTAIN


def test_uncertain_letter_is_never_claimed_until_a_person_says_so(installation, clock):
    number = _promise(installation)
    with installation.work("тест") as work:
        outbox.claim(work, owner="a", limit=1)
        outbox.begin(work, letter_id=number, owner="a")
        outbox.mark_uncertain(work, letter_id=number, detail="обрыв")
    clock.forward(days=2)
    with installation.work("тест") as work:
        assert outbox.claim(work, owner="a", limit=1) == []
        outbox.resend(work, letter_id=number)
        assert outbox.claim(work, owner="a", limit=1) == [number]


def test_temporary_errors_climb_the_ladder_and_then_stop_visibly(installation, clock):
    number = _promise(installation)
    waits = []
    for _ in range(len(installation.policy.retry_minutes) + 1):
        with installation.work("тест") as work:
            assert outbox.claim(work, owner="a", limit=1) == [number]
            outbox.begin(work, letter_id=number, owner="a")
            outbox.mark_failed(work, letter_id=number, detail="451", permanent=False)
        with installation.work("тест") as work:
            letter = outbox.get(work, number)
            waits.append((letter.next_attempt_at - clock.now).total_seconds() / 60)
            clock.now = letter.next_attempt_at
    assert waits[:-1] == list(installation.policy.retry_minutes)
    assert _state(installation, number) is OutboxState.FAILED


def test_permanent_error_stops_at_once(installation):
    number = _promise(installation)
    with installation.work("тест") as work:
        outbox.claim(work, owner="a", limit=1)
        outbox.begin(work, letter_id=number, owner="a")
        delivery.failed(work, number, "550", permanent=True)
    assert _state(installation, number) is OutboxState.FAILED


def test_second_confirmation_of_one_letter_is_refused(installation):
    request_at(installation, Status.SENT)
    with installation.work("тест") as work:
        number = work.session.execute(select(OutboxLetter.id)).scalars().first()
        with pytest.raises(Conflict):
            delivery.confirmed(work, number, "250 again")


@pytest.mark.rule("SND-1", "GEN-1")
def test_package_carries_both_copies_under_a_unique_subject_and_fixed_message_id(installation):
    number = request_at(installation, Status.SENT)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        letter = work.session.execute(select(OutboxLetter)).scalar_one()
        raw = work.files.read(letter.raw_sha256)
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        names = [part.get_filename() for part in parsed.iter_attachments()]
        assert [name.rpartition(".")[2] for name in names] == ["pdf", "docx"]
        assert request.number in parsed["Subject"]
        assert parsed["Message-ID"] == letter.message_id
        assert parsed["X-Egisz-Access-Anchor"].count(":") == 1
        audit.Anchor.parse(parsed["X-Egisz-Access-Anchor"])


@pytest.mark.rule("SND-2")
def test_power_of_attorney_goes_along_and_without_its_scan_nothing_leaves(installation):
    import dataclasses
    import datetime as dt

    from actions.steps import scans
    from states.lifecycle import Refused
    from tests.walking import SIGNED, scan_of

    number = request_at(installation, Status.VALIDATED)
    signed = dataclasses.replace(
        SIGNED,
        capacity="attorney",
        name="Ким Ольга",
        attorney_number="7",
        attorney_date=dt.date(2026, 1, 12),
        seal_present=None,
    )
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        scans.sign(work, request, [("Скан.pdf", scan_of(request))], signature=signed)
        with pytest.raises(Refused) as refusal:
            taking.take(work, request, "send", Answer(confirm_address=True))
        assert {finding.rule for finding in refusal.value.findings} == {"SND-2"}
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        taking.take(work, request, "edit")
    bring(installation, number, Status.VALIDATED)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        paper = scan_of(request)
        scans.sign(work, request, [("Скан.pdf", paper)], signature=signed, attorney=("Доверенность.pdf", paper))
        taking.take(work, request, "send", Answer(confirm_address=True))
        letter = work.session.execute(
            select(OutboxLetter).where(OutboxLetter.state == OutboxState.PROMISED)
        ).scalar_one()
        assert "Доверенность.pdf" in [part["name"] for part in letter.attachments]


def test_letter_with_a_personal_link_is_forgotten_once_it_is_out(installation):
    from tests.walking import KIND, clinic, lines

    with installation.work("тест") as work:
        request = creation.create(work, kind=KIND, organisation_id=clinic(work), lines=lines(1, logged_in=False))
        taking.take(work, request, "invite")
        assert "[личная ссылка работника]" in work.session.execute(select(OutboxLetter.text)).scalar_one()
    sent = deliver(installation)
    assert [letter.raw_sha256 for letter in sent] == [None]
    stored = [path for path in installation.settings.files_folder.rglob("*") if path.is_file()]
    assert not [path for path in stored if b"/my/" in path.read_bytes()]
