"""Lists of roles from before, over the page, the API and by command: shown first, then written, taken back on record."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from actions.requests import lookup
from demo import people
from documents.rosters.headings import field_named
from documents.tables.holders import holdings_template
from models.account import Role
from models.organisation import Organisation
from models.request import Status
from tests.actions.roles.test_holdings_import import HEADINGS, ROLE, SOURCE
from tests.commands import said
from tests.roles import granted
from tests.web.api.calling import caller
from tests.web.conftest import light_passwords, officer, stranger, world
from tests.web.test_scope import leaks
from tests.web.users import client
from tests.web.world import INN, KIND, World, clinic, request_at

__all__ = ["leaks", "light_passwords", "officer", "stranger", "world"]
ANNA = ("112-233-445 95", "Иванова Анна Петровна")
PETR = ("087-654-303 00", "Ёлкин Пётр Сергеевич")


def _list(*who: tuple[str, str], since: str = "01.09.2024") -> bytes:
    rows = [(*each, "ФРМО", ROLE, since, "", SOURCE, "15.10.2026") for each in who]
    return "\n".join(";".join(row) for row in (HEADINGS, *rows)).encode()


def _card(world: World) -> str:
    with world.installation.work(by="тест") as work:
        card = clinic(work)
        return f"{card.inn}/{card.kpp}"


def test_every_heading_of_the_template_is_understood() -> None:
    [headings] = load_workbook(io.BytesIO(holdings_template())).active.iter_rows(max_row=1, values_only=True)
    assert [field_named(str(heading)) for heading in headings] == [
        "snils",
        "surname",
        "given",
        "patronymic",
        "subsystem",
        "role",
        "since",
        "asked_until",
        "told_by",
        "told_on",
    ]


def test_the_page_shows_the_plan_writes_it_and_takes_it_back(officer: TestClient, world: World) -> None:
    place = _card(world)
    empty = officer.get("/holders/import").text
    assert "Списков ещё не вносили" in empty and "Скачать образец" in empty
    assert officer.get("/holders/import/template.xlsx").content.startswith(b"PK")
    files = {"file": ("роли.csv", _list(ANNA, PETR, ("112-233-445 96", "Никто Никита")), "text/csv")}
    plan = officer.post("/holders/import", data={"place": place}, files=files)
    assert "Новых строк: 2, уже числятся: 0, с ошибками: 1. Пока ничего не записано." in plan.text
    assert "строка 4" in plan.text and "APP-2" in plan.text
    assert "Иванова" not in officer.get("/people").text
    kept = re.findall(r'name="kept" value="([^"]+)"', plan.text)
    form = {"place": place, "name": "роли.csv", "kept": kept}
    done = officer.post("/holders/import/write", data=form, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/holders/import#imports")
    table = officer.get("/people", params={"view": "list"}).text
    assert f"со слов, без заявки: {SOURCE}, 15.10.2026" in table and "01.09.2024" in table
    person = re.search(r'href="(/people/\d+)">Иванова', table)
    assert person and f"со слов, без заявки: {SOURCE}" in officer.get(person[1]).text
    assert "со слов" in officer.get("/people").text
    assert f"со слов, без заявки: {SOURCE}" in officer.get("/people/roles/frmo/organisation").text
    assert officer.post("/holders/import/write", data=form).status_code == 409
    short = officer.post("/holders/imports/1/withdraw", data={"reason": "ой"})
    assert short.status_code == 422 and "хотя бы 10 знаками" in short.text
    officer.post("/holders/imports/1/withdraw", data={"reason": "список чужой клиники"})
    assert "отменён" in officer.get("/holders/import").text
    assert "Иванова" not in officer.get("/people").text


def test_a_file_that_is_no_list_says_so_on_the_page_and_only_officers_see_it(officer: TestClient, world: World) -> None:
    place = _card(world)
    wrong = officer.post(
        "/holders/import", data={"place": place}, files={"file": ("a.csv", b"\x25PDF-1.4", "text/csv")}
    )
    assert wrong.status_code == 422 and "Это не таблица" in wrong.text
    assert officer.post("/holders/import", data={"place": place}).status_code == 422
    auditor = client(world, "auditor", {Role.AUDITOR})
    assert auditor.get("/holders/import").status_code == 403
    assert "/holders/import" not in auditor.get("/people").text


def test_the_api_does_the_same(world: World) -> None:
    api = caller(world)
    _card(world)
    files = {"file": ("роли.csv", _list(ANNA, PETR, since="завтра"), "text/csv")}
    shown = api.post("/api/v1/holders/imports", files=files, data={"inn": INN})
    assert shown.status_code == 200 and shown.json()["counts"] == {"new": 0, "known": 0, "bad": 2}
    assert shown.json()["rows"][0]["findings"][0]["field"] == "since"
    files = {"file": ("роли.csv", _list(ANNA, PETR), "text/csv")}
    assert api.post("/api/v1/holders/imports", files=files, data={"inn": INN}).json()["import_id"] is None
    made = api.post("/api/v1/holders/imports", files=files, data={"inn": INN, "write": "да"}).json()
    assert made["import_id"] == 1
    held = api.get("/api/v1/holders").json()["items"]
    assert [(row["request"], row["source"]) for row in held] == [
        (None, f"со слов, без заявки: {SOURCE}, 15.10.2026")
    ] * 2
    assert api.get("/api/v1/holders/imports").json()[0]["in_force"] == 2
    gone = api.post("/api/v1/holders/imports/1/withdraw", json={"reason": "список чужой клиники"})
    assert gone.json()["in_force"] == 0 and api.get("/api/v1/holders").json()["items"] == []
    assert api.post("/api/v1/holders/imports/1/withdraw", json={"reason": "список чужой клиники"}).status_code == 409


def _held_until(world: World, day: str) -> tuple[int, int]:
    """Number of Anna's card, and of her role."""
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.GRANTED)
        line = lookup.lines_of(work, request)[0]
        made = granted(
            work,
            person_id=line.person_id or 0,
            organisation_id=request.organisation_id,
            subsystem="frmo",
            role="organisation",
            request_id=request.id or 0,
            line_id=line.id or 0,
            ends_on=dt.date.fromisoformat(day),
        )
        return line.person_id or 0, made.id or 0


