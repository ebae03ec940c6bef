"""The signed paper comes back: kept, read, matched to this request and version, or matched by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.context import Work
from actions.requests import files
from actions.steps import scan_drafts, taking
from actions.steps.answer import Answer
from documents.media import sniff
from documents.scans import read_scan
from models.facts import SignatureFacts
from models.findings import Finding
from models.request import AccessRequest
from states.lifecycle import Refused


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What reading the scan found; `complete` when every page of this version is there."""

    complete: bool
    pages: int
    findings: tuple[Finding, ...]


def attach(
    work: Work, request: AccessRequest, uploads: Sequence[tuple[str, bytes]], *, by_hand: bool = False
) -> ScanResult:
    """Keep the whole scan of the present version in place of an earlier one and say what it shows (SGN-6).

    `by_hand`: a person vouches that the pages are this version's although their codes cannot be read.
    """
    files.replace(work, request, (scan_drafts.ORIGINAL,))
    originals = [scan_drafts.add(work, request, name, data) for name, data in uploads]
    reading = read_scan([work.files.path(file.sha256) for file in originals])
    draft = scan_drafts.note(work, request, originals, reading)
    if by_hand:
        draft = scan_drafts.place_in_order(work, request)
    plan = scan_drafts.plan(work, request, draft)
    if plan is not None:
        scan_drafts.keep(work, request, plan, plan.put_together(), draft)
    return ScanResult(draft.complete, len(draft.match.order), tuple(draft.findings()))


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
    taking.take(work, request, "sign", Answer(signature=signature), revision=revision)
    return result
