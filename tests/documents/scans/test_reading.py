"""Pages as people bring them back: every one is told by its code, whichever way it came."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import segno
from PIL import Image

from documents.codes import PageCode
from documents.scans import ScanLimits, ScanPage, ScanReading, match_scan, page_picture, read_scan
from models.findings import Severity
from tests.documents.scans import hostile
from tests.documents.scans.paper import blurred, jpeg, noisy, pdf, photographed, shadowed, sheet, signed

CODE = PageCode(123, 2, 1, 1)


def _written(folder: Path, *contents: bytes) -> list[Path]:
    paths = [folder / f"{number}" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


def _read(folder: Path, *contents: bytes, **limits: Any) -> ScanReading:
    return read_scan(_written(folder, *contents), ScanLimits(**limits))


def _page(folder: Path, content: bytes) -> ScanPage:
    [page] = _read(folder, content).pages
    return page


@pytest.fixture(scope="module")
def printed() -> Image.Image:
    return sheet(CODE)


@pytest.fixture(scope="module")
def bare() -> Image.Image:
    """A page whose code is not there."""
    return sheet(None)


@pytest.mark.rule("SGN-6")
@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda page: pdf([page]), id="as it is"),
        pytest.param(lambda page: pdf([signed(page)]), id="signed and sealed"),
        pytest.param(lambda page: pdf([page.rotate(3, expand=True, fillcolor=255)]), id="three degrees askew"),
        pytest.param(lambda page: jpeg(page.rotate(-8, expand=True, fillcolor=255)), id="eight degrees askew"),
        pytest.param(lambda page: jpeg(blurred(page, 3)), id="blurred"),
        pytest.param(lambda page: jpeg(noisy(page, 60)), id="noisy"),
        pytest.param(lambda page: jpeg(shadowed(page, 0.15)), id="in a shadow"),
        pytest.param(lambda page: jpeg(page, 20), id="JPEG at 20"),
        pytest.param(lambda page: jpeg(noisy(blurred(page, 2), 20), 30), id="all of it at once"),
        pytest.param(lambda page: jpeg(photographed(page, strength=0.08, seed=2)), id="photographed"),
        pytest.param(lambda page: jpeg(photographed(page, longest=1600), 40), id="photographed, sent by a messenger"),
        pytest.param(lambda page: jpeg(page.convert("1").convert("L")), id="black and white"),
    ],
)
def test_the_code_is_read(tmp_path: Path, printed: Image.Image, spoil: Any) -> None:
    page = _page(tmp_path, spoil(printed))
    assert (page.code, page.problem, page.rotation) == (CODE, None, 0)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16", "CMYK"])
def test_every_kind_of_picture_is_read(tmp_path: Path, printed: Image.Image, mode: str) -> None:
    buffer = io.BytesIO()
    picture = _sixteen_bits(printed) if mode == "I;16" else printed.convert(mode)
    picture.save(buffer, "JPEG" if mode == "CMYK" else "PNG")
    assert _page(tmp_path, buffer.getvalue()).code == CODE


def _sixteen_bits(page: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(page, dtype=np.uint16) * 257)


def test_black_on_nothing_is_read_as_black_on_paper(tmp_path: Path, printed: Image.Image) -> None:
    ink = Image.new("RGBA", printed.size, (0, 0, 0, 0))
    ink.putalpha(printed.point(lambda value: 255 - value))
    buffer = io.BytesIO()
    ink.save(buffer, "PNG")
    assert _page(tmp_path, buffer.getvalue()).code == CODE


@pytest.mark.slow
def test_the_largest_picture_that_is_let_in_fits_into_memory(tmp_path: Path) -> None:
    large = Image.new("RGBA", (10_000, 7_900), "white")
    large.paste(sheet(CODE, dpi=600).convert("RGBA"), (500, 500))
    buffer = io.BytesIO()
    large.save(buffer, "PNG", compress_level=1)
    reading = _read(tmp_path, buffer.getvalue())
    assert [page.code for page in reading.pages] == [CODE]
    assert Image.open(io.BytesIO(page_picture(tmp_path / "0", 0, width=2400))).width == 2400


@pytest.mark.parametrize("dpi", [100, 150, 300])
def test_resolution_of_a_scan_is_measured(tmp_path: Path, dpi: int) -> None:
    page = _page(tmp_path, pdf([sheet(CODE, dpi=dpi)], dpi))
    assert page.dpi == pytest.approx(dpi, abs=2) and page.problem is None


def test_a_pdf_that_lies_about_its_size_is_measured_by_its_pixels(tmp_path: Path) -> None:
    """Phone programs put a photo on a page of 72 dots an inch."""
    page = _page(tmp_path, pdf([sheet(CODE, dpi=200)], 72))
    assert page.dpi == pytest.approx(200, abs=2)


@pytest.mark.parametrize(("dpi", "problem"), [(75, "too-small"), (110, None)])
def test_too_small_a_resolution_is_told(tmp_path: Path, dpi: int, problem: str | None) -> None:
    assert _page(tmp_path, pdf([sheet(CODE, dpi=dpi)], dpi)).problem == problem


@pytest.mark.parametrize("landscape", [True, False])
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_sheet_says_how_to_turn_it_back(tmp_path: Path, turn: int, landscape: bool) -> None:
    """`turn` is how far counter-clockwise it lay on the glass, so the same number clockwise sets it right."""
    lying = sheet(CODE, dpi=150, landscape=landscape).rotate(turn, expand=True)
    assert _page(tmp_path, jpeg(lying)).rotation == turn


def test_the_orientation_that_a_phone_wrote_is_followed(tmp_path: Path, printed: Image.Image) -> None:
    page = _page(tmp_path, jpeg(printed.rotate(90, expand=True), orientation=6))
    assert (page.code, page.rotation) == (CODE, 0)


def test_a_photo_turned_sideways_without_a_word_is_righted_by_its_code(tmp_path: Path, printed: Image.Image) -> None:
    page = _page(tmp_path, jpeg(photographed(printed).rotate(270, expand=True)))
    assert (page.code, page.rotation) == (CODE, 270)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda page: page, id="clean"),
        pytest.param(lambda page: shadowed(page), id="shadow"),
        pytest.param(lambda page: noisy(page, 25), id="noise"),
        pytest.param(lambda page: photographed(page), id="photo"),
    ],
)
def test_a_blank_sheet_is_blank_in_any_light(tmp_path: Path, spoil: Any) -> None:
    assert _page(tmp_path, jpeg(spoil(sheet(None, text=False)))).problem == "blank"


def test_a_sheet_with_a_signature_alone_is_not_blank(tmp_path: Path) -> None:
    assert _page(tmp_path, jpeg(signed(sheet(None, text=False)))).problem == "no-code"


def test_a_torn_code_of_ours_is_no_code(tmp_path: Path, printed: Image.Image) -> None:
    torn = printed.copy()
    wide, high = torn.size
    torn.paste(255, (wide - 220, high - 400, wide, high))
    assert _page(tmp_path, jpeg(torn)).problem == "no-code"


def test_a_code_of_somebody_else_is_no_code_of_ours(tmp_path: Path, bare: Image.Image) -> None:
    other = tmp_path / "other.png"
    segno.make("https://example.com/pay?sum=100").save(str(other), scale=8, border=4)
    page = bare.copy()
    page.paste(Image.open(other).convert("L"), (1400, 900))
    found = _page(tmp_path, jpeg(page))
    assert (found.code, found.problem) == (None, "no-code")


def test_a_code_of_somebody_else_beside_ours_does_no_harm(tmp_path: Path, printed: Image.Image) -> None:
    other = tmp_path / "other.png"
    segno.make("https://example.com/pay?sum=100").save(str(other), scale=8, border=4)
    page = printed.copy()
    page.paste(Image.open(other).convert("L"), (1400, 200))
    assert _page(tmp_path, jpeg(page)).code == CODE


def test_two_sheets_on_one_glass_are_told(tmp_path: Path) -> None:
    one, two = (sheet(PageCode(123, 2, number, 2), dpi=150) for number in (1, 2))
    both = Image.new("L", (one.width, one.height * 2), 255)
    both.paste(one, (0, 0))
    both.paste(two, (0, one.height))
    page = _page(tmp_path, jpeg(both))
    assert (page.code, page.problem) == (None, "several-codes")


def test_several_files_are_read_in_their_order(tmp_path: Path) -> None:
    sheets = [sheet(PageCode(9, 1, number, 3), dpi=120) for number in (1, 2, 3)]
    reading = _read(tmp_path, jpeg(sheets[2]), pdf(sheets[:2], 120))
    assert [(page.file_index, page.page_in_file, page.code and page.code.page) for page in reading.pages] == [
        (0, 0, 3),
        (1, 0, 1),
        (1, 1, 2),
    ]
    assert reading.problems == ()


@pytest.mark.rule("SGN-6")
@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "empty", id="zero bytes"),
        pytest.param(b"PK\x03\x04word/document.xml", "wrong-type", id="Word"),
        pytest.param(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "wrong-type", id="HEIC"),
        pytest.param(b"II*\0rest", "wrong-type", id="TIFF"),
        pytest.param(b"MZ\x90\0program", "wrong-type", id="a program"),
        pytest.param(b"%PDF-1.7\nnothing more", "unreadable", id="broken PDF"),
        pytest.param(b"\xff\xd8\xff\xe0" + b"0" * 500, "unreadable", id="broken JPEG"),
        pytest.param(hostile.png_bomb(), "too-many-pixels", id="PNG of 60 000 by 60 000"),
        pytest.param(hostile.pdf_with_picture_bomb(), "too-many-pixels", id="PDF with a picture of 40 000 by 40 000"),
        pytest.param(hostile.strip(1, 400), "not-a-sheet", id="PNG of 1 by 400"),
        pytest.param(hostile.strip(400, 1), "not-a-sheet", id="PNG of 400 by 1"),
        pytest.param(hostile.strip(40, 65_000), "not-a-sheet", id="PNG of 40 by 65 000"),
        pytest.param(hostile.pdf_of_a_strip(1, 14_400), "not-a-sheet", id="PDF page of 1 by 14 400"),
        pytest.param(hostile.pdf_of_a_strip(14_400, 3), "not-a-sheet", id="PDF page of 14 400 by 3"),
        pytest.param(hostile.pdf_of_many_pages(10_000), "too-many-pages", id="PDF of 10 000 pages"),
    ],
)
def test_what_is_no_scan_is_refused_with_the_reason(tmp_path: Path, content: bytes, code: str) -> None:
    reading = _read(tmp_path, content)
    [failure] = reading.failures
    assert failure.code == code and failure.detail.endswith(".")
    assert reading.pages == () and len(reading.problems) == 1


@pytest.mark.rule("SGN-6")
@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 1), (2, 16), (3, 60_000), (60_000, 3), (8_900, 8_900)])
def test_no_shape_of_a_picture_costs_more_than_a_sheet_does(tmp_path: Path, shape: tuple[int, int]) -> None:
    reading = _read(tmp_path, hostile.strip(*shape), seconds=4, memory_mb=900)
    assert "too-heavy" not in [failure.code for failure in reading.failures]
    assert len(reading.pages) + len(reading.failures) == 1


def test_a_cut_off_photo_is_unreadable(tmp_path: Path, printed: Image.Image) -> None:
    assert _read(tmp_path, jpeg(printed)[:20_000]).failures[0].code == "unreadable"


def test_heic_is_told_what_to_change_in_the_phone(tmp_path: Path) -> None:
    assert "Наиболее совместимый" in _read(tmp_path, b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").failures[0].detail


def test_a_pdf_that_draws_without_end_is_stopped(tmp_path: Path) -> None:
    reading = _read(tmp_path, hostile.pdf_of_endless_drawing(), seconds=3)
    assert reading.failures[0].code in ("too-heavy", "unreadable")


def test_the_content_counts_and_not_the_name(tmp_path: Path, printed: Image.Image) -> None:
    path = tmp_path / "скан.pdf"
    path.write_bytes(jpeg(printed))
    assert read_scan([path]).pages[0].code == CODE


def test_a_picture_that_claims_to_be_a_pdf_too_is_a_picture(tmp_path: Path, printed: Image.Image) -> None:
    content = jpeg(printed)
    polyglot = content[:2] + b"\xff\xfe\x00\x0c%PDF-1.7\n\n" + content[2:]
    assert _read(tmp_path, polyglot + b"\n%%EOF").pages[0].code == CODE


def test_a_bad_file_stops_no_other(tmp_path: Path, printed: Image.Image) -> None:
    reading = _read(tmp_path, b"%PDF-1.7 broken", jpeg(printed))
    assert [failure.file_index for failure in reading.failures] == [0]
    assert [page.file_index for page in reading.pages] == [1]


def test_a_locked_pdf_is_told_from_a_broken_one(tmp_path: Path) -> None:
    assert _read(tmp_path, hostile.locked_pdf()).failures[0].code == "encrypted"


def test_a_page_saved_from_a_program_is_told_from_a_scan(tmp_path: Path) -> None:
    """What LibreOffice makes of the application: text and lines, and only the code is a picture."""
    content = hostile.drawn_pdf(sheet(CODE, dpi=200).crop((1980, 1280, 2240, 1580)))
    reading = _read(tmp_path, content)
    [page] = reading.pages
    assert (page.code, page.problem, page.dpi, page.drawn) == (CODE, None, None, True)
    assert reading.problems == ()
    [finding] = match_scan(reading, request=123, version=2).findings
    assert (finding.field, finding.severity) == ("not-a-scan", Severity.WARNING)


def test_a_relative_path_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: Image.Image) -> None:
    (tmp_path / "скан 1.jpg").write_bytes(jpeg(printed))
    monkeypatch.chdir(tmp_path)
    assert read_scan([Path("скан 1.jpg")]).pages[0].code == CODE


def test_json_of_a_whole_scan(tmp_path: Path) -> None:
    sheets = [sheet(PageCode(9, 1, number, 2), dpi=120) for number in (2, 1)]
    blank = sheet(None, text=False, dpi=120)
    answer = _read(tmp_path, pdf([*sheets, blank], 120)).as_json()
    assert answer["pages"] == [
        {"page": 2, "request": 9, "version": 1, "of": 2, "problem": None},
        {"page": 1, "request": 9, "version": 1, "of": 2, "problem": None},
        {"page": 3, "request": None, "version": None, "of": None, "problem": "пустой лист"},
    ]
    assert answer["problems"] == ["Лист 3 пустой. Он не будет отправлен."]


def test_the_readings_own_problems_name_what_does_not_belong_together(tmp_path: Path) -> None:
    codes = (PageCode(9, 2, 1, 3), PageCode(9, 2, 2, 3), PageCode(9, 1, 3, 3), PageCode(77, 1, 1, 1))
    problems = "\n".join(_read(tmp_path, pdf([sheet(code, dpi=120) for code in codes], 120)).problems)
    assert "Лист 4 – от другой заявки" in problems
    assert "Лист 3 – из версии 1, а нужна версия 2" in problems
    assert "Нет страницы 3 из 3" in problems
