"""A subsystem that nobody has programmed: a folder of TOML gives requests from the draft to the verified end."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from docx import Document
from PIL import Image

from demo import people
from tests.commands import said
from tests.walking import scan_of

MADE_UP = Path(__file__).parent / "made_up"
PERSON = people.EMPLOYEES[0]
DATA = f"""
profile = "children"
age = "3-17"
wards = ["Хирургия", "Терапия"]

[[people]]
surname = "{PERSON.surname}"
given = "{PERSON.given}"
patronymic = "{PERSON.patronymic}"
snils = "{PERSON.snils}"
email = "{PERSON.email}"
post = "{PERSON.post}"
email_is_esia = true
confirmed = ["trained"]
roles = ["Учётчик"]

[signer]
capacity = "deputy"
name = "Зуев Олег Ильич"
post = "Заместитель главного врача"
"""


@pytest.fixture
def run(home, tmp_path):
    def call(*arguments, code=0, folder=MADE_UP):
        done = said(arguments, cwd=tmp_path, env={"EGISZ_HOME": str(home), "EGISZ_CATALOG_FOLDER": str(folder)})
        assert done.code == code, done.out + done.err
        return json.loads(done.out) if "--json" in arguments else done.out

    return call


@pytest.fixture
def ready(run, tmp_path):
    """The refbook is loaded, the clinic's card is whole, the data file and the attachment lie ready."""
    (tmp_path / "refbook.zip").write_bytes(people.refbook_zip())
    (tmp_path / "data.toml").write_text(DATA, "utf-8")
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(picture, "PNG")
    (tmp_path / "plan.png").write_bytes(picture.getvalue())
    run("organisation", "import", tmp_path / "refbook.zip")
    run(
        "organisation",
        "set",
        people.INN,
        f"head_name={people.HEAD_NAME}",
        f"head_post={people.HEAD_POST}",
        "seal=seal",
        "licence=held",
    )
    return tmp_path


def _errors(run, number):
    found = run("request", "check", number, "--json", code=1)["findings"]
    return {(finding["rule"], finding["field"]) for finding in found if finding["severity"] == "error"}


def _paper_text(path):
    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def _scan_of(shown):
    class Paper:
        id, version = shown["id"], shown["version"]

    return scan_of(Paper)  # type: ignore[arg-type]


def test_made_up_folder_has_no_problems(run):
    told = run("catalog", "check", MADE_UP, "--json")
    assert told == {
        "ok": True,
        "problems": [],
        "adds": ["subsystems/beds.toml", "layouts/beds-access.toml", "layouts/beds-question.toml"],
        "replaces": [],
    }


def test_signed_request_with_people_goes_to_its_verified_end(run, ready, tmp_path):
    made = run(
        "request",
        "new",
        "--kind",
        "beds-access",
        "--organisation",
        people.INN,
        "--data",
        "data.toml",
        "--attach",
        "plan=plan.png",
        "--json",
    )
    number = made["number"]
    assert run("request", "check", number, "--json")["state"] == "validated"
    papers = run("documents", "make", number, tmp_path / "out", "--json")
    assert {Path(row["file"]).suffix for row in papers} == {".docx", ".xlsx"}
    text = _paper_text(next(row["file"] for row in papers if row["file"].endswith(".docx")))
    for part in (
        "Профиль коек: детские",
        "Возраст детей, лет: 3-17",
        "Хирургия; Терапия",
        PERSON.snils,
        "Ведущий учёта",
        "Заместитель главного врача",
        "Зуев",
    ):
        assert part in text
    (tmp_path / "scan.pdf").write_bytes(_scan_of(run("request", "show", number, "--json")))
    run("request", "sign", number, "--scan", "scan.pdf", "--readable", "--no-seal", code=1)
    assert run("request", "sign", number, "--scan", "scan.pdf", "--readable", "--seal", "--json")["state"] == "signed"
    run("request", "package", number, tmp_path / "package.zip")
    packed = zipfile.ZipFile(tmp_path / "package.zip").namelist()
    assert {name.rpartition(".")[2] for name in packed} == {"pdf", "docx", "png", "txt"}
    assert run("request", "hand-over", number, "--ticket", "ABC-123-45678", "--json")["state"] == "awaiting"
    assert (
        run("request", "answer", number, "granted", "--ground", "Звонок СТП 23 ноября", "--json")["state"] == "granted"
    )
    shown = run("request", "login", number, "--proven", "--json")
    assert shown["state"] == "verified"
    assert [[role["label"] for role in line["roles"]] for line in shown["lines"]] == [["Ведущий учёта"]]
    assert [(row["person"], row["verified"]) for row in run("holders", "--json")] == [(PERSON.name, True)]


