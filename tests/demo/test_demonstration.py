"""The demonstration ends as it says: six proven logins, one of them by the second version."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from actions.log import audit
from actions.requests import lookup
from actions.roles import grants
from models.request import AccessRequest, LineState, Status
from tests.ports import free_port
from wiring.privacy import wider
from wiring.settings import Settings
from wiring.work import Installation

PROGRAM = Path(sys.executable).parent / "egisz-access"


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_demonstration_ends_with_six_verified_one_by_a_second_version(tmp_path):
    folder = tmp_path / "demo"
    done = subprocess.run(
        [str(PROGRAM), "demo", "--folder", str(folder)], capture_output=True, text=True, timeout=220, check=False,
        cwd=tmp_path, env={**os.environ, "EGISZ_PAGE__PORT": str(free_port())}, umask=0o022,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(wider([folder], 10_000)) == []  # after a whole life no other user of the machine may read any of it
    assert "Показ окончен" in done.stdout
    installation = Installation(Settings(home=folder))
    assert installation.practice
    with installation.work("тест") as work:
        found = work.session.execute(select(AccessRequest).order_by(AccessRequest.id)).scalars().all()
        assert [(request.status, request.version) for request in found] == [(Status.VERIFIED, 1), (Status.VERIFIED, 2)]
        states = [[line.state for line in lookup.lines_of(work, request)] for request in found]
        assert sorted(states[0]) == sorted([LineState.VERIFIED] * 5 + [LineState.MOVED])
        assert states[1] == [LineState.VERIFIED]
        assert len({row["snils"] for row in grants.holders(work) if row["verified"]}) == 6
        assert audit.verify(work.session).ok
    installation.engine.dispose()


def test_foreign_folder_is_never_emptied(tmp_path):
    (tmp_path / "precious.txt").write_text("x")
    done = subprocess.run(
        [str(PROGRAM), "demo", "--folder", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "не пуста" in done.stderr
    assert (tmp_path / "precious.txt").exists()


def test_paper_is_signed_without_libreoffice_too(installation, tmp_path, monkeypatch):
    from demo import signing
    from documents.looks import preview
    from documents.scans import match_scan, read_scan
    from tests.walking import request_at

    def missing(*_: object) -> bytes:
        raise preview.PreviewUnavailable("нет LibreOffice")

    monkeypatch.setattr(preview, "to_pdf", missing)
    number = request_at(installation, Status.VALIDATED, count=6)
    with installation.work("тест") as work:
        files = lookup.files_of(work, lookup.get(work, number))
        paper = next(file for file in files if file.purpose == "application-docx")
        scan = tmp_path / "scan.pdf"
        scan.write_bytes(signing.signed_scan(work.files.read(paper.sha256), paper.name))
    assert match_scan(read_scan([scan]), number, 1, of=2).complete
