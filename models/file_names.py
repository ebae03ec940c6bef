"""Names of files that people bring: safe on every disk and in every archive, and each its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LONGEST, _LONGEST_BYTES = 110, 230  # a number and an ending may follow; letters take 120 characters, disks 255 bytes
_NAMELESS = "Файл"
_SEPARATORS = re.compile(r"[/\\\u2044\u2215\u29f5\u29f8\ufe68\uff0f\uff3c]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_UNSEEN = frozenset(
    {"Cc", "Cf", "Cs", "Co", "Cn"}
)  # control signs, marks that turn the direction of writing, half characters
_RESERVED = re.compile(r"(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE)
_ENDING = re.compile(r"\.[^.\s]{1,15}$")


def safe(name: str) -> str:
    """The last part of a path, less what a disk forbids, an archive climbs by or an eye is deceived by; never empty."""
    last = next((part for part in reversed(_SEPARATORS.split(name)) if part.strip(" .")), "")
    shown = "".join(
        mark if unicodedata.category(mark)[0] != "Z" else " " for mark in unicodedata.normalize("NFC", last)
    )
    seen = "".join(mark for mark in shown if unicodedata.category(mark) not in _UNSEEN)
    tidy = " ".join(_FORBIDDEN.sub(" ", seen).split()).strip(" .") or _NAMELESS
    if _RESERVED.match(tidy):
        tidy = f"{_NAMELESS} {tidy}"
    return _shortened(tidy)


def distinct(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The names made safe, and none the same as another or as one of `taken` to a disk that knows no capitals."""
    used = {same(name) for name in taken}
    found = []
    for name in map(safe, names):
        fresh, number = name, 2
        while same(fresh) in used:
            stem, ending = split(name)
            fresh, number = f"{stem} ({number}){ending}", number + 1
        used.add(same(fresh))
        found.append(fresh)
    return found


def same(name: str) -> str:
    """What two names have in common that some disk takes for one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def split(name: str) -> tuple[str, str]:
    """The stem, and the ending with its dot, "" where there is none."""
    ending = _ENDING.search(name)
    return (name[: ending.start()], ending.group()) if ending and ending.start() else (name, "")


def climbs(path: str) -> bool:
    """Whether a path in an archive could lead out of the folder that it is unpacked into."""
    parts = path.split("/")
    return "\\" in path or ":" in path or "\x00" in path or any(part.strip(" ") in ("", ".", "..") for part in parts)


def _shortened(name: str) -> str:
    """The ending stays; letters are not cut in half."""
    stem, ending = split(name)
    stem = stem[: _LONGEST - len(ending)]
    room = _LONGEST_BYTES - len(ending.encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + ending
