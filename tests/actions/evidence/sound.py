"""A pack of evidence of the clinic, looked at by the verifier that travels in it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from actions.evidence import evidence
from actions.log import audit
from demo.people import INN
from documents.evidence.verify import Check, Pack
from models.correction import Correction
from wiring.work import Installation


def checked_pack(installation: Installation, folder: Path, *, only_corrected: bool = False) -> Check | None:
    """The chain holds, and so does the pack. None with `only_corrected` where nothing was corrected."""
    with installation.work("аудитор") as work:
        assert audit.verify(work.session, []).ok
        if only_corrected and work.session.execute(select(Correction)).first() is None:
            return None
        pack = evidence.of_organisation(work, INN)
    path = folder / "pack.zip"
    path.write_bytes(pack.data)
    check = Check(Pack(path), [])
    assert check.run(), check.wrong
    return check
