"""Files of a request: kept by content, noted at a version."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlmodel import col

from actions.context import Work
from actions.log import audit
from models.file_names import distinct
from models.request import AccessRequest, RequestFile


def add(
    work: Work,
    request: AccessRequest,
    *,
    purpose: str,
    name: str,
    data: bytes,
    media_type: str,
    detail: dict[str, object] | None = None,
) -> RequestFile:
    """Keep bytes by their content and note them at the request's present version, under a safe name of their own."""
    row = RequestFile(
        request_id=request.id or 0,
        version=request.version,
        purpose=purpose,
        name=_own_name(work, request, name),
        media_type=media_type,
        sha256=work.files.put(data),
        size=len(data),
        detail=detail or {},
        added_at=work.now,
        added_by=work.by,
    )
    work.session.add(row)
    work.session.flush()
    audit.record(work, "file.added", f"request:{request.id}", file=row.id, purpose=purpose, sha256=row.sha256)
    return row


def _own_name(work: Work, request: AccessRequest, name: str) -> str:
    present = select(col(RequestFile.name)).where(
        col(RequestFile.request_id) == request.id,
        col(RequestFile.version) == request.version,
        col(RequestFile.replaced_at).is_(None),
    )
    return distinct([name], work.session.execute(present).scalars())[0]


def replace(work: Work, request: AccessRequest, purposes: tuple[str, ...]) -> None:
    """Files of these purposes are superseded at the present version; they stay stored."""
    work.session.execute(
        update(RequestFile)
        .where(
            col(RequestFile.request_id) == request.id,
            col(RequestFile.version) == request.version,
            col(RequestFile.purpose).in_(purposes),
            col(RequestFile.replaced_at).is_(None),
        )
        .values(replaced_at=work.now)
    )
