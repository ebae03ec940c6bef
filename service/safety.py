"""Checks of the page of health: nobody else's work in the planner, nobody else's eyes in the data folder, no way out for files of strangers."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import make_url

from documents.russian import counted
from sandbox import Killed, Unavailable
from sandbox.doors import open_doors
from service.checks import Check
from service.planner import Planner
from wiring import privacy
from wiring.moving_in import database_path
from wiring.settings import Settings

_MOST = 20_000  # files and folders that are looked at while somebody waits for the page
_NAMED = 20


def foreign_work(planner: Planner) -> Check:
    """Deployments and runs in our pool that are not ours; the worker runs none of them."""
    check = Check("foreign", "Чужие задания", "good", "В планировщике только задания этой программы.")
    if not planner.answers:
        return Check(check.code, check.name, "note", "Неизвестно: планировщик не отвечает.")
    if not planner.strangers:
        return check
    number = counted(len(planner.strangers), "чужое задание", "чужих задания", "чужих заданий")
    told = f"В планировщике {number}. Исполнитель их не выполняет."
    mend = (
        "Их создал тот, кто узнал пароль планировщика: выясните, кто и как, журнал – logs/prefect-worker.log. Затем перезапустите службу: "
        "пароль будет новым, чужие расписания удалены. На нескольких машинах: новый пароль в файле и python -m flows.foreign_work."
    )
    return Check(check.code, check.name, "bad", told, planner.strangers[:_NAMED], mend)


def private_folder(settings: Settings) -> Check:
    """What of the data other users of the machine may open, named."""
    wide = list(privacy.wider(_places(settings), _MOST))
    if not wide:
        return Check("private", "Доступ к данным", "good", "Данные на диске читает только пользователь службы.")
    places = _places(settings)
    number = counted(len(wide), "файл или папку", "файла или папки", "файлов и папок")
    roots = " ".join(shlex.quote(str(place)) for place in places if any(path.is_relative_to(place) for path in wide))
    return Check(
        "private",
        "Доступ к данным",
        "bad" if set(places) & set(wide) else "warning",  # behind a closed folder nobody gets at what is in it
        f"Другие пользователи машины могут открыть {number}.",
        tuple(str(path) for path in wide[:_NAMED]),
        f"Закройте их: chmod -R go-rwx {roots}",
    )


def open_lines(settings: Settings, environment: Mapping[str, str]) -> Check:
    """Lines over a network on which others may listen: nothing forbids them, for somebody may protect them by other means."""
    lines = []
    public = urlsplit(settings.page.public_url)
    if public.scheme != "https" and not (
        _is_here(settings.page.host) and _is_here(public.hostname or settings.page.host)
    ):
        lines.append(
            'страница: пароли людей идут по http. Поставьте прокси с TLS и впишите [page] public_url = "https://…"'
        )
    database = make_url(settings.url)
    if (
        database.host
        and not database.host.startswith("/")
        and not _is_here(database.host)
        and database.query.get("sslmode") not in _CHECKED
    ):
        lines.append("база: связь без проверенного TLS. Добавьте к адресу базы ?sslmode=verify-full")
    planner = urlsplit(environment.get("PREFECT_API_URL", ""))
    if planner.scheme == "http" and not _is_here(planner.hostname or ""):
        lines.append("планировщик: пароль идёт по http. Поставьте прокси с TLS, PREFECT_API_URL=https://…")
    if not lines:
        return Check("lines", "Открытые линии", "good", "По сети без TLS ничего не идёт.")
    return Check(
        "lines",
        "Открытые линии",
        "bad",
        "По сети без TLS идёт то, что посторонние могут прочитать и подменить.",
        tuple(lines),
        "Как настроить: docs/deployment.md.",
    )


_CHECKED = ("verify-full", "verify-ca")


def _is_here(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


def untrusted_files() -> Check:
    """What this machine does not take from the process that opens files of strangers."""
    check = Check(
        "untrusted",
        "Файлы извне",
        "good",
        "Файлы извне открывает отдельный процесс: без сети, без чужих файлов, без запуска программ.",
    )
    try:
        doors = open_doors()
    except (Killed, Unavailable):
        told = "Файлы извне сейчас не открываются: процесс для них не запускается."
        return Check(
            check.code, check.name, "bad", told, mend="Проверьте, хватает ли машине памяти, и перезапустите службу."
        )
    if not doors:
        return check
    told = "Файлы извне открывает отдельный процесс, но эта машина не закрывает ему всего: вредный файл может больше, чем должен."
    more = tuple(said for door, said in _DOORS.items() if door in doors)
    return Check(
        check.code,
        check.name,
        "warning",
        told,
        more,
        " ".join(dict.fromkeys(_CLOSED_BY[door] for door in _DOORS if door in doors)),
    )


_DOORS = {
    "files": "читать любые файлы, доступные службе", "writing": "писать и удалять файлы", "network": "выходить в сеть",
    "programs": "запускать другие программы", "signals": "останавливать другие процессы службы",
}  # fmt: skip
_KERNEL = "Файлы закрывает ядро Linux 5.13 и новее с включённым Landlock: обновите ядро или впишите landlock в его параметр lsm=."
_CALLS = "Сеть, программы и процессы закрывает библиотека libseccomp: apt install libseccomp2 или dnf install libseccomp, затем перезапустите службу."
_CLOSED_BY = {"files": _KERNEL, "writing": _KERNEL, "network": _CALLS, "programs": _CALLS, "signals": _CALLS}


def _places(settings: Settings) -> list[Path]:
    """The data folder, and the database where it lies elsewhere."""
    return [settings.home, *(path for path in _database(settings) if not path.is_relative_to(settings.home))]


def _database(settings: Settings) -> Iterator[Path]:
    if settings.url.startswith("sqlite:///"):
        path = database_path(settings)
        yield from (each for end in ("", "-wal", "-shm") if (each := path.with_name(path.name + end)).exists())
