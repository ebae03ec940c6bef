"""Every kind of correction: what follows from the mistake becomes what it would be, and the record keeps both."""

from __future__ import annotations

import datetime as dt
import html
import json

import pytest
from sqlalchemy import select

from actions.answers import answers, inbox
from actions.cards import names, people
from actions.checklists import checklists
from actions.context import Conflict
from actions.corrections import corrected_cards, corrected_letters, corrections
from actions.corrections.corrections import Kind
from actions.corrections.standing import standing
from actions.corrections.words import changes
from actions.evidence import evidence
from actions.letters import invitations, letter_rows
from actions.requests import cases, drafting, lookup, pairs
from actions.reviews import revocations
from actions.roles import grants
from actions.roles.holdings import held_in
from actions.steps import taking, verification
from actions.steps.answer import Answer
from documents.evidence.verify import Pack
from models.answers import Ground, Said
from models.audit import Event
from models.correction import Correction
from models.facts import FullName
from models.letters import InboxLetter, InboxState, OutboxLetter, OutboxState
from models.request import LineState, Status
from states.lifecycle import Actor, Refused
from tests.actions.evidence.sound import checked_pack
from tests.walking import GROUND, bring, deliver, request_at

WHY = "Ответ был о другой заявке, сверено с письмом СТП"
TRUE = Ground(words="Письмо СТП от 23 ноября прочитано заново")
FIRST, SECOND = "11223344595", "08765430300"


@pytest.fixture(autouse=True)
def whole(installation, tmp_path):
    """After every correction the chain holds, and so does a pack of evidence by its own verifier."""
    yield
    check = checked_pack(installation, tmp_path, only_corrected=True)
    if check is None:
        return
    told = html.unescape(
        "".join(check.pack.read(name).decode() for name in check.pack.names if name.endswith((".html", ".txt")))
    )
    assert "Что и когда было известно о ролях" in told and "Исправления" in told and "сверено с письмом СТП" in told


def _answered(installation, *said):
    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        answers.give_answer(
            work, request, Answer(pairs=answers.understood(work, request, said), ground=GROUND), actor=Actor.OFFICER
        )
    return number


def _states(work, request):
    return {
        (line.position, pair.subsystem): pair.state for line in lookup.lines_of(work, request) for pair in line.asked
    }


def _held(work, **asked):
    return sorted((row["snils"], row["subsystem"]) for row in grants.holders(work, **asked))


@pytest.mark.rule("AWT-1")
def test_a_refusal_that_was_a_grant_gives_the_role_since_the_answer_and_takes_the_draft_back(installation, clock):
    number = _answered(installation, Said("granted"), Said("rejected", "нет в ФРМР", snils=FIRST, subsystem="ФРМР"))
    answered, corrected = clock.now, clock.forward(days=3)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        draft = lookup.child_of(work, request, "refused-lines")
        corrections.correct_answer(
            work, request, [Said("granted", snils=FIRST, subsystem="ФРМР")], why=WHY, ground=TRUE
        )
        assert (request.status, draft.status) == (Status.GRANTED, Status.WITHDRAWN)
        assert set(_states(work, request).values()) == {LineState.GRANTED}
    with installation.work("тест") as work:
        assert len(_held(work, as_of=answered)) == 4 and len(_held(work, as_of=answered, known_on=answered)) == 3
        assert len(_held(work, known_on=corrected)) == 4
        row = work.session.execute(select(Correction)).scalar_one()
        assert (row.why, row.by, row.kind, row.at) == (WHY, "тест", "answer", corrected)
        told = json.loads(
            work.session.execute(select(Event).where(Event.action == "correction.recorded")).scalar_one().data
        )
        assert "moved" in told["before"].values() and "нет в ФРМР" in row.before.values()
        assert "нет в ФРМР" not in json.dumps(told, ensure_ascii=False) and FIRST not in json.dumps(told)


def test_a_grant_that_was_a_refusal_was_never_held_and_its_letters_are_named_or_stopped(installation, clock):
    number = _answered(installation, Said("granted"))
    answered = clock.now
    sent = deliver(installation)
    clock.forward(hours=5)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        due = request.due_at
        row = corrections.correct_answer(
            work, request, [Said("rejected", "работник не найден", snils=FIRST)], why=WHY, ground=TRUE
        )
        assert row.letters == [
            letter.id for letter in sent if letter.person_id == lookup.lines_of(work, request)[0].person_id
        ]
        assert _held(work) == [(SECOND, "ФРМО"), (SECOND, "ФРМР")] and len(_held(work, known_on=answered)) == 4
        assert _states(work, request)[1, "frmo"] is LineState.MOVED and request.due_at == due
        first, second = lookup.lines_of(work, request)
        persons = lookup.persons_of(work, [first, second])
        owed = [invitations.owes(line, persons[line.person_id], "login-check") for line in (first, second)]
        assert owed == [False, True]
        draft = lookup.child_of(work, request, "refused-lines")
        assert [pair.reason for pair in pairs.of(lookup.lines_of(work, draft))] == ["работник не найден"] * 2


