"""The parent's side: an attached file is opened in the sandbox and becomes facts."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from documents.attachments.searching import marks_in
from documents.der import CERTIFICATE, KEYS, PRIVATE
from documents.media import sniff
from models.attachments import READER, AttachmentFacts, CertificateFacts
from sandbox import Killed, Limits, Output, Refused, run

# Measured: 300 pages of PDF (4 MB) 2.8 s; 2,000 rows of Excel (130 KB) 1.1 s, 18 MB; 3,000 of Word (53 KB) 1.3 s, 39 MB;
# 20,000 rows of Excel (1.2 MB) 11.5 s, 406 MB. A picture of 79 million points 1.8 s, 272 MB, however small its file.
_TEXTS, _TEXTS_MOST = Limits(), Limits(seconds=60, memory_mb=1024, output_mb=64)
_PICTURES = Limits(seconds=6, memory_mb=640)
_CERTIFICATE_MOST = 1024 * 1024
_EMPTY = "Файл пустой. Приложите его ещё раз."
_SECRETS = {
    PRIVATE: "В файле закрытый ключ. Никому его не отправляйте: создайте ключ заново, а этот файл удалите отовсюду.",
    KEYS: "Это контейнер PKCS#12 (.p12, .pfx) с закрытым ключом. Никому его не отправляйте: приложите только сертификат .cer.",
}


def read_attachment(
    code: str, name: str, data: bytes, *, expects: str, search_text: bool, exempt: Collection[str] = ()
) -> AttachmentFacts:
    """What the file is and whether it opens; a bad one has a `problem`, nothing is raised for it.

    `expects` is file, certificate or excerpt; `exempt` may stand in a searched text. IPS-1, EXT-4, TUB-2, VMP-2.
    """
    reader = _READERS[expects]
    facts = AttachmentFacts(code=code, name=name, media_type=sniff(data), size=len(data), reader=READER)
    if not data:
        return replace(facts, problem=_EMPTY)
    try:
        return reader(facts, data, search_text, exempt)
    except Refused as refusal:
        return replace(facts, problem=refusal.detail)
    except Killed as killed:
        return replace(facts, problem=f"Файл не прочитан: {killed}. Сохраните его заново и приложите снова.")


def excerpt_pdf(data: bytes) -> bytes:
    """The extract itself out of its archive, checked once more. Raises sandbox.Refused or sandbox.Killed."""
    with _kept(data) as path:
        target = path.with_name("excerpt.pdf")
        run("documents.inside.excerpts:take_pdf", {"path": path, "target": Output(target)})
        return target.read_bytes()


def limits_of(path: Path, kind: str) -> Limits:
    if kind.startswith("image/"):
        return _PICTURES
    return _TEXTS.grown(path, seconds=20, memory_mb=400, at_most=_TEXTS_MOST)


@contextmanager
def _kept(data: bytes) -> Iterator[Path]:
    """On disk for as long as the child needs it, under a name of ours."""
    with tempfile.TemporaryDirectory(prefix="egisz-attached-") as folder:
        path = Path(folder, "upload")
        path.write_bytes(data)
        yield path


def _file(facts: AttachmentFacts, data: bytes, search: bool, exempt: Collection[str]) -> AttachmentFacts:
    if facts.media_type in _SECRETS:
        return replace(facts, problem=_SECRETS[facts.media_type])
    with _kept(data) as path:
        job = {"path": path, "kind": facts.media_type, "search": search}
        told = run("documents.inside.attached:look", job, limits=limits_of(path, facts.media_type))
    marks = marks_in(told["pieces"], exempt) if search else ()
    return replace(facts, pages=told["pages"], unread=tuple(told["unread"]), marks=marks)


def _certificate(facts: AttachmentFacts, data: bytes, search: bool, exempt: Collection[str]) -> AttachmentFacts:
    if len(data) > _CERTIFICATE_MOST:
        return replace(facts, problem="Файл слишком велик для сертификата. Приложите один файл .cer.")
    with _kept(data) as path:
        told = run("documents.inside.certificates:read", {"path": path})
    return replace(facts, media_type=CERTIFICATE, certificate=_certificate_facts(told))


def _certificate_facts(told: dict[str, Any]) -> CertificateFacts:
    moments = {name: dt.datetime.fromisoformat(told[name]) for name in ("not_before", "not_after")}
    return CertificateFacts(**told | moments | {"qualified_signs": tuple(told["qualified_signs"])})


def _excerpt(facts: AttachmentFacts, data: bytes, search: bool, exempt: Collection[str]) -> AttachmentFacts:
    with _kept(data) as path:
        told = run("documents.inside.excerpts:read", {"path": path})
    unread = ("выписка в архиве",) if search else ()
    return replace(facts, pages=told["pages"], signature_name=told["signature_name"], unread=unread)


_READERS: dict[str, Callable[[AttachmentFacts, bytes, bool, Collection[str]], AttachmentFacts]] = {
    "file": _file,
    "certificate": _certificate,
    "excerpt": _excerpt,
}
