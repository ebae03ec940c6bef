from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from documents.looks.preview import PreviewUnavailable, as_pdf, to_pdf
from documents.paper import word
from tests.documents.samples import application


def _program(folder: Path, text: str) -> str:
    path = folder / "office"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_missing_libreoffice_is_said_in_plain_words() -> None:
    with pytest.raises(PreviewUnavailable, match="LibreOffice на сервере не установлен"):
        as_pdf(b"", ".docx", office="no-such-office")


def test_stored_document_becomes_pdf(office: str, tmp_path: Path) -> None:
    source = tmp_path / "Заявка № 1.docx"
    source.write_bytes(word.render(application(1)))
    assert to_pdf(source, office=office).startswith(b"%PDF")


def test_office_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "child.pid"
    hanging = _program(tmp_path, f"sleep 60 & echo $! > {note}; wait")
    started = time.monotonic()
    with pytest.raises(PreviewUnavailable, match="не ответил вовремя"):
        as_pdf(b"", ".docx", office=hanging, seconds=1)
    assert time.monotonic() - started < 10
    assert _ends(int(note.read_text()))


def test_a_killed_command_leaves_no_office_running(tmp_path: Path) -> None:
    note = tmp_path / "child.pid"
    hanging = _program(tmp_path, f"sleep 60 & echo $! > {note}.new; mv {note}.new {note}; wait")
    code = "import sys; sys.path.insert(0, sys.argv[1]); from documents.looks.preview import as_pdf; as_pdf(b'', '.docx', office=sys.argv[2])"
    command = subprocess.Popen([sys.executable, "-I", "-c", code, str(Path(__file__).parents[3]), hanging])
    for _ in range(200):
        if note.exists():
            break
        time.sleep(0.05)
    command.kill()
    command.wait()
    assert _ends(int(note.read_text()))


def _ends(pid: int) -> bool:
    for _ in range(50):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.1)
    return False


def test_office_that_makes_nothing_is_said_in_plain_words(tmp_path: Path) -> None:
    with pytest.raises(PreviewUnavailable, match="не смог открыть документ"):
        as_pdf(b"", ".docx", office=_program(tmp_path, "exit 1"))