def test_the_page_tells_the_last_day_and_drafts_a_renewal(officer: TestClient, world: World) -> None:
    assert "Ролей на срок ни у кого нет" in officer.get("/holders/ending").text
    person, grant = _held_until(world, "2026-12-31")
    assert "31.12.2026" in officer.get("/holders/ending").text and "31.12.2026" in officer.get("/people").text
    assert "действует до 31.12.2026" in officer.get("/people", params={"view": "list"}).text
    assert "Составить заявку на продление" in officer.get(f"/people/{person}").text
    wrong = officer.post(f"/people/{person}/renew", data={"grant": grant, "until": "2026-01-01"})
    assert wrong.status_code == 422 and "уже прошёл" in wrong.text
    assert officer.post(f"/people/{person}/renew", data={}).status_code == 422
    made = officer.post(f"/people/{person}/renew", data={"grant": grant, "until": "2027-12-31"}, follow_redirects=False)
    assert made.status_code == 303
    people = officer.get(made.headers["location"] + "/people").text
    assert 'name="1.asked_until"' in people or 'value="2027-12-31"' in people
    auditor = client(world, "auditor", {Role.AUDITOR})
    assert auditor.get("/holders/ending").status_code == 200
    assert auditor.post(f"/people/{person}/renew", data={"grant": grant}).status_code == 403


def test_the_api_tells_the_last_day_and_drafts_both_ways(world: World) -> None:
    api = caller(world)
    person, grant = _held_until(world, "2026-12-31")
    [row] = api.get("/api/v1/holders/ending").json()
    assert (row["grant"], row["employee"], row["day"], row["named"]) == (grant, person, "2026-12-31", True)
    assert api.get("/api/v1/holders").json()["items"][0]["ends_on"] == "2026-12-31"
    [renewal] = api.post(f"/api/v1/people/{person}/renew", json={"grants": [grant], "until": "2027-12-31"}).json()
    told = api.get(f"/api/v1/requests/{renewal['id']}").json()
    assert '"asked_until": "2027-12-31"' in json.dumps(told)
    gone = api.post(f"/api/v1/people/{person}/revoke", json={"grants": [grant], "why": "changed-duties"})
    assert gone.status_code == 201 and gone.json()[0]["number"] != renewal["number"]
    assert api.post(f"/api/v1/people/{person}/renew", json={"grants": [999]}).status_code == 404
    asked = {
        "kind": KIND,
        "inn": INN,
        "people": [{"snils": ANNA[0], "surname": "Иванова", "given": "Анна", "until": "2027-06-30"}],
    }
    draft = api.post("/api/v1/requests", json=asked).json()
    assert '"asked_until": "2027-06-30"' in json.dumps(api.get(f"/api/v1/requests/{draft['id']}").json())


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Any:
    def call(*arguments: object, code: int = 0) -> Any:
        done = said(arguments, cwd=tmp_path, env={"EGISZ_HOME": str(home)}, process=False)
        assert done.code == code, done.out + done.err
        return json.loads(done.out) if "--json" in arguments else done.out + done.err

    return call


