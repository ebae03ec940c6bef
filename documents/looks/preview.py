"""What a document will look like in print: PDF by LibreOffice where it is installed, pages as pictures."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from refusals import Refusal
from sandbox import Limits
from sandbox.guarding import run_guarded


class PreviewUnavailable(Refusal):
    """There is no preview; the text tells a person why and what to do instead."""

    http_status = 503


_LIMITS = Limits(
    seconds=10, output_mb=64
)  # measured: twenty pages of text 0.4 s, ten scanned ones 0.7 s, next to no memory
_INSTEAD = "Скачайте файл и откройте его в Word или LibreOffice."
_MISSING = f"Предварительного просмотра нет: LibreOffice на сервере не установлен. {_INSTEAD}"
_SLOW = f"Предварительный просмотр не удался: LibreOffice не ответил вовремя. {_INSTEAD}"
_FAILED = f"Предварительный просмотр не удался: LibreOffice не смог открыть документ. {_INSTEAD}"


def office_path(office: str = "soffice") -> str:
    """Where LibreOffice is. Raises PreviewUnavailable when it is not installed."""
    found = shutil.which(office)
    if found is None:
        raise PreviewUnavailable(_MISSING)
    return found


def to_pdf(source: Path, *, office: str = "soffice", seconds: float = 60) -> bytes:
    """A document of ours as PDF. Raises PreviewUnavailable."""
    return as_pdf(source.read_bytes(), source.suffix, office=office, seconds=seconds)


def as_pdf(data: bytes, suffix: str, *, office: str = "soffice", seconds: float = 60) -> bytes:
    """A .docx or .xlsx as PDF; `suffix` with its dot. Raises PreviewUnavailable."""
    return as_pdfs([(data, suffix)], office=office, seconds=seconds)[0]


def as_pdfs(documents: Sequence[tuple[bytes, str]], *, office: str = "soffice", seconds: float = 60) -> list[bytes]:
    """Several documents (bytes, suffix) by one start of LibreOffice, which takes longer than a page does."""
    program = office_path(office)
    with tempfile.TemporaryDirectory(prefix="egisz-preview-", ignore_cleanup_errors=True) as folder:
        sources = [Path(folder, f"document-{place}{suffix}") for place, (_, suffix) in enumerate(documents)]
        for source, (data, _) in zip(sources, documents, strict=True):
            source.write_bytes(data)
        _convert(program, Path(folder), sources, seconds)
        made = [source.with_suffix(".pdf") for source in sources]
        if not all(pdf.exists() for pdf in made):
            raise PreviewUnavailable(_FAILED)
        return [pdf.read_bytes() for pdf in made]


def _convert(program: str, folder: Path, sources: Sequence[Path], seconds: float) -> None:
    """A profile of its own each time: two conversions with one profile refuse to run together."""
    command = [program, "--headless", "--norestore", f"-env:UserInstallation={(folder / 'profile').as_uri()}"]
    command += ["--convert-to", "pdf", "--outdir", str(folder), *map(str, sources)]
    environment = {"HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8", "PATH": os.defpath}
    try:
        run_guarded(command, folder=folder, environment=environment, seconds=seconds)
    except TimeoutError:
        raise PreviewUnavailable(_SLOW) from None
