"""`leavers`, `review` and `evidence` as they are typed; with --json one document."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from cli.main import app
from demo import people
from demo.people import EMPLOYEES
from tests.actions.evidence.world import Unpacked
from tests.actions.reviews.rosters import roster, rows
from tests.homes import copied


@pytest.fixture
def run(granted_home, home, clock, tmp_path, monkeypatch):
    copied(granted_home, home, clock)
    monkeypatch.chdir(tmp_path)

    def call(*arguments, code=0):
        done = CliRunner().invoke(app, list(map(str, arguments)))
        assert done.exit_code == code, done.output
        return json.loads(done.stdout) if "--json" in arguments else done.stdout

    return call


def test_leavers_are_told_and_asked_to_end(run, tmp_path):
    old, new = roster(tmp_path / "old.csv", rows(0, 1, 2)), roster(tmp_path / "new.csv", rows(1, 2))
    told = run("leavers", new, "--organisation", people.INN, "--before", old, "--json")
    assert [(entry["person"], entry["case"], len(entry["roles"])) for entry in told["leavers"]] == [
        (EMPLOYEES[0].name, "holds", 2)
    ]
    assert told["drafts"] == []
    words = run("leavers", new, "--organisation", people.INN, "--before", old, "--apply")
    assert "Ушли, а роли действуют: 1" in words
    assert "Черновик ЕД-" in words
    again = run("leavers", new, "--organisation", people.INN, "--before", old, "--apply")
    assert "Отзыв уже составлен: 1" in again
    assert "Составлять нечего" in again
    run("leavers", tmp_path / "none.csv", "--organisation", people.INN, code=2)


def test_review_from_start_to_its_evidence(run, tmp_path):
    started = run("review", "start", "--until", "2099-12-01", "--year", "2026", "--json")
    assert started["counts"] == {"keep": 0, "drop": 0, "ended": 0, "open": 6}
    assert "нет ответа – 6" in run("review", "show")
    words = run("review", "answer", people.INN, "--keep", "all", "--drop", EMPLOYEES[0].snils)
    assert "Прекращение ролей – в заявке ЕД-" in words
    run("review", "answer", people.INN, code=2)
    assert run("review", "close", "--json")["counts"] == {"keep": 4, "drop": 2, "ended": 0, "open": 0}
    told = run("review", "evidence", "review.zip", "--year", "2026", "--json")
    code, said = Unpacked.of((tmp_path / "review.zip").read_bytes(), tmp_path / "pack").verify(
        "--anchor", told["anchor"]
    )
    assert code == 0, said


def test_evidence_of_a_request_an_organisation_and_a_person(run, tmp_path):
    number = run("request", "list", "--json")[0]["number"]
    for place, asked in enumerate(((number,), ("1",), (people.INN,), ("--person", EMPLOYEES[0].snils))):
        out = tmp_path / f"{place}.zip"
        told = run("evidence", *asked, out, "--json")
        assert told["file"] == str(out)
        assert Unpacked.of(out.read_bytes(), tmp_path / f"pack-{place}").verify("--anchor", told["anchor"])[0] == 0
    assert "храните её отдельно" in run("evidence", number, tmp_path / "plain.zip")
    run("evidence", number, code=2)
    run("evidence", number, tmp_path / "no" / "folder.zip", code=2)
