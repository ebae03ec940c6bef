"""`request correct`: says what will change, asks, records."""

from __future__ import annotations

import json

import pytest

from actions.requests import lookup
from demo.people import INN
from models.request import Status
from tests.commands import said
from tests.walking import request_at
from tests.web.world import received

WHY = ("--why", "Ответ был о другой заявке, сверено с письмом")


@pytest.fixture
def run(home, tmp_path):
    def call(*arguments, code=0):
        done = said(arguments, cwd=tmp_path, env={"EGISZ_HOME": str(home)})
        assert done.code == code, done.out + done.err
        return json.loads(done.out) if "--json" in arguments else done.out + done.err

    return call


def test_an_answer_that_was_none_is_taken_back(run, installation):
    number = str(request_at(installation, Status.GRANTED))
    assert "не короче 10 знаков" in run("request", "correct", number, "no-answer", "--why", "ошибка", "--yes", code=1)
    shown = run("request", "correct", number, "no-answer", *WHY, "--preview")
    assert "доступ дан → ждёт ответа" in shown and "не была предоставлена" in shown
    assert run("request", "show", number, "--json")["state"] == "granted"
    told = run("request", "correct", number, "no-answer", *WHY, "--yes", "--json")
    assert told["id"] == 1 and told["kind"] == "no-answer"
    assert run("request", "show", number, "--json")["state"] == "awaiting"
    assert run("holders", "--json") == [] and run("audit", "verify", "--json")["ok"]
    assert "Есть: answer" in run("request", "correct", number, "nothing", *WHY, code=2)


def test_a_letter_and_a_change_of_name_are_taken_back(run, installation):
    number = request_at(installation, Status.AWAITING)
    with installation.work("тест") as work:
        letter = str(received(work, lookup.get(work, number), {}).id)
    run("inbox", "settle", letter, "grant")
    told = run("inbox", "back", letter, *WHY, "--yes", "--json")
    assert told["kind"] == "letter" and run("request", "show", str(number), "--json")["state"] == "awaiting"
    snils, at = "112-233-445 95", ("--organisation", INN)
    assert "не записано" in run("people", "name-back", snils, *at, *WHY, "--yes", code=1)
    run("people", "rename", snils, *at, "--surname", "Новая", "--since", "2026-11-23")
    assert "Смена имени: с 2026-11-23 → не было" in run("people", "name-back", snils, *at, *WHY, "--preview")
    assert run("people", "name-back", snils, *at, *WHY, "--yes", "--json")["kind"] == "name"
