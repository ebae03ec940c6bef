"""A subject of the Federation as it stands in a roster's cell: «Моск. обл.», «Московская область, г. Химки» (APP-7)."""

from __future__ import annotations

import re
from functools import lru_cache

from catalog.subjects import Subject, find_subject, subjects
from models.text import fold

_BRACKETS = re.compile(r"\([^()]*\)")
_DOT = re.compile(r"\.(?=\S)")
_TYPES = {"обл": "область", "область": "область", "край": "край", "респ": "республика", "республика": "республика"}
_WORD = re.compile(r"[а-я]+\.?")


@lru_cache(maxsize=1024)
def known_subject(typed: str) -> Subject | None:
    """None for what is no subject."""
    text = _DOT.sub(". ", typed.strip())
    candidates = (typed, text, _BRACKETS.sub(" ", text), text.partition(",")[0])
    found = next((subject for candidate in candidates if (subject := find_subject(candidate))), None)
    return found or _shortened(text.partition(",")[0])


def _shortened(text: str) -> Subject | None:
    """«Моск. обл.», «Еврейская АО», «Тверская»: the only subject whose words begin so."""
    words = _WORD.findall(fold(text).replace(" ао", " автономн."))
    named = [word for word in words if len(word.rstrip(".")) > 3 or word.rstrip(".") in _TYPES]
    if not named or not any(word.rstrip(".") not in _TYPES for word in named):
        return None
    found = [entry for entry in subjects().values() if _begins(named, _WORD.findall(fold(entry.name)))]
    return found[0] if len(found) == 1 else None


def _begins(shortened: list[str], full: list[str]) -> bool:
    """Each word stands for one of the name's: whole, or its beginning where a dot ends it."""
    return all(
        any(
            word.startswith(short.rstrip(".")) if short.endswith(".") else word == _TYPES.get(short, short)
            for word in full
        )
        for short in shortened
    )
