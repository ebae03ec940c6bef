"""The extract's archive: both members, nothing else trusted."""

from __future__ import annotations

import base64
import io
import struct
import zipfile

import pytest

from documents.attachments import excerpt_pdf, read_attachment
from models.attachments import AttachmentFacts
from sandbox import Refused
from tests.documents.attachments.certificates import rsa_self_signed, signed
from tests.documents.scans.hostile import pdf_of_many_pages

PDF = pdf_of_many_pages(2)
SIGNATURE = signed(PDF)


def packed(*members: tuple[str | zipfile.ZipInfo, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data, compress_type=compression)
    return buffer.getvalue()


GOOD = packed(("excerpt.pdf", PDF), ("excerpt.pdf.sig", SIGNATURE))


def read(data: bytes) -> AttachmentFacts:
    return read_attachment("excerpt", "выписка.zip", data, expects="excerpt", search_text=False)


@pytest.mark.rule("EXT-4")
@pytest.mark.parametrize("name", ["excerpt.pdf.sig", "excerpt.sig", "выписка.p7s", "excerpt.sgn"])
@pytest.mark.parametrize("data", [SIGNATURE, signed(PDF, armoured=True), base64.b64encode(SIGNATURE)])
def test_an_excerpt_and_its_signature_are_taken_in(name: str, data: bytes) -> None:
    facts = read(packed((name, data), ("excerpt.pdf", PDF)))
    assert (facts.problem, facts.pages, facts.signature_name, facts.media_type) == ("", 2, name, "application/zip")


@pytest.mark.rule("EXT-4")
def test_the_pdf_is_kept_byte_for_byte() -> None:
    assert excerpt_pdf(GOOD) == PDF
    with pytest.raises(Refused):
        excerpt_pdf(packed(("excerpt.pdf", PDF)))


def _linked() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("excerpt.pdf")
    info.external_attr = 0o120777 << 16
    return info


def _locked(data: bytes) -> bytes:
    """The flag of encryption in the local header and in the directory."""
    patched = bytearray(data)
    patched[6] |= 1
    patched[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(patched)


def _lying(data: bytes, size: int) -> bytes:
    """The directory states another size of the first member."""
    patched = bytearray(data)
    place = data.index(b"PK\x01\x02")
    patched[place + 24 : place + 28] = struct.pack("<I", size)
    patched[22:26] = struct.pack("<I", size)
    return bytes(patched)


def _hidden() -> bytes:
    """A third member that the directory no longer lists."""
    data = packed(("excerpt.pdf", PDF), ("excerpt.sig", SIGNATURE), ("virus.exe", b"MZ"))
    directory = data.index(b"PK\x01\x02")
    last, end = data.rindex(b"PK\x01\x02"), data.rindex(b"PK\x05\x06")
    tail = bytearray(data[end:])
    tail[8:12] = struct.pack("<HH", 2, 2)
    tail[12:16] = struct.pack("<I", last - directory)
    return data[:last] + bytes(tail)


def _doubled() -> bytes:
    with pytest.warns(UserWarning, match="Duplicate name"):
        return packed(("excerpt.pdf", PDF), ("excerpt.pdf", PDF), ("excerpt.sig", SIGNATURE))


HOSTILE = {
    "extra": (packed(("excerpt.pdf", PDF), ("a.sig", SIGNATURE), ("readme.txt", b"hi")), "лишнее: «readme.txt»"),
    "macos": (packed(("excerpt.pdf", PDF), ("a.sig", SIGNATURE), ("__MACOSX/._excerpt.pdf", b"x")), "__MACOSX"),
    "nested-zip": (packed(("excerpt.pdf", PDF), ("a.sig", SIGNATURE), ("more.zip", GOOD)), "«more.zip»"),
    "folder": (packed(("doc/excerpt.pdf", PDF), ("doc/a.sig", SIGNATURE)), "лишнее: «doc/excerpt.pdf»"),
    "upwards": (packed(("../excerpt.pdf", PDF), ("a.sig", SIGNATURE)), "путь наружу «../excerpt.pdf»"),
    "absolute": (packed(("/etc/excerpt.pdf", PDF), ("a.sig", SIGNATURE)), "недопустимый путь «/etc/excerpt.pdf»"),
    "backslash": (packed(("..\\excerpt.pdf", PDF), ("a.sig", SIGNATURE)), "недопустимый путь"),
    "drive": (packed(("C:excerpt.pdf", PDF), ("a.sig", SIGNATURE)), "недопустимый путь"),
    "link": (packed((_linked(), b"/etc/passwd"), ("a.sig", SIGNATURE)), "ссылка вместо файла: «excerpt.pdf»"),
    "locked": (_locked(GOOD), "паролем"),
    "double": (_doubled(), "два файла «excerpt.pdf»"),
    "capitals": (packed(("Excerpt.PDF", PDF), ("a.sig", SIGNATURE)), "«Excerpt.PDF» назван похоже"),
    "cyrillic": (packed(("ехсеrрt.pdf", PDF), ("a.sig", SIGNATURE)), "назван похоже на excerpt.pdf"),
    "no-pdf": (packed(("a.sig", SIGNATURE)), "нет файла excerpt.pdf"),
    "no-signature": (packed(("excerpt.pdf", PDF)), "нет файла подписи"),
    "two-signatures": (packed(("excerpt.pdf", PDF), ("a.sig", SIGNATURE), ("b.sig", SIGNATURE)), "файлов подписи: 2"),
    "text-signature": (packed(("excerpt.pdf", PDF), ("a.sig", "подписано".encode())), "«a.sig» – не электронная подпись"),
    "certificate-for-signature": (packed(("excerpt.pdf", PDF), ("a.sig", rsa_self_signed())), "не электронная подпись"),
    "text-for-pdf": (packed(("excerpt.pdf", b"hello"), ("a.sig", SIGNATURE)), "excerpt.pdf в архиве – не PDF"),
    "zip-for-pdf": (packed(("excerpt.pdf", GOOD), ("a.sig", SIGNATURE)), "excerpt.pdf в архиве – не PDF"),
    "broken-pdf": (packed(("excerpt.pdf", b"%PDF-1.7\n" + bytes(500)), ("a.sig", SIGNATURE)), "повреждён"),
    "bomb": (packed(("excerpt.pdf", b"%PDF-1.7\n" + bytes(29_000_000)), ("a.sig", SIGNATURE)), "слишком большой объём"),
    "far-larger": (packed(("excerpt.pdf", bytes(200_000_000)), ("a.sig", SIGNATURE)), "слишком большой объём"),
    "states-less": (_lying(GOOD, 10), "повреждён"),
    "states-more": (_lying(GOOD, 140_000_000), "слишком большой объём"),
    "hidden": (_hidden(), "спрятаны данные"),
    "before": (b"PK\x03\x04" + bytes(60) + GOOD, "спрятаны данные"),
    "behind": (GOOD + b"MZ" + bytes(30), "спрятаны данные"),
    "cut": (GOOD[:-40], "повреждён"),
    "pdf-alone": (PDF, "Это PDF без подписи"),
    "rar": (b"Rar!\x1a\x07\x00" + bytes(50), "Это не ZIP"),
    "nothing": (b"", "пустой"),
}  # fmt: skip


@pytest.mark.rule("EXT-4")
@pytest.mark.parametrize("case", HOSTILE)
def test_anything_else_in_the_archive_is_refused_and_named(case: str) -> None:
    data, said = HOSTILE[case]
    facts = read(data)
    assert said in facts.problem
    assert (facts.pages, facts.signature_name) == (None, "")
