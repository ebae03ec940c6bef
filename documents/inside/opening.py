"""A file from outside as sheets: each opened only when asked for, each with the resolution of its paper."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, ImageOps

from documents.media import sniff
from sandbox.errors import Refused

IMPORTED_LATE = (
    "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.PpmImagePlugin",
)
A4_LONG = 297 / 25.4  # inches; a sheet is taken for A4, whatever size its file states
_PASSWORD = "password"
_LONGER = 4  # times the other side; whatever is longer is a strip and no sheet, and measuring it costs gigabytes
_FEWEST = 60  # pixels of a side: no sheet can be read with fewer
_MIN_SCAN_PIXELS = 300_000  # a page whose pictures have fewer was drawn by a program, not by a scanner
_ADVICE = {
    "image/heic": "Это снимок HEIC. В настройках камеры выберите «Наиболее совместимый» или сохраните как JPG.",
    "image/tiff": "Это TIFF. Сохраните скан в PDF или JPG.",
    "application/x-empty": "Файл пустой. Отсканируйте заново и приложите ещё раз.",
}
_WRONG = "Это не PDF и не JPG, каким бы ни было имя файла. Приложите скан в PDF или JPG."


@dataclass(frozen=True, slots=True)
class Sheet:
    """Dots an inch as if the sheet were A4; None for a page that a program has drawn."""

    picture: Image.Image
    dpi: int | None


class Source:
    """A PDF, JPG or PNG; sheets are counted from 0."""

    def __init__(self, count: int) -> None:
        self.count = count

    def sheet(self, index: int, longest: int, *, colour: bool = False) -> Sheet:
        """The sheet as its file shows it, at most `longest` pixels a side. Raises Refused for a broken one."""
        raise NotImplementedError


@contextmanager
def opened(path: str, *, max_pages: int, max_pixels: int) -> Iterator[Source]:
    """Raises Refused with a code for what is not a scan, is locked, broken or too large."""
    with Path(path).open("rb") as file:
        kind = sniff(file.read(4096))
    if kind == "application/pdf":
        with _opened_pdf(path) as pdf:
            if len(pdf) > max_pages:
                raise Refused("too-many-pages", f"В файле {len(pdf)} страниц, а читается не больше {max_pages}.")
            yield _Pdf(pdf, max_pixels)
    elif kind in ("image/jpeg", "image/png"):
        yield _Photo(path, max_pixels)
    else:
        raise Refused("empty" if kind == "application/x-empty" else "wrong-type", _ADVICE.get(kind, _WRONG))


@contextmanager
def _opened_pdf(path: str) -> Iterator[pypdfium2.PdfDocument]:
    try:
        pdf = pypdfium2.PdfDocument(path)
        if len(pdf) == 0:
            raise Refused("empty", "В PDF нет ни одной страницы. Отсканируйте заново.")
    except pypdfium2.PdfiumError as error:
        if _PASSWORD in str(error).lower():
            raise Refused("encrypted", "PDF закрыт паролем. Сохраните его без пароля и приложите снова.") from None
        raise Refused("unreadable", "PDF повреждён и не открывается. Отсканируйте заново.") from None
    try:
        yield pdf
    finally:
        pdf.close()


class _Pdf(Source):
    def __init__(self, pdf: pypdfium2.PdfDocument, max_pixels: int) -> None:
        super().__init__(len(pdf))
        self._pdf, self._max_pixels = pdf, max_pixels

    def sheet(self, index: int, longest: int, *, colour: bool = False) -> Sheet:
        try:
            page = self._pdf[index]
            sizes = _picture_sizes(page)
            if any(width * height > self._max_pixels for width, height, _ in sizes):
                raise _too_many_pixels()
            _check_shape(*page.get_size())
            scale = longest / max(*page.get_size(), 1)
            picture = page.render(scale=scale, grayscale=not colour, rev_byteorder=colour).to_pil()
        except pypdfium2.PdfiumError:
            raise Refused("unreadable", "Страница PDF повреждена. Отсканируйте её заново.") from None
        return Sheet(picture, _pdf_dpi(sizes, max(page.get_size()) / 72))


def _picture_sizes(page: pypdfium2.PdfPage) -> list[tuple[int, int, float]]:
    """Width, height and stated dots an inch of each picture on the page, without decoding any."""
    sizes = []
    for found in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=8):
        width, height = found.get_px_size()
        left, bottom, right, top = found.get_bounds()
        inches = max(right - left, top - bottom) / 72
        sizes.append((width, height, max(width, height) / inches if inches > 0 else 0.0))
    return sizes


def _pdf_dpi(sizes: list[tuple[int, int, float]], long_inches: float) -> int | None:
    """A page may be one picture or many strips: the resolution of most of its pixels."""
    if sum(width * height for width, height, _ in sizes) < _MIN_SCAN_PIXELS and not _covers(sizes, long_inches):
        return None
    _, _, dpi = max(sizes, key=lambda size: size[0] * size[1])
    return round(dpi * long_inches / A4_LONG)


def _covers(sizes: list[tuple[int, int, float]], long_inches: float) -> bool:
    """One picture from edge to edge, however coarse."""
    return any(dpi and max(width, height) / dpi > 0.8 * long_inches for width, height, dpi in sizes)


class _Photo(Source):
    def __init__(self, path: str, max_pixels: int) -> None:
        super().__init__(1)
        self._path, self._max_pixels = path, max_pixels

    def sheet(self, index: int, longest: int, *, colour: bool = False) -> Sheet:
        Image.MAX_IMAGE_PIXELS = None  # our own limit comes first and says what to do
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # odd EXIF is no reason to refuse
                return self._opened(longest, "RGB" if colour else "L")
        except (OSError, SyntaxError, ValueError, EOFError):
            raise Refused("unreadable", "Снимок повреждён и не открывается. Сделайте его заново.") from None

    def _opened(self, longest: int, mode: str) -> Sheet:
        with Image.open(self._path, formats=("JPEG", "PNG")) as image:
            if image.width * image.height > self._max_pixels:
                raise _too_many_pixels()
            _check_shape(image.width, image.height, _FEWEST)
            dpi = round(max(image.size) / A4_LONG)
            image.draft(mode, (longest, longest))  # JPEG decodes straight to a smaller size
            small = smooth(image)
            small.thumbnail((longest, longest))  # first of all: every other step copies the picture
            return Sheet(on_white(ImageOps.exif_transpose(small)).convert(mode), dpi)


def smooth(image: Image.Image) -> Image.Image:
    """In a mode that can be made smaller without jags."""
    if image.mode.startswith("I"):  # 16 bits a pixel
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode == "P":
        return image.convert("RGBA" if "transparency" in image.info else "RGB")
    return image.convert("L") if image.mode == "1" else image


def on_white(image: Image.Image) -> Image.Image:
    """A transparent picture as a printer would put it on paper."""
    if not (image.mode.endswith("A") or "transparency" in image.info):
        return image
    layered = image.convert("RGBA")
    sheet = Image.new("RGBA", layered.size, "white")
    sheet.alpha_composite(layered)
    return sheet


def _check_shape(width: float, height: float, fewest: int = 1) -> None:
    if min(width, height) < fewest or max(width, height) > _LONGER * min(width, height):
        raise Refused(
            "not-a-sheet",
            f"Это не лист бумаги: {width:.0f} × {height:.0f} точек. Отсканируйте лист целиком, 200–300 dpi.",
        )


def _too_many_pixels() -> Refused:
    return Refused("too-many-pixels", "В изображении слишком много точек. Сканируйте лист с разрешением 200–300 dpi.")
