"""Organisations that ask for access."""

from sqlalchemy import UniqueConstraint
from sqlmodel import SQLModel

from models.columns import PORTABLE_JSON, enum_type, personal, plain
from models.facts import Licence, RegistryStatus, Route, SealPolicy


class Organisation(SQLModel, table=True):
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
    time_zone: str = plain("Europe/Moscow")
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


def called(organisation: Organisation) -> str:
    """As people call it: the short name, the full one, or at least its ИНН."""
    return organisation.short_name or organisation.full_name or f"ИНН {organisation.inn}"
