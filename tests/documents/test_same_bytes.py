from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import subprocess
import sys
import time
import zipfile

from documents.archive import normalised, packed
from documents.paper.making import make_documents
from documents.tables.export import table_xlsx
from tests.documents.samples import TODAY, application

_PROGRAM = """
import hashlib
from documents.paper.making import make_documents
from tests.documents.samples import application
for file in make_documents(application(12)):
    print(hashlib.sha256(file.data).hexdigest())
"""


def _in_a_new_process(seed: str) -> list[str]:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Vladivostok" if seed == "1" else "UTC"}
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, env=environment, check=True)
    return done.stdout.split()


def test_same_request_gives_the_same_bytes_in_different_processes() -> None:
    here = [hashlib.sha256(file.data).hexdigest() for file in make_documents(application(12))]
    assert _in_a_new_process("1") == _in_a_new_process("2") == here


def test_same_request_gives_the_same_bytes_later() -> None:
    first = make_documents(application(3))
    time.sleep(2.1)  # the zip format keeps times to two seconds
    assert make_documents(application(3)) == first


def test_another_version_gives_other_bytes() -> None:
    first, second = make_documents(application(3)), make_documents(application(3, version=2))
    assert [a.data != b.data for a, b in zip(first, second, strict=True)] == [True, True]


def test_export_gives_the_same_bytes() -> None:
    made = [table_xlsx("Доступ", ["А"], [["1"]], made_on=TODAY) for _ in range(2)]
    assert made[0] == made[1]


def test_parts_are_sorted_with_the_content_types_first() -> None:
    data = packed({"word/document.xml": b"1", "a.xml": b"2", "[Content_Types].xml": b"3"})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist() == ["[Content_Types].xml", "a.xml", "word/document.xml"]
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.create_system for info in archive.infolist()} == {0}


def test_time_of_the_last_change_is_the_day_of_the_paper() -> None:
    core = b'<x><dcterms:modified xsi:type="dcterms:W3CDTF">2031-01-01T10:00:00Z</dcterms:modified></x>'
    data = normalised(packed({"docProps/core.xml": core}), dt.date(2026, 11, 23))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b">2026-11-23T00:00:00Z<" in archive.read("docProps/core.xml")