def _two_clinics(world: World) -> tuple[int, int]:
    with world.installation.work(by="тест") as work:
        other = Organisation(
            inn="7728168971", full_name="ООО «Новая»", short_name="ООО «Новая»", fold="ооо «новая»", subject="77"
        )
        work.session.add(other)
        work.session.flush()
        return clinic(work).id or 0, other.id or 0


ACT = {"since": "2026-11-23", "ground": "лист записи ЕГРЮЛ от 20.11.2026 № 5"}


def test_the_page_records_a_new_name_and_a_move(officer: TestClient, world: World) -> None:
    _held_until(world, "2026-12-31")
    card, other = _two_clinics(world)
    page = officer.get(f"/organisations/{card}").text
    assert "Изменений не записано" in page and "Записать новое наименование" in page
    form = {
        "full_name": "ООО «Клиника на Новой»",
        "short_name": "ООО «Клиника на Новой»",
        "inn": INN,
        "kpp": "770701001",
    }
    wrong = officer.post(f"/organisations/{card}/rename", data=form | ACT | {"ground": "устав"})
    assert wrong.status_code == 422 and "Назовите основание" in wrong.text and "Клиника на Новой" in wrong.text
    done = officer.post(f"/organisations/{card}/rename", data=form | ACT, follow_redirects=False)
    assert done.headers["location"] == f"/organisations/{card}#changes"
    page = officer.get(f"/organisations/{card}").text
    assert "ООО «Клиника на Садовой» → ООО «Клиника на Новой»" in page
    letter = officer.get(f"/organisations/{card}/changes/1/letter.txt")
    assert "стало ООО «Клиника на Новой»" in letter.text
    world.clock.now += dt.timedelta(days=2)
    officer = client(world, "second", {Role.OFFICER})  # the first session is over
    moved = officer.post(
        f"/organisations/{card}/move", data=ACT | {"target": other, "since": "2026-11-24"}, follow_redirects=False
    )
    assert moved.status_code == 303
    assert "перешло в:" in officer.get(f"/organisations/{card}").text
    assert "перешло из: ООО «Клиника на Новой»" in officer.get(f"/organisations/{other}").text
    assert "ООО «Новая»" in officer.get("/people", params={"view": "list"}).text
    assert "Клиника на Новой" in officer.get("/people", params={"as_of": "2026-11-23", "view": "list"}).text
    assert officer.post(f"/organisations/{card}/move", data=ACT).status_code == 422
    assert officer.get(f"/organisations/{card}/changes/9/letter.txt").status_code == 404
    auditor = client(world, "auditor", {Role.AUDITOR})
    assert auditor.post(f"/organisations/{card}/rename", data=form | ACT).status_code == 403
    assert "Записать новое наименование" not in auditor.get(f"/organisations/{card}").text
    at, why = f"/organisations/{card}/changes/2/back", {"why": "Лист записи ЕГРЮЛ другой организации"}
    assert auditor.post(at, data=why).status_code == 403 and at not in auditor.get(f"/organisations/{card}").text
    assert at in officer.get(f"/organisations/{card}").text
    assert "не короче 10 знаков" in officer.post(at, data={"why": "ошибка"}).text
    shown = officer.post(at, data=why)
    assert shown.status_code == 200 and "не была предоставлена" in shown.text and "ООО «Новая»" in shown.text
    assert "Записано по ошибке" not in officer.get(f"/organisations/{card}").text
    done = officer.post(at, data=why | {"confirm": "1"}, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, f"/organisations/{card}")
    for number in (card, other):
        assert "Записано по ошибке" in officer.get(f"/organisations/{number}").text
    held = officer.get("/people", params={"view": "list", "organisation": other}).text
    assert (
        "Иванова" not in held
        and "Иванова" in officer.get("/people", params={"view": "list", "organisation": card}).text
    )
    assert "уже исправлено" in officer.post(at, data=why).text


