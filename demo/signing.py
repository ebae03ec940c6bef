"""What a person does with the printed application: signs it, stamps it, and puts it on the scanner."""

from __future__ import annotations

import io
import random
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

_INK = (24, 44, 140)


def printed_pages(document: Path) -> list[Image.Image]:
    """The document's pages as the printer would put them out. Raises PreviewUnavailable without LibreOffice."""
    import pypdfium2

    from documents.preview import to_pdf

    pdf = pypdfium2.PdfDocument(to_pdf(document))
    try:
        return [page.render(scale=150 / 72).to_pil().convert("RGB") for page in pdf]
    finally:
        pdf.close()


def signed_scan(document: bytes, name: str) -> bytes:
    """A two-sided truth: the last page signed and stamped, every page a little askew, all in one PDF."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(document)
        pages = printed_pages(path)
    chance = random.Random(7)
    _sign(pages[-1], chance)
    scanned = [_scanned(page, chance) for page in pages]
    buffer = io.BytesIO()
    scanned[0].save(buffer, "PDF", save_all=True, append_images=scanned[1:], resolution=150.0, quality=80)
    return buffer.getvalue()


def _sign(page: Image.Image, chance: random.Random) -> None:
    draw = ImageDraw.Draw(page)
    width, height = page.size
    x, y = int(width * 0.42), int(height * 0.72)
    points = [(x + step * 9, y + chance.randint(-26, 26)) for step in range(16)]
    draw.line(points, fill=_INK, width=4, joint="curve")
    centre, radius = (int(width * 0.24), int(height * 0.8)), 92
    for ring in (radius, radius - 8):
        draw.ellipse((centre[0] - ring, centre[1] - ring, centre[0] + ring, centre[1] + ring), outline=_INK, width=3)


def _scanned(page: Image.Image, chance: random.Random) -> Image.Image:
    askew = page.rotate(chance.uniform(-1.2, 1.2), expand=False, fillcolor="white", resample=Image.Resampling.BICUBIC)
    return askew.filter(ImageFilter.GaussianBlur(0.6))
