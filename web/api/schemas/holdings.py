"""Lists of roles from before, and roles that end."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from web.api.schemas.common import FindingOut, In, Out, Word


class ToldRowOut(Out):
    row: int | None
    person: str
    snils: str
    roles: list[str]
    since: str
    until: str | None
    source: str
    source_date: str
    state: Literal["new", "known", "bad"] = Field(description="new – вносится, known – уже числится, bad – с ошибкой")
    findings: list[FindingOut]


class HoldingsImportOut(Out):
    """`import_id` – номер внесённого списка; `null`: только показано или вносить нечего."""

    counts: dict[str, int]
    rows: list[ToldRowOut]
    warnings: list[str]
    import_id: int | None


class ImportedListOut(Out):
    id: int
    inn: str
    organisation: str
    file: str
    imported_at: dt.datetime
    imported_by: str
    roles: int
    in_force: int
    withdrawn_at: dt.datetime | None
    withdrawn_reason: str | None


class WithdrawIn(In):
    reason: Word = Field(description="Почему список внесён по ошибке", examples=["список другой организации"])


class EndingOut(Out):
    grant: int = Field(description="Номер роли, для `renew` и `revoke`")
    employee: int
    person: str
    role: str
    inn: str
    day: dt.date
    named: bool = Field(
        description="Срок назван в ответе или в списке; иначе его только просили, и сама роль не кончится"
    )


class RenewIn(In):
    grants: list[int] = Field(min_length=1, max_length=100, description="Номера ролей, см. `/holders/ending`")
    until: dt.date | None = Field(default=None, description="До какого дня; без него – без срока")


class RevokeIn(In):
    grants: list[int] = Field(min_length=1, max_length=100, description="Номера ролей, см. `/holders/ending`")
    why: Word = Field(description="Основание вида заявки", examples=["changed-duties"])


class DraftedOut(Out):
    id: int
    number: str