def test_the_api_records_a_new_name_and_a_move(world: World) -> None:
    api = caller(world)
    _held_until(world, "2026-12-31")
    card, other = _two_clinics(world)
    renamed = api.post(f"/api/v1/organisations/{card}/rename", json=ACT | {"short_name": "ООО «Иная»"})
    assert renamed.status_code == 201 and renamed.json()["after"]["short_name"] == "ООО «Иная»"
    assert "стало ООО «Иная»" in renamed.json()["letter"]
    assert api.post(f"/api/v1/organisations/{card}/rename", json=ACT | {"inn": "1"}).status_code == 422
    world.clock.now += dt.timedelta(days=2)
    moved = api.post(f"/api/v1/organisations/{card}/move", json=ACT | {"target": other, "since": "2026-11-24"}).json()
    assert (moved["roles"], moved["successor"]) == (1, other)
    assert [row["successor"] for row in api.get(f"/api/v1/organisations/{card}/changes").json()] == [other, None]
    assert {row["organisation"] for row in api.get("/api/v1/holders").json()["items"]} == {"ООО «Новая»"}
    at, why = f"/api/v1/organisations/{card}/changes/2/back", {"why": "Лист записи ЕГРЮЛ другой организации"}
    assert api.post(at, json=why | {"preview": True}).json()["id"] is None
    assert api.post(at, json={"why": "ошибка"}).status_code == 409
    assert api.post(at, json=why).json()["kind"] == "reorganisation"
    changes = api.get(f"/api/v1/organisations/{card}/changes").json()
    assert [row["withdrawn_reason"] for row in changes] == [why["why"], None]
    assert {row["organisation"] for row in api.get("/api/v1/holders").json()["items"]} == {"ООО «Иная»"}


def test_commands_do_the_same(run: Any, tmp_path: Path) -> None:
    (tmp_path / "refbook.zip").write_bytes(people.refbook_zip())
    run("organisation", "import", tmp_path / "refbook.zip")
    run("organisation", "set", people.INN, "head_post=Главный врач")
    run("holders", "template", tmp_path / "t.xlsx")
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(_list(ANNA, PETR))
    bad.write_bytes(_list(ANNA, since="вчера"))
    own = ("--organisation", people.INN)
    assert "строка 2" in run("holders", "import", bad, *own, code=1)
    assert "Записать: та же команда с --write" in run("holders", "import", good, *own)
    assert run("holders", "--json") == []
    assert run("holders", "import", good, *own, "--write", "--json")["import"] == 1
    assert f"со слов, без заявки: {SOURCE}" in run("holders")
    assert run("holders", "import", good, *own, "--write", "--json")["counts"] == {"new": 0, "known": 2, "bad": 0}
    assert "действует ролей: 2 из 2" in run("holders", "imports")
    run("holders", "withdraw", 1, "--reason", "ошибка", code=1)
    assert "отменён, ролей: 2" in run("holders", "withdraw", 1, "--reason", "список чужой клиники")
    assert "ролей нет ни у кого" in run("holders")
    until = tmp_path / "until.csv"
    until.write_bytes(_list(PETR).replace(b"01.09.2024;;", b"01.09.2024;31.12.2099;"))
    run("holders", "import", until, *own, "--write")
    assert "до 2099-12-31" in run("holders") and "31.12.2099" in run("holders", "ending")
    assert run("holders", "ending", "--json")[0]["day"] == "2099-12-31"
    assert "Черновик" in run("holders", "renew", PETR[0], *own, "--until", "2100-12-31")
    assert len(run("holders", "revoke", PETR[0], *own, "--why", "changed-duties", "--role", "frmo", "--json")) == 1
    assert "Таких действующих ролей" in run("holders", "renew", PETR[0], *own, "--role", "frmr", code=1)
    run("holders", "import", tmp_path / "none.csv", *own, code=2)
    act = ("--since", "2026-01-01", "--ground", "лист записи ЕГРЮЛ от 20.11.2026 № 5")
    run("organisation", "rename", people.INN, "colour=red", *act, code=2)
    assert "записано с 2026-01-01" in run("organisation", "rename", people.INN, "short_name=ООО «Иная»", *act)
    assert "ООО «Иная»" in run("organisation", "changes", people.INN)
    assert "стало ООО «Иная»" in run("organisation", "letter", people.INN, 1)
    run("organisation", "set", "7728168971", "full_name=ООО «Новая»")
    later = ("--since", "2026-02-01", "--ground", "лист записи ЕГРЮЛ от 20.11.2026 № 5")
    told = run("organisation", "move", people.INN, "--to", "7728168971", *later, "--json")
    assert told["roles"] == 1 and "ООО «Новая»" in run("holders")
    back = ("organisation", "change-back", people.INN, told["id"], "--why", "Лист записи ЕГРЮЛ другой организации")
    assert "прекращена" in run(*back, "--preview") and "ООО «Новая»" in run("holders")
    assert run(*back, "--yes", "--json")["kind"] == "reorganisation"
    assert "записано по ошибке" in run("organisation", "changes", people.INN) and "ООО «Иная»" in run("holders")
    assert run("audit", "verify", "--json")["ok"]