def test_no_answer_at_all_makes_it_wait_on_with_its_term_and_stops_what_was_promised(installation, clock):
    number = _answered(installation, Said("granted"), Said("rejected", "нет в ФРМР", subsystem="ФРМР"))
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        due, draft = request.due_at, lookup.child_of(work, request, "refused-lines")
        row = corrections.no_answer(work, request, why=WHY)
        assert (request.status, request.due_at, draft.status) == (Status.AWAITING, due, Status.WITHDRAWN)
        assert set(_states(work, request).values()) == {LineState.OPEN} and not _held(work) and not row.letters
        asked = work.session.execute(select(OutboxLetter.state).where(OutboxLetter.purpose == "login-check")).scalars()
        assert set(asked) == {OutboxState.CANCELLED}
        assert (
            row.before[f"request:{number}.status"] == "granted" and row.after[f"request:{number}.status"] == "awaiting"
        )
        answers.give_answer(
            work, request, Answer(pairs=answers.the_same(work, request, "granted"), ground=GROUND), actor=Actor.OFFICER
        )
        assert len(_held(work)) == 4


def test_a_proven_request_stays_proven_where_the_answer_was_right(installation, clock):
    number = _answered(installation, Said("granted"))
    clock.forward(days=1)
    with installation.work("тест") as work:
        verification.record_logins(work, lookup.get(work, number), snils=(), proven=True)
        opened = {row.code for row in work.session.execute(select(checklists.OpenedChecklist)).scalars()}
        assert opened
    clock.forward(days=1)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        said = [Said("rejected", "другой человек", snils=FIRST)]
        told = corrections.foreseen(work, lambda: corrections.correct_answer(work, request, said, why=WHY, ground=TRUE))
        assert told.before and request.status is Status.VERIFIED and len(_held(work)) == 4
        corrections.correct_answer(work, request, said, why=WHY, ground=TRUE)
        assert request.status is Status.VERIFIED
        assert {row["verified"] for row in grants.holders(work)} == {True} and len(_held(work)) == 2
        assert {row.code for row in work.session.execute(select(checklists.OpenedChecklist)).scalars()} == opened
    with installation.work("тест") as work:
        corrections.no_answer(work, lookup.get(work, number), why=WHY)
        assert not _held(work) and not list(work.session.execute(select(checklists.OpenedChecklist)).scalars())


def test_a_refusal_of_all_becomes_a_grant_of_one_and_back(installation, clock):
    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        said = answers.the_same(work, request, "rejected", reason="нет оснований")
        answers.give_answer(work, request, Answer(pairs=said, ground=GROUND), actor=Actor.DESK)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        corrections.correct_answer(
            work, request, [Said("granted", snils=FIRST, subsystem="ФРМО")], why=WHY, ground=TRUE
        )
        assert request.status is Status.GRANTED and _held(work) == [(FIRST, "ФРМО")]
        draft = lookup.child_of(work, request, "refused-lines")
        assert len(list(pairs.of(lookup.lines_of(work, draft)))) == 3
        corrections.correct_answer(
            work, request, [Said("rejected", "нет оснований", snils=FIRST)], why=WHY, ground=TRUE
        )
        assert (request.status, draft.status) == (Status.REJECTED, Status.WITHDRAWN) and not _held(work)
        assert set(_states(work, request).values()) == {LineState.REJECTED}
        assert {pair.reason for pair in pairs.of(lookup.lines_of(work, request))} == {"нет оснований"}


@pytest.mark.parametrize(
    ("said", "why", "ground", "words"),
    [
        ([Said("granted")], "ошибка", TRUE, "не короче 10 знаков"),
        ([Said("granted")], WHY, TRUE, "Так и записано"),
        ([Said("rejected", "нет", snils=FIRST)], WHY, Ground(words="звонок"), "на чём основан"),
        ([Said("rejected", snils=FIRST)], WHY, TRUE, "впишите причину отказа"),
    ],
)
def test_a_correction_needs_a_reason_a_ground_and_a_difference(installation, said, why, ground, words):
    number = _answered(installation, Said("granted"))
    with installation.work("тест") as work, pytest.raises((Conflict, Refused)) as refused:
        request = lookup.get(work, number)
        if why == "ошибка":
            corrections.no_answer(work, request, why=why)
        corrections.correct_answer(work, request, said, why=why, ground=ground)
    told = refused.value.findings[0].message if isinstance(refused.value, Refused) else str(refused.value)
    assert words in told


