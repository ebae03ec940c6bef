"""What is looked at and what is sent."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from documents.codes import PageCode
from documents.scans import assemble, match_scan, page_picture, read_scan
from sandbox import Refused
from tests.documents.scans import hostile
from tests.documents.scans.paper import jpeg, noisy, pdf, photographed, sheet, signed


def _sheets(count: int, *, dpi: int = 120, landscape: bool = True) -> list[Image.Image]:
    return [sheet(PageCode(5, 1, number, count), dpi=dpi, landscape=landscape) for number in range(1, count + 1)]


def _written(folder: Path, *contents: bytes) -> list[Path]:
    paths = [folder / f"{number}" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


def _assembled(folder: Path, *contents: bytes) -> Path:
    paths = _written(folder, *contents)
    match = match_scan(read_scan(paths), request=5, version=1)
    target = folder / "made.pdf"
    assemble(paths, match.order, target)
    return target


@pytest.mark.rule("SND-1", "SGN-6")
def test_turned_and_shuffled_files_become_one_upright_pdf_in_order(tmp_path: Path) -> None:
    one, two, three = _sheets(3)
    made = _assembled(tmp_path, jpeg(photographed(three).rotate(90, expand=True)), pdf([two.rotate(180), one], 120))
    again = read_scan([made])
    assert [page.code and page.code.page for page in again.pages] == [1, 2, 3]
    assert [page.rotation for page in again.pages] == [0, 0, 0]
    assert again.problems == ()


@pytest.mark.parametrize(("landscape", "size"), [(True, (842, 595)), (False, (595, 842))])
def test_pages_are_a4(tmp_path: Path, landscape: bool, size: tuple[int, int]) -> None:
    document = pypdfium2.PdfDocument(_assembled(tmp_path, jpeg(_sheets(1, landscape=landscape)[0])))
    assert tuple(round(side) for side in document[0].get_size()) == size
    document.close()


@pytest.mark.rule("SGN-4")
def test_the_blue_of_a_seal_is_sent_in_colour(tmp_path: Path) -> None:
    document = pypdfium2.PdfDocument(_assembled(tmp_path, jpeg(signed(_sheets(1)[0]))))
    page = np.asarray(document[0].render(scale=2).to_pil().convert("RGB"), dtype=int)
    document.close()
    assert (page[..., 2] - page[..., 0] > 30).sum() > 1000  # far more blue than red
    assert (page[..., 0] - page[..., 2] > 30).sum() == 0


def test_scripts_and_attachments_of_an_upload_are_not_sent(tmp_path: Path) -> None:
    upload = hostile.pdf_with_script(sheet(PageCode(5, 1, 1, 1), dpi=120))
    assert b"/JavaScript" in upload and b"EmbeddedFile" in upload
    made = _assembled(tmp_path, upload).read_bytes()
    assert b"JavaScript" not in made and b"EmbeddedFile" not in made and b"OpenAction" not in made


def test_a_heavy_scan_is_pressed_under_the_limit_and_still_read(tmp_path: Path) -> None:
    paths = _written(tmp_path, *(jpeg(noisy(page, 40), 95) for page in _sheets(2, dpi=200)))
    order = match_scan(read_scan(paths), request=5, version=1).order
    target = tmp_path / "made.pdf"
    assemble(paths, order, target, max_mb=0.9)
    assert target.stat().st_size < 0.9 * 1024 * 1024 < sum(path.stat().st_size for path in paths)
    assert [page.code and page.code.page for page in read_scan([target]).pages] == [1, 2]


def test_a_scan_that_cannot_be_pressed_enough_is_refused(tmp_path: Path) -> None:
    paths = _written(tmp_path, jpeg(_sheets(1)[0]))
    order = match_scan(read_scan(paths), request=5, version=1).order
    with pytest.raises(Refused, match="too-large"):
        assemble(paths, order, tmp_path / "made.pdf", max_mb=0.005)
    assert not (tmp_path / "made.pdf").exists()


def test_nothing_is_not_sent(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="empty"):
        assemble([], (), tmp_path / "made.pdf")


@pytest.mark.rule("SGN-4")
def test_a_sheet_is_shown_upright_as_wide_as_asked(tmp_path: Path) -> None:
    upright = _sheets(1)[0]
    [path] = _written(tmp_path, jpeg(upright.rotate(90, expand=True)))
    shown = Image.open(io.BytesIO(page_picture(path, 0, width=900)))
    assert (shown.format, shown.width) == ("PNG", 900)
    assert shown.height == pytest.approx(900 * upright.height / upright.width, abs=2)
    assert read_scan(_written(tmp_path, _png(shown))).pages[0].rotation == 0


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def test_a_given_turn_is_followed_where_no_code_tells(tmp_path: Path) -> None:
    [path] = _written(tmp_path, jpeg(sheet(None, dpi=100)))
    shown = Image.open(io.BytesIO(page_picture(path, 0, width=500, rotation=90)))
    assert shown.height > shown.width == 500


def test_a_sheet_that_is_not_there_is_refused(tmp_path: Path) -> None:
    [path] = _written(tmp_path, pdf(_sheets(1), 120))
    with pytest.raises(Refused, match="no-such-page"):
        page_picture(path, 7)
