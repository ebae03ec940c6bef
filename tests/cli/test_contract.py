"""The command line as other programs use it: one JSON document on stdout, exit 0, 1 or 2, a whole life by commands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from demo import people
from tests.commands import said
from tests.walking import scan_of


@pytest.fixture
def run(home, tmp_path):
    def call(*arguments, code=0, process=False):
        done = said(arguments, cwd=tmp_path, env={"EGISZ_HOME": str(home)}, process=process)
        assert done.code == code, done.out + done.err
        return json.loads(done.out) if "--json" in arguments else done.out

    return call


@pytest.fixture
def files(tmp_path):
    (tmp_path / "refbook.zip").write_bytes(people.refbook_zip())
    (tmp_path / "roster.xlsx").write_bytes(people.roster(with_mistakes=False))
    (tmp_path / "wrong.xlsx").write_bytes(people.roster(with_mistakes=True))
    return tmp_path


def test_whole_life_by_commands(run, files, tmp_path):
    assert run("organisation", "import", files / "refbook.zip", "--json")["records"] == 1
    found = run("organisation", "find", "садов", "--json")
    assert set(found[0]) == {"inn", "ogrn", "kpp", "oid", "name", "kind", "region", "active"}
    run("organisation", "set", people.INN, f"head_name={people.HEAD_NAME}", "head_post=Главный врач", "seal=seal")

    made = run(
        "request",
        "new",
        "--kind",
        "frmo-frmr-access",
        "--organisation",
        people.INN,
        "--people",
        files / "roster.xlsx",
        "--json",
    )
    assert {
        "id",
        "number",
        "kind",
        "state",
        "organisation",
        "lines",
        "findings",
        "deadline",
        "ticket",
        "timeline",
        "actions",
    } <= set(made)
    assert set(made["lines"][0]) == {"person", "roles", "state", "reason"}
    number = made["id"]

    refused = run("request", "check", number, "--json", code=1)
    assert {finding["rule"] for finding in refused["findings"] if finding["severity"] == "error"} == {"USR-2"}
    run("request", "login", number)
    assert run("request", "check", number, "--json")["state"] == "validated"

    listed = run("documents", "make", number, tmp_path / "out", "--json")
    assert sorted(Path(row["file"]).suffix for row in listed) == [".docx", ".xlsx"]
    assert all(len(row["sha256"]) == 64 for row in listed)

    class Paper:
        id, version = number, 1

    scan = tmp_path / "scan.pdf"
    scan.write_bytes(scan_of(Paper, pages=2))  # type: ignore[arg-type]
    read = run("scan", "read", scan, "--json")
    assert read["problems"] == []
    expected = {"request": number, "version": 1, "of": 2, "problem": None}
    assert read["pages"] == [{"page": 1, **expected}, {"page": 2, **expected}]
    run("request", "sign", number, "--scan", scan, "--readable", code=1)
    signed = run("request", "sign", number, "--scan", scan, "--readable", "--seal", "--json")
    assert signed["state"] == "signed"
    run("request", "send", number, "--json", code=1)
    run("request", "send", number, "--confirm-address", "--json")
    assert [row["state"] for row in run("outbox", "list", "--json")] == ["promised"]
    assert run("request", "show", number, "--json")["actions"] == ["edit", "send", "hand_over", "withdraw"]
    assert run("request", "withdraw", number, "--json")["state"] == "withdrawn"
    assert run("outbox", "list", "--json") == []
    assert run("request", "list", "--json")[0]["state"] == "withdrawn"
    assert run("audit", "verify", "--json")["ok"] is True
    assert run("holders", "--as-of", "2026-11-23", "--json") == []
    assert run("holders", "--as-of", "2026-11-23", "--known-on", "2026-11-20", "--json") == []
    assert len(run("audit", "export", "--json")) > 10


def test_wrong_roster_makes_a_draft_whose_check_names_row_and_rule(run, files):
    run("organisation", "import", files / "refbook.zip")
    made = run(
        "request",
        "new",
        "--kind",
        "frmo-frmr-access",
        "--organisation",
        people.INN,
        "--people",
        files / "wrong.xlsx",
        "--json",
    )
    errors = run("request", "check", made["id"], "--json", code=1)["findings"]
    assert {("APP-2", 5), ("APP-14", 9)} <= {(finding["rule"], finding["row"]) for finding in errors}
    run("request", "people", made["id"], files / "roster.xlsx")
    left = run("request", "check", made["id"], "--json", code=1)["findings"]
    assert {finding["rule"] for finding in left if finding["severity"] == "error"} == {"USR-2"}


def test_deadline_is_one_document_with_its_reckoning(run):
    told = run("deadline", "--from", "2026-12-30T15:20", "--hours", "16", "--json")
    assert told["due"] == "2027-01-12T15:20:00+03:00"
    assert {"date": "2027-01-07", "why": "нерабочий праздничный день"} in told["skipped"]
    assert set(told) == {"due", "counted", "skipped", "warnings"}
    assert "2028" in run("deadline", "--from", "2028-03-01T10:00", "--hours", "8", "--json")["warnings"][0]


def test_deadline_in_words_names_the_days_that_are_shorter(run):
    assert "20.02.2027: рабочая суббота вместо 22.02.2027, короче на час" in run(
        "deadline", "--from", "2027-02-19T10:00"
    )
    assert "Внимание. Производственного календаря на 2028 год нет" in run(
        "deadline", "--from", "2028-03-01T10:00", "--hours", "8"
    )


@pytest.mark.parametrize(
    "arguments",
    [("request", "show"), ("deadline", "--from", "вчера", "--hours", "2"), ("nothing",), ("letter", "read", "none.eml"),
     ("holders", "--as-of", "завтра"), ("deadline", "--from", "2026-01-01", "--hours", "-1")],
)  # fmt: skip
def test_wrong_usage_is_exit_two(run, arguments):
    run(*arguments, code=2)


def test_refusals_with_json_are_one_document_too(run):
    assert run("request", "show", "77", "--json", code=1)["error"] == "Заявки № 77 нет."
    told = run("request", "new", "--kind", "nope", "--organisation", people.INN, "--json", code=1)
    assert "frmo-access" in told["error"]
    assert (
        "Контрольная"
        in run("request", "new", "--kind", "frmo-access", "--organisation", "7707083894", "--json", code=1)["error"]
    )


def test_settings_are_shown_without_passwords(run, home):
    home.mkdir()
    (home / "settings.toml").write_text('[smtp]\nhost = "mail.example"\npassword = "s3cret"\n', "utf-8")
    assert "s3cret" not in run("settings", "show", process=True)
    assert run("settings", "show", "--json")["smtp"]["host"] == "mail.example"
    (home / "settings.toml").write_text('[smtp]\nhots = "mail.example"\n', "utf-8")
    run("settings", "show", code=1)


def test_backup_comes_back_whole_and_never_over_data_unasked(run, files, home, tmp_path):
    run("organisation", "import", files / "refbook.zip")
    made = run(
        "request",
        "new",
        "--kind",
        "frmo-access",
        "--organisation",
        people.INN,
        "--people",
        files / "roster.xlsx",
        "--json",
    )
    before = run("audit", "verify", "--json")
    run("backup", tmp_path / "copy.zip")
    run("restore", tmp_path / "copy.zip", code=1)
    (tmp_path / "broken.zip").write_bytes((tmp_path / "copy.zip").read_bytes()[:-400])
    run("restore", tmp_path / "broken.zip", "--force", code=1)
    home.rename(tmp_path / "lost")
    assert "Личные ссылки из прежних писем больше не действуют" in run("restore", tmp_path / "copy.zip")
    # A process of its own: this one still holds the database that was moved away.
    run(
        "audit", "verify", "--anchor", f"{before['events']}:{before['head']}", process=True
    )  # the log goes on from there
    assert "Закончено ссылок: 0." in run("end-links", process=True)
    assert run("request", "show", made["id"], "--json", process=True)["number"] == made["number"]
