"""A letter in a file over the API and by command: there once, marked, and waiting for a person."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path

from fastapi.testclient import TestClient

from models.letters import InboxState
from models.request import Status
from tests.commands import said
from tests.kinds.files import docx
from tests.web.api.calling import repeatable
from tests.web.world import NOON, World, request_at

LETTERS = "/api/v1/letters"


def _letter(number: str = "") -> bytes:
    letter = EmailMessage()
    letter["From"], letter["Subject"], letter["Message-ID"] = (
        "egisz@stp-egisz.ru",
        f"Re: заявка {number}",
        "<api-1@stp-egisz.ru>",
    )
    letter.set_content("Ответ во вложении.")
    letter.add_attachment(
        docx("Доступ всем предоставлен."), maintype="application", subtype="octet-stream", filename="Ответ.docx"
    )
    return bytes(letter)


def _request(world: World) -> tuple[int, str]:
    with world.installation.work(by="тест") as work:
        request = request_at(work, Status.AWAITING, sent_at=NOON, due_at=NOON)
        return request.id or 0, request.number


def test_a_letter_is_taken_told_with_its_files_and_there_once(api: TestClient, world: World) -> None:
    number, _ = _request(world)
    headers, files = repeatable(), {"file": ("a.eml", _letter(), "message/rfc822")}
    made = api.post(LETTERS, files=files, data={"request": str(number)}, headers=headers)
    assert made.status_code == 201
    told = made.json()
    assert (told["already"], told["request"], told["brought_by"], told["settled"]) == (False, number, "officer", False)
    assert told["suggestion"] == "grant" and "ничего не доказывают" in told["problem"]
    assert told["attachments"][0]["text"] == "Доступ всем предоставлен." and told["attachments"][0]["whole"]
    assert any("«Ответ.docx»" in doubt for doubt in told["doubts"])
    again = api.post(LETTERS, files=files, data={"request": str(number)}, headers=headers)
    assert again.json() == told and again.headers["idempotency-replayed"] == "true"
    twice = api.post(LETTERS, files={"file": ("b.eml", _letter(), "message/rfc822")})
    assert (twice.json()["already"], twice.json()["id"]) == (True, told["id"])
    assert api.get(f"/api/v1/triage/{told['id']}").json()["brought_by"] == "officer"


def test_what_is_no_letter_and_no_request_is_said(api: TestClient) -> None:
    no_letter = api.post(LETTERS, files={"file": ("a.pdf", b"%PDF-1.7", "application/pdf")})
    assert no_letter.status_code == 422 and "Это не письмо" in no_letter.text
    assert api.post(LETTERS, files={"file": ("a.eml", _letter())}, data={"request": "99"}).status_code == 404
    assert api.post(LETTERS, files={"file": ("a.eml", _letter())}, data={"request": "x"}).status_code == 422
    assert api.post(LETTERS, files={"other": ("a.eml", _letter())}).status_code == 422


def test_a_letter_is_taken_by_command(world: World, tmp_path: Path) -> None:
    number, code = _request(world)
    path = tmp_path / "письмо.eml"
    path.write_bytes(_letter(code))
    env = {"EGISZ_HOME": str(world.installation.settings.home)}
    first = json.loads(said(["letter", "take", path, "--request", code, "--json"], cwd=tmp_path, env=env).out)
    assert first == {"id": first["id"], "already": False, "state": InboxState.TRIAGE.value, "request": number}
    again = said(["letter", "take", path], cwd=tmp_path, env=env)
    assert again.code == 0 and f"уже есть в программе: № {first['id']}" in again.out
    listed = said(["inbox", "list"], cwd=tmp_path, env=env).out
    assert "принесено вручную: командная строка" in listed
    path.write_bytes(b"%PDF-1.7")
    refused = said(["letter", "take", path], cwd=tmp_path, env=env)
    assert refused.code == 1 and "Это не письмо" in refused.err
    read = said(["letter", "read", path.with_name("нет.eml")], cwd=tmp_path, env=env)
    assert read.code == 2


def test_reading_a_letter_by_command_reads_its_files(world: World, tmp_path: Path) -> None:
    path = tmp_path / "letter.eml"
    path.write_bytes(_letter())
    told = said(["letter", "read", path], cwd=tmp_path, env={"EGISZ_HOME": str(world.installation.settings.home)}).out
    assert "granted" in told and "Ответ.docx" in told and "    Доступ всем предоставлен." in told
