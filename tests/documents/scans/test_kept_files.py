"""What a file is, by its content, and how it is kept."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from documents.media import sniff
from documents.store import FileStore, StoreError

_OFFICE = "application/vnd.openxmlformats-officedocument"
DATA = "Скан доверенности".encode()
NAME = hashlib.sha256(DATA).hexdigest()


def _zip(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.rule("SGN-6")
@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "application/x-empty"),
        (b"%PDF-1.4\n", "application/pdf"),
        (b"\xef\xbb\xbf\r\n%PDF-1.4\n", "application/pdf"),
        (b"\xff\xd8\xff\xe1Exif", "image/jpeg"),
        (b"\xff\xd8\xff\xfe\x00\x0c%PDF-1.7", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"MM\0*", "image/tiff"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
        (_zip("[Content_Types].xml", "word/document.xml"), f"{_OFFICE}.wordprocessingml.document"),
        (_zip("[Content_Types].xml", "xl/workbook.xml"), f"{_OFFICE}.spreadsheetml.sheet"),
        (_zip("a.txt"), "application/zip"),
        (b"Received: from mx.example.com\r\nFrom: a@example.com\r\n", "message/rfc822"),
        ("Просто текст".encode(), "text/plain"),
    ],
)  # fmt: skip
def test_a_file_is_told_by_its_content(data: bytes, kind: str) -> None:
    assert sniff(data) == kind


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    source = tmp_path / "upload"
    source.write_bytes(DATA)
    assert store.put(DATA) == store.put(source) == NAME
    assert store.read(NAME) == DATA
    assert [path.name for path in (tmp_path / NAME[:2]).iterdir()] == [NAME]


def test_nobody_else_may_read_a_kept_file(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    assert store.path(store.put(DATA)).stat().st_mode & 0o077 == 0


def test_a_changed_file_is_noticed_and_the_next_put_mends_it(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.path(store.put(DATA)).write_bytes(b"other")
    with pytest.raises(StoreError):
        store.read(NAME)
    store.put(DATA)
    assert store.read(NAME) == DATA


def test_an_absent_file_is_an_error_without_its_content(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=f"no stored file {NAME[:12]}"):
        FileStore(tmp_path).read(NAME)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "٣" * 64, f"{NAME}\n"])
def test_a_name_that_is_no_hash_reaches_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError):
        FileStore(tmp_path).path(name)


def test_an_erased_file_is_gone_and_erasing_again_is_no_error(tmp_path: Path) -> None:
    store = FileStore(tmp_path)
    store.put(DATA)
    store.delete(NAME)
    store.delete(NAME)
    with pytest.raises(StoreError):
        store.read(NAME)


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    (tmp_path / NAME[:2]).mkdir()
    with pytest.raises(OSError, match="No space"):
        FileStore(tmp_path).put(DATA)
    assert list((tmp_path / NAME[:2]).iterdir()) == []
