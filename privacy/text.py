"""A text made plain before it is searched: one kind of digit, dash and space, nothing invisible, no words torn by a line."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# A soft hyphen, and what pdfium writes for a hyphen at the end of a line, take the line's end with them.
_HYPHENS = re.compile("[\u00ad\ufffe][ \t]*\r?\n?")
_INVISIBLE = re.compile(
    "[\u034f\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f\ufe00-\ufe0f\ufeff]"
)
_TORN = re.compile("(?<=[а-яёa-z])-[ \t]{0,3}\n[ \t]{0,3}(?=[а-яёa-z])")
_MIXED = re.compile("[А-Яа-яЁё][A-Za-z]|[A-Za-z][А-Яа-яЁё]")
_WORD = re.compile("[A-Za-zА-Яа-яЁё]+")
_LATIN = "ABCEHKMOPTXYaceopxyu"
_LOOKS_LIKE = str.maketrans(_LATIN, "АВСЕНКМОРТХУасеорхуи")


@cache
def _signs() -> dict[int, str]:
    """Each to exactly one character, so that places in the text stay."""
    table = {0x130: "I", 0x2212: "-", ord("\r"): "\n", ord("\v"): "\n", ord("\f"): "\n", 0x85: "\n"}
    for code in range(0x80, 0x10000):
        sign = chr(code)
        match unicodedata.category(sign):
            case "Nd":
                table[code] = str(unicodedata.decimal(sign))
            case "Zs":
                table[code] = " "
            case "Pd":
                table[code] = "-"
            case "Zl" | "Zp":
                table[code] = "\n"
    table |= {code: str((code - 0x1D7CE) % 10) for code in range(0x1D7CE, 0x1D800)}  # digits of formulas
    for code in range(0xFF21, 0xFF5B):  # fullwidth Latin letters
        table.setdefault(code, unicodedata.normalize("NFKC", chr(code)))
    table |= {0xFF0E: ".", 0xFF0F: "/", 0x2044: "/", 0x2215: "/", 0x2024: ".", 0x00B7: ".", 0xFF0C: ","}
    return table


@cache
def _strange() -> re.Pattern[str]:
    basic = "".join(re.escape(chr(code)) for code in _signs() if code < 0x10000)
    return re.compile(f"[{basic}\U0001d7ce-\U0001d7ff]")


def plain_signs(text: str) -> str:
    """One kind of digit, dash, space and line end; letters stay as they are."""
    plain = unicodedata.normalize("NFC", text)
    plain = _INVISIBLE.sub("", _HYPHENS.sub("", plain)).replace("\r\n", "\n")
    return _strange().sub(lambda found: _signs()[ord(found.group())], plain)


def plain_text(text: str) -> str:
    """Idempotent. Words torn by a line are whole, and Latin letters in a Cyrillic word become what they look like."""
    return _in_one_script(_TORN.sub("", plain_signs(text)))


def _in_one_script(plain: str) -> str:
    parts, last = [], 0
    for mixed in _MIXED.finditer(plain):
        if mixed.start() < last:
            continue
        start = mixed.start()
        while start > last and _WORD.match(plain[start - 1]):
            start -= 1
        word = _WORD.match(plain, start)
        if word is not None:
            parts += [plain[last:start], word.group().translate(_LOOKS_LIKE)]
            last = word.end()
    return "".join((*parts, plain[last:])) if parts else plain


def folded(plain: str) -> str:
    """Lower case with «е» for «ё»; the same length."""
    return plain.lower().replace("ё", "е")
