"""What is done to pictures and PDF inside the sandbox's child. Heavy libraries are imported by each function."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

from PIL import _plugins

from sandbox import Refused

if TYPE_CHECKING:
    from PIL import Image

IMPORTED_LATE = ("pypdfium2", "PIL.ImageOps", *(f"PIL.{plugin}" for plugin in _plugins))
_FORMATS = ("PNG", "JPEG", "BMP", "WEBP")
MAX_PIXELS = 60_000_000


def as_png(path: str, longest: int) -> dict[str, object]:
    """The picture upright, at most `longest` pixels a side, as PNG without metadata."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # our own limit says in Russian what to do
    try:
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Refused("too-many-pixels", "Снимок слишком велик. Уменьшите его до 8000 точек по стороне.")
            upright = _on_white(ImageOps.exif_transpose(image))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Refused("not-a-picture", "Файл не открывается как снимок. Сохраните его в PNG или JPG.") from None
    upright.thumbnail((longest, longest))
    buffer = io.BytesIO()
    upright.save(buffer, "PNG")
    encoded = base64.b64encode(buffer.getvalue()).decode("ascii")
    return {"png": encoded, "width": upright.width, "height": upright.height}


def _on_white(image: Image.Image) -> Image.Image:
    from PIL import Image

    layered = image.convert("RGBA")
    sheet = Image.new("RGBA", layered.size, "white")
    sheet.alpha_composite(layered)
    return sheet.convert("RGB")


def pages_as_png(path: str, width: int, most: int) -> list[str]:
    """The first `most` pages of a PDF as PNG of that width in pixels."""
    import pypdfium2

    pictures = []
    pdf = pypdfium2.PdfDocument(path)
    for index in range(min(len(pdf), most)):
        page = pdf[index]
        buffer = io.BytesIO()
        page.render(scale=width / page.get_width()).to_pil().convert("L").save(buffer, "PNG")
        pictures.append(base64.b64encode(buffer.getvalue()).decode("ascii"))
    return pictures
