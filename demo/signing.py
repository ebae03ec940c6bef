"""What a person does with the printed application: signs it, stamps it, and puts it on the scanner."""

from __future__ import annotations

import io
import random
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

_INK = (24, 44, 140)
_SCALE = 150 / 72


@dataclass(frozen=True, slots=True)
class Printed:
    """The sheets as pictures, and where on the last one the signature and the seal belong, in pixels."""

    pages: list[Image.Image]
    line: tuple[int, int]
    seal: tuple[int, int]


def printed(document: Path) -> Printed:
    """As the printer would put it out; without LibreOffice plain sheets with the document's words and codes."""
    import pypdfium2

    from documents.looks.preview import PreviewUnavailable, to_pdf

    try:
        pdf = pypdfium2.PdfDocument(to_pdf(document))
    except PreviewUnavailable:
        return _plain(document)
    try:
        pages = [page.render(scale=_SCALE).to_pil().convert("RGB") for page in pdf]
        last = pdf[len(pdf) - 1]
        line, seal = (_place(last, words, pages[-1]) for words in ("(подпись)", "М.П."))
    finally:
        pdf.close()
    return Printed(pages, line, seal)


def _plain(document: Path) -> Printed:
    """One sheet for each page code in the document, with its words beside it."""
    from docx import Document

    with zipfile.ZipFile(document) as archive:
        pictures = [archive.read(name) for name in sorted(archive.namelist()) if name.startswith("word/media/")]
    words = [paragraph.text for paragraph in Document(str(document)).paragraphs if paragraph.text.strip()]
    sheets = []
    for code in pictures:
        sheet = Image.new("RGB", (1754, 1240), "white")
        draw = ImageDraw.Draw(sheet)
        for number, text in enumerate(words):
            draw.text((120, 120 + number * 34), text, fill="black")
        stamp = Image.open(io.BytesIO(code)).convert("RGB").resize((190, 190), Image.Resampling.NEAREST)
        sheet.paste(stamp, (1500, 1000))
        sheets.append(sheet)
    return Printed(sheets, line=(900, 900), seal=(260, 900))


def _place(page: Any, words: str, picture: Image.Image) -> tuple[int, int]:
    """Where the words begin on the sheet."""
    text = page.get_textpage()
    found = text.search(words).get_next()
    left, _, _, top = text.get_charbox(found[0]) if found else (200, 0, 0, 200)
    text.close()
    return round(left * _SCALE), picture.height - round(top * _SCALE)


def signed_scan(document: bytes, name: str) -> bytes:
    """The last page signed and stamped, every page a little askew, all in one PDF."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(document)
        paper = printed(path)
    chance = random.Random(7)
    _sign(paper, chance)
    scanned = [_scanned(page, chance) for page in paper.pages]
    buffer = io.BytesIO()
    scanned[0].save(buffer, "PDF", save_all=True, append_images=scanned[1:], resolution=150.0, quality=80)
    return buffer.getvalue()


def _sign(paper: Printed, chance: random.Random) -> None:
    draw = ImageDraw.Draw(paper.pages[-1])
    x, y = paper.line
    points = [(x + 10 + step * 9, y - 34 + chance.randint(-22, 22)) for step in range(16)]
    draw.line(points, fill=_INK, width=4, joint="curve")
    centre, radius = (paper.seal[0] + 30, paper.seal[1] + 60), 92
    for ring in (radius, radius - 8):
        draw.ellipse((centre[0] - ring, centre[1] - ring, centre[0] + ring, centre[1] + ring), outline=_INK, width=3)


def _scanned(page: Image.Image, chance: random.Random) -> Image.Image:
    askew = page.rotate(chance.uniform(-1.2, 1.2), expand=False, fillcolor="white", resample=Image.Resampling.BICUBIC)
    return askew.filter(ImageFilter.GaussianBlur(0.6))
