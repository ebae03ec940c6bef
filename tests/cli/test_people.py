"""Whose СНИЛС it is, by commands: the list tells the clash, `people` settles it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from demo import people
from tests.actions.reviews.rosters import roster
from tests.commands import said

ANNA = people.EMPLOYEES[0]


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Any:
    def call(*arguments: object, code: int = 0) -> Any:
        done = said(arguments, cwd=tmp_path, env={"EGISZ_HOME": str(home)}, process=False)
        assert done.code == code, done.out + done.err
        return json.loads(done.out) if "--json" in arguments else done.out + done.err

    return call


def told(run: Any, file: Path, *options: str) -> list[str]:
    found = run("roster", "check", file, "--kind", "frmo-frmr-access", *options, "--json", code=1)["findings"]
    return [one["message"] for one in found if one["rule"] == "APP-2"]


def test_a_list_and_a_draft_name_the_clash_and_a_recorded_change_settles_it(run: Any, tmp_path: Path) -> None:
    (tmp_path / "refbook.zip").write_bytes(people.refbook_zip())
    (tmp_path / "first.xlsx").write_bytes(people.roster(with_mistakes=False))
    married = roster(tmp_path / "married.csv", [(ANNA.snils, "Замужняя Мария Петровна")])
    own = ("--organisation", people.INN)
    assert told(run, married, *own) == []  # there is no database yet, and none is made
    run("organisation", "import", tmp_path / "refbook.zip")
    run("request", "new", "--kind", "frmo-frmr-access", *own, "--people", tmp_path / "first.xlsx")
    run("people", "change", ANNA.snils, *own, "--post", "Главная медсестра")  # now the card is vouched for
    [message] = told(run, married, *own)
    assert f"другим работником: {ANNA.name}" in message
    assert told(run, married) == []  # nobody said whose list it is
    draft = run("request", "new", "--kind", "frmo-frmr-access", *own, "--people", married, "--json")
    checked = run("request", "check", draft["id"], "--json", code=1)["findings"]
    assert message in [one["message"] for one in checked]
    assert "ещё не наступил" in run(
        "people", "rename", ANNA.snils, *own, "--surname", "Замужняя", "--since", "2100-01-01", code=1
    )
    renamed = run(
        "people",
        "rename",
        ANNA.snils,
        *own,
        "--surname",
        "Замужняя",
        "--given",
        "Мария",
        "--patronymic",
        "Петровна",
        "--since",
        "2026-01-01",
        "--ground",
        "свидетельство о браке",
        "--json",
    )
    assert renamed[0]["former_names"] == [{"name": ANNA.name, "until": "2026-01-01", "ground": "свидетельство о браке"}]
    assert told(run, married, *own) == []
    assert f"до 2026-01-01: {ANNA.name}" in run("people", "show", ANNA.snils, *own)
    run("people", "correct", ANNA.snils, *own, "--patronymic", "Павловна")
    assert "Замужняя Мария Павловна" in run("people", "show", ANNA.snils, *own)
    assert "в этой организации нет" in run("people", "show", "160-217-834 35", *own, code=1)
