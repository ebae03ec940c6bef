"""A path as people give it: typed, quoted, or dropped into the window of a terminal on Linux, macOS or Windows."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from refusals import Refusal

_MOST_MEGABYTES = 200
_ESCAPED = re.compile(r"\\(.)")


class PathError(Refusal, ValueError):
    """There is no such file; the text says it in Russian."""


def dropped_file(text: str) -> Path:
    """The file that is meant. Raises PathError."""
    tried = dropped_paths(text)
    found = next((path for path in tried if _is_file(path)), None)
    if found is None:
        if any(_is_folder(path) for path in tried):
            raise PathError(f"{tried[0]} – это папка. Нужен файл.")
        raise PathError(f"Файла {tried[0]} нет. Проверьте путь или перетащите файл в окно.")
    size = found.stat().st_size
    if size > _MOST_MEGABYTES * 1024 * 1024:
        raise PathError(f"Файл больше {_MOST_MEGABYTES} МБ ({size // (1024 * 1024)} МБ). Сожмите его.")
    return found


def dropped_paths(text: str) -> list[Path]:
    """What the text may mean, the likeliest first: as it is, then with its backslashes as signs of escape.

    «'/home/a b.pdf'», «/home/a\\ b.pdf», «"C:\\Сканы\\a b.pdf"», «& 'C:\\a.pdf'» of PowerShell, «file:///home/a%20b.pdf».
    """
    plain = text.strip()
    if plain.startswith("& "):
        plain = plain[2:].strip()
    if plain[:1] in "'\"" and plain[-1:] == plain[:1] and len(plain) > 1:
        inner = plain[1:-1]
        # a quote inside single quotes comes as '\'' from a shell's terminal
        return _paths(inner.replace("'\\''", "'") if plain[0] == "'" else inner)
    if plain.startswith("file://"):
        return _paths(_of_address(plain))
    return _paths(plain, _ESCAPED.sub(r"\1", plain))


def _of_address(text: str) -> str:
    parts = urlsplit(text)
    path = unquote(parts.path)
    if re.match(r"/[A-Za-z]:", path):
        return path[1:]
    return f"//{parts.netloc}{path}" if parts.netloc not in ("", "localhost") else path


def _paths(*texts: str) -> list[Path]:
    return [Path(text).expanduser() for text in dict.fromkeys(texts)]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long, a zero byte
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False
