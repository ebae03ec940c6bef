"""Administration: health, mail, calendar, catalogue, erasure, backups, each as an administrator meets them."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import yaml
from sqlmodel import col, select

from actions.log import audit
from actions.requests import lookup
from catalog.rules import FOLDER
from demo.servers import DemoServers
from models.account import Role
from models.audit import Event
from models.letters import MailboxPosition, OutboxState
from models.request import Status
from service import backup, planner
from service.deployments import ROOT
from service.restoring import restore
from tests.web.users import client
from tests.web.world import NOON, package_letter, request_at
from wiring import settings_file
from wiring.settings import load

PARTS = ("", "/users", "/mail", "/calendar", "/catalogue", "/erasure", "/backups")


@pytest.fixture(autouse=True)
def no_planner(monkeypatch):
    """Port 9 of loopback: nobody answers there, on any machine."""
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")


def events(world, action):
    with world.installation.reading(by="тест") as work:
        found = (
            work.session.execute(select(Event).where(col(Event.action) == action).order_by(col(Event.seq)))
            .scalars()
            .all()
        )
        return [(event.actor, json.loads(event.data)) for event in found]


def section(page, code):
    return re.search(rf'<section class="box health is-(\w+)" id="{code}">(.*?)</section>', page.text, re.S).groups()


def test_only_administrators_come_in(world):
    administrator, others = (
        client(world, role, set(Role) - {Role.ADMINISTRATOR} if role == "others" else {Role.ADMINISTRATOR})
        for role in ("administrator", "others")
    )
    for part in PARTS:
        assert (administrator.get(f"/admin{part}").status_code, others.get(f"/admin{part}").status_code) == (
            200,
            403,
        ), part


# Health


def test_new_installation_says_what_is_red_and_what_to_do(officer):
    page = officer.get("/admin")
    level, told = section(page, "mailbox")
    assert level == "error" and "Почта не настроена" in told and "Что делать" in told
    level, told = section(page, "schedules")
    assert level == "error" and "http://127.0.0.1:9/api не отвечает" in told and "Работают: страница" in told
    assert section(page, "backup")[0] == "error"
    assert section(page, "refbooks")[0] == "warning"
    assert section(page, "database")[0] == "verified"
    assert "2026 год известен" in section(page, "calendar")[1]


def test_queue_tells_the_oldest_and_what_did_not_leave(officer, world):
    with world.installation.work(by="officer") as work:
        package_letter(work, request_at(work, Status.SIGNED), OutboxState.PROMISED)
    world.clock.now = NOON + dt.timedelta(minutes=20)
    level, told = section(officer.get("/admin"), "queue")
    assert level == "verified" and "20\u00a0минут" in told and "в очереди: 1" in told
    world.clock.now = NOON + dt.timedelta(hours=2)
    assert section(officer.get("/admin"), "queue")[0] == "error"
    world.clock.now = NOON
    with world.installation.work(by="officer") as work:
        package_letter(work, request_at(work, Status.SIGNED), OutboxState.UNCERTAIN)
    level, told = section(officer.get("/admin"), "queue")
    assert level == "error" and "судьба неясна: 1" in told


def test_verdict_of_the_night_and_the_clock_turned_back(officer, world):
    with world.installation.work(by="ночная проверка") as work:
        audit.record(work, "audit.checked", "audit", ok=False, events=1)
    assert section(officer.get("/admin"), "log")[0] == "error"
    world.clock.now = NOON - dt.timedelta(hours=1)
    assert "Часы переведены назад" in section(officer.get("/admin"), "clock")[1]


RUNS = {
    "deliver": [("COMPLETED", "", 1)],
    "inbox": [("FAILED", "Flow run encountered an exception: MailboxError: auth at auth", 2), ("COMPLETED", "", 30)],
    "erase": [],
}


OURS = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))
PLANTED = [
    {
        "id": "planted",
        "name": "<b>planted</b>",
        "entrypoint": "/tmp/evil.py:run",
        "tags": ["egisz-access"],
        "pull_steps": OURS["pull"],
    },
    {
        "id": "same",
        "name": "deliver",
        "entrypoint": "/tmp/evil.py:deliver",
        "tags": ["egisz-access"],
        "pull_steps": OURS["pull"],
    },
]
REFUSED = [{"name": "brave-fox", "state": {"message": "Failed to submit: NotOurs: задание без расписания"}}]


class _Planner(BaseHTTPRequestHandler):
    """As Prefect 3.8 answers to these questions, with its protection against forgery on."""

    planted: tuple[dict[str, object], ...] = ()
    refused: tuple[dict[str, object], ...] = ()

    def do_GET(self):
        self.client = self.path.rpartition("=")[2]
        self._answer({"token": f"token of {self.client}"})

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.headers["Prefect-Csrf-Token"] == f"token of {self.headers['Prefect-Csrf-Client']}"
        if self.path.endswith("/deployments/filter"):
            assert asked["work_pools"] == {"name": {"any_": ["access"]}}
            entrypoints = {entry["name"]: entry["entrypoint"] for entry in OURS["deployments"]}
            answer = [
                {
                    "id": name,
                    "name": name,
                    "description": name.upper(),
                    "paused": False,
                    "tags": ["egisz-access"],
                    "entrypoint": entrypoints[name],
                    "pull_steps": OURS["pull"],
                }
                for name in RUNS
            ] + list(self.planted)
        elif self.path.endswith("/workers/filter"):
            answer = [{"name": "w", "status": "ONLINE"}]
        elif "work_pools" in asked:
            answer = self.refused
        else:
            name = asked["flow_runs"]["deployment_id"]["any_"][0]
            answer = [
                {
                    "state_type": state,
                    "state": {"message": why},
                    "end_time": (NOON - dt.timedelta(minutes=ago)).isoformat(),
                }
                for state, why, ago in RUNS[name]
            ]
        self._answer(answer)

    def _answer(self, answer):
        body = json.dumps(answer).encode()
        self.send_response(200 if self.headers.get("Authorization") == "Basic dTpw" else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def planning() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Planner) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api"
        server.shutdown()


def test_planner_is_asked_over_http_and_its_failures_are_told_in_russian(officer, world, monkeypatch):
    monkeypatch.setenv("EGISZ_SMTP__HOST", "smtp.example.com")
    monkeypatch.setenv("EGISZ_IMAP__HOST", "imap.example.com")
    world.installation.take_up(load())
    with planning() as address:
        monkeypatch.setenv("PREFECT_API_URL", address)
        assert planner.ask().trouble == "отвечает кодом 401"
        monkeypatch.setenv("PREFECT_API_AUTH_STRING", "u:p")
        page = officer.get("/admin")
    level, told = section(page, "schedules")
    assert level == "error" and "С ошибкой: inbox." in told and "DELIVER: 23.11.2026 11:59" in told
    assert "ERASE: ещё не было" in told
    assert section(page, "foreign")[0] == "verified"
    level, told = section(page, "mailbox")
    assert level == "error" and "Последний раз ящик прочитать не удалось, 23.11.2026 11:58" in told
    assert "не принял" in told and "Удачно: 23.11.2026 11:30" in told


def test_foreign_work_in_the_planner_is_told_and_counts_as_no_schedule_of_ours(officer, monkeypatch):
    monkeypatch.setattr(_Planner, "planted", PLANTED)
    monkeypatch.setattr(_Planner, "refused", REFUSED)
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "u:p")
    with planning() as address:
        monkeypatch.setenv("PREFECT_API_URL", address)
        assert {each.name for each in planner.ask().carried} == set(RUNS)
        level, told = section(officer.get("/admin"), "foreign")
    assert level == "error" and "3\xa0чужих задания" in told and "<b>planted" not in told
    assert "«deliver»: другой код" in told and "запуск «brave-fox»: задание без расписания" in told


# Mail


def form_of(page, **changes):
    """What a browser would send of the form, with some fields changed."""
    fields = {}
    for name, value in re.findall(r'<input name="([\w.]+)" value="([^"]*)"', page.text):
        fields[name] = value
    for name, value in re.findall(r'<textarea name="([\w.]+)"[^>]*>([^<]*)<', page.text):
        fields[name] = value
    for name, options in re.findall(r'<select name="([\w.]+)"[^>]*>(.*?)</select>', page.text, re.S):
        fields[name] = re.search(r'value="([^"]*)" selected', options).group(1)
    fields.pop("to", None)
    return fields | changes


def test_mail_settings_are_written_and_followed_at_once(officer, world):
    path = world.installation.settings.home / "settings.toml"
    path.write_text("# моё\n[smtp]\nport = 2525 # так надо\n", "utf-8")
    form = form_of(
        officer.get("/admin/mail"),
        **{
            "mail.sender": "dostup@clinic.ru",
            "smtp.host": "mail.clinic.ru",
            "smtp.port": "587",
            "smtp.tls": "starttls",
            "smtp.password": " тайна ",
            "imap.host": "mail.clinic.ru",
            "imap.folders": "INBOX\nСТП",
            "imap.copy_sent": "1",
        },
    )
    answer = officer.post("/admin/mail", data=form)
    assert answer.status_code == 200 and "Записано в settings.toml" in answer.text
    text = path.read_text("utf-8")
    assert "# моё" in text and "port = 587 # так надо" in text
    settings = load()
    assert settings.smtp.password.get_secret_value() == " тайна "
    assert (settings.imap.folders, settings.imap.copy_sent) == (("INBOX", "СТП"), True)
    assert world.installation.policy.sender == "dostup@clinic.ru"
    assert "тайна" not in answer.text and "задан, не показывается" in answer.text
    assert events(world, "settings.changed") == [("officer", {"sections": ["mail", "smtp", "imap", "answers"]})]


def test_password_stays_until_it_is_typed_anew_or_forgotten(officer):
    settings_file.change({"smtp.password": "тайна"})
    officer.post("/admin/mail", data=form_of(officer.get("/admin/mail")))
    assert load().smtp.password.get_secret_value() == "тайна"
    officer.post("/admin/mail", data=form_of(officer.get("/admin/mail"), **{"smtp.password.forget": "1"}))
    assert load().smtp.password.get_secret_value() == ""


def test_wrong_mail_setting_is_refused_and_nothing_typed_is_lost(officer, world):
    shown = officer.get("/admin/mail")
    for key, typed, told in (
        ("smtp.port", "70000", "нужно не больше 65535."),
        ("smtp.port", "почтовый", "нужно число, например 30."),
        ("mail.sender", "клиника", "нет знака @"),
        ("smtp.tls", "ssl", "выберите одно из списка."),
        ("imap.ca_bundle", "/nowhere/ca.pem", "такого файла на сервере нет"),
    ):
        answer = officer.post("/admin/mail", data=form_of(shown, **{"smtp.host": "набрано.рф", key: typed}))
        assert answer.status_code == 422
        assert told in answer.text and 'value="набрано.рф"' in answer.text and typed in answer.text
    assert not settings_file.location().exists()
    assert world.installation.settings.smtp.host == ""
    assert events(world, "settings.changed") == []


def test_what_the_environment_gives_is_shown_and_cannot_be_changed_here(officer, monkeypatch):
    monkeypatch.setenv("EGISZ_SMTP__HOST", "env.example.com")
    page = officer.get("/admin/mail")
    assert re.search(r'<input name="smtp.host"[^>]* disabled', page.text)
    assert "переменной окружения EGISZ_SMTP__HOST" in page.text
    officer.post("/admin/mail", data=form_of(page, **{"smtp.host": "other.ru", "imap.host": "imap.ru"}))
    assert (load().smtp.host, settings_file.in_file().smtp.host, load().imap.host) == ("env.example.com", "", "imap.ru")


@pytest.mark.parametrize(
    ("last", "level", "words"),
    [
        ({"looked_at": NOON - dt.timedelta(minutes=2)}, "verified", ["Последний удачный взгляд в ящик: 23.11.2026 11:58"]),
        ({"looked_at": NOON - dt.timedelta(hours=2)}, "warning", ["23.11.2026 10:00", "каждые две минуты"]),
        (
            {"looked_at": NOON - dt.timedelta(hours=2), "failed_at": NOON - dt.timedelta(minutes=1), "problem": "folder"},
            "error", ["Папку Архив прочитать не удалось, 23.11.2026 11:59", "Такой папки в ящике нет", "Удачно: 23.11.2026 10:00"],
        ),
    ],
)  # fmt: skip
def test_looks_into_the_mailbox_are_told_without_the_planner(officer, world, monkeypatch, last, level, words):
    for name, value in (
        ("SMTP__HOST", "smtp.example.com"),
        ("IMAP__HOST", "imap.example.com"),
        ("IMAP__FOLDERS", '["INBOX", "Архив"]'),
        ("MAIL__SENDER", "clinic@example.com"),
    ):
        monkeypatch.setenv(f"EGISZ_{name}", value)
    world.installation.take_up(load())
    with world.installation.work(by="тест") as work:
        good = NOON - dt.timedelta(minutes=1)
        work.session.add(MailboxPosition(account="clinic@example.com", folder="INBOX", looked_at=good))
        work.session.add(MailboxPosition(account="clinic@example.com", folder="Архив", **last))
        work.session.add(MailboxPosition(account="old@example.com", folder="INBOX", failed_at=NOON, problem="auth"))
    shape, told = section(officer.get("/admin"), "mailbox")
    assert shape == level
    for word in (*words, "INBOX: удачный взгляд: 23.11.2026 11:59; писем 0"):
        assert word in told


def test_test_letter_goes_out_and_the_mailbox_is_looked_into(officer, world, tmp_path):
    with DemoServers(tmp_path / "post") as servers:
        common = {
            "host": "localhost",
            "login": "clinic",
            "password": "demo-clinic",
            "ca_bundle": str(servers.authority),
        }
        values = {f"{part}.{name}": value for part in ("smtp", "imap") for name, value in common.items()}
        values |= {
            "smtp.port": servers.ports.smtp,
            "smtp.tls": "starttls",
            "imap.port": servers.ports.imaps,
            "imap.folders": ["INBOX", "Нет такой"],
            "mail.sender": "clinic@clinic.example",
        }
        world.installation.take_up(settings_file.change(values))
        answer = officer.post("/admin/mail/probe", data={"to": "clinic@clinic.example"})
        received = [path.read_bytes() for path in servers.letters("clinic")]
    assert "письмо на clinic@clinic.example принято сервером" in answer.text
    assert "Входящая почта работает. Папки: " in answer.text and "Папки «Нет такой» в ящике нет" in answer.text
    assert len(received) == 1
    assert events(world, "mail.probed") == [("officer", {"ok": False})]


def test_test_letter_without_servers_or_to_nobody_says_why(officer):
    answer = officer.post("/admin/mail/probe", data={"to": "a@clinic.ru"})
    assert "Почта не настроена" in answer.text
    answer = officer.post("/admin/mail/probe", data={"to": "никому"})
    assert answer.status_code == 422 and 'value="никому"' in answer.text


# Calendar


def year_file(year, january="1,2,3"):
    return {
        "year": year,
        "months": [{"month": month, "days": january if month == 1 else "1"} for month in range(1, 13)],
    }


def upload(officer, document):
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return officer.post("/admin/calendar/file", files={"calendar": ("calendar.json", data, "application/json")})


def test_years_are_added_replaced_and_taken_away(officer, world):
    assert "принят" in upload(officer, year_file(2027)).text
    upload(officer, year_file(2028))
    upload(officer, year_file(2027, "1,11"))
    calendar = world.installation.calendar
    assert calendar.imported_years == {2027, 2028}
    assert not calendar.is_working(dt.date(2027, 1, 11)) and calendar.is_working(dt.date(2027, 1, 12))
    officer.post("/admin/calendar/years/2028/drop")
    assert world.installation.calendar.imported_years == {2027}
    officer.post("/admin/calendar/years/2027/drop")
    assert load().calendar_file is None
    assert events(world, "calendar.changed")[0] == ("officer", {"came": [2027]})


def test_file_that_is_no_calendar_is_refused(officer, world):
    for data in (b"", b"[]", b"no json", b'{"year": 2027}', b"[" * 100_000, b"\xff\xfe"):
        answer = upload(officer, data)
        assert answer.status_code == 422 and 'class="problem"' in answer.text, data[:20]
    assert not (world.installation.settings.home / "calendar.json").exists()


def test_deadline_is_reckoned_and_explained(officer):
    page = officer.get("/admin/calendar", params={"start": "2026-11-20T16:00", "hours": "4"})
    assert "Срок: 23.11.2026 11:00" in page.text
    assert "21.11.2026 – суббота" in page.text and "20.11.2026 с 16:00 до 18:00" in page.text
    wrong = officer.get("/admin/calendar", params={"start": "2026-11-20T16:00", "hours": "много"})
    assert wrong.status_code == 422 and 'value="много"' in wrong.text


def test_hours_of_the_desk_count_from_the_next_click(officer, world):
    form = {
        "desk.opens": "08:00",
        "desk.closes": "17:00",
        "desk.break_from": "12:00",
        "desk.break_until": "12:30",
        "desk.time_zone": "Europe/Moscow",
    }
    officer.post("/admin/calendar/desk", data=form)
    assert (
        "Срок: 23.11.2026 10:00"
        in officer.get("/admin/calendar", params={"start": "2026-11-20T15:00", "hours": "4"}).text
    )
    refused = officer.post("/admin/calendar/desk", data=form | {"desk.closes": "11:00"})
    assert refused.status_code == 422 and "после перерыва" in refused.text
    assert load().desk.closes == dt.time(17)


def test_reminders_are_set_with_addresses_checked(officer, world):
    officer.post(
        "/admin/calendar/reminders", data={"reminders.officers": "a@clinic.ru\nb@clinic.ru", "reminders.idle_days": "5"}
    )
    assert (world.installation.policy.officers, world.installation.policy.idle_days) == (
        ("a@clinic.ru", "b@clinic.ru"),
        5,
    )
    assert world.installation.policy.follow_up_by_machine is False
    assert officer.post("/admin/calendar/reminders", data={"reminders.officers": "кому-то"}).status_code == 422


# Catalogue


def test_own_folder_is_checked_compared_and_taken_up(officer, world, tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    shipped = next(
        path for path in sorted((FOLDER / "subsystems").glob("*.toml")) if "[subsystem]" in path.read_text("utf-8")
    )
    (folder / "subsystems").mkdir()
    copy = folder / "subsystems" / shipped.name
    copy.write_text(shipped.read_text("utf-8") + "\nstrange = 1\n", "utf-8")
    wrong = officer.post("/admin/catalogue", data={"folder": str(folder)})
    assert wrong.status_code == 422 and f"subsystems/{shipped.name}" in wrong.text and "Ошибки" in wrong.text
    renamed = re.sub(r'(\[subsystem\].*?\nname = ")', r"\1Наш ", shipped.read_text("utf-8"), count=1, flags=re.S)
    copy.write_text(renamed, "utf-8")
    good = officer.get("/admin/catalogue", params={"folder": str(folder)})
    assert "Ошибок нет" in good.text and "→ Наш " in good.text
    officer.post("/admin/catalogue", data={"folder": str(folder)}, follow_redirects=False)
    assert [entry.name for entry in world.installation.catalog.subsystems.values() if entry.name.startswith("Наш ")]
    assert load().catalog_folder == folder
    officer.post("/admin/catalogue", data={"folder": ""}, follow_redirects=False)
    assert load().catalog_folder is None
    assert not [entry.name for entry in world.installation.catalog.subsystems.values() if entry.name.startswith("Наш ")]
    assert [told["own"] for _, told in events(world, "catalog.taken-up")] == [True, False]


def test_folder_that_is_not_there_is_told(officer):
    assert "Папки /nowhere нет" in officer.get("/admin/catalogue", params={"folder": "/nowhere"}).text


# Erasure


def test_what_is_due_is_shown_and_erased_only_when_sure(officer, world):
    days = world.installation.policy.retention_days
    with world.installation.work(by="officer") as work:
        due = request_at(work, Status.WITHDRAWN, status_since=NOON - dt.timedelta(days=days + 1))
        soon = request_at(work, Status.WITHDRAWN, status_since=NOON - dt.timedelta(days=days - 10))
        later = request_at(work, Status.WITHDRAWN, status_since=NOON - dt.timedelta(days=10))
    page = officer.get("/admin/erasure").text
    now, within = re.findall(r"<dd>(.*?)</dd>", page, re.S)[:2]
    assert due.number in now and soon.number in within
    assert later.number not in page
    assert officer.post("/admin/erasure", data={}).status_code == 422
    answer = officer.post("/admin/erasure", data={"sure": "1"})
    assert "Стёрто. Акт записан" in answer.text and f"заявки: {due.number}" in answer.text
    with world.installation.reading(by="тест") as work:
        assert lookup.get(work, due.id).erased_on == NOON
        assert lookup.get(work, soon.id).erased_on is None
    assert [actor for actor, _ in events(world, "erasure.act")] == ["officer"]
    assert "Ничего не изменилось" in officer.post("/admin/erasure", data={"sure": "1"}).text


def test_terms_are_settings(officer, world):
    officer.post(
        "/admin/erasure/terms", data={"personal_data.retention_days": "400", "personal_data.patient_days": "30"}
    )
    assert (world.installation.policy.retention_days, world.installation.policy.patient_days) == (400, 30)
    assert officer.post("/admin/erasure/terms", data={"personal_data.retention_days": "0"}).status_code == 422


# Backups


def test_backup_is_made_listed_downloaded_and_deleted(officer, world):
    with world.installation.work(by="officer") as work:
        request_at(work)
    upload(officer, year_file(2027))
    officer.post("/admin/backups")
    (kept,) = backup.kept(world.installation.settings)
    page = officer.get("/admin/backups")
    assert kept.name in page.text and "сегодня" in page.text
    data = officer.get(f"/admin/backups/{kept.name}").content
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert {"database.sqlite3", "settings.toml", "calendar.json"} <= set(names) and "secret.key" not in names
    assert section(officer.get("/admin"), "backup")[0] == "verified"
    officer.post(f"/admin/backups/{kept.name}/delete")
    assert backup.kept(world.installation.settings) == []
    assert officer.get(f"/admin/backups/{kept.name}").status_code == 404
    assert [len(events(world, f"backup.{what}")) for what in ("made", "downloaded", "deleted")] == [1, 1, 1]


def test_restored_backup_is_the_same_installation(officer, world, tmp_path, monkeypatch):
    upload(officer, year_file(2027))
    officer.post("/admin/backups")
    (kept,) = backup.kept(world.installation.settings)
    archive = backup.kept_path(world.installation.settings, kept.name)
    elsewhere = tmp_path / "elsewhere"
    monkeypatch.setenv("EGISZ_HOME", str(elsewhere))
    restore(load(), archive, force=False)
    from wiring.work import Installation

    restored = Installation(load())
    assert restored.calendar.imported_years == {2027}
    restored.engine.dispose()


def test_second_backup_waits_for_the_first_and_a_dead_one_is_cleared(officer, world):
    folder = backup.folder(world.installation.settings)
    folder.mkdir()
    running = folder / f".egisz-access-2026-11-23-090000.zip.{os.getpid()}.part"
    running.write_bytes(b"x" * 5000)
    page = officer.get("/admin/backups")
    assert "Копия делается" in page.text and 'hx-trigger="load delay:2s"' in page.text
    assert officer.post("/admin/backups").status_code == 409
    dead = running.rename(folder / ".egisz-access-2026-11-23-090000.zip.999999999.part")
    assert "Копия делается" not in officer.get("/admin/backups").text
    assert not dead.exists()


def test_failed_backup_is_told(officer, world, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "_copy", full)
    officer.post("/admin/backups")
    assert "Последняя копия не получилась" in officer.get("/admin/backups").text
    assert backup.kept(world.installation.settings) == []


def test_nothing_but_copies_can_be_taken(officer, world):
    backup.folder(world.installation.settings).mkdir()
    for name in ("settings.toml", "..%2Fsettings.toml", "%2e%2e%2fsecret.key", "egisz-access.sqlite3"):
        assert officer.get(f"/admin/backups/{name}").status_code == 404


def test_no_room_is_said_before_a_backup_begins(officer, monkeypatch):
    monkeypatch.setattr(
        backup.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 10, "total": 100, "used": 90})()
    )
    answer = officer.post("/admin/backups")
    assert answer.status_code == 422 and "На диске мало места" in answer.text