def _linked(installation, number):
    with installation.work("тест") as work:
        return lookup.child_of(work, lookup.get(work, number), "refused-lines").id


@pytest.mark.parametrize("status", [Status.DRAFT, Status.VALIDATED, Status.SIGNED, Status.SENT, Status.AWAITING])
def test_a_linked_draft_goes_with_the_refusal_however_far_it_came(installation, clock, status):
    number = _answered(installation, Said("granted"), Said("rejected", "нет в ФРМР", subsystem="ФРМР"))
    child = _linked(installation, number)
    clock.forward(hours=1)
    path = (Status.VALIDATED, Status.SIGNED, Status.SENT, Status.AWAITING)
    for target in path[: path.index(status) + 1] if status in path else ():
        bring(installation, child, target)
    with installation.work("тест") as work:
        request, draft = lookup.get(work, number), lookup.get(work, child)
        row = corrections.correct_answer(work, request, [Said("granted", subsystem="ФРМР")], why=WHY, ground=TRUE)
        assert (request.status, draft.status) == (Status.GRANTED, Status.WITHDRAWN) and len(_held(work)) == 4
        sent = [letter.id for letter in _letters(work, "package") if letter.request_id == child]
        assert set(sent) <= set(row.letters) and bool(sent) == (status in (Status.SENT, Status.AWAITING))


def test_what_the_desk_granted_on_a_linked_draft_stays_and_is_held_since_the_first_answer(installation, clock):
    number = _answered(installation, Said("granted"), Said("rejected", "нет в ФРМР", subsystem="ФРМР"))
    first, child = clock.now, _linked(installation, number)
    clock.forward(days=1)
    for target in (Status.VALIDATED, Status.SIGNED, Status.SENT, Status.AWAITING, Status.GRANTED):
        bring(installation, child, target)
    with installation.work("тест") as work:
        assert len(_held(work, as_of=first)) == 2
        request = lookup.get(work, number)
        corrections.correct_answer(work, request, [Said("granted", subsystem="ФРМР")], why=WHY, ground=TRUE)
        assert lookup.get(work, child).status is Status.GRANTED and len(_held(work, as_of=first)) == 4 == len(
            _held(work)
        )
        assert len(_held(work, as_of=first, known_on=first)) == 2


def test_a_checked_paper_with_roles_of_others_is_named_and_nothing_is_written(installation):
    number = _answered(installation, Said("granted"), Said("rejected", "нет в ФРМР", subsystem="ФРМР"))
    with installation.work("тест") as work:
        draft = lookup.child_of(work, lookup.get(work, number), "refused-lines")
        taking.take(work, draft, "validate")
    said = [Said("granted", snils=FIRST, subsystem="ФРМР")]
    with installation.work("тест") as work, pytest.raises(Conflict, match=f"{draft.number}.*Сначала верните"):
        corrections.correct_answer(work, lookup.get(work, number), said, why=WHY, ground=TRUE)
    with installation.work("тест") as work:
        assert lookup.get(work, number).status is Status.GRANTED and len(_held(work)) == 2


def test_a_revocation_that_was_not_done_leaves_the_role_held_all_along(installation, clock):
    request_at(installation, Status.GRANTED, count=1)
    with installation.work("тест") as work:
        [draft] = revocations.draft(work, 1, held_in(work, [1]), why="left")
        drafting.fill_in(work, draft, {"last-day": "2026-11-23"})
        number = draft.id
    clock.forward(hours=1)
    for target in (Status.VALIDATED, Status.SIGNED, Status.SENT, Status.AWAITING, Status.GRANTED):
        bring(installation, number, target)
    ended = clock.now
    clock.forward(days=2)
    with installation.work("тест") as work:
        assert not _held(work)
        corrections.correct_answer(
            work,
            lookup.get(work, number),
            [Said("rejected", "роль не найдена", subsystem="ФРМР")],
            why=WHY,
            ground=TRUE,
        )
        assert _held(work, as_of=ended) == _held(work) == [(FIRST, "ФРМР")]
        assert not _held(work, known_on=ended)


