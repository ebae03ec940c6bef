"""Names that people's files bring: hostile ones, long ones, the same ones."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.archive import UnsafeNames, packed
from documents.harmless import harmless, runs
from models.file_names import climbs, distinct, safe, same

RTLO = "\u202e"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("скан.pdf", "скан.pdf"), ("../../evil.pdf", "evil.pdf"), ("..\\..\\evil.pdf", "evil.pdf"), ("/etc/passwd", "passwd"),
        ("C:\\Сканы\\скан.pdf", "скан.pdf"), ("..", "Файл"), ("", "Файл"), ("...", "Файл"), ("a/..", "a"), ("a/", "a"), ("\u2215..\uff0fевил.pdf", "евил.pdf"),
        (f"скан{RTLO}fdp.exe", "сканfdp.exe"), ("с\u200bк\x00а\u2066н\x1f.pdf", "скан.pdf"), ("a\r\nb.pdf", "ab.pdf"), ("скан.pdf. . ", "скан.pdf"),
        ("CON", "Файл CON"), ("con.pdf", "Файл con.pdf"), ("nul .txt", "Файл nul.txt"), ("COM¹.pdf", "Файл COM¹.pdf"), ("console.pdf", "console.pdf"),
        ("a:b.pdf", "a b.pdf"), ('a"<b>|?*.pdf', "a b.pdf"), (".htaccess", "htaccess"), ("\ud800.pdf", "pdf"), ("a\u00a0b\u2028c.pdf", "a b c.pdf"),
    ],
)  # fmt: skip
def test_name_is_made_safe(typed, kept):
    assert safe(typed) == kept


@given(st.text(alphabet=st.characters(), max_size=400) | st.text(alphabet="./\\ :aя\u202e\u0301", max_size=60))
def test_no_name_is_unsafe_and_a_safe_one_stays(typed):
    kept = safe(typed)
    assert kept and not climbs(kept) and "/" not in kept and safe(kept) == kept
    assert len(kept) <= 110 and len(kept.encode()) <= 230 and kept.isprintable()
    assert kept.strip(" .") == kept


@pytest.mark.parametrize("letter", ["я", "a", "𝕏", "字"])
def test_long_name_keeps_its_ending(letter):
    kept = safe(f"{letter * 5000}.pdf")
    assert kept.endswith(".pdf") and len(kept.encode()) <= 230 and kept.startswith(letter * 20)


@given(st.lists(st.text(alphabet="aAяЯ./ (2)", max_size=8), max_size=12))
def test_names_together_are_distinct_on_every_disk(typed):
    kept = distinct(typed, taken=["Как подать.txt"])
    assert len({same(name) for name in [*kept, "Как подать.txt"]}) == len(typed) + 1
    packed([(name, b"") for name in kept])


def test_second_of_a_name_is_numbered_before_its_ending():
    assert distinct(["скан.pdf", "СКАН.PDF", "скан.pdf"]) == ["скан.pdf", "СКАН (2).PDF", "скан (3).pdf"]
    assert distinct(["ﬁle.pdf", "file.pdf"]) == ["ﬁle.pdf", "file (2).pdf"]


@pytest.mark.parametrize("name", ["../a", "a/../b", "/a", "a\\b", "C:a", "a//b", ".", "", "a/. /b", "a\x00"])
def test_archive_refuses_a_name_that_climbs(name):
    with pytest.raises(UnsafeNames):
        packed([(name, b"1")])


def test_archive_refuses_two_of_one_name():
    for names in (["a.pdf", "a.pdf"], ["a.pdf", "A.PDF"], ["е\u0308.pdf", "ё.pdf"]):
        with pytest.raises(UnsafeNames):
            packed([(name, b"") for name in names])
    with zipfile.ZipFile(BytesIO(packed([("b", b"2"), ("a", b"1")]))) as archive:
        assert archive.namelist() == ["a", "b"]


HTML, SVG, XML = (
    b"<!DOCTYPE html><script>alert(1)</script>",
    b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    b"<?xml version='1.0'?><a/>",
)


@pytest.mark.parametrize(
    ("name", "data", "kept"),
    [
        ("a.html", HTML, ("a.html.txt", "text/plain")), ("a.HTM", HTML, ("a.HTM.txt", "text/plain")), ("a.svg", SVG, ("a.svg.txt", "text/plain")),
        ("a.xml", XML, ("a.xml.txt", "text/plain")), ("a.pdf", HTML, ("a.pdf", "text/plain")), ("a.svgz", b"\x1f\x8b\x08\x00", ("a.svgz.bin", "application/octet-stream")),
        ("a.exe", b"MZ\x90\x00\x03", ("a.exe.bin", "application/octet-stream")), ("a.js", b"alert(1)", ("a.js.txt", "text/plain")), ("a.html.", HTML, ("a.html.txt", "text/plain")),
        (f"a{RTLO}fdp.hta", b"<hta>", ("afdp.hta.txt", "text/plain")), ("a.pdf", b"%PDF-1.4", ("a.pdf", "application/pdf")), ("a.txt", b"words", ("a.txt", "text/plain")),
        ("a.lnk", b"L\x00\x00\x00", ("a.lnk.bin", "application/octet-stream")), ("a.xhtml", XML, ("a.xhtml.txt", "text/plain")),
    ],
)  # fmt: skip
def test_what_would_run_leaves_as_a_text_or_unknown(name, data, kept):
    assert harmless(name, data) == kept


@pytest.mark.parametrize(
    ("data", "itself"),
    [
        (b"<?xml version='1.0'?><a xmlns='urn:hl7-org:v3' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>1</a>", True),
        (b"<?xml version='1.0'?><a xmlns='http://www.w3.org/1999/xhtml'><script/></a>", False),
        (b"<?xml version='1.0'?><a xmlns='http://www.w3.org/1999/xhtm&#108;'/>", False), (b"<?xml version='1.0'?><a xmlns:s = \"http://www.w3.org/2000/svg\"/>", False),
        (b"<?xml version='1.0'?><?xml-stylesheet href='x'?><a/>", False), (b"<?xml version='1.0'?><!DOCTYPE a [<!ATTLIST a xmlns CDATA 'x'>]><a/>", False),
        ("<?xml version='1.0'?><a/>".encode("utf-16"), False), (b"<?xml version='1.0'?><a>" + b" " * 2_000_000 + b"</a>", False),
        (b"<?xml version='1.0' encoding='UTF-7'?><a/>", False), (b"<?xml version='1.0' encoding='windows-1251'?><a>\xcf</a>", True), (b"<?xml version='1.0' encoding='utf-8'?><!-- x --><a/>", True),
    ],
)  # fmt: skip
def test_only_xml_that_is_data_goes_to_the_desk_as_it_is(data, itself):
    assert harmless("a.xml", data, asked_for=("application/xml",))[0] == ("a.xml" if itself else "a.xml.txt")
    assert (
        harmless("a.xml", data)[0] == "a.xml.txt"
        and harmless("a.html", data, asked_for=("application/xml",))[0] == "a.html.txt"
    )


def test_ending_is_known_by_what_a_disk_makes_of_the_name():
    assert all(map(runs, ("a.HtMl", "a.html ", "a.html...", "x/a.svg", "a.xml\x00", f"a.{RTLO}html")))
    assert not any(map(runs, ("a.pdf", "html", "a.html.txt", "скан.docx")))
