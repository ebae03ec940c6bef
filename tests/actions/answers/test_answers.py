"""Answers role by role: recorded as they were said, whole or not at all, and never without what they rest on."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from actions.answers import answers
from actions.context import Conflict
from actions.letters import invitations
from actions.requests import drafting, lookup, pairs
from actions.reviews import revocations
from actions.roles import grants
from actions.roles.holdings import held_in
from actions.steps import taking, verification
from actions.steps.answer import Answer, Upload
from models.answers import Ground, PairAnswer, Said
from models.audit import Event
from models.grant import Grant
from models.request import LineState, RequestFile, Status
from states.lifecycle import Actor, Refused
from tests.walking import GROUND, bring, request_at

FRMR = "ФРМР: работник не найден"


@pytest.fixture
def awaiting(installation):
    return request_at(installation, Status.AWAITING)


def _asked(work, request):
    return {(line.position, pair.subsystem): pair for line in lookup.lines_of(work, request) for pair in line.asked}


def _give(work, number, said, ground=GROUND):
    request = lookup.get(work, number)
    found = answers.understood(work, request, said)
    answers.give_answer(work, request, Answer(pairs=found, ground=ground), actor=Actor.OFFICER)
    return request


def _states(work, request):
    return {key: pair.state for key, pair in _asked(work, request).items()}


@pytest.mark.rule("AWT-1")
def test_one_role_of_one_person_is_granted_and_the_other_refused(installation, awaiting):
    with installation.work("тест") as work:
        request = _give(
            work, awaiting, [Said("granted"), Said("rejected", FRMR, snils="11223344595", subsystem="ФРМР")]
        )
        assert request.status is Status.GRANTED
        assert _states(work, request) == {
            (1, "frmo"): LineState.GRANTED,
            (1, "frmr"): LineState.MOVED,
            (2, "frmo"): LineState.GRANTED,
            (2, "frmr"): LineState.GRANTED,
        }
        assert [line.state for line in lookup.lines_of(work, request)] == [LineState.GRANTED] * 2
        held = {(row.line_id, row.subsystem) for row in work.session.execute(select(Grant)).scalars()}
        first, second = lookup.lines_of(work, request)
        assert held == {(first.id, "frmo"), (second.id, "frmo"), (second.id, "frmr")}
        draft = lookup.child_of(work, request, "refused-lines")
        assert [(line.person_id, line.roles) for line in lookup.lines_of(work, draft)] == [
            (first.person_id, [("frmr", "organisation")])
        ]
        assert [(pair.state, pair.reason) for pair in pairs.of(lookup.lines_of(work, draft))] == [
            (LineState.OPEN, FRMR)
        ]


def test_person_is_asked_to_prove_only_what_was_granted(installation, awaiting):
    with installation.work("тест") as work:
        request = _give(work, awaiting, [Said("granted"), Said("rejected", FRMR, subsystem="frmr")])
        first = lookup.lines_of(work, request)[0]
        assert invitations.subsystem_names(work, first) == ("ФРМО",)
        for line in lookup.lines_of(work, request):
            verification.prove(work, line)
        assert request.status is Status.VERIFIED
        assert set(_states(work, request).values()) == {LineState.VERIFIED, LineState.MOVED}


def test_answer_that_differs_by_person_is_kept_with_each_ones_own_words_and_end(installation, awaiting):
    with installation.work("тест") as work:
        request = lookup.get(work, awaiting)
        asked = _asked(work, request)
        told = {
            pairs.key_of(pair): PairAnswer("granted", quote=f"строка {line}: дано")
            if line == 1
            else PairAnswer("rejected", f"нет {subsystem}", f"строка {line}: отказано в {subsystem}")
            for (line, subsystem), pair in asked.items()
        }
        answers.give_answer(work, request, Answer(pairs=told, ground=GROUND), actor=Actor.DESK)
        kept = {
            key: (pair.reason, pair.quote, pair.ground, pair.decided_at) for key, pair in _asked(work, request).items()
        }
        assert kept[1, "frmo"] == (None, "строка 1: дано", GROUND.words, work.now)
        assert kept[2, "frmr"] == ("нет frmr", "строка 2: отказано в frmr", GROUND.words, work.now)
        draft = lookup.child_of(work, request, "refused-lines")
        assert [pair.reason for pair in pairs.of(lookup.lines_of(work, draft))] == ["нет frmo", "нет frmr"]


def test_answer_that_leaves_a_role_open_is_refused_and_names_it(installation, awaiting):
    with installation.work("тест") as work:
        request = lookup.get(work, awaiting)
        told = answers.the_same(work, request, "granted")
        del told[pairs.key_of(_asked(work, request)[2, "frmr"])]
        with pytest.raises(Conflict, match="строка 2, ФРМР: Работник"):
            answers.give_answer(work, request, Answer(pairs=told, ground=GROUND), actor=Actor.DESK)
        assert request.status is Status.AWAITING


def test_nothing_granted_makes_the_request_rejected_and_its_next_version_asks_for_all_again(installation, awaiting):
    with installation.work("тест") as work:
        request = _give(work, awaiting, [Said("rejected", "нет печати")])
        assert (request.status, set(_states(work, request).values())) == (Status.REJECTED, {LineState.REJECTED})
        assert lookup.child_of(work, request, "refused-lines") is None
        taking.take(work, request, "revise")
        kept = [
            (pair.state, pair.reason, pair.quote, pair.ground, pair.decided_at)
            for pair in _asked(work, request).values()
        ]
        assert kept == [(LineState.OPEN, "нет печати", None, None, None)] * 4


ROW, COLUMN = {"snils": "11223344595"}, {"subsystem": "frmr", "role": "organisation"}


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ([Said("granted"), Said("rejected", "x", **ROW)], {(1, "frmo"), (1, "frmr")}),
        ([Said("granted"), Said("rejected", "x", **COLUMN)], {(1, "frmr"), (2, "frmr")}),
        ([Said("rejected", "x"), Said("granted", **ROW), Said("rejected", "x", **ROW, **COLUMN)], {(1, "frmr"), (2, "frmo"), (2, "frmr")}),
        ([Said("granted", **ROW), Said("rejected", "x", **COLUMN), Said("granted"), Said("granted", **ROW, **COLUMN)], {(2, "frmr")}),
        ([Said("granted"), Said("rejected", "x", subsystem="ФРМР", role="работник организации (фрмр)")], {(1, "frmr"), (2, "frmr")}),
    ],
)  # fmt: skip
def test_narrower_words_count_and_roles_go_by_code_or_name(installation, awaiting, said, refused):
    with installation.work("тест") as work:
        request = lookup.get(work, awaiting)
        found = answers.understood(work, request, said)
        keys = {pairs.key_of(pair): key for key, pair in _asked(work, request).items()}
        assert {keys[key] for key, answer in found.items() if answer.outcome == "rejected"} == refused


@pytest.mark.parametrize(
    ("said", "gap"),
    [
        ([Said("granted", **ROW), Said("rejected", "x", **COLUMN), Said("granted", subsystem="frmo")], "Строка 1, ФРМР: .*и «отказано»"),
        ([Said("granted", **ROW)], "Строка 2: отметьте"),
        ([Said("granted"), Said("rejected", **ROW)], "Строка 1: впишите причину"),
        ([Said("granted"), Said("rejected", "x", snils="08765430300", subsystem="миска")], "«миска» здесь не просят"),
        ([Said("granted"), Said("rejected", "x", snils="08555500174")], r"\*\*\*-\*\*\*-001 74 в заявке нет"),
    ],
)  # fmt: skip
def test_words_that_do_not_settle_a_role_are_no_answer(installation, awaiting, said, gap):
    with installation.work("тест") as work, pytest.raises(Conflict, match=gap):
        answers.understood(work, lookup.get(work, awaiting), said)


@pytest.mark.parametrize("words", ["", "по тел.", "        x     "])
@pytest.mark.parametrize("trigger", ["grant", "reject"])
def test_answer_without_ground_is_refused_and_says_what_is_needed(installation, awaiting, trigger, words):
    with installation.work("тест") as work:
        request = lookup.get(work, awaiting)
        with pytest.raises(Refused) as refusal:
            taking.take(work, request, trigger, Answer(reason="нет", ground=Ground(words=words)))
        [finding] = refusal.value.findings
        assert finding.field == "ground"
        assert all(part in finding.message for part in ("письма", "файл", "кто, когда", "10 знаков"))
        assert request.status is Status.AWAITING


def test_a_file_is_ground_and_stays_with_the_request(installation, awaiting):
    with installation.work("тест") as work:
        request = lookup.get(work, awaiting)
        ground = answers.ground(work, request, file=Upload("Справка.pdf", b"%PDF-1.7 x"))
        _give(work, awaiting, [Said("granted")], ground=ground)
        file = work.session.execute(select(RequestFile).where(RequestFile.purpose == "answer-ground")).scalar_one()
        assert (file.id, work.files.read(file.sha256)) == (ground.file, b"%PDF-1.7 x")
        assert {pair.ground for pair in _asked(work, request).values()} == {"Файл «Справка.pdf»"}
        event = work.session.execute(select(Event).where(Event.action == "request.grant")).scalar_one()
        assert json.loads(event.data)["file"] == file.id


def test_log_names_roles_by_their_numbers_only(installation, awaiting):
    with installation.work("тест") as work:
        request = _give(work, awaiting, [Said("granted"), Said("rejected", FRMR, **ROW, **COLUMN)])
        asked = _asked(work, request)
        event = work.session.execute(select(Event).where(Event.action == "request.grant")).scalar_one()
        data = json.loads(event.data)
        assert data["refused"] == [asked[1, "frmr"].id]
        assert set(data["granted"]) == {pair.id for pair in asked.values()} - {asked[1, "frmr"].id}
        assert not {"reason", "ground", "quote", "answers"} & set(data) and FRMR not in event.data


def test_revocation_done_in_part_ends_only_what_was_done(installation):
    request_at(installation, Status.GRANTED, count=1)
    with installation.work("тест") as work:
        held = held_in(work, [1])
        [draft] = revocations.draft(work, 1, held, why="left")
        drafting.fill_in(work, draft, {"last-day": "2026-11-23"})
        number = draft.id
    for target in (Status.VALIDATED, Status.SIGNED, Status.SENT, Status.AWAITING):
        bring(installation, number, target)
    with installation.work("тест") as work:
        request = _give(work, number, [Said("granted"), Said("rejected", "роль не найдена", subsystem="frmr")])
        left = [row["subsystem"] for row in grants.holders(work)]
        assert (request.status, left) == (Status.GRANTED, ["ФРМР"])
        again = lookup.child_of(work, request, "refused-lines")
        assert [line.roles for line in lookup.lines_of(work, again)] == [[("frmr", "organisation")]]
        under_way = revocations.under_way(work, 1)
        assert {key[1:]: found.id for key, found in under_way.items()} == {("frmr", "organisation"): again.id}


@pytest.mark.parametrize(
    ("states", "line"),
    [
        ("granted moved", "granted"), ("verified moved", "verified"), ("trouble verified", "trouble"), ("moved moved", "moved"),
        ("rejected rejected", "rejected"), ("open open", "open"), ("granted verified", "granted"),
    ],
)  # fmt: skip
def test_state_of_a_line_is_what_its_roles_come_to(states, line):
    from states.outcomes import line_state

    assert line_state(LineState(state) for state in states.split()) is LineState(line)
