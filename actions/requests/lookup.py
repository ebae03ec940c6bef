"""Requests and their rows found: by number, by relation, with lines, people and files."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import col

from actions.context import NotFound, Work
from models.employee import Employee
from models.request import AccessRequest, RequestFile, RequestLine, Status, without_tail
from models.row_numbers import row_number
from states.lifecycle import Trait, traits_of
from states.words.requests import status_label


def get(work: Work, request_id: int) -> AccessRequest:
    request = work.session.get(AccessRequest, request_id)
    if request is None:
        raise NotFound(f"Заявки № {request_id} нет.")
    return request


def find(work: Work, reference: str) -> AccessRequest:
    """By row number or by our number («ЕД-2026-000012»). Raises NotFound."""
    number = row_number(reference)
    if number is not None:
        return get(work, number)
    query = select(AccessRequest).where(col(AccessRequest.number) == without_tail(reference).upper())
    request: AccessRequest | None = work.session.execute(query).scalar_one_or_none()
    if request is None:
        raise NotFound(f"Заявки «{reference}» нет.")
    return request


def traits(work: Work, request: AccessRequest) -> frozenset[Trait]:
    """What decides the request's way through the states."""
    return traits_of(work.catalog.kind(request.kind))


def state_label(work: Work, request: AccessRequest) -> str:
    """What its state is called in its kind of request."""
    return status_label(request.status, by_login="login" in traits(work, request))


def subject(request: AccessRequest) -> str:
    return f"request:{request.id}"


def id_of(request: AccessRequest) -> int:
    assert request.id is not None
    return request.id


def lines_of(work: Work, request: AccessRequest) -> list[RequestLine]:
    query = select(RequestLine).where(col(RequestLine.request_id) == request.id).order_by(col(RequestLine.position))
    return list(work.session.execute(query).scalars())


def persons_of(work: Work, lines: Iterable[RequestLine]) -> dict[int, Employee]:
    """The cards of one organisation's lines, by `person_id`."""
    meant = [line for line in lines if line.person_id is not None]
    if not meant:
        return {}
    places = select(col(AccessRequest.organisation_id)).where(
        col(AccessRequest.id).in_({line.request_id for line in meant})
    )
    query = select(Employee).where(
        col(Employee.person_id).in_([line.person_id for line in meant]), col(Employee.organisation_id).in_(places)
    )
    return {card.person_id: card for card in work.session.execute(query).scalars()}


def files_of(work: Work, request: AccessRequest) -> list[RequestFile]:
    """Files of the present version, replaced ones left out."""
    query = select(RequestFile).where(
        col(RequestFile.request_id) == request.id,
        col(RequestFile.version) == request.version,
        col(RequestFile.replaced_at).is_(None),
    )
    return list(work.session.execute(query.order_by(col(RequestFile.id))).scalars())


def file_of(work: Work, request: AccessRequest, file_id: int) -> RequestFile:
    """One file of any version. Raises NotFound for another request's."""
    file = work.session.get(RequestFile, file_id)
    if file is None or file.request_id != request.id:
        raise NotFound("Такого файла у этой заявки нет.")
    return file


def line_of(work: Work, request: AccessRequest, line_id: int) -> RequestLine:
    """A line with its worker. Raises NotFound for another request's, and while the СНИЛС is wrong."""
    line = work.session.get(RequestLine, line_id)
    if line is None or line.request_id != request.id or line.person_id is None:
        raise NotFound("Такого работника в этой заявке нет.")
    return line


def relatives_of(work: Work, request: AccessRequest) -> list[AccessRequest]:
    """The request that this one came from and the ones that came from it."""
    parent = work.session.get(AccessRequest, request.parent_id) if request.parent_id else None
    query = select(AccessRequest).where(col(AccessRequest.parent_id) == request.id).order_by(col(AccessRequest.id))
    return [*([parent] if parent else []), *work.session.execute(query).scalars()]


def child_of(work: Work, request: AccessRequest, relation: str) -> AccessRequest | None:
    """The newest request linked to this one in this way and not withdrawn."""
    query = select(AccessRequest).where(
        col(AccessRequest.parent_id) == request.id,
        col(AccessRequest.relation) == relation,
        col(AccessRequest.status) != Status.WITHDRAWN,
    )
    return work.session.execute(query.order_by(col(AccessRequest.id).desc()).limit(1)).scalar_one_or_none()


def companion_of(work: Work, request: AccessRequest) -> AccessRequest | None:
    """The add-application that travels in the same letter."""
    return child_of(work, request, "companion")


@dataclasses.dataclass(frozen=True, slots=True)
class Rows:
    """What belongs to a request: its lines in order, their people by number, the files of every version."""

    lines: list[RequestLine]
    persons: dict[int, Employee]
    files: list[RequestFile]

    def files_of(self, request: AccessRequest) -> list[RequestFile]:
        return [file for file in self.files if file.version == request.version and file.replaced_at is None]


def rows_of(work: Work, request: AccessRequest) -> Rows:
    """Three queries, for a page that shows the rows and judges them too."""
    lines = lines_of(work, request)
    query = select(RequestFile).where(col(RequestFile.request_id) == request.id).order_by(col(RequestFile.id))
    return Rows(lines, persons_of(work, lines), list(work.session.execute(query).scalars()))
