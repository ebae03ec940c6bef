"""The NSI portal on loopback over HTTPS, as its documentation says it speaks; it can misbehave on request."""

from __future__ import annotations

import io
import json
import ssl
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from demo.certificates import certificates

OID = "1.2.643.5.1.13.13.11.1461"


def record(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "oid": f"1.2.643.5.1.13.13.12.2.77.{number}", "nameFull": f"Клиника № {number}",
        "nameShort": f"Клиника {number}", "medicalSubjectName": "Медицинская организация", "inn": f"77{number:08d}",
        "kpp": "770101001", "ogrn": f"1{number:012d}", "regionName": "г. Москва",
        "deleteDate": "", "parentId": "", **more,
    }  # fmt: skip


@dataclass
class Portal:
    """What the site holds and how it is to misbehave."""

    version: str = "6.1998"
    records: list[dict[str, Any]] = field(default_factory=lambda: [record(n) for n in range(1, 451)])
    key: str = "secret"
    bom: bool = True
    busy: int = 0
    truncated: bool = False
    refusing: bool = False
    url: str = ""
    authority: Path = Path()
    asked: list[str] = field(default_factory=list)

    def archive(self) -> bytes:
        body = json.dumps({"records": self.records}, ensure_ascii=False).encode("utf-8-sig" if self.bom else "utf-8")
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{OID}_{self.version}.json", body)
        data = buffer.getvalue()
        return data[: len(data) // 2] if self.truncated else data

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, bytes]:
        self.asked.append(path)
        if self.busy:
            self.busy -= 1
            return 503, b"busy"
        if self.refusing or query.get("identifier", OID) != OID:
            return 200, json.dumps({"result": "ERROR", "resultText": "Справочник не найден", "resultCode": 7}).encode()
        if path.startswith("/port/rest/") and query.get("userKey") != self.key:
            return 403, b"no"
        if path == "/api/versions":
            older = {"version": "6.200", "etalon": False}
            return 200, json.dumps({"list": [older, {"version": self.version, "etalon": True}]}).encode()
        if path == "/api/dataFiles":
            return 200, json.dumps([f"{OID}_{self.version}_json.zip"]).encode()
        if path == f"/api/dataFiles/{OID}_{self.version}_json.zip":
            return 200, self.archive()
        if path == "/port/rest/passport":
            return 200, json.dumps({"result": "OK", "version": self.version}).encode()
        if path == "/port/rest/data":
            return 200, self._page(int(query["page"]), int(query["size"]))
        return 404, b"nothing here"

    def _page(self, page: int, size: int) -> bytes:
        rows = self.records[(page - 1) * size : page * size]
        pairs = [[{"column": name, "value": value} for name, value in row.items()] for row in rows]
        return json.dumps(
            {"result": "OK", "resultText": "", "resultCode": 0, "total": len(self.records), "list": pairs}
        ).encode()


@contextmanager
def serving(portal: Portal, folder: Path) -> Iterator[Portal]:
    import datetime as dt

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            status, body = portal.answer(
                parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}
            )
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    made = certificates(folder / "certificates", dt.datetime.now(dt.UTC))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.chain, made.key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    portal.url, portal.authority = f"https://127.0.0.1:{server.server_port}", made.authority
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield portal
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
