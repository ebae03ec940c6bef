"""How much of a sheet is written on, and how sharp it is. Measured on small copies, against the paper near by."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

_WIDTH, _HEIGHT = 600, 900  # A4 is 849 high
_MARGIN = 0.03  # scanners leave dark edges
_DARKER = 0.75  # of the paper around it
_STROKE = 9  # pixels: what is wider is a table under the sheet, a shadow or a black edge, not writing
_SHARP_WIDTH, _SHARP_HEIGHT = 1200, 1800  # A4 is 1697 high


def levelled(image: Image.Image, radius: float) -> np.ndarray:
    """Brightness relative to the paper around: 1.0 is paper, whatever light fell on it."""
    background = np.asarray(image.filter(ImageFilter.GaussianBlur(radius)), dtype=np.float32)
    return np.asarray(image, dtype=np.float32) / np.maximum(background, 1.0)


def ink_share(grey: Image.Image) -> float:
    """Share of written pixels; a blank page 0.0, a page of text about 0.01."""
    small = _within(grey, _WIDTH, _HEIGHT, Image.Resampling.BOX)
    small = small.filter(ImageFilter.MedianFilter(3)) if _noisy(small) else small
    level = _strokes(small)
    rows, columns = (round(side * _MARGIN) for side in level.shape)
    inner = level[rows : level.shape[0] - rows, columns : level.shape[1] - columns]
    return float((inner < _DARKER).mean()) if inner.size else 0.0


def _within(grey: Image.Image, width: int, height: int, how: Image.Resampling) -> Image.Image:
    """At that width, or narrower when it would be too high: a strip costs no more than a sheet."""
    scale = min(width / grey.width, height / grey.height)
    return grey.resize((max(3, round(grey.width * scale)), max(3, round(grey.height * scale))), how)


def _strokes(small: Image.Image) -> np.ndarray:
    """Brightness relative to the paper beside a stroke: closing fills whatever is narrower than its window."""
    paper = small.filter(ImageFilter.MaxFilter(_STROKE)).filter(ImageFilter.MinFilter(_STROKE))
    return np.asarray(small, dtype=np.float32) / np.maximum(np.asarray(paper, dtype=np.float32), 1.0)


def _noisy(small: Image.Image) -> bool:
    """Lone dark dots are dust or sensor noise; the filter that removes them also thins letters, so only when needed."""
    dark = _strokes(small) < _DARKER
    neighbours = sum(np.roll(dark, shift, axis) for shift in (1, -1) for axis in (0, 1))
    lone = dark & (neighbours == 0)
    return bool(dark.any() and lone.sum() > 0.5 * dark.sum())


def sharpness(grey: Image.Image) -> float:
    """Variance of the Laplacian at one common width: of two copies of a page the sharper has more."""
    copy = _within(grey, _SHARP_WIDTH, _SHARP_HEIGHT, Image.Resampling.BILINEAR)
    pixels = np.asarray(copy.filter(ImageFilter.MedianFilter(3)), dtype=np.float32)
    edges = 4 * pixels[1:-1, 1:-1] - pixels[:-2, 1:-1] - pixels[2:, 1:-1] - pixels[1:-1, :-2] - pixels[1:-1, 2:]
    return float(edges.var())