def test_rules_of_the_folder_refuse_what_they_forbid(run, ready):
    wrong = DATA.replace('roles = ["Учётчик"]', 'roles = ["keeper", "auditor"]').replace('age = "3-17"', 'age = "все"')
    wrong = wrong.replace('confirmed = ["trained"]', "").replace('capacity = "deputy"', 'capacity = "attorney"')
    (ready / "wrong.toml").write_text(wrong, "utf-8")
    made = run(
        "request", "new", "--kind", "beds-access", "--organisation", people.INN, "--data", "wrong.toml", "--json"
    )
    found = _errors(run, made["id"])
    assert found == {
        ("GEN-3", "role"),
        ("GEN-1", "age"),
        ("GEN-2", "trained"),
        ("GEN-1", "capacity"),
        ("GEN-1", "plan"),
    }
    grown_up = DATA.replace('profile = "children"', 'profile = "adult"').replace('age = "3-17"\n', "")
    (ready / "adult.toml").write_text(grown_up, "utf-8")
    adult = run(
        "request",
        "new",
        "--kind",
        "beds-access",
        "--organisation",
        people.INN,
        "--data",
        "adult.toml",
        "--attach",
        "plan=plan.png",
        "--json",
    )
    assert run("request", "check", adult["id"], "--json")["state"] == "validated"


def test_unsigned_request_without_people_goes_to_its_verified_end(run, ready, tmp_path):
    made = run("request", "new", "--kind", "beds-question", "--organisation", people.INN, "--json")
    assert _errors(run, made["id"]) == {("GEN-1", "question")}
    run("request", "fill", made["id"], "question=Как закрыть койку на ремонт?")
    assert run("request", "check", made["id"], "--json")["state"] == "validated"
    papers = run("documents", "make", made["id"], tmp_path / "out", "--json")
    assert "Как закрыть койку на ремонт?" in _paper_text(papers[0]["file"])
    assert run("request", "hand-over", made["id"], "--ticket", "ABC-123-45679", "--json")["state"] == "awaiting"
    assert (
        run("request", "answer", made["id"], "granted", "--ground", "Звонок СТП 23 ноября", "--json")["state"]
        == "granted"
    )
    assert run("request", "verify", made["id"], "--json")["state"] == "verified"


def test_open_requests_are_named_when_the_folder_is_to_be_taken_away(run, ready, tmp_path):
    made = run("request", "new", "--kind", "beds-question", "--organisation", people.INN, "--json")
    (tmp_path / "empty" / "layouts").mkdir(parents=True)
    (tmp_path / "empty" / "layouts" / "access.toml").write_bytes(
        (MADE_UP.parents[2] / "catalog/layouts/access.toml").read_bytes()
    )
    told = run("catalog", "diff", tmp_path / "empty", "--json")
    assert told["stranded"] == [made["number"]]
    assert {(change["what"], change["code"], change["how"]) for change in told["changes"]} == {
        ("subsystem", "beds", "removed"),
        ("role", "beds:keeper", "removed"),
        ("role", "beds:auditor", "removed"),
        ("kind", "beds-access", "removed"),
        ("kind", "beds-question", "removed"),
        ("form", "beds-access", "removed"),
        ("form", "beds-question", "removed"),
    }