def test_a_ticket_is_corrected_on_record_and_may_turn_out_not_to_be(installation):
    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        row = corrections.change_ticket(work, request, " SKL-987-12345 ", why=WHY)
        assert (request.ticket, request.status) == ("SKL-987-12345", Status.AWAITING)
        assert list(row.before.values()) == ["ABC-123-45678"] and list(row.after.values()) == ["SKL-987-12345"]
        corrections.change_ticket(work, request, "", why=WHY)
        assert request.ticket is None
        with pytest.raises(Conflict, match="и записан"):
            corrections.change_ticket(work, request, "", why=WHY)


@pytest.mark.rule("VER-1")
def test_a_login_that_was_not_is_asked_for_again(installation, clock):
    number = _answered(installation, Said("granted"))
    proven = clock.now
    with installation.work("тест") as work:
        verification.record_logins(work, lookup.get(work, number), snils=(), proven=True)
    clock.forward(days=1)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        corrections.no_login(work, request, why=WHY, snils=(FIRST,))
        assert request.status is Status.GRANTED
        assert {(row["snils"], row["verified"]) for row in grants.holders(work)} == {(FIRST, False), (SECOND, True)}
        assert {row["verified"] for row in grants.holders(work, known_on=proven)} == {True}
        assert len(_letters(work, "login-check")) == 3
        with pytest.raises(Conflict, match="исправлять нечего"):
            corrections.no_login(work, request, why=WHY, snils=(FIRST,))
        verification.record_logins(work, request, snils=(), proven=True)
        assert request.status is Status.VERIFIED


def _letters(work, purpose):
    return list(work.session.execute(select(OutboxLetter).where(OutboxLetter.purpose == purpose)).scalars())


def test_a_hand_over_that_was_not_stops_the_clock_and_the_letter_is_the_way_again(installation):
    number = request_at(installation, Status.SIGNED)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        taking.take(work, request, "hand_over", Answer(ticket="ABC-123-45678", channel="web"))
        corrections.not_handed_over(work, request, why=WHY)
        assert (request.status, request.ticket, request.due_at, request.sent_at, request.channel) == (
            Status.SIGNED,
            None,
            None,
            None,
            "mail",
        )
    bring(installation, number, Status.SENT)
    bring(installation, number, Status.AWAITING)
    with installation.work("тест") as work, pytest.raises(Refused) as refused:
        corrections.not_handed_over(work, lookup.get(work, number), why=WHY)
    assert "ушла письмом" in refused.value.findings[0].message


@pytest.mark.rule("SGN-1")
def test_a_date_of_signature_is_judged_anew_and_the_paper_that_left_is_named(installation):
    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        row = corrections.signed_on(work, request, dt.date(2026, 11, 20), why=WHY)
        assert cases.signature_of(request).signed_on == dt.date(2026, 11, 20)
        assert row.letters == [letter.id for letter in _letters(work, "package")]
        assert row.before[f"request:{number}.signed_on"] == "2026-11-23"
        with pytest.raises(Conflict, match=r"заявка ушла 23\.11\.2026"):
            corrections.signed_on(work, request, dt.date(2026, 11, 24), why=WHY)


def test_only_what_was_recorded_can_be_corrected(installation):
    number = request_at(installation, Status.SIGNED)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        assert corrections.possible(work, request) == [Kind.SIGNATURE_DATE]
        with pytest.raises(Refused):
            corrections.no_answer(work, request, why=WHY)


def _taken_in(work, request, reading=None):
    letter = InboxLetter(
        account="clinic",
        folder="INBOX",
        uid_validity=1,
        uid=len(letter_rows.letters_in(work, request)) + 1,
        request_id=request.id,
        sha256=work.files.put(f"письмо {request.revision}".encode()),
        received_at=work.now,
        state=InboxState.TRIAGE,
        reading=reading or {},
    )
    work.session.add(letter)
    work.session.flush()
    return letter


@pytest.mark.parametrize("decision", ["grant", "reject"])
def test_a_letter_settled_wrongly_takes_its_answer_with_it(installation, clock, decision):
    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        letter = _taken_in(work, request)
        inbox.settle(work, letter.id, decision=decision, ticket="ZZZ-111-22222", text="не о том")
        assert request.ticket == "ZZZ-111-22222"
    clock.forward(days=1)
    with installation.work("тест") as work:
        request, letter = lookup.get(work, number), inbox.get(work, letter.id)
        corrected_letters.back_to_triage(work, letter, why=WHY)
        assert (request.status, request.ticket, letter.state) == (Status.AWAITING, "ABC-123-45678", InboxState.TRIAGE)
        assert not _held(work) and set(_states(work, request).values()) == {LineState.OPEN}
        with pytest.raises(Conflict, match="и так ждёт"):
            corrected_letters.back_to_triage(work, letter, why=WHY)
        inbox.settle(work, letter.id, decision="note")
        corrected_letters.back_to_triage(work, letter, why=WHY)
        assert letter.state is InboxState.TRIAGE and request.status is Status.AWAITING


