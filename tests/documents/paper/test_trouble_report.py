from __future__ import annotations

import io
import zlib
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from docx.oxml.ns import qn
from PIL import Image

from documents.looks import preview
from documents.paper.pictures import Picture, safe_picture
from documents.paper.trouble_report import Screenshot, TroubleReport, fitted, render_trouble_report
from documents.russian import NBSP
from sandbox import Refused
from tests.documents.samples import CLINIC, TODAY


def _picture(width: int, height: int, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "#3366cc").save(buffer, kind, **options)
    return buffer.getvalue()


def _report(folder: Path, *pictures: bytes, comments: tuple[str, ...] = ()) -> bytes:
    screenshots = []
    for place, data in enumerate(pictures):
        path = folder / f"shot-{place}"
        path.write_bytes(data)
        screenshots.append(Screenshot(path.name, path, comments[place] if comments else ""))
    report = TroubleReport(
        request=7,
        number="ЕД-2026-000007",
        version=1,
        made_on=TODAY,
        system="ФРМР",
        organisation=CLINIC,
        person="Иванова Анна Александровна",
        description="Ввела СНИЛС и пароль.\nНажала «Войти».",
        screenshots=tuple(screenshots),
        happened="23 ноября 2026 г., 10:15",
    )
    (made,) = render_trouble_report(report)
    return made.data


def _paragraphs(data: bytes) -> list[tuple[bool, str]]:
    """For each paragraph: whether it holds a picture, and its text."""
    body = Document(io.BytesIO(data)).element.body
    return [
        (next(p.iter(qn("a:blip")), None) is not None, "".join(t.text for t in p.iter(qn("w:t"))).replace(NBSP, " "))
        for p in body.iterchildren(qn("w:p"))
    ]


@pytest.mark.rule("VER-4")
def test_comment_stands_under_its_screenshot(tmp_path: Path) -> None:
    pictures = (_picture(1920, 1080), _picture(1080, 2340))
    paragraphs = _paragraphs(_report(tmp_path, *pictures, comments=("", "То же с телефона.")))
    first, second = [place for place, (picture, _) in enumerate(paragraphs) if picture]
    assert [text for _, text in paragraphs[first + 1 : first + 4]] == [
        "Рисунок 1. Снимок экрана с ошибкой",
        "Комментарий: Ввела СНИЛС и пароль.",
        "Нажала «Войти».",
    ]
    assert paragraphs[second + 2][1] == "Комментарий: То же с телефона."


def test_report_without_a_picture_keeps_the_description(tmp_path: Path) -> None:
    assert (False, "Комментарий: Ввела СНИЛС и пароль.") in _paragraphs(_report(tmp_path))


@pytest.mark.rule("VER-3", "VER-4")
def test_report_names_system_organisation_and_user(tmp_path: Path) -> None:
    document = Document(io.BytesIO(_report(tmp_path)))
    cells = [tuple(cell.text for cell in row.cells) for row in document.tables[0].rows]
    assert ("1", "Система", "ФРМР") in cells
    assert ("4", "Пользователь", "Иванова Анна Александровна") in cells


def test_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    assert _report(tmp_path, _picture(640, 480)) == _report(tmp_path, _picture(640, 480))


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1080, 2340), (300, 200), (5000, 100), (50, 4000)])
def test_picture_keeps_its_proportions_and_fits(width: int, height: int) -> None:
    wide, tall = fitted(Picture(b"", width, height), 168, 150)
    assert wide <= 168 + 1e-9
    assert tall <= 150 + 1e-9
    assert wide / tall == pytest.approx(width / height)


def test_small_picture_is_not_blown_up() -> None:
    assert fitted(Picture(b"", 96, 48), 168, 150) == pytest.approx((25.4, 12.7))


def test_printed_report_holds_pictures_within_the_page(office: str, tmp_path: Path) -> None:
    report = _report(tmp_path, _picture(1920, 1080), _picture(1080, 2340))
    pdf = pypdfium2.PdfDocument(preview.as_pdf(report, ".docx", office=office))
    pictures = 0
    for index in range(len(pdf)):
        page = pdf[index]
        for item in page.get_objects(filter=[3]):
            left, bottom, right, top = item.get_bounds()
            assert left >= 0
            assert bottom >= 0
            assert right <= page.get_width()
            assert top <= page.get_height()
            pictures += 1
    assert pictures == 2


@pytest.mark.rule("VER-4")
def test_uploaded_picture_is_encoded_anew_and_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010E] = "secret place"
    made = safe_picture(_picture(640, 480, "JPEG", exif=exif))
    with Image.open(io.BytesIO(made.png)) as image:
        assert (image.format, image.size) == ("PNG", (480, 640))
    assert b"secret place" not in made.png
    assert (made.width, made.height) == (480, 640)


def test_large_picture_is_made_smaller() -> None:
    made = safe_picture(_picture(4800, 2400))
    assert (made.width, made.height) == (2400, 1200)


def test_transparent_picture_gets_a_white_ground() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(buffer, "PNG")
    with Image.open(io.BytesIO(safe_picture(buffer.getvalue()).png)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("data", [b"", b"MZ\x90", b"%PDF-1.7", _picture(50, 50)[:60], b"<svg/>"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        safe_picture(data)
    assert "PNG или JPG" in refused.value.detail


def test_picture_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = bytearray(_picture(10, 10))
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    bomb[29:33] = zlib.crc32(bytes(bomb[12:29])).to_bytes(4, "big")
    with pytest.raises(Refused) as refused:
        safe_picture(bytes(bomb))
    assert refused.value.code == "too-many-pixels"
