"""ФРНСИ over its REST API: archives without a key, pages with one. Fetched first, loaded afterwards."""

from __future__ import annotations

import datetime as dt
import json
import logging
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx2 as httpx
from sqlmodel import Session

from catalog.registry import Refbook
from registry.archive import Loaded, import_archive
from registry.errors import RefbookError
from registry.extraction import normalised
from registry.store import replace_records, version_tuple

_ATTEMPTS = 4
_PAGE = 200
_MAX_PAGES = 5000  # a portal that ignores `page` would be read for ever
_MAX_ARCHIVE = 512 * 2**20
_Answer = TypeVar("_Answer")
_BUSY = (429, 500, 502, 503, 504)
logging.getLogger("httpx2").setLevel(logging.WARNING)  # its INFO lines quote addresses, and route B's hold the key


@dataclass(frozen=True, slots=True)
class NsiSettings:
    """`user_key` chooses route B; `ca_bundle` is added to the system's authorities, verification is never off."""

    url: str = "https://nsi.rosminzdrav.ru"
    user_key: str = ""
    ca_bundle: Path | None = None
    proxy: str | None = None
    timeout: float = 60
    pause: float = 2.0  # seconds before the second attempt; doubled each time


@dataclass(frozen=True, slots=True)
class Fetched:
    """A newer version on disk: an archive (route A) or normalised records (route B)."""

    refbook: Refbook
    version: str
    archive: Path | None = None
    records: Path | None = None

    def load(self, session: Session, *, now: dt.datetime) -> Loaded:
        """Into the database, in the caller's transaction. Raises RefbookError."""
        if self.archive is not None:
            return import_archive(session, self.archive, now=now)
        assert self.records is not None
        with self.records.open(encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        count = replace_records(session, self.refbook.code, self.version, rows, now=now)
        return Loaded(self.refbook.code, self.version, count)


@contextmanager
def fetched(refbook: Refbook, settings: NsiSettings, *, present: str | None) -> Iterator[Fetched | None]:
    """The current version when it is newer than `present`, kept while the block runs. Raises RefbookError."""
    with tempfile.TemporaryDirectory() as folder, _client(settings) as client:
        site = _Site(client, settings, time.sleep)
        current = site.current_version(refbook)
        if present and version_tuple(current) <= version_tuple(present):
            yield None
        elif settings.user_key:
            yield Fetched(refbook, current, records=site.pages(refbook, current, Path(folder, "records.jsonl")))
        else:
            yield Fetched(refbook, current, archive=site.archive(refbook, current, Path(folder)))


def _client(settings: NsiSettings) -> httpx.Client:
    context = ssl.create_default_context()
    if settings.ca_bundle is not None:
        try:
            context.load_verify_locations(cafile=settings.ca_bundle)
        except (OSError, ssl.SSLError):
            raise RefbookError("ca-bundle", "Файл сертификатов ca_bundle не читается. Нужен файл PEM.") from None
    return httpx.Client(
        base_url=settings.url,
        verify=context,
        proxy=settings.proxy,
        timeout=settings.timeout,
        follow_redirects=False,
        trust_env=False,
    )


class _Site:
    """The portal as documented; every failure is a RefbookError that says what to do."""

    def __init__(self, client: httpx.Client, settings: NsiSettings, sleep: Callable[[float], None]) -> None:
        self._client, self._settings, self._sleep = client, settings, sleep

    def current_version(self, refbook: Refbook) -> str:
        """The etalon version (route A) or the passport's (route B)."""
        if self._settings.user_key:
            return _version(self._port("passport", identifier=refbook.oid).get("version"))
        listed = self._json("/api/versions", identifier=refbook.oid, size=20).get("list")
        versions = [entry for entry in listed or [] if isinstance(entry, dict)]
        current = [entry.get("version") for entry in versions if entry.get("etalon")]
        if not current:
            raise RefbookError("answer", "Портал НСИ не назвал текущую версию справочника. Попробуйте позже.")
        return _version(current[0])

    def archive(self, refbook: Refbook, version: str, folder: Path) -> Path:
        """Route A: the JSON archive, streamed to disk."""
        self._json("/api/dataFiles", identifier=refbook.oid, version=version, format="JSON")
        target = folder / f"{refbook.oid}_{version}_json.zip"
        self._attempt(lambda: self._download(f"/api/dataFiles/{target.name}", target))
        return target

    def _download(self, path: str, target: Path) -> None:
        size = 0
        with self._client.stream("GET", path) as answer, target.open("wb") as file:
            _good(answer)
            for part in answer.iter_bytes():
                size += len(part)
                if size > _MAX_ARCHIVE:
                    raise RefbookError("too-big", "Архив справочника слишком велик: это не он.")
                file.write(part)

    def pages(self, refbook: Refbook, version: str, target: Path) -> Path:
        """Route B: rows are lists of column and value."""
        seen, total = 0, None
        with target.open("w", encoding="utf-8") as file:
            for page in range(1, _MAX_PAGES):
                answer = self._port("data", identifier=refbook.oid, version=version, page=page, size=_PAGE)
                rows, total = _rows(answer), answer.get("total")
                for row in rows:
                    file.write(json.dumps(normalised(row, refbook), ensure_ascii=False) + "\n")
                seen += len(rows)
                if not rows or str(seen) == str(total):
                    break
        if not seen:
            raise RefbookError("empty", "Портал НСИ не отдал ни одной записи. Попробуйте позже.")
        if total is not None and str(seen) != str(total):
            raise RefbookError("incomplete", f"Портал НСИ отдал записей {seen} из {total}. Попробуйте позже.")
        return target

    def _port(self, what: str, **query: object) -> Mapping[str, Any]:
        return self._json(f"/port/rest/{what}", userKey=self._settings.user_key, **query)

    def _json(self, path: str, **query: Any) -> Mapping[str, Any]:
        """A document; an error may come with HTTP 200 as `result` other than OK."""

        def ask() -> Mapping[str, Any]:
            answer = self._client.get(path, params=query)
            _good(answer)
            try:
                document = answer.json()
            except ValueError:
                raise RefbookError("answer", "Портал НСИ ответил не по правилам. Попробуйте позже.") from None
            if isinstance(document, list):
                document = {"list": document}
            if not isinstance(document, dict):
                raise RefbookError("answer", "Портал НСИ ответил не по правилам. Попробуйте позже.")
            if str(document.get("result", "OK")) != "OK":
                text = str(document.get("resultText") or document.get("resultCode") or "без объяснения")
                raise RefbookError("refused", f"Портал НСИ отказал: {text[:200]}")
            found: Mapping[str, Any] = document
            return found

        return self._attempt(ask)

    def _attempt(self, act: Callable[[], _Answer]) -> _Answer:
        """Busy answers and broken lines are tried again with growing pauses; refusals are not."""
        for turn in range(1, _ATTEMPTS + 1):
            try:
                return act()
            except (httpx.TransportError, _Busy) as error:
                if turn == _ATTEMPTS or _untrusted(error):
                    raise _told(error) from None
                self._sleep(self._settings.pause * 2 ** (turn - 1))
        raise AssertionError("unreachable")


class _Busy(Exception):
    """The portal throttles or stumbles."""


def _good(answer: httpx.Response) -> None:
    if answer.status_code in _BUSY:
        raise _Busy(str(answer.status_code))
    if answer.status_code in (401, 403):
        raise RefbookError("key", "Портал НСИ не принял ключ. Проверьте user_key в настройках.")
    if answer.status_code != 200:
        raise RefbookError("answer", f"Портал НСИ ответил кодом {answer.status_code}. Попробуйте позже.")


def _untrusted(error: Exception) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in str(error)


def _told(error: Exception) -> RefbookError:
    if _untrusted(error):
        return RefbookError(
            "certificate",
            "Сертификату портала НСИ нет доверия. Укажите файл цепочки в настройке registry.ca_bundle "
            "или скачайте архив справочника в браузере и загрузите его командой egisz-access organisation import.",
        )
    if isinstance(error, _Busy):
        return RefbookError("busy", "Портал НСИ перегружен. Попробуйте позже или загрузите скачанный архив.")
    return RefbookError("network", "Портал НСИ недоступен. Проверьте сеть и прокси или загрузите скачанный архив.")


def _version(value: object) -> str:
    text = str(value or "")
    try:
        version_tuple(text)
    except ValueError:
        raise RefbookError("answer", "Портал НСИ назвал версию справочника непонятно. Попробуйте позже.") from None
    return text


def _rows(answer: Mapping[str, Any]) -> list[Mapping[str, object]]:
    """Each row is a list of column and value, or a plain object as in route A."""
    try:
        return [
            row if isinstance(row, dict) else {str(cell["column"]): cell.get("value") for cell in row}
            for row in answer.get("list") or []
        ]
    except (TypeError, KeyError, AttributeError):
        raise RefbookError("answer", "Портал НСИ прислал записи не по правилам. Попробуйте позже.") from None
