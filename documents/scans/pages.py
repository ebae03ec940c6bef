"""Inside the sandbox's child: files to pages as pictures, with what each picture shows."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from documents.codes import BadCode, ForeignCode, decode
from documents.media import sniff
from sandbox import Refused

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

MAX_PAGES = 300
MAX_PIXELS = 80_000_000
_MIN_DPI = 100
_MIN_PHOTO_SIDE = 1000
_BLANK_INK = 0.0008
_SCALE = 200 / 72
_REFUSALS = {
    "image/heic": "Фото в формате HEIC: в телефоне выберите «Наиболее совместимый» или сохраните снимок в JPG.",
    "image/tiff": "Скан в формате TIFF. Сохраните его в PDF или JPG.",
    "application/x-empty": "Файл пуст.",
}


def read(paths: list[str]) -> dict[str, Any]:
    """{"pages": […], "problems": […]}; a file that cannot be opened is a problem and stops no other."""
    pages: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    for number, path in enumerate(paths):
        try:
            for place, (picture, dpi) in enumerate(pictures(path)):
                if len(pages) >= MAX_PAGES:
                    raise Refused("too-many-pages", f"Страниц больше {MAX_PAGES}. Оставьте только заявку.")
                pages.append({"file": number, "place": place, **_seen(picture, dpi)})
        except Refused as refusal:
            problems.append({"file": number, "code": refusal.code, "message": refusal.detail})
    return {"pages": pages, "problems": problems}


def pictures(path: str) -> Iterator[tuple[Image.Image, float | None]]:
    """Each page upright in grey, with the resolution of the scan when the file tells it. Raises Refused."""
    data = Path(path).read_bytes()
    kind = sniff(data)
    if kind == "application/pdf":
        yield from _of_pdf(data)
    elif kind in ("image/jpeg", "image/png"):
        yield _of_image(data), None
    else:
        told = _REFUSALS.get(kind, "Это не PDF и не JPG. Отсканируйте подписанную заявку в PDF или JPG.")
        raise Refused("empty" if kind == "application/x-empty" else "wrong-type", told)


def _of_image(data: bytes) -> Image.Image:
    from PIL import Image, ImageOps, UnidentifiedImageError

    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # our own limit comes before any pixel is decoded
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Refused("too-many-pixels", "Снимок слишком велик. Уменьшите его до 8000 точек по стороне.")
            return ImageOps.exif_transpose(image).convert("L")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Refused("unreadable", "Снимок не открывается: файл повреждён. Отсканируйте заново.") from None


def _of_pdf(data: bytes) -> Iterator[tuple[Image.Image, float | None]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise Refused("encrypted", "PDF закрыт паролем. Снимите пароль и приложите снова.") from None
        raise Refused("unreadable", "PDF не открывается: файл повреждён. Отсканируйте заново.") from None
    if len(document) > MAX_PAGES:
        raise Refused("too-many-pages", f"Страниц больше {MAX_PAGES}. Оставьте только заявку.")
    for page in document:
        width, height = page.get_size()
        scale = min(_SCALE, (MAX_PIXELS / 4 / max(width * height, 1)) ** 0.5)
        yield page.render(scale=scale, grayscale=True).to_pil().convert("L"), _dpi(page)
        page.close()


def _dpi(page: Any) -> float | None:
    """Resolution of the picture that covers the page; None for a page that is drawn, not scanned."""
    import pypdfium2.raw as raw

    width, height = page.get_size()
    found = []
    for thing in page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        left, bottom, right, top = thing.get_bounds()
        if (right - left) * (top - bottom) >= 0.5 * width * height:
            pixels = thing.get_px_size()
            found.append(max(pixels) / (max(right - left, top - bottom) / 72))
    return max(found, default=None)


def _seen(picture: Image.Image, dpi: float | None) -> dict[str, Any]:
    from documents.scans.codes import code_on

    ink = _ink(picture)
    text, rotation = code_on(picture)
    seen: dict[str, Any] = {
        "rotation": rotation, "dpi": round(dpi) if dpi else None, "ink": round(ink, 5), "code": None, "problem": None,
    }
    if text is not None:
        try:
            found = decode(text)
            seen["code"] = [found.request, found.version, found.page, found.of]
        except ForeignCode:
            seen["problem"] = "foreign-code"
        except BadCode:
            seen["problem"] = "unreadable-code"
    elif ink < _BLANK_INK:
        seen["problem"] = "blank"
    elif (dpi is not None and dpi < _MIN_DPI) or (dpi is None and max(picture.size) < _MIN_PHOTO_SIDE):
        seen["problem"] = "too-small"
    else:
        seen["problem"] = "no-code"
    return seen


def _ink(picture: Image.Image) -> float:
    """Share of pixels darker than three quarters of their surroundings: a shadow is no ink."""
    import numpy as np
    from PIL import Image, ImageFilter

    small = picture.resize((600, max(1, round(600 * picture.height / picture.width))), Image.Resampling.BOX)
    surroundings = small.filter(ImageFilter.GaussianBlur(25))
    here: np.ndarray[Any, Any] = np.asarray(small, dtype=np.float32)
    around: np.ndarray[Any, Any] = np.asarray(surroundings, dtype=np.float32)
    margin = max(4, min(here.shape) // 40)  # the scanner's black edge is no writing
    dark = (here < 0.75 * around)[margin:-margin, margin:-margin]
    return float(dark.mean()) if dark.size else 0.0


def page_png(path: str, place: int, width: int, out: str) -> None:
    """One page upright as PNG, for looking at it closely."""
    for number, (picture, _) in enumerate(pictures(path)):
        if number == place:
            from documents.scans.codes import code_on

            _, rotation = code_on(picture)
            upright = picture.rotate(rotation, expand=True) if rotation else picture
            upright.thumbnail((width, width * 2))
            upright.save(out, "PNG")
            return
    raise Refused("no-page", "Такой страницы в файле нет.")


def pdf_of(parts: list[list[Any]], out: str) -> None:
    """[[path, place, rotation]…] in order as one PDF of at most ordinary scan size."""
    wanted = [(path, place) for path, place, _ in parts]
    found: dict[tuple[str, int], Image.Image] = {}
    for path in dict.fromkeys(path for path, _ in wanted):
        for place, (picture, _) in enumerate(pictures(path)):
            if (path, place) in wanted:
                picture.thumbnail((2400, 2400))
                found[path, place] = picture
    upright = [found[path, place].rotate(turn, expand=True) if turn else found[path, place] for path, place, turn in parts]
    upright[0].save(out, "PDF", save_all=True, append_images=upright[1:], resolution=200.0, quality=75)
