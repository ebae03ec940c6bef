"""A file that was not read whole holds the request until a person answers for it: by action, command, page and call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from actions.context import Conflict
from actions.requests import attachments, drafting, lookup
from actions.steps import taking
from models.audit import Event
from models.request import AccessRequest, Status
from states.lifecycle import Refused
from tests.commands import said
from tests.documents.attachments import hiding
from tests.kinds.cases import CASES, drafted
from tests.web.api.calling import caller
from tests.web.world import World
from views.requests import summary

pytestmark = pytest.mark.rule("TUB-2", "NOZ-2")
PICTURE = ("Сведения.docx", hiding.word_with_media(hiding.written()))
KIND = "tub-change-records"


def _draft(work, kind: str = KIND) -> AccessRequest:
    return drafted(work, kind, CASES[kind].but(files={"details": PICTURE}))


@pytest.mark.parametrize("kind", [KIND, "noz-change-records"])
def test_request_waits_for_a_person_who_has_looked(installation, kind: str) -> None:
    with installation.work("тест") as work:
        request = _draft(work, kind)
        [told] = [finding.message for finding in summary.findings(work, request) if finding.field == "details"]
        assert "прочитан не целиком (картинка)" in told and "request look" in told
        with pytest.raises(Refused):
            taking.take(work, request, "validate")
        assert attachments.look(work, request) == 1
        with pytest.raises(Conflict):
            attachments.look(work, request)
        drafting.fill_in(work, request, {"reason": "Опечатка при вводе."})
        attachments.search_again(work, request)  # the same bytes: the answer stands
        taking.take(work, request, "validate")
        assert request.status is Status.VALIDATED
        [event] = work.session.execute(select(Event).where(Event.action == "file.looked-through")).scalars()
        assert (event.actor, event.subject) == ("тест", f"request:{request.id}")
        [file] = summary.show(work, request)["attachments"]
        assert (file["unread"], file["looked_by"]) == (["картинка"], "тест") and file["looked_at"]


def test_another_file_and_one_of_an_earlier_reader_are_asked_about_anew(installation) -> None:
    with installation.work("тест") as work:
        request = _draft(work)
        attachments.look(work, request)
        row = attachments.attach(work, request, "details", *PICTURE)
        assert attachments.to_look(work, request, row)
        row = attachments.attach(work, request, "details", "Сведения.docx", hiding.clean_word())
        assert not attachments.to_look(work, request, row)
        row.detail = {name: value for name, value in row.detail.items() if name not in ("reader", "unread")} | {
            "text_read": True
        }
        work.session.flush()
        [told] = [finding.message for finding in summary.findings(work, request) if finding.field == "details"]
        assert "прежней версией программы" in told
        attachments.search_again(work, request)
        assert not attachments.to_look(work, request, row)


def test_command_asks_and_takes_the_answer(installation, home: Path, tmp_path: Path) -> None:
    with installation.work("тест") as work:
        number = _draft(work).id

    def run(*arguments: object, code: int = 0) -> str:
        done = said(("request", *arguments), cwd=tmp_path, env={"EGISZ_HOME": str(home)})
        assert done.code == code, done.out + done.err
        return done.out + done.err

    assert "прочитан не целиком (картинка)" in run("check", number, code=1)
    assert "Файла «нет.docx» в заявке нет" in run("look", number, "--file", "нет.docx", code=1)
    assert "Подтверждено файлов: 1" in run("look", number, "--file", "Сведения.docx")
    assert json.loads(run("check", number, "--json"))["state"] == "validated"


def test_page_asks_and_takes_the_answer(officer: TestClient, world: World) -> None:
    with world.installation.work(by="тест") as work:
        number = _draft(work).id
    at = f"/requests/{number}/fields"
    shown = officer.get(at).text
    assert "прочитан не целиком (картинка)" in shown and "Я посмотрел файл: данных пациентов в нём нет" in shown
    with world.installation.work(by="тест") as work:
        [file] = lookup.files_of(work, lookup.get(work, number))
    shown = officer.post(at, data={"look": str(file.id)}, follow_redirects=True)
    assert shown.url.path == at and "просмотрен, данных пациентов нет: " in shown.text
    assert "прочитан не целиком" not in shown.text and "Я посмотрел файл" not in shown.text


def test_call_takes_the_answer(world: World) -> None:
    with world.installation.work(by="тест") as work:
        number = _draft(work).id
    api = caller(world)
    before = api.get(f"/api/v1/requests/{number}").json()
    assert before["attachments"][0]["unread"] == ["картинка"]
    after = api.post(f"/api/v1/requests/{number}/files/look", json={})
    assert after.status_code == 200 and after.json()["attachments"][0]["looked_by"]
    assert [one for one in after.json()["findings"] if one["field"] == "details"] == []
    assert api.post(f"/api/v1/requests/{number}/files/look", json={}).status_code == 409
