"""The checklists by commands: one JSON document, exit 0 or 1, refusals with the rule."""

from __future__ import annotations

import json
import sys

import pytest
from typer.testing import CliRunner

from cli import output
from cli.main import app
from demo import people
from tests.actions.checklists import opening
from wiring import work as wired

INN = people.INN


@pytest.fixture
def run(installation, monkeypatch):
    """A command in this process, on the test's installation and clock."""
    monkeypatch.setattr(wired, "installation", lambda: installation)

    def call(*arguments, code=0):
        words = [str(argument) for argument in arguments]
        monkeypatch.setattr(sys, "argv", ["egisz-access", *words])
        done = CliRunner().invoke(app, words)
        exit_code, out = done.exit_code, done.output
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            told = output.spoken(done.exception)
            assert told is not None, done.exception
            exit_code, out = 1, told[0]
        assert exit_code == code, out
        return json.loads(out) if "--json" in words and code == 0 else out

    return call


@pytest.fixture
def opened(installation):
    return opening.opened(installation)


def test_before_any_access_the_list_says_when_it_opens(run):
    assert run("checklist", "list", "--json") == []
    assert "когда доступ подтвердят входом" in run("checklist", "list")


@pytest.mark.rule("FIL-1", "FIL-4")
def test_whole_way_of_the_organisation_by_commands(run, opened):
    rows = run("checklist", "list", "--json")
    assert [(row["code"], row["done"], row["total"], row["next"], row["workers"]) for row in rows] == [
        ("sections", 0, 6, "Карточка", None),
        ("worker", 0, 0, "", 0),
    ]
    assert "«Здания» (правило FIL-4)" in run("checklist", "tick", INN, "equipment", code=1)
    assert run("checklist", "tick", INN, "Здания", "--note", "два корпуса", "--json")["state"] == "done"
    assert "отмечено" in run("checklist", "tick", INN, "equipment")
    assert "Сначала снимите ту" in run("checklist", "untick", INN, "buildings", code=1)
    assert run("checklist", "untick", INN, "equipment", "--json")["state"] == "ready"
    shown = run("checklist", "show", INN, "--json")
    assert shown["lists"][0]["progress"] == {"done": 1, "total": 6, "overdue": 0, "next": "Карточка"}
    buildings = shown["lists"][0]["items"][2]
    assert (buildings["note"], buildings["rule"], bool(buildings["source"])) == ("два корпуса", "FIL-4", True)
    text = run("checklist", "show", INN)
    assert "Разделы ФРМО: 1 из 6 (FIL-1)" in text and "два корпуса" in text


@pytest.mark.rule("FIL-8", "FIL-9")
def test_whole_way_of_an_employee_by_commands(run, opened):
    person = people.EMPLOYEES[2]
    number = run("checklist", "worker", INN, "--name", person.name, "--snils", person.snils, "--json")["worker"]
    assert "уже есть" in run("checklist", "worker", INN, "--name", person.name, "--snils", person.snils, code=1)
    assert "FIL-5" in run("checklist", "tick", INN, "add", "--worker", person.snils, code=1)
    run("checklist", "tick", INN, "departments")
    assert run("checklist", "tick", INN, "add", "--worker", person.snils, "--json")["state"] == "done"
    assert "FIL-9" in run("checklist", "tick", INN, "education", "--worker", number, code=1)
    text = run("checklist", "show", INN)
    assert f"№ {number}  {person.name}, ***-***-{person.snils[8:]}: 1 из 8" in text
    assert "До приёма" in text and person.snils not in text
    assert "есть отметки" in run("checklist", "drop-worker", INN, number, code=1)
    run("checklist", "untick", INN, "add", "--worker", number)
    assert run("checklist", "drop-worker", INN, person.snils, "--json") == {"removed": number}


@pytest.mark.rule("APP-18", "APP-19")
def test_assigning_terms_and_notes_by_commands(run, opened):
    hr = people.EMPLOYEES[0]
    assert "APP-18" in run("checklist", "assign", INN, "card", "--to", hr.snils)
    assert run("checklist", "assign", INN, "staffing", "--to", hr.snils, "--json")["assignee"] == hr.name
    assert run("checklist", "assign", INN, "card", "--to", "Петров, каб. 12", "--json")["assignee"] == "Петров, каб. 12"
    assert run("checklist", "assign", INN, "card", "--to", "", "--json")["assignee"] == ""
    assert "Напишите имя" in run("checklist", "assign", INN, "card", "--to", people.EMPLOYEES[5].snils, code=1)
    assert run("checklist", "due", INN, "card", "2026-12-10", "--json")["due"] == "2026-12-10"
    assert run("checklist", "due", INN, "card", "нет", "--json")["due"] is None
    assert "уже прошёл" in run("checklist", "due", INN, "card", "2026-11-01", code=1)
    run("checklist", "due", INN, "card", "завтра", code=2)
    assert run("checklist", "note", INN, "card", "ждём выписку", "--json")["note"] == "ждём выписку"


def test_unknown_organisations_items_and_employees_are_told(run, opened):
    assert "в картотеке нет" in run("checklist", "show", "7810334452", code=1)
    assert "buildings" in run("checklist", "tick", INN, "подвал", code=1)
    assert "в списке нет" in run("checklist", "tick", INN, "add", "--worker", "77", code=1)
    assert run("checklist", "open", INN, "worker", "--json")["inn"] == INN


@pytest.mark.rule("LGN-1", "LGN-2", "LGN-3", "VER-2")
def test_help_is_printed_with_addresses_and_rules(run):
    text = run("login-help")
    for word in (
        "https://egisz.rosminzdrav.ru/",
        "https://lkmr.egisz.rosminzdrav.ru/",
        "https://esia.gosuslugi.ru/recovery",
        "«Предоставить»",
        "LGN-1",
        "LGN-2",
        "LGN-3",
        "VER-2",
    ):
        assert word in text
    assert [part["code"] for part in run("login-help", "--json")["sections"]] == [
        "entry",
        "cabinet",
        "blocked",
        "again",
        "password",
    ]
