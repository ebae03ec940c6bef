"""Bytes to text when the declared charset is wrong, missing or applied twice."""

from __future__ import annotations

import codecs
import re

# Tried in this order when the declaration fails; the most Russian-looking text wins.
_RUSSIAN_CHARSETS = ("utf-8", "windows-1251", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic")
_ALIASES = {
    "cp-1251": "windows-1251",
    "win-1251": "windows-1251",
    "win1251": "windows-1251",
    "x-cp1251": "windows-1251",
    "ansi_1251": "windows-1251",
    "koi8": "koi8-r",
    "utf8mb4": "utf-8",
    "dos-866": "cp866",
    "x-mac-cyrillic": "mac-cyrillic",
}
# Tables of other single-byte sets, from the commonest letters and pairs of Russian text.
_COMMON = set("оеаинтсрвлкмдпуяызьбг")
_PAIRS = re.compile("ст|но|то|на|ен|ов|ни|ра|во|ко|пр|ро|по|та|ре|го|до|ли|ва|ть|ал|ер|не|ль|де|ас|ан|ес")
_MOJIBAKE = re.compile(
    "[РС][\u0400-\u040f\u0450-\u045f\u00a0-\u00bf\u2010-\u2122°±ІіҐґµ¶·Ёё№єјЅѕї]|[ÐÑ][\u0080-\u00bf]|[ÐÑ].|[Ã][\u0080-\u00bf]"
)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """The text and a Russian remark about what was wrong with its charset ('' when nothing was)."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name, "replace"), ""
    stated = _known(declared)
    text = _strictly(data, stated) if stated else None
    if text is not None and (text.isascii() or _plausible(text)):
        return text, ""
    best, name = _best(data)
    if text is not None and russian_score(text) >= russian_score(best):
        best, name = text, stated
    repaired = repair(best)
    if repaired != best:
        return repaired, "Кодировка текста применена дважды: текст восстановлен."
    if name == stated:
        return best, ""
    said = f"объявлена {declared!r}" if declared else "не объявлена"
    return best, f"Кодировка {said}, прочитано как {name}."


def repair(text: str) -> str:
    """Text whose UTF-8 bytes were read as a single-byte set (РџСЂРёРІРµС‚, ÐÑÐ¸Ð²ÐµÑ), put right if that is better."""
    for _ in range(2):
        if len(_MOJIBAKE.findall(text[:4000])) < 3:
            return text
        candidates = [
            fixed
            for wrong in ("windows-1251", "latin-1", "cp1252", "koi8-r", "cp866")
            if (fixed := _reread(text, wrong))
        ]
        best = max(candidates, key=russian_score, default=text)
        if russian_score(best) <= russian_score(text):
            return text
        text = best
    return text


def russian_score(text: str) -> float:
    """The more the text looks like Russian words, the higher; control characters and boxes count against it."""
    sample = text[:6000]
    lowered = sample.lower()
    common = sum(char in _COMMON for char in lowered)
    capitals_inside = len(re.findall(r"[а-яё][А-ЯЁ]", sample))
    strange = sum(
        not (char.isascii() or "\u0400" <= char <= "\u045f" or char in "«»–—…№„“”\u00a0°’") for char in sample
    )
    return (common + 3 * len(_PAIRS.findall(lowered)) - 4 * capitals_inside - 5 * strange) / (len(sample) or 1)


def _plausible(text: str) -> bool:
    sample = text[:6000]
    letters = sum(not char.isascii() for char in sample)
    return (
        "\ufffd" not in sample
        and russian_score(sample) * len(sample) > letters * 0.9
        and not _MOJIBAKE.search(sample[:2000])
    )


def _known(declared: str) -> str:
    name = declared.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    try:
        return codecs.lookup(name).name if name and name not in ("us-ascii", "ascii", "unknown-8bit") else ""
    except (LookupError, ValueError):
        return ""


def _strictly(data: bytes, charset: str) -> str | None:
    try:
        text = data.decode(charset)
    except (UnicodeError, LookupError, ValueError):
        return None
    return text if isinstance(text, str) else None


def _reread(text: str, wrong: str) -> str | None:
    """The text's bytes under `wrong`, read as UTF-8; a few spoilt bytes are allowed."""
    data = text.encode(wrong, "replace") if wrong != "windows-1251" else _bytes_1251(text)
    fixed = data.decode("utf-8", "replace")
    return fixed if fixed.count("\ufffd") <= 2 + len(fixed) // 50 else None


def _bytes_1251(text: str) -> bytes:
    """Byte 0x98 has no character in windows-1251; decoders leave U+0098 there."""
    return b"".join(
        bytes([ord(char)]) if char in "\u0098\u00a0" and ord(char) < 256 else char.encode("windows-1251", "replace")
        for char in text
    )


def _best(data: bytes) -> tuple[str, str]:
    if data.isascii():
        return data.decode("ascii"), "us-ascii"
    utf8 = _strictly(data, "utf-8")
    if utf8 is not None:
        return utf8, "utf-8"
    texts = [(data.decode(name, "replace"), name) for name in _RUSSIAN_CHARSETS]
    return max(texts, key=lambda pair: russian_score(pair[0]))
