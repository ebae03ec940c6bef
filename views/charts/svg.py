"""Charts drawn on the server as SVG: presentation attributes and classes only, so that no style is needed inline.

Each is 400 units wide, so its letters stay readable on a phone; its numbers stand in the table beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

WIDTH, HEIGHT = 400, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 8, 26, 26  # around the field on which columns stand
_MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Layer:
    """One colour of a stack; `style` is a class of the style sheet, `hatched` tells it apart from another of that colour."""

    name: str
    style: str
    values: Sequence[int]
    hatched: bool = False


def number(value: float) -> str:
    """As Russians write it: 1 234,5."""
    text = f"{value:,.1f}".removesuffix(".0") if isinstance(value, float) else f"{value:,}"
    return text.replace(",", "\u202f").replace(".", ",").replace("-", _MINUS)


def columns(
    title: str,
    told: str,
    labels: Sequence[str],
    values: Sequence[float | None],
    *,
    unit: str,
    mark: tuple[float, str] | None = None,
) -> Markup:
    """A column for each label; None leaves a gap. `mark` is a line across with its name."""
    known = [value for value in values if value is not None]
    top = _Scale(max([*known, mark[0] if mark else 0, 1]))
    parts = [*_axis(top, unit)]
    for label, value, (left, width) in zip(labels, values, _places(len(labels)), strict=True):
        parts.append(_label(label, left + width / 2, len(labels)))
        if value is None:
            continue
        height = top.height(value)
        over = mark is not None and value > mark[0]
        style = "bar over" if over else "bar"
        parts.append(_rect(left, HEIGHT - _BOTTOM - height, width, height, style, f"{label}: {number(value)} {unit}"))
        if len(labels) <= 12:
            parts.append(_text(left + width / 2, HEIGHT - _BOTTOM - height - 4, number(value), "value"))
    if mark:  # named above the field, where no column can hide it
        level = HEIGHT - _BOTTOM - top.height(mark[0])
        parts.append(_line(_LEFT, level, WIDTH - _RIGHT, level, "mark"))
        parts.append(_line(WIDTH - _RIGHT - 110, 8, WIDTH - _RIGHT - 80, 8, "mark"))
        parts.append(_text(WIDTH - _RIGHT - 74, 12, mark[1], "mark-name", "start"))
    return _svg(title, told, parts, HEIGHT)


def stacks(title: str, told: str, labels: Sequence[str], layers: Sequence[Layer], *, unit: str) -> Markup:
    """A column of layers for each label; the first layer lies at the bottom."""
    sums = [sum(layer.values[place] for layer in layers) for place in range(len(labels))]
    top = _Scale(max([*sums, 1]))
    parts = [*_hatches(), *_axis(top, unit)]
    for place, (label, (left, width)) in enumerate(zip(labels, _places(len(labels)), strict=True)):
        parts.append(_label(label, left + width / 2, len(labels), place))
        level = float(HEIGHT - _BOTTOM)
        for layer in layers:
            height = top.height(layer.values[place])
            if not height:
                continue
            level -= height
            told_here = f"{label}, {layer.name}: {number(layer.values[place])}"
            parts.append(_rect(left, level, width, height, f"layer {layer.style}", told_here))
            if layer.hatched:
                parts.append(_rect(left, level, width, height, "hatch", told_here, fill="url(#hatch)"))
        if sums[place] and len(labels) <= 14:
            parts.append(_text(left + width / 2, level - 4, number(sums[place]), "value"))
    return _svg(title, told, parts, HEIGHT)


def swatch(layer: Layer) -> Markup:
    """The layer's colour and hatching for the legend."""
    inner = _rect(1, 1, 14, 14, f"layer {layer.style}", "")
    if layer.hatched:
        inner += _rect(1, 1, 14, 14, "hatch", "", fill="url(#hatch)")
    return Markup('<svg class="swatch" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{}</svg>').format(
        inner
    )


def rows(title: str, told: str, entries: Sequence[tuple[str, int]], *, unit: str) -> Markup:
    """A lying bar for each entry, its name above it."""
    step, top = 42, max([number_ for _, number_ in entries] or [1])
    parts = []
    for place, (name, value) in enumerate(entries):
        level = place * step
        width = max((WIDTH - 60) * value / top, 2)
        parts.append(_text(0, level + 14, name, "name", "start"))
        parts.append(_rect(0, level + 20, width, 14, "bar", f"{name}: {number(value)} {unit}"))
        parts.append(_text(width + 6, level + 32, number(value), "value", "start"))
    return _svg(title, told, parts, max(len(entries), 1) * step)


class _Scale:
    """A round number at or above the greatest value, and the steps to it."""

    def __init__(self, greatest: float) -> None:
        rough = greatest / 4
        power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
        step = next(times * power for times in (1, 2, 2.5, 5, 10) if times * power >= rough)
        self.step = max(step, 1.0)
        self.top = self.step * math.ceil(greatest / self.step)

    def height(self, value: float) -> float:
        return (HEIGHT - _TOP - _BOTTOM) * value / self.top

    def ticks(self) -> list[float]:
        return [self.step * place for place in range(round(self.top / self.step) + 1)]


def _axis(scale: _Scale, unit: str) -> Iterator[Markup]:
    yield _text(0, 12, unit, "unit", "start")
    for tick in scale.ticks():
        level = HEIGHT - _BOTTOM - scale.height(tick)
        yield _line(_LEFT, level, WIDTH - _RIGHT, level, "axis" if tick == 0 else "grid")
        yield _text(_LEFT - 6, level + 4, number(tick), "tick", "end")


def _places(count: int) -> Iterator[tuple[float, float]]:
    """(left, width) of each column; a third of its room is air, and no column is wider than a thumb."""
    room = (WIDTH - _LEFT - _RIGHT) / max(count, 1)
    width = min(room * 0.68, 48)
    for place in range(count):
        yield _LEFT + room * place + (room - width) / 2, width


def _label(text: str, middle: float, count: int, place: int = 0) -> Markup:
    """Under its column; of many every second, so that they do not run into one another."""
    if count > 8 and len(text) > 4 and place % 2:
        return Markup("")
    return _text(middle, HEIGHT - 8, text, "tick")


def _hatches() -> Iterator[Markup]:
    yield Markup(
        '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<path class="hatch-line" d="M0 0V5"/></pattern></defs>'
    )


def _rect(left: float, top: float, width: float, height: float, style: str, told: str, fill: str = "") -> Markup:
    inner = Markup("<title>{}</title>").format(told) if told else Markup("")
    filled = Markup(' fill="{}"').format(fill) if fill else Markup("")
    place = Markup('x="{}" y="{}" width="{}" height="{}"').format(*map(_short, (left, top, width, height)))
    return Markup('<rect class="{}" {}{}>{}</rect>').format(style, place, filled, inner)


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> Markup:
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(style, *map(_short, (x1, y1, x2, y2)))


def _text(x: float, y: float, text: str, style: str, anchor: str = "middle") -> Markup:
    return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
        style, _short(x), _short(y), anchor, text
    )


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _svg(title: str, told: str, parts: Sequence[Markup], height: int) -> Markup:
    """`role="img"` makes one picture of it for those who listen: its title and what it shows."""
    head = Markup('<svg class="chart" role="img" viewBox="0 0 {} {}" xmlns="http://www.w3.org/2000/svg">').format(
        WIDTH, height
    )
    names = Markup("<title>{}</title><desc>{}</desc>").format(title, told)
    return head + names + Markup("").join(parts) + Markup("</svg>")
