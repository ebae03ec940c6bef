"""What is done to screenshots and PDF of ours inside the sandbox's child."""

from __future__ import annotations

import base64
import io

from PIL import Image, ImageOps, UnidentifiedImageError, _plugins

from documents.inside.opening import on_white, smooth
from sandbox import Refused

IMPORTED_LATE = tuple(f"PIL.{plugin}" for plugin in _plugins)
_FORMATS = ("PNG", "JPEG", "BMP", "WEBP")
MAX_PIXELS = 60_000_000


def as_png(path: str, longest: int) -> dict[str, object]:
    """The picture upright, at most `longest` pixels a side, as PNG without metadata."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit says in Russian what to do
    try:
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Refused("too-many-pixels", "Снимок слишком велик. Уменьшите его до 8000 точек по стороне.")
            image.draft("RGB", (longest, longest))
            small = smooth(image)
            small.thumbnail((longest, longest))  # first of all: every other step copies the picture
            upright = on_white(ImageOps.exif_transpose(small)).convert("RGB")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Refused("not-a-picture", "Файл не открывается как снимок. Сохраните его в PNG или JPG.") from None
    buffer = io.BytesIO()
    upright.save(buffer, "PNG")
    encoded = base64.b64encode(buffer.getvalue()).decode("ascii")
    return {"png": encoded, "width": upright.width, "height": upright.height}