@pytest.mark.parametrize(
    ("decision", "more", "start"),
    [
        ("acknowledge", {"ticket": "ZZZ-111-22222"}, Status.SENT),
        ("ask", {"ticket": "ZZZ-111-22222", "text": "какая должность?"}, Status.AWAITING),
        ("bounce", {"text": "ящик переполнен"}, Status.AWAITING),
        ("note", {}, Status.AWAITING),
    ],
)
def test_what_a_letter_did_besides_an_answer_is_taken_back(installation, decision, more, start):
    number = request_at(installation, start)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        before = standing(work, request)
        letter = _taken_in(work, request)
        inbox.settle(work, letter.id, decision=decision, request=request, **more)
        row = corrected_letters.back_to_triage(work, letter, why=WHY)
        after = standing(work, request)
        after.pop(f"inbox:{letter.id}.state")
        if decision == "bounce":  # it counts as sent again, and its clock starts by itself
            assert request.status is Status.SENT and request.due_at is not None
            before[f"request:{number}.status"] = "sent"
        assert after == before
        assert row.subject == f"request:{number}" and letter.state is InboxState.TRIAGE


def test_an_answer_that_was_corrected_since_is_not_taken_back_with_the_letter(installation):
    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        letter = _taken_in(work, request)
        inbox.settle(work, letter.id, decision="grant")
        corrections.correct_answer(work, request, [Said("rejected", "нет", snils=FIRST)], why=WHY, ground=TRUE)
        with pytest.raises(Conflict, match="уже исправлен"):
            corrected_letters.back_to_triage(work, letter, why=WHY)


def test_a_change_of_name_that_was_not_leaves_the_old_name_on_every_day(installation, clock):
    number = request_at(installation, Status.GRANTED, count=1)
    then = clock.now
    with installation.work("тест") as work:
        line = lookup.lines_of(work, lookup.get(work, number))[0]
        card = people.of_line(work, line)
        old = card.name
        names.rename(work, card, FullName("Новая", "Имя", ""), since=dt.date(2026, 11, 23))
        assert {row["person"] for row in grants.holders(work, as_of=then)} == {"Новая Имя"}
        row = corrected_cards.take_name_back(work, card, why=WHY)
        assert {entry["person"] for entry in grants.holders(work, as_of=then)} == {old} == {card.name}
        assert row.subject == f"employee:{card.id}" and "Новая" not in str(row.before) + str(row.after)
        with pytest.raises(Conflict, match="не записано"):
            corrected_cards.take_name_back(work, card, why="Смена имени была у однофамилицы")


@pytest.mark.rule("USR-3")
def test_a_first_login_that_was_not_is_owed_again(installation):
    number = request_at(installation, Status.VALIDATED, count=1)
    with installation.work("тест") as work:
        line = lookup.lines_of(work, lookup.get(work, number))[0]
        card = people.of_line(work, line)
        people.record_first_login(work, card)
        row = corrected_cards.take_first_login_back(work, card, why=WHY)
        assert card.first_login_on is None and invitations.owes(line, card, "first-login")
        assert [change.what for change in changes(work, row)] == ["Первый вход"]
        with pytest.raises(Conflict, match="не записан"):
            corrected_cards.take_first_login_back(work, card, why=WHY)


def test_a_pack_of_one_person_tells_nothing_of_the_corrections_of_others(installation, clock):
    number = _answered(installation, Said("granted"), Said("rejected", "уволен второй", snils=SECOND))
    with installation.work("тест") as work:
        corrections.correct_answer(
            work, lookup.get(work, number), [Said("rejected", "нет", snils=FIRST)], why=WHY, ground=TRUE
        )
        first = evidence.of_person(work, FIRST).data
    parts = Pack(_kept(first, installation))
    told = html.unescape("".join(parts.read(name).decode() for name in parts.names if name.endswith((".html", ".txt"))))
    assert "не была предоставлена" in told and "уволен второй" not in told and WHY not in told


def _kept(data, installation):
    path = installation.settings.home / "pack-of-one.zip"
    path.write_bytes(data)
    return path
