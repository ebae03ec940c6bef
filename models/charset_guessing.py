"""Which charset bytes without a (believable) declaration are in: the most Russian-looking or Western-looking text wins."""

from __future__ import annotations

import re

# With the points that each has beforehand: what is common here wins where two read nearly equally well.
_CHARSETS = {
    "windows-1251": 0.3,
    "koi8-r": 0.2,
    "cp866": 0.1,
    "iso8859-5": 0.0,
    "mac-cyrillic": -0.2,
    "windows-1252": 0.0,
}
# From the commonest letters and pairs of Russian text.
_COMMON = set("оеаинтсрвлкмдпуяызьбг")
_PAIRS = re.compile("ст|но|то|на|ен|ов|ни|ра|во|ко|пр|ро|по|та|ре|го|до|ли|ва|ть|ал|ер|не|ль|де|ас|ан|ес")
_WORD = re.compile(r"[^\W\d_]+")
_USUAL = set("«»–—…№„“”\u00a0°’‘§©®€\u2028•")
_RUSSIAN = re.compile("[а-яё]+", re.IGNORECASE)
_VOWELS = re.compile("[аеёиоуыэюя]", re.IGNORECASE)
_MISPLACED = re.compile("[»”’…€®©№§°„•][а-яё]")
_SAMPLE = 6000


def best_guess(data: bytes) -> tuple[str, str]:
    """The text and the name of its charset."""
    if data.isascii() and not looks_like_utf16(data):
        return data.decode("ascii"), "us-ascii"
    utf16 = looks_like_utf16(data)
    if utf16:
        return data.decode(utf16, "replace"), utf16
    spoilt = data.decode("utf-8", "replace")
    if spelt_in_utf8(data) or spoilt.count("\ufffd") * 20 < sum(not char.isascii() for char in spoilt):
        return spoilt, "utf-8"
    sample = data[:_SAMPLE]
    name = max(_CHARSETS, key=lambda each: _score(sample.decode(each, "replace"), _CHARSETS[each]))
    return data.decode(name, "replace"), name


def spelt_in_utf8(data: bytes) -> bool:
    """Whether bytes beyond ASCII stand there as UTF-8 and make letters that people here write."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    beyond = [char for char in text[:_SAMPLE] if not char.isascii()]
    return bool(beyond) and all(char < "\u0530" or "\u2000" <= char < "\u2800" or char > "\ufe00" for char in beyond)


def looks_like_utf16(data: bytes) -> str:
    """`utf-16-le`, `utf-16-be` or '': one byte of nearly every pair is that of Latin, Cyrillic or punctuation."""
    sample = data[: _SAMPLE - _SAMPLE % 2]
    if len(data) < 2 or len(data) % 2:
        return ""
    for name, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        known = sum(byte in (0x00, 0x04, 0x20, 0x21) for byte in high)
        sure = sum(byte in (0x00, 0x04) for byte in high)
        if known >= 0.9 * len(high) and sure >= 0.5 * len(high):
            return name
    return ""


def russian_score(text: str) -> float:
    """The more the text looks like Russian words, the higher; control characters and boxes count against it."""
    sample = text[:_SAMPLE]
    lowered = sample.lower()
    common = sum(char in _COMMON for char in lowered)
    capitals_inside = len(re.findall(r"[а-яё][А-ЯЁ]", sample))
    strange = sum(not (char.isascii() or "\u0400" <= char <= "\u045f" or char in _USUAL) for char in sample)
    return (common + 3 * len(_PAIRS.findall(lowered)) - 4 * capitals_inside - 5 * strange) / (len(sample) or 1)


def _score(text: str, beforehand: float) -> float:
    """Points of every word beyond ASCII, per word; marks that no letter has are taken off."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    strange = sum(_is_strange(char) for char in text) + len(_MISPLACED.findall(text))
    return (beforehand + sum(map(_word_score, words)) - 3 * strange) / (len(words) or 1)


def _is_strange(char: str) -> bool:
    return not (char.isascii() or char in _USUAL or char.isalpha()) or char == "\ufffd"


def _word_score(word: str) -> float:
    if any(char.isascii() for char in word):
        return _latin_score(word)
    if not _RUSSIAN.fullmatch(word):
        return _latin_score(word)
    low = word.lower()
    points = sum(char in _COMMON for char in low) / len(low) + 2 * len(_PAIRS.findall(low)) / len(low)
    if not (word.islower() or word.isupper() or word.istitle()):
        points -= 2
    if low[0] in "ьъы" or low[-1] == "ъ":
        points -= 2
    if not word.isupper() and len(word) > 1 and not _VOWELS.search(word):
        points -= 2
    return points


def _latin_score(word: str) -> float:
    """Accented letters among plain ones are Western; Cyrillic among Latin and words wholly of accents are nobody's."""
    if any("\u0400" <= char <= "\u052f" for char in word):
        return -3
    plain = sum(char.isascii() for char in word)
    return 1.0 if plain * 2 >= len(word) or len(word) == 1 else -2
