"""A pack of evidence: one archive that reads by a double click and is verified without us."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from documents.archive import packed
from documents.evidence.chain import chain_file
from documents.evidence.contents import Contents, LoggedEvent
from documents.evidence.verify import CHAIN, FORMAT, MANIFEST

_HERE = Path(__file__).parent
_GENERATED = {
    "index.html": "Оглавление",
    "README.txt": "Как проверить и что этим доказано",
    "verify.py": "Проверка комплекта, Python 3.8 и новее",
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything but the log; the log's last record is to name `manifest_sha256`."""

    parts: dict[str, bytes]
    manifest_sha256: str


def prepare(contents: Contents, events: Sequence[tuple[LoggedEvent, str]]) -> Prepared:
    """Files, index and the list of them. `events` are the records shown, each with what it is called."""
    parts = {file.path: file.data for file in contents.files}
    parts["index.html"] = _written("index.html.j2", contents, events)
    parts["README.txt"] = b"\xef\xbb\xbf" + _written("README.txt.j2", contents, ()).replace(b"\n", b"\r\n")
    parts["verify.py"] = (_HERE / "verify.py").read_bytes()
    entries: list[tuple[str, str, int | None]] = [(path, what, None) for path, what in _GENERATED.items()]
    entries += [(file.path, file.what, file.event) for file in contents.files]
    listed = {
        "format": FORMAT,
        "title": contents.title,
        "made_at": contents.made_at,
        "files": [
            {"path": path, "sha256": _sha256(parts[path]), "size": len(parts[path]), "what": what, "event": event}
            for path, what, event in sorted(entries, key=lambda entry: entry[0])
        ],
        "events": sorted(contents.shown),
    }
    parts[MANIFEST] = json.dumps(listed, ensure_ascii=False, indent=1).encode()
    return Prepared(parts, _sha256(parts[MANIFEST]))


def finished(prepared: Prepared, events: Iterable[LoggedEvent], shown: Collection[int]) -> bytes:
    """The archive. `events` run without a gap to the record that names the list of files."""
    return packed({**prepared.parts, CHAIN: chain_file(events, shown)})


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=select_autoescape(["html.j2"]),
    )


def _written(template: str, contents: Contents, events: Sequence[tuple[LoggedEvent, str]]) -> bytes:
    files = [(file, _sha256(file.data)) for file in contents.files]
    text = _environment().get_template(template).render(contents=contents, files=files, events=events)
    return text.encode()
