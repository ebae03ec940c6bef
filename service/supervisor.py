"""Everything under one command: migrations, Prefect's server, deployments, a worker, the page, in practice the played post."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from actions.accounts import accounts
from actions.post import destinations
from documents.russian import counted
from refusals import Refusal
from service import anchors, beside, erasing, erasures, planner
from service.children import Child, stop_all
from service.deployments import ROOT
from service.listening import free_port, listen, port_of
from wiring.gateways import unset_mail
from wiring.holding import Held, held, is_held
from wiring.page_key import page_key
from wiring.practice import FOLDER, POST
from wiring.privacy import tighten
from wiring.settings import Settings
from wiring.work import Installation, installation_key

_BIN = Path(sys.executable).parent
_PLAYED_DESK = "egisz@stp-egisz.ru"
Say = Callable[[str], None]


class CannotStart(Refusal):
    """Why the service does not start, in Russian."""

    http_status = 500


@dataclass
class Service:
    """`start` returns when the page answers and the schedules are set; `watch` blocks until `over` is set."""

    settings: Settings
    say: Say
    over: threading.Event = field(default_factory=threading.Event)
    children: list[Child] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    page_url: str = ""
    password: str = field(default_factory=lambda: f"egisz:{secrets.token_urlsafe(32)}", repr=False)
    listeners: dict[str, socket.socket] = field(default_factory=dict)

    def start(self) -> None:
        """Raises CannotStart; then nothing is left running."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        if wide := tighten(self.settings.home):
            self.say(
                f"Закрыто от других пользователей этой машины: {counted(wide, 'файл или папка', 'файла или папки', 'файлов и папок')}."
            )
        installation = Installation(self.settings)
        practising = installation.practice
        anchors.begin(installation)
        erasures.repeat_lost(installation, "служба")
        erasing.pay(installation)
        beside.stop(self.settings.home)  # what a former run was asked for
        self._page_address()
        if practising:
            self._doing("Запускаются учебные почта и СТП.")
            self._played_post()
        elif lacking := unset_mail(self.settings):
            self.say(lacking)
        # Taken before the page starts: it asks the planner how the schedules fare.
        self.listeners["planner"] = listen("127.0.0.1", 4200)
        self.extra["PREFECT_API_URL"] = f"http://127.0.0.1:{port_of(self.listeners['planner'])}/api"
        self._doing("Запускается страница.")
        page = self.listeners["page"]
        web = self._python("-m", "web.shell.serving", "--fd", str(page.fileno()))
        self._child("web", web, self._as_client, page)
        self._prefect()
        self._until(f"http://{_shown(self.settings.page.host)}:{port_of(page)}/health", "Страница", 60)

    def _doing(self, text: str) -> None:
        """Told to the page of work that waits for it."""
        if self.settings.practice:
            beside.tell_progress(self.settings.home, text)

    def _python(self, *arguments: str) -> list[str]:
        return [sys.executable, *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """What children see: ours, the settings they need, and Prefect tamed (no telemetry, no hidden server)."""
        home = self.settings.home
        leases = "prefect.server.concurrency.lease_storage.filesystem"
        return {
            **os.environ,
            "EGISZ_HOME": str(home),
            "APP_HOME": str(ROOT),
            "PREFECT_HOME": str(home / "prefect"),
            "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": leases,
            "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
            "PREFECT_WORKER_QUERY_SECONDS": "5",
            "PREFECT_LOGGING_LEVEL": "WARNING",
            "PYTHONUNBUFFERED": "1",
            **_past_proxies(),
            **self.extra,
        }

    @property
    def _as_client(self) -> dict[str, str]:
        """For whoever speaks to the planner. In the environment, which only our user can see; never on a command line."""
        return {"PREFECT_API_AUTH_STRING": self.password}

    def _child(
        self, name: str, command: list[str], more: Mapping[str, str] | None = None, *listeners: socket.socket
    ) -> Child:
        log = self.settings.home / "logs" / f"{name}.log"
        child = Child(name, command, {**self.environment, **(more or {})}, ROOT, log, listeners)
        self.children.append(child)
        child.start()
        return child

    def _page_address(self) -> None:
        page = self.settings.page
        self.listeners["page"] = listen(page.host, page.port)
        port = port_of(self.listeners["page"])
        if port != page.port and page.public_url:
            raise CannotStart(
                f"Порт {page.port} занят другой программой, а адрес {page.public_url} ведёт на него: люди вводили бы пароли в чужую "
                "страницу. Освободите порт или впишите свободный в [page] port и в прокси."
            )
        if port != page.port:
            self.say(f"Порт {page.port} занят, страница будет на порту {port}.")
        self.extra["EGISZ_PAGE__PORT"] = str(port)
        self.page_url = page.public_url.rstrip("/") or f"http://{_shown(page.host)}:{port}"

    def _played_post(self) -> None:
        """Real SMTP and IMAP servers on loopback and a desk that answers, for the practice folder only."""
        folder = self.settings.home / POST
        folder.mkdir(parents=True, exist_ok=True)
        ports = {name: free_port("127.0.0.1", number) for name, number in _POST_PORTS.items()}
        known = folder / "ports.json"
        known.write_text(json.dumps(ports), "utf-8")
        self._child("practice-post", self._python("-m", "demo.service", str(folder), str(known)))
        authority = folder / "certificates" / "authority.pem"
        self._until_port(ports["smtp"], "Учебная почта", 30)
        self._until_port(ports["imaps"], "Учебная почта", 30)
        self.extra |= {
            "EGISZ_SMTP__HOST": "127.0.0.1",
            "EGISZ_SMTP__PORT": str(ports["smtp"]),
            "EGISZ_SMTP__TLS": "starttls",
            "EGISZ_SMTP__LOGIN": "clinic",
            "EGISZ_SMTP__PASSWORD": "demo-clinic",
            "EGISZ_SMTP__CA_BUNDLE": str(authority),
            "EGISZ_IMAP__HOST": "127.0.0.1",
            "EGISZ_IMAP__PORT": str(ports["imaps"]),
            "EGISZ_IMAP__TLS": "tls",
            "EGISZ_IMAP__LOGIN": "clinic",
            "EGISZ_IMAP__PASSWORD": "demo-clinic",
            "EGISZ_IMAP__CA_BUNDLE": str(authority),
            "EGISZ_MAIL__SENDER": "clinic@clinic.example",
            "EGISZ_MAIL__DESK_ADDRESS": _PLAYED_DESK,
        }
        self.say(
            "УЧЕБНЫЙ РЕЖИМ: запущены учебные почта и СТП на этой машине, наружу ничего не уходит. "
            f"Учебные данные: {self.settings.home}."
        )

    def _prefect(self) -> None:
        self._doing("Готовятся расписания: в первый раз это около минуты.")
        listener = self.listeners["planner"]
        server = self._python("-m", "flows.server", "--fd", str(listener.fileno()))
        self._child("prefect-server", server, {"PREFECT_SERVER_API_AUTH_STRING": self.password}, listener)
        address = self.extra["PREFECT_API_URL"]
        self._until(f"{address}/health", "Планировщик", 240)  # its database is made first: a minute of a slow machine
        if not planner.proves(address, self.password):
            raise CannotStart(
                f"На порту {port_of(listener)} вместо планировщика отвечает чужая программа: пароль ей не сказан, служба остановлена. "
                "Выясните, кто слушает этот порт: ss -ltnp."
            )
        for deleted in deploy({**self.environment, **self._as_client}):
            self.say(f"Из планировщика удалено чужое или прежнее расписание: {deleted}.")
        self._child("prefect-worker", self._python("-m", "flows.worker"), self._as_client)

    def _until(self, url: str, what: str, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not answers(url):
            if self.over.wait(0.2):
                raise KeyboardInterrupt
            if time.monotonic() > until:
                raise CannotStart(f"{what} не отвечает. Подробности в папке {self.settings.home / 'logs'}.")
            for child in self.children:
                child.tend()

    def _until_port(self, port: int, what: str, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                if time.monotonic() > until:
                    raise CannotStart(
                        f"{what} не запустилась. Подробности в папке {self.settings.home / 'logs'}."
                    ) from None
                time.sleep(0.1)

    def entrance(self) -> str:
        """Where to go; while nobody has an account, with the key that makes the first one."""
        installation = Installation(self.settings)
        with installation.reading(by="служба") as work:
            if accounts.there_are_any(work):
                return f"{self.page_url}/"
        return f"{self.page_url}/setup?key={page_key(installation_key(self.settings.home))}"

    def held(self) -> str:
        """What is said while letters wait for a person's yes to the desk's address; "" when none do."""
        with Installation(self.settings).reading(by="служба") as work:
            return destinations.unconfirmed(work)

    def watch(self) -> None:
        if self.settings.practice:
            beside.tell_entrance(self.settings.home, self.entrance())
        while not self.over.wait(0.5):
            self._practice_beside()
            for child in self.children:
                if child.tend():
                    self.say(f"Часть «{child.name}» остановилась и запущена снова.")

    def _practice_beside(self) -> None:
        """A service of its own for the practice folder, started and stopped by a button of the page of work.

        One that ends by itself is not started again: what it said stands on the page.
        """
        home = self.settings.home
        running = next((child for child in self.children if child.name == "practice"), None)
        asked = not self.settings.practice and beside.is_asked(home)
        if asked and running is None:
            if is_held(home / FOLDER):  # started in another window
                return
            port = {"EGISZ_PAGE__PORT": str(free_port(self.settings.page.host, 0)), "EGISZ_PAGE__PUBLIC_URL": ""}
            self._child("practice", [str(_BIN / "egisz-access"), "up", "--practice"], port).revived = False
            self.say("Рядом запускается учебный режим; адрес его страницы – на странице «Управление».")
        elif running is not None and asked and not running.alive:
            self.children.remove(running)
            running.kill()
            beside.fail(home)
            self.say(f"Учебный режим не работает. {beside.standing(home).told}")
        elif running is not None and not asked:
            self.children.remove(running)
            stop_all([running])
            self.say("Учебный режим остановлен.")

    def stop(self) -> None:
        if self.settings.practice:
            beside.leave(self.settings.home)
        stop_all(self.children)
        for listener in self.listeners.values():
            listener.close()


_POST_PORTS = {"smtp": 8025, "smtps": 8465, "imap": 8143, "imaps": 8993}


def _past_proxies() -> dict[str, str]:
    """The parts of the service talk to each other on this machine: no proxy of the environment stands between them."""
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    hosts = ",".join(dict.fromkeys([*filter(None, known.split(",")), "127.0.0.1", "localhost"]))
    return {"NO_PROXY": hosts, "no_proxy": hosts}


def _shown(host: str) -> str:
    """As it stands in an address of this machine's browser."""
    if host in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def answers(url: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2) as reply:
            return bool(reply.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def deploy(environment: Mapping[str, str]) -> list[str]:
    """Pool, deployments of prefect.yaml, and away with any other; those are told. Raises CannotStart.

    APP_HOME must be unset here: then each worker's own value counts.
    """
    wanted = {name: value for name, value in environment.items() if name != "APP_HOME"}
    commands = (
        [sys.executable, "-m", "flows.pool"],
        [str(_BIN / "prefect"), "--no-prompt", "deploy", "--all"],
        [sys.executable, "-m", "flows.foreign_work"],
    )
    for command in commands:
        done = subprocess.run(command, cwd=ROOT, env=wanted, capture_output=True, text=True, timeout=180)
        if done.returncode:
            raise CannotStart(f"Расписания не установлены: {(done.stderr or done.stdout).strip()[-600:]}")
    return done.stdout.splitlines()


@contextmanager
def sole_service(home: Path) -> Iterator[None]:
    """Two services on one data folder would fight. Raises CannotStart for the second, and while a backup is put back."""
    try:
        with held(home):
            yield
    except Held:
        if address := beside.entrance(home):
            raise CannotStart(f"Учебный режим уже работает: {address}. Второй на той же папке не нужен.") from None
        raise CannotStart(
            f"На папке данных {home} служба уже работает, или в неё возвращают резервную копию."
        ) from None


def stop_on_signals(over: threading.Event) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
