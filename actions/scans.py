"""The signed paper comes back: kept, read, matched to this request and version, or matched by hand."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from actions import audit, files, papers, requests, steps
from actions.context import Work
from documents.media import sniff
from documents.scans import ScanMatch, assemble, match_scan, read_scan
from models.facts import SignatureFacts
from models.findings import Finding, Severity, has_errors, sourced
from models.request import AccessRequest, RequestFile
from states.lifecycle import Refused


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What reading the scan found; `complete` when every page of this version is there."""

    complete: bool
    pages: int
    findings: tuple[Finding, ...]


def attach(
    work: Work,
    request: AccessRequest,
    uploads: Sequence[tuple[str, bytes]],
    *,
    by_hand: bool = False,
) -> ScanResult:
    """Keep the uploaded scan of the present version in place of an earlier one and say what it shows (SGN-6).

    `by_hand`: a person vouches that the pages are this version's although their codes cannot be read.
    """
    originals = [
        files.add(work, request, purpose="scan-original", name=name, data=data, media_type=sniff(data))
        for name, data in uploads
    ]
    found = _matched(work, request, originals)
    problems = [sourced(finding) for finding in found.findings]
    if by_hand and found.vouchable:
        problems = [dataclasses.replace(finding, severity=Severity.WARNING) for finding in problems]
    complete = not has_errors(problems)
    if complete:
        _keep_scan(work, request, originals, found, by_hand)
    audit.record(
        work,
        "scan.read",
        requests.subject(request),
        complete=complete,
        by_hand=by_hand,
        files=[file.sha256 for file in originals],
        problems=[finding.rule for finding in problems],
    )
    return ScanResult(complete, len(found.order), tuple(problems))


def _matched(work: Work, request: AccessRequest, originals: Sequence[RequestFile]) -> ScanMatch:
    reading = read_scan([work.files.path(file.sha256) for file in originals])
    printed = papers.page_count(work, request)
    return match_scan(reading, request.id or 0, request.version, of=printed)


def _keep_scan(
    work: Work, request: AccessRequest, originals: Sequence[RequestFile], found: ScanMatch, by_hand: bool
) -> None:
    """One PDF in the right order is what goes to the desk; the uploads stay as evidence."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "scan.pdf")
        assemble([work.files.path(file.sha256) for file in originals], found.order, target)
        data = target.read_bytes()
    files.replace(work, request, ("scan",))
    files.add(
        work,
        request,
        purpose="scan",
        name=f"Скан заявки {request.number} вер. {request.version}.pdf",
        data=data,
        media_type="application/pdf",
        detail={"complete": True, "by_hand": by_hand, "pages": len(found.order)},
    )


def sign(
    work: Work,
    request: AccessRequest,
    uploads: Sequence[tuple[str, bytes]],
    *,
    signature: SignatureFacts,
    attorney: tuple[str, bytes] | None = None,
    by_hand: bool = False,
    revision: int | None = None,
) -> ScanResult:
    """Attach and take the step `sign`. Raises Refused with every finding; the uploads are kept all the same."""
    if attorney is not None:
        name, data = attorney
        files.replace(work, request, ("attorney",))
        files.add(work, request, purpose="attorney", name=name, data=data, media_type=sniff(data))
    result = attach(work, request, uploads, by_hand=by_hand)
    if not result.complete:
        raise Refused("sign", request.status, result.findings)
    steps.take(work, request, "sign", signature=signature, revision=revision)
    return result
