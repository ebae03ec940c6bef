"""Sheets as a printer puts them out and as people bring them back: scanned askew, photographed, stamped."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from documents.codes import PageCode, picture

A4_INCHES = (8.27, 11.69)
CODE_MM = 24
_FONTS = ("LiberationSerif-Regular.ttf", "DejaVuSans.ttf")


def sheet(code: PageCode | None, *, dpi: int = 200, landscape: bool = True, text: bool = True) -> Image.Image:
    """A page of an application in grey; `code` at the lower right as the generator prints it."""
    wide, high = (round(side * dpi) for side in (A4_INCHES[::-1] if landscape else A4_INCHES))
    page = Image.new("L", (wide, high), 255)
    if text:
        _write(page, dpi, code.page if code else 0)
    if code is not None:
        side = round(CODE_MM / 25.4 * dpi)
        printed = Image.open(io.BytesIO(picture(code))).convert("L").resize((side, side), Image.Resampling.BOX)
        page.paste(printed, (wide - side - round(0.5 * dpi), high - side - round(0.4 * dpi)))
    return page


def _write(page: Image.Image, dpi: int, number: int) -> None:
    draw = ImageDraw.Draw(page)
    font = _font(round(dpi * 11 / 72))
    line, left = round(dpi * 0.26), round(dpi * 0.8)
    draw.text((left, line * 2), f"ЗАЯВКА на предоставление доступа, страница {number}", fill=20, font=font)
    for row in range(1, 22):
        text = f"{row}. Иванова Анна Александровна  112-233-445 95  ФРМО и ФРМР"
        draw.text((left, line * (3 + row)), text, fill=20, font=font)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def signed(page: Image.Image) -> Image.Image:
    """A blue seal and a signature over the lower part, one stroke of it across the code's quiet zone."""
    made = page.convert("RGB")
    draw, (wide, high) = ImageDraw.Draw(made), page.size
    radius, centre = high // 12, (wide * 0.3, high * 0.8)
    for ring in (radius, radius * 0.9):
        box = (centre[0] - ring, centre[1] - ring, centre[0] + ring, centre[1] + ring)
        draw.ellipse(box, outline=(40, 60, 160), width=max(2, high // 400))
    points = [(wide * (0.5 + 0.02 * step), high * (0.82 + 0.02 * (-1) ** step)) for step in range(14)]
    draw.line(points, fill=(30, 40, 130), width=max(2, high // 500))
    return made


def blurred(page: Image.Image, radius: float) -> Image.Image:
    return page.filter(ImageFilter.GaussianBlur(radius))


def noisy(page: Image.Image, amount: float, seed: int = 1) -> Image.Image:
    pixels = np.asarray(page.convert("L"), dtype=np.float32)
    noise = np.random.default_rng(seed).normal(0, amount, pixels.shape)
    return Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8))


def shadowed(page: Image.Image, darkest: float = 0.35) -> Image.Image:
    """Light falls from the upper left; the far corner gets `darkest` of it."""
    pixels = np.asarray(page.convert("L"), dtype=np.float32)
    down, across = np.linspace(0, 1, pixels.shape[0])[:, None], np.linspace(0, 1, pixels.shape[1])[None, :]
    return Image.fromarray((pixels * (1 - (1 - darkest) * (down + across) / 2)).astype(np.uint8))


def photographed(page: Image.Image, *, strength: float = 0.06, longest: int = 3000, seed: int = 1) -> Image.Image:
    """Held in the hand: perspective, a table around, uneven light, blur, sensor noise."""
    chance = random.Random(seed)
    wide, high = page.size
    table = Image.new("L", (round(wide * 1.2), round(high * 1.2)), 90)
    table.paste(page.convert("L"), (wide // 10, high // 10))
    wide, high = table.size

    def off(side: int) -> float:
        return chance.uniform(0, strength) * side

    left = (off(wide), off(high), off(wide), high - off(high))
    right = (wide - off(wide), high - off(high), wide - off(wide), off(high))
    shot = table.transform(table.size, Image.Transform.QUAD, left + right, Image.Resampling.BICUBIC)
    shot.thumbnail((longest, longest))
    return noisy(blurred(shadowed(shot, 0.5), longest / 3500), 5, seed)


def jpeg(page: Image.Image, quality: int = 75, orientation: int = 0) -> bytes:
    """`orientation`: the EXIF tag that phones write."""
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    buffer = io.BytesIO()
    page.save(buffer, "JPEG", quality=quality, exif=exif)
    return buffer.getvalue()


def pdf(pages: Sequence[Image.Image], dpi: int = 200, quality: int = 75) -> bytes:
    buffer = io.BytesIO()
    pages[0].save(buffer, "PDF", save_all=True, append_images=list(pages[1:]), resolution=dpi, quality=quality)
    return buffer.getvalue()
