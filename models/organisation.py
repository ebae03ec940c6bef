"""Organisations that ask for access, and what they were before."""

import datetime as dt

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from models.columns import PORTABLE_JSON, enum_type, personal, plain
from models.facts import Licence, RegistryStatus, Route, SealPolicy
from models.moments import MOSCOW
from models.naming import Named


class Organisation(Named, SQLModel, table=True):
    """Карточка организации. `kind`, `authority`: codes of the catalogue; `subject`: code of the tax service.

    `branch` and `education` hold the fields of BranchFacts and EducationFacts.
    """

    __table_args__ = (UniqueConstraint("inn", "kpp"),)

    id: int | None = plain(None, primary_key=True)
    inn: str = plain(index=True)
    kpp: str = plain("")
    ogrn: str = plain("")
    oid: str = plain("")
    full_name: str = plain("")
    short_name: str = plain("")
    fold: str = plain("", index=True)
    kind: str = plain("medical")
    authority: str | None = plain(None)
    sole_proprietor: bool = plain(False)
    subject: str | None = plain(None)
    address: str = plain("")
    time_zone: str = plain(MOSCOW.key)
    head_name: str = personal("")
    head_post: str = plain("")
    seal: SealPolicy | None = plain(None, sa_type=enum_type(SealPolicy))
    licence: Licence | None = plain(None, sa_type=enum_type(Licence))
    route: Route | None = plain(None, sa_type=enum_type(Route))
    subordination: str = plain("")
    registry: RegistryStatus = plain(RegistryStatus.UNKNOWN, sa_type=enum_type(RegistryStatus))
    branch: dict[str, object] | None = plain(None, sa_type=PORTABLE_JSON)
    education: dict[str, object] | None = plain(None, sa_type=PORTABLE_JSON)
    officer_email: str = personal("")


class OrganisationChange(SQLModel, table=True):
    """Реорганизация: another name or number from a day on, or everything went over to another organisation (`successor_id`).

    `before`, `after`: names and numbers. `grants`, `requests`: row numbers of what went over. With `withdrawn_at` it was
    recorded by mistake: it changed nothing on any day.
    """

    __tablename__ = "organisation_change"

    id: int | None = plain(None, primary_key=True)
    organisation_id: int = plain(foreign_key="organisation.id", index=True)
    successor_id: int | None = plain(None, foreign_key="organisation.id", index=True)
    since: dt.date = plain()
    before: dict[str, str] = plain(default_factory=dict, sa_type=PORTABLE_JSON)
    after: dict[str, str] = plain(default_factory=dict, sa_type=PORTABLE_JSON)
    grants: list[int] = plain(default_factory=list, sa_type=PORTABLE_JSON)
    requests: list[int] = plain(default_factory=list, sa_type=PORTABLE_JSON)
    ground: str = plain("")
    recorded_at: dt.datetime = plain()
    recorded_by: str = personal("")
    withdrawn_at: dt.datetime | None = plain(None)
    withdrawn_by: str = personal("")
    withdrawn_reason: str = personal("")
