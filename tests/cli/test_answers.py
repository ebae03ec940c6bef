"""`request answer` and `inbox settle`: for all, for a person, for one role, from a file, never without ground."""

from __future__ import annotations

import json

import pytest

from actions.requests import lookup, pairs
from models.request import Status
from tests.commands import said
from tests.walking import request_at
from tests.web.world import received

FIRST, SECOND = "112-233-445 95", "087-654-303 00"
GROUND = ("--ground", "Звонок СТП 23 ноября")


@pytest.fixture
def number(installation):
    return request_at(installation, Status.AWAITING)


@pytest.fixture
def run(home, tmp_path):
    def call(*arguments, code=0):
        done = said(arguments, cwd=tmp_path, env={"EGISZ_HOME": str(home)})
        assert done.code == code, done.out + done.err
        return json.loads(done.out) if "--json" in arguments else done.out + done.err

    return call


def _states(told):
    return [[role["state"] for role in line["roles"]] for line in told["lines"]]


def test_answer_for_everybody_with_one_role_refused(run, number):
    told = run(
        "request",
        "answer",
        number,
        "granted",
        "--pair",
        f"{FIRST}:ФРМР:organisation=rejected: нет карточки",
        "--until",
        "2027-01-31",
        *GROUND,
        "--json",
    )
    assert (told["state"], _states(told)) == ("granted", [["granted", "moved"], ["granted", "granted"]])
    role = told["lines"][0]["roles"][1]
    assert set(role) == {
        "subsystem",
        "role",
        "label",
        "state",
        "reason",
        "quote",
        "ground",
        "letter",
        "until",
        "asked_until",
    }
    assert (role["subsystem"], role["role"], role["reason"], role["until"]) == (
        "frmr",
        "organisation",
        "нет карточки",
        None,
    )
    assert told["lines"][0]["roles"][0]["until"] == "2027-01-31"
    shown = run("request", "show", number)
    assert "Работник организации (ФРМР) (frmr:organisation): отказ, в новой заявке – нет карточки" in shown
    assert "доступ дан до 31.01.2027" in shown


def test_answer_by_person_and_from_a_file(run, number, tmp_path):
    (tmp_path / "answers.toml").write_text(
        f'[[pairs]]\nsnils = "{SECOND}"\nsubsystem = "frmr"\noutcome = "rejected"\nreason = "нет"\n'
        f'[[pairs]]\nsnils = "{SECOND}"\nsubsystem = "frmo"\noutcome = "granted"\nuntil = 2027-01-31\n',
        "utf-8",
    )
    told = run(
        "request",
        "answer",
        number,
        "--person",
        f"{FIRST}=rejected: уволена",
        "--answers",
        "answers.toml",
        *GROUND,
        "--json",
    )
    assert _states(told) == [["moved", "moved"], ["granted", "moved"]]
    assert [role["until"] for role in told["lines"][1]["roles"]] == ["2027-01-31", None]


@pytest.mark.parametrize(
    ("arguments", "word", "code"),
    [
        (("granted",), "кто, когда и как его сообщил", 1),
        (("granted", "--ground", "звонок"), "кто, когда и как его сообщил", 1),
        (("granted", "--ground-letter", "9"), "Письма № 9 нет", 1),
        (("rejected", *GROUND), "впишите причину отказа", 1),
        (("--person", f"{FIRST}=granted", *GROUND), "Строка 2: отметьте", 1),
        (("--pair", f"{FIRST}=granted", *GROUND), "СНИЛС:ПОДСИСТЕМА:РОЛЬ", 2),
        (("--person", f"{FIRST}=дали", *GROUND), "granted или rejected", 2),
        (GROUND, "Назовите решение", 2),
        (("granted", "--answers", "none.toml", *GROUND), "none.toml", 1),
    ],
)
def test_answer_that_lacks_something_says_what_and_writes_nothing(run, number, installation, arguments, word, code):
    assert word in " ".join(run("request", "answer", number, *arguments, code=code).split())
    with installation.work("тест") as work:
        assert lookup.get(work, number).status is Status.AWAITING


def test_missing_ground_is_named_by_its_field(run, number):
    told = run("request", "answer", number, "granted", "--json", code=1)
    assert [finding["field"] for finding in told["findings"]] == ["ground"]


def test_letter_settled_in_part_by_role(run, number, installation):
    with installation.work("тест") as work:
        letter = received(work, lookup.get(work, number), {"kind": "answer", "outcome": "unclear"}).id
    run("inbox", "settle", letter, "partial", "--line", f"{FIRST}=granted", code=1)
    run(
        "inbox",
        "settle",
        letter,
        "partial",
        "--line",
        f"{FIRST}=granted",
        "--line",
        f"{SECOND}=rejected",
        "--pair",
        f"{SECOND}:ФРМО:organisation=granted",
        "--text",
        "нет карточки в ФРМР",
    )
    with installation.work("тест") as work:
        asked = [*pairs.of(lookup.lines_of(work, lookup.get(work, number)))]
        assert [pair.state.value for pair in asked] == ["granted", "granted", "granted", "moved"]
        assert (asked[3].reason, asked[3].letter_id, asked[3].ground) == ("нет карточки в ФРМР", letter, None)
