"""The audit log, and whose token it is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import Field

from web.api.schemas.common import Out


class AuditEventOut(Out):
    """Запись журнала: имён и СНИЛС в ней нет."""

    seq: int
    at: dt.datetime
    actor: str
    action: str
    label: str
    subject: str
    data: dict[str, Any]
    hash: str


class AuditPage(Out):
    items: list[AuditEventOut]
    next: int | None


class VerdictOut(Out):
    ok: bool
    events: int
    head: str
    broken_at: int | None


class Health(Out):
    ok: bool


class TokenOut(Out):
    id: int
    name: str
    created_at: dt.datetime
    expires_at: dt.datetime | None
    reads_only: bool = Field(description="Ничего не меняет и данных пациентов не показывает")
    organisation: int | None = Field(description="Видит только эту организацию (id); null – все организации владельца")


class MeOut(Out):
    """Кто вы: владелец ключа."""

    login: str
    name: str
    roles: list[str]
    everywhere: bool = Field(description="Видит все организации")
    token: TokenOut
