"""How many lines a text takes in a column, on the safe side, whatever fonts the machine has.

Pages are split here and not by the word processor, because each page bears a code that names it.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Widths of Times New Roman (and of Liberation Serif, made to the same measures), thousandths of the font size.
_WIDTHS = {
    180: "'",
    200: "|",
    250: " ,.\u00a0",
    278: "/:;\\ijlt",
    333: "!()-I[]`fr’",
    389: "Js",
    410: 'згэ"',
    444: "?acezаесё“”„тт",
    472: "ьяв^",
    500: "{}кл#$*0123456789_bdghknopquvxyорух«»–",
    517: "Зчбдъ",
    541: "ийнпц~",
    578: "FPSР+<=>БЬГ",
    611: "ELTZЕТЁ",
    650: "мфЧ",
    672: "ЭBCRВКСЯы",
    708: "ЛДжЪУ",
    722: "ADGHKNOQUVXYwАИЙНОПХЦ",
    790: "юшщ&mФ",
    900: "%ЫMМЖ",
    1000: "@W№—…",
}
_WIDTH = {char: width for width, chars in _WIDTHS.items() for char in chars}
_UNKNOWN = 1030  # as wide as the widest known letter
_BOLD = 1.08
_MARGIN = 1.015  # word processors round each glyph
_PIECES = re.compile(r"[^ \-]*-|[^ \-]+| ")


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of one unbroken line, in points."""
    units = sum(_WIDTH.get(char, _UNKNOWN) for char in text)
    return units * size / 1000 * (_BOLD if bold else 1.0) * _MARGIN


@lru_cache(maxsize=20_000)
def line_count(text: str, width: float, size: float, *, bold: bool = False) -> int:
    """Lines that the text takes in a column of `width` points: breaks at spaces and hyphens, long words anywhere."""
    lines, used = 1, 0.0
    for piece in _PIECES.findall(text):
        wide = text_width(piece, size, bold=bold)
        if piece != " " and used and used + wide > width:
            lines, used = lines + 1, 0.0
        if wide > width:
            lines += int(wide // width)
            wide %= width
        used += wide
    return lines
