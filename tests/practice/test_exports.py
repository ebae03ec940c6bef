"""Whatever leaves a practice installation as a file, a feed or an answer to a program says that its data are none."""

from __future__ import annotations

import html
import io
import zipfile
from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from actions.evidence import evidence
from actions.roles import grants
from demo.people import INN, SHORT_NAME
from documents.evidence.verify import Check, Pack
from documents.tables.holders import holders_table
from models.request import Status
from tests.walking import request_at
from tests.web.api.calling import caller, token_of
from tests.web.routes import routes
from tests.web.users import client
from tests.web.world import World
from web.app import create_app

TOLD = "УЧЕБНЫЕ ДАННЫЕ: люди, заявки и ответы вымышлены"


@pytest.fixture
def walked(practice):
    request_at(practice, Status.GRANTED)
    return practice


@pytest.fixture
def officer(walked) -> TestClient:
    return client(World(walked))


def _name(answer):
    return unquote(answer.headers["content-disposition"].rpartition("UTF-8''")[2])


@pytest.mark.parametrize("path", ["/requests.xlsx", "/people/list.xlsx", "/people/matrix.xlsx"])
def test_a_table_says_so_in_its_name_its_sheet_and_its_first_row(officer, path):
    answer = officer.get(path)
    assert answer.status_code == 200 and _name(answer).startswith("УЧЕБНО_")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet.title.startswith("УЧЕБНЫЕ ДАННЫЕ") and sheet["A1"].value == TOLD
    assert (
        sheet.freeze_panes == "A3"
        and sheet.auto_filter.ref.startswith("A2:")
        and sheet["A2"].value
        and sheet["A3"].value
    )


def test_the_table_of_the_command_says_so(walked):
    with walked.work("тест") as work:
        data = holders_table(grants.holders(work), None, practice=work.policy.practice)
    assert load_workbook(io.BytesIO(data)).active["A1"].value == TOLD


def test_the_log_as_a_table_says_so(officer):
    answer = officer.get("/audit/export.csv")
    assert answer.status_code == 200 and answer.text.lstrip("\ufeff").startswith(TOLD)


def test_a_pack_of_evidence_says_so_and_is_whole(walked, officer, tmp_path):
    with walked.work("тест") as work:
        path = tmp_path / "pack.zip"
        path.write_bytes(evidence.of_organisation(work, INN).data)
    check = Check(Pack(path), [])
    assert check.run(), check.wrong
    page = html.unescape(
        next(check.pack.read(name).decode() for name in check.pack.names if name.endswith("index.html"))
    )
    assert "УЧЕБНЫЕ ДАННЫЕ" in page and TOLD in page
    assert zipfile.is_zipfile(path)
    assert _name(officer.get("/requests/1/evidence.zip")).startswith("УЧЕБНО_")


def test_a_calendar_says_so_in_its_name_and_in_every_entry(walked):
    request_at(walked, Status.AWAITING, of=2)
    world = World(walked)
    feed = client(world).get(f"/calendar/{token_of(world, use='calendar')}.ics")
    told = feed.text.replace("\r\n ", "")
    assert (
        "X-WR-CALNAME:УЧЕБНЫЕ ДАННЫЕ. Доступ" in told
        and "praktika-egisz-access.ics" in feed.headers["content-disposition"]
    )
    titles = [line for line in told.splitlines() if line.startswith("SUMMARY:")]
    assert titles and all(line.startswith("SUMMARY:УЧЕБНЫЕ ДАННЫЕ. ") for line in titles)


def test_every_page_that_may_be_printed_says_so(officer):
    for path in ("/organisations/1/checklist", "/checklists", "/requests/1", "/people", "/catalog"):
        assert "УЧЕБНЫЕ ДАННЫЕ" in officer.get(path).text, path
    assert "@media print{.practice{background:#fff;color:#000" in Path("web/static/page.css").read_text("utf-8")


def test_every_answer_to_a_program_says_so(walked):
    api = caller(World(walked))
    for path in ("/requests", "/requests/1", "/health", "/holders", "/openapi.json", "/requests/777"):
        assert api.get(f"/api/v1{path}").headers["x-practice"] == "true", path
    about = api.get("/api/v1/openapi.json").json()["info"]["description"]
    assert TOLD in about and "X-Practice: true" in about


def test_every_address_that_gives_a_file_marks_its_name(officer, walked):
    """By the addresses of the application: those that end like a file."""
    found = [
        route.path
        for route in routes(create_app(walked))
        if route.path.rpartition(".")[2] in ("xlsx", "zip", "csv", "ics", "jsonl", "docx", "pdf", "txt")
    ]
    values = {
        "{number}": "1",
        "{kind}": "list",
        "{number:int}": "1",
        "{change}": "1",
        "{inn}": INN,
        "{line_id:int}": "1",
    }
    tried = []
    for path in found:
        for name, value in values.items():
            path = path.replace(name, value)
        answer = officer.get(path)
        if answer.status_code == 200 and "content-disposition" in answer.headers:
            tried.append(path)
            assert "praktika-" in answer.headers["content-disposition"] or _name(answer).startswith("УЧЕБНО_"), path
    assert len(tried) >= 5, (found, tried)


def test_work_says_nothing_of_it(installation):
    request_at(installation, Status.GRANTED)
    officer, api = client(World(installation)), caller(World(installation))
    answer = officer.get("/requests.xlsx")
    assert _name(answer).startswith("Заявки") and "x-practice" not in answer.headers
    assert load_workbook(io.BytesIO(answer.content)).active["A1"].value != TOLD
    assert "УЧЕБН" not in officer.get("/audit/export.csv").text and SHORT_NAME in officer.get("/").text
    assert "x-practice" not in api.get("/api/v1/requests").headers
    assert TOLD not in api.get("/api/v1/openapi.json").json()["info"]["description"]
