"""The demonstration from an empty folder: post, desk and page started, walked through, and stopped."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from actions.accounts import accounts, passwords
from demo import people
from demo.desk import Desk, DeskPlan, Outcome, keep_answering
from demo.servers import DemoServers
from demo.walk import Walk
from models.account import Role
from service.children import Child, stop_all
from service.deployments import ROOT
from service.listening import free_port
from service.supervisor import CannotStart, answers
from sweeps import run_sweep
from wiring.practice import POST
from wiring.settings import Settings, load
from wiring.work import Installation

Say = Callable[[str], None]
_MARK = ".egisz-access-demo"


def show(folder: Path, say: Say, *, stay: bool = False, pace: float = 0) -> None:
    """`pace`: seconds between steps, for reading along. Raises DemoFailed or CannotStart; leaves the folder for looking into."""
    _fresh(folder)
    plan = DeskPlan(
        turns={"*": (Outcome.PARTLY, Outcome.GRANT)},
        refused=frozenset({people.bare_snils(people.REFUSED)}),
        acknowledge_after=2.0,
        answer_after=5.0,
    )
    over = threading.Event()
    with DemoServers(folder / POST) as post:
        desk = threading.Thread(target=keep_answering, args=(Desk(post, folder / "desk.json", plan), over), daemon=True)
        desk.start()
        settings = _settings(folder, post)
        page = _page(settings)
        try:
            say(f"Показ «Доступа ЕГИСЗ». Страница: {settings.page_url}/, {_accounts(settings)}")
            say(f"Файлы показа: {folder}\n")
            _walk(settings, post, folder, _paced(say, pace))
            say("\nПоказ окончен: у шестерых работников есть роли и подтверждённый вход, одному отказывали.")
            if stay:
                say("Страница работает. Остановить – Ctrl-C.")
                _until_interrupted()
        finally:
            over.set()
            stop_all([page])
            desk.join(timeout=5)


def _accounts(settings: Settings) -> str:
    """An account for each of the four who look at the page, with one password that lives as long as the folder."""
    password = f"показ-{secrets.token_hex(4)}"
    with Installation(settings).work(by="показ") as work:
        for login, name, roles in _USERS:
            accounts.create(
                work,
                login=login,
                name=name,
                roles=roles,
                everywhere=True,
                password_hash=passwords.hashed(password, login=login),
                password_by_other=False,
            )
    return f"логины {', '.join(login for login, _, _ in _USERS)}, пароль {password}"


_USERS = (
    ("kadry", "Королёва Нина Львовна", {Role.OFFICER, Role.ADMINISTRATOR}),
    ("glavvrach", "Соколова Мария Ильинична", {Role.MANAGER}),
    ("audit", "Проверяющий Фёдор Фомич", {Role.AUDITOR}),
)


def _fresh(folder: Path) -> None:
    """Only a folder that a demonstration made is emptied."""
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise CannotStart(f"Папка {folder} не пуста и не от показа. Укажите другую: --folder.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / _MARK).touch()


def _settings(folder: Path, post: DemoServers) -> Settings:
    """Settings as an administrator would write them, in the environment so that the page's process has them too."""
    password = next(account.password for account in post.mailboxes.accounts if account.login == "clinic")
    values = {
        "EGISZ_HOME": str(folder),
        "EGISZ_PRACTICE": "true",
        "EGISZ_DATABASE_URL": "",
        "EGISZ_PAGE__PORT": str(free_port("127.0.0.1", int(os.environ.get("EGISZ_PAGE__PORT", "8000")))),
        "EGISZ_SMTP__HOST": "127.0.0.1",
        "EGISZ_SMTP__PORT": str(post.ports.smtp),
        "EGISZ_SMTP__TLS": "starttls",
        "EGISZ_IMAP__HOST": "127.0.0.1",
        "EGISZ_IMAP__PORT": str(post.ports.imaps),
        "EGISZ_IMAP__TLS": "tls",
        "EGISZ_MAIL__SENDER": "clinic@clinic.example",
        "EGISZ_MAIL__DESK_ADDRESS": "egisz@stp-egisz.ru",
    }
    for part in ("SMTP", "IMAP"):
        values |= {
            f"EGISZ_{part}__LOGIN": "clinic",
            f"EGISZ_{part}__PASSWORD": password,
            f"EGISZ_{part}__CA_BUNDLE": str(post.authority),
        }
    os.environ.update(values)
    return load()


def _page(settings: Settings) -> Child:
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "web.app:create_app",
        "--factory",
        "--no-access-log",
        "--host",
        settings.page.host,
        "--port",
        str(settings.page.port),
    ]
    page = Child("web", command, dict(os.environ), ROOT, settings.home / "logs" / "web.log")
    assert Installation(settings).practice  # migrated before the page asks
    page.start()
    for _ in range(150):
        if answers(f"{settings.page_url}/health"):
            return page
        threading.Event().wait(0.2)
    stop_all([page])
    raise CannotStart(f"Страница не отвечает, см. {page.log}.")


def _walk(settings: Settings, post: DemoServers, folder: Path, say: Say) -> None:
    installation = Installation(settings)
    Walk(installation, post, folder, lambda name: run_sweep(name, installation), say).run()


def _paced(say: Say, pace: float) -> Say:
    """Time to read each line before the next one comes."""

    def said(text: str) -> None:
        say(text)
        time.sleep(pace)

    return said


def _until_interrupted() -> None:
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
