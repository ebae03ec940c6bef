"""The words of files of any kind, each read in a child of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from documents.attachments import limits_of
from sandbox import Killed, Refused, run

_READER = "documents.inside.attached:look"
_MICROSOFT = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
READABLE = frozenset(
    {
        "application/pdf", f"{_MICROSOFT}wordprocessingml.document", f"{_MICROSOFT}spreadsheetml.sheet",
        f"{_OPEN}spreadsheet", f"{_OPEN}text", "application/x-ole-storage", "text/plain", "text/html", "application/rtf",
        "message/rfc822",
    }
)  # fmt: skip
_ASIDE = ("значения внутри тегов", "внутри файла", "название листа")  # not what a reader sees
_KIND_UNREAD = "Файлы такого вида программа не читает. Скачайте его и посмотрите."
_NO_TEXT = "Текста в файле нет, похоже на скан: посмотрите его глазами."
_TOO_HARD = "Файл слишком сложный или повреждён: прочитать его не удалось. Скачайте его и посмотрите."


@dataclass(frozen=True, slots=True)
class FileText:
    """`whole`: the text is all that the file says. `unread`: why it is not, in Russian."""

    text: str = ""
    whole: bool = False
    unread: str = ""


def texts_of(files: Sequence[tuple[Path, str]], *, limit: int) -> list[FileText]:
    """Of each (path, media type by content); at most `limit` characters of one."""
    return [_told(_read(path, kind), limit) if kind in READABLE else _unreadable(kind) for path, kind in files]


def _read(path: Path, kind: str) -> Any:
    try:
        return run(_READER, {"path": path, "kind": kind, "search": True}, limits=limits_of(path, kind))
    except (Refused, Killed) as trouble:
        return trouble


def _unreadable(kind: str) -> FileText:
    return FileText() if kind.startswith("image/") else FileText(unread=_KIND_UNREAD)


def _told(answer: Any, limit: int) -> FileText:
    if isinstance(answer, Refused):
        return FileText(unread=answer.detail or _TOO_HARD)
    if isinstance(answer, Killed):
        return FileText(unread=_TOO_HARD)
    text = _joined([row for row in answer["pieces"] if not row[0].startswith(_ASIDE)])
    if not text.strip():
        return FileText(unread=_NO_TEXT)
    return FileText(text[:limit], whole=not answer["unread"] and len(text) <= limit)


def _joined(rows: Sequence[tuple[str, str, int, int, int]]) -> str:
    """Paragraphs as lines, cells of a row on one line."""
    lines = []
    for (table, _), pieces in groupby(rows, key=lambda row: (row[2], row[3]) if row[2] else (0, row[0])):
        lines.append(
            (" | " if table else "\n").join(" ".join(piece[1].split()) if table else piece[1] for piece in pieces)
        )
    return "\n".join(lines)
