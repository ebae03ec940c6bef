"""Texts as they are compared and searched: one spelling for what a person would call the same."""

from __future__ import annotations

import re
import unicodedata

_SPACES = re.compile(r"[\s\u00a0\u200b\u200c\u200d\u2060\ufeff]+")
_WORDS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d")
_DASHES = re.compile(r"[\u2010-\u2015\u2212]")


def fold(text: str) -> str:
    """Case, ё/е, dashes and runs of white space do not count. SQLite folds ASCII only, so we fold ourselves."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    return _SPACES.sub(" ", _DASHES.sub("-", plain)).strip()


def tidy(text: str) -> str:
    """The text as typed, less stray white space and invisible characters."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def masked(text: str) -> str:
    """Recognisable, not readable: the first letter of each word stays, digits go."""
    return _WORDS.sub(lambda word: word.group()[0] + "•" * (len(word.group()) - 1), _DIGITS.sub("•", text))
