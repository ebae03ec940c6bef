"""One spelling for comparison: lookalike letters, invisible characters, letter-spacing and wraps do not count."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_LATIN = "AaBCcEeHKkMOoPpTXxYyuigbhmnt"
_SEEN_AS = "АаВСсЕеНКкМОоРрТХхУуиидьһмпт"
# Latin letters that look exactly like Russian ones; the looser pairs above serve only inside half-Russian words.
_EXACT = str.maketrans("AaBCcEeHKMOoPpTXxYyΑαΒΕΗΚΜΝΟοΡρΤΧ", "АаВСсЕеНКМОоРрТХхУуАаВЕНКМНОоРрТХ")
_LOOSE = str.maketrans(_LATIN, _SEEN_AS) | _EXACT | str.maketrans("036", "Озб")
_EXACT_ONLY = re.compile(r"[AaBCcEeHKMOoPpTXxYyΑαΒΕΗΚΜΟοΡρΤΧ]+")
_WORD = re.compile(r"[^\W_]+")
_RUSSIAN = re.compile(r"[А-Яа-яЁё]")
_FOREIGN = re.compile(r"[A-Za-zΑ-Ωα-ω]|(?<=[А-Яа-яЁё])[036](?=[А-Яа-яЁё])")
_STRUCK = re.compile("[\u0335-\u0338\u20d2\u20d3]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SPACED = re.compile(r"(?<!\w)[А-Яа-яЁё](?:[ \u00a0\u2009._][А-Яа-яЁё]){3,}(?!\w)")
_SPACED_NOT = re.compile(r"(?<!\w)([НнHh])[\s\u00a0._-]{1,2}([ЕеИиEe])(?=[\s\u00a0])")
_WRAPPED = re.compile(r"(?<=[а-яёА-ЯЁ])[-\u00ad\u2010]\s*\n\s*(?=[а-яё])")
_DASHES = re.compile("[\u2010-\u2015\u2212\u2043]")
_QUOTES = re.compile("[«»„“”‟‹›❝❞″]|''|``")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Plain:
    """`tidy` keeps capitals for names, `low` is for words; both have the same length."""

    tidy: str
    low: str


def without_invisible(text: str) -> str:
    """Less zero-width, soft-hyphen and other format characters, NULs and stray controls."""
    return "".join(
        char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cf", "Cc", "Co", "Cs", "Cn")
    )


def hides_order(text: str) -> bool:
    """Whether marks of writing direction or strike-through change what a person sees."""
    return bool(_BIDI.search(text) or _STRUCK.search(text))


def plain(text: str) -> Plain:
    """The two comparable forms of a piece of text."""
    text = _WRAPPED.sub("", text)
    if not text.isascii():
        text = _without_marks(_STRUCK.sub("", text))
        text = without_invisible(text)
        text = _SPACED.sub(lambda run: re.sub(r"[\s._]", "", run.group()), text)
        text = _SPACED_NOT.sub(r"\1\2", text)
        text = _QUOTES.sub('"', _DASHES.sub("-", text))
    text = _WORD.sub(_in_russian_letters, text)
    tidy = _SPACES.sub(" ", text).strip()
    low = tidy.lower().replace("ё", "е")
    return Plain(tidy if len(low) == len(tidy) else low, low)


def _without_marks(text: str) -> str:
    """Compatibility forms folded; accents dropped save those of й and ё."""
    composed = unicodedata.normalize("NFKC", text.replace("№", "\ue000")).replace("\ue000", "№")
    return "".join(char for char in composed if unicodedata.category(char) != "Mn")


def _in_russian_letters(found: re.Match[str]) -> str:
    word = found.group()
    if _EXACT_ONLY.fullmatch(word):
        return word.translate(_EXACT)
    if _RUSSIAN.search(word) and _FOREIGN.search(word):
        return word.translate(_LOOSE)
    return word
