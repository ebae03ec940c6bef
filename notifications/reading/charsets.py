"""Bytes to text. A declared charset is believed unless it cannot be right; only then, or without one, it is guessed."""

from __future__ import annotations

import codecs
import re
import unicodedata

from models.charset_guessing import best_guess, looks_like_utf16, russian_score, spelt_in_utf8

_ALIASES = {
    "cp-1251": "windows-1251", "win-1251": "windows-1251", "win1251": "windows-1251", "windows1251": "windows-1251", "x-cp1251": "windows-1251", "ansi_1251": "windows-1251",
    "koi8": "koi8-r", "x-koi8-r": "koi8-r", "utf8mb4": "utf-8", "x-utf-8": "utf-8", "unicode-1-1-utf-8": "utf-8", "dos-866": "cp866", "cp-866": "cp866", "x-mac-cyrillic": "mac-cyrillic",
    "unicode-1-1-utf-7": "utf-7", "x-gbk": "gbk", "ks_c_5601-1987": "cp949",
}  # fmt: skip
# Names that say nothing: writers put them where they do not know.
_NOTHING_SAID = ("", "ascii", "us-ascii", "unknown-8bit", "x-unknown", "unknown", "default", "8bit", "binary")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_MOJIBAKE = re.compile(
    "[РС][\u0400-\u040f\u0450-\u045f\u00a0-\u00bf\u2010-\u2122°±ІіҐґµ¶·Ёё№єјЅѕї]|[ÐÑ][\u0080-\u00bf]|[ÐÑ].|[Ã][\u0080-\u00bf]"
)
# From so many letters on, Russian under the wrong name is told from Russian under the right one without a mistake.
_ENOUGH = 12
_FOREIGN_WORD = re.compile(r"[À-ÖØ-öø-ÿ¨¸]{4,}")
_MIXED_WORD = re.compile(r"[A-Za-z][À-ÖØ-öø-ÿ]|[À-ÖØ-öø-ÿ][A-Za-z]")


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """The text and a Russian remark about what was wrong with its charset ('' when nothing was)."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name, "replace"), ""
    stated = _known(declared)
    text = _believed(data, stated) if stated else None
    if text is None:
        text, name = best_guess(data)
    else:
        name = stated
    repaired = repair(text)
    if repaired != text:
        return repaired, "Кодировка текста применена дважды: текст восстановлен."
    if name == stated or (name == "us-ascii" and not stated):
        return text, ""
    said = f"объявлена {declared!r}" if declared else "не объявлена"
    return text, f"Кодировка {said}, прочитано как {name}."


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


def _believed(data: bytes, stated: str) -> str | None:
    """The text by the declaration; None when it cannot be right."""
    if stated.startswith("utf-16") and not looks_like_utf16(data):
        return None
    text = _strictly(data, stated)
    if text is None or text.isascii():
        return text
    if stated == "iso8859-1" and _has_controls(text):
        # Programs that write «latin-1» mean its superset of Windows.
        text = _strictly(data, "windows-1252") or text
    if _has_controls(text) or _is_foreign(text) or _is_refuted(data, text, stated):
        return None
    return text


def _is_refuted(data: bytes, text: str, stated: str) -> bool:
    """Long Russian text that reads well under another name and not at all under this one."""
    if stated.startswith("utf"):
        return False
    if spelt_in_utf8(data) and sum(byte >= 0xC0 for byte in data) > 1:
        return True
    other, _ = best_guess(data)
    letters = sum("а" <= char.lower() <= "я" for char in other[:6000])
    return letters >= _ENOUGH and russian_score(other) > 1 and russian_score(text) < russian_score(other) / 2


def _is_foreign(text: str) -> bool:
    """Words wholly of accented letters («Äîñòóï»): no language of Latin letters has them."""
    strange = len(_FOREIGN_WORD.findall(text[:6000]))
    return strange > len(_MIXED_WORD.findall(text[:6000]))


def _has_controls(text: str) -> bool:
    return any(
        unicodedata.category(char) in ("Cc", "Cn", "Co") and char not in "\t\n\r\f\v\x1b" for char in text[:6000]
    )


def _known(declared: str) -> str:
    name = declared.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    try:
        return "" if name in _NOTHING_SAID else codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""


def _strictly(data: bytes, charset: str) -> str | None:
    try:
        text = data.decode(looks_like_utf16(data) or charset if charset == "utf-16" else charset)
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
