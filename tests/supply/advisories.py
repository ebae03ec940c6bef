"""Known faults of libraries from a file that can be carried to a machine without internet, told to pip-audit as OSV tells them.

    python -m tests.supply.advisories PyPI-all.zip -- pip-audit --local …

The file is OSV's own export of the PyPI ecosystem (https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip): a JSON
document for each fault. pip-audit asks an address on loopback, which answers as https://api.osv.dev/v1/query does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

Advisory = dict[str, Any]


class Advisories:
    """Faults by the library's normalised name."""

    def __init__(self, archive: Path) -> None:
        self.by_name: dict[str, list[Advisory]] = {}
        with zipfile.ZipFile(archive) as opened:
            for name in opened.namelist():
                if name.endswith(".json"):
                    self._keep(json.loads(opened.read(name)))

    def _keep(self, told: Advisory) -> None:
        if told.get("withdrawn"):
            return
        named = {
            part["package"]["name"]
            for part in told.get("affected", ())
            if part.get("package", {}).get("ecosystem") == "PyPI"
        }
        for name in named:
            self.by_name.setdefault(canonicalize_name(name), []).append(told)

    def of(self, name: str, version: str) -> list[Advisory]:
        return [told for told in self.by_name.get(canonicalize_name(name), ()) if _touches(told, name, version)]


def _touches(told: Advisory, name: str, version: str) -> bool:
    for part in told["affected"]:
        if canonicalize_name(part.get("package", {}).get("name", "")) != canonicalize_name(name):
            continue
        if version in part.get("versions", ()):
            return True
        if any(_within(range_, version) for range_ in part.get("ranges", ()) if range_.get("type") == "ECOSYSTEM"):
            return True
    return False


def _within(range_: dict[str, Any], version: str) -> bool:
    """OSV's rule: the last event at or below the version decides."""
    try:
        asked = Version(version)
        events = sorted(_events(range_), key=lambda event: event[0])
    except InvalidVersion:
        return True  # what cannot be compared is told, not hidden
    inside = False
    for at, what in events:
        if at < asked or (at == asked and what != "last_affected"):
            inside = what == "introduced"
    return inside


def _events(range_: dict[str, Any]) -> Iterator[tuple[Version, str]]:
    for event in range_.get("events", ()):
        for what, at in event.items():
            if what in ("introduced", "fixed", "last_affected"):
                yield Version("0" if at == "0" else at), what


class _Answers(BaseHTTPRequestHandler):
    known: Advisories

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        found = self.known.of(asked["package"]["name"], asked["version"])
        body = json.dumps({"vulns": found} if found else {}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def main() -> int:
    archive, _, *command = sys.argv[1:]
    handler = type("Answers", (_Answers,), {"known": Advisories(Path(archive))})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/v1/query"
    return subprocess.run([*command, "--vulnerability-service", "osv", "--osv-url", address], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
