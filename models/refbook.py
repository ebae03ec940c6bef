"""The local copy of ФРНСИ refbooks of organisations."""

import datetime as dt

from sqlalchemy import DDL, Connection, Index, event
from sqlmodel import SQLModel

from models.columns import plain
from models.naming import Named


class RefbookOrganisation(Named, SQLModel, table=True):
    """Запись справочника. Ids are given in the order in which matches are shown: active, heads, short names first."""

    __tablename__ = "refbook_organisation"
    __table_args__ = (Index("ix_refbook_organisation_refbook_oid", "refbook", "oid"),)

    id: int = plain(primary_key=True, column={"autoincrement": False})
    refbook: str = plain()
    oid: str = plain("", index=True)
    full_name: str = plain("")
    short_name: str = plain("")
    fold: str = plain("")
    kind: str = plain("")
    inn: str = plain("", index=True)
    kpp: str = plain("")
    ogrn: str = plain("", index=True)
    region_name: str = plain("")
    parent_oid: str = plain("")
    active: bool = plain(True)
    deleted_on: str = plain("")

    def as_json(self) -> dict[str, object]:
        """JSON of `organisation find`."""
        return {
            "inn": self.inn,
            "ogrn": self.ogrn,
            "kpp": self.kpp,
            "oid": self.oid,
            "name": self.in_full,
            "kind": self.kind,
            "region": self.region_name,
            "active": self.active,
        }


class RefbookVersion(SQLModel, table=True):
    """Which version of a refbook is loaded; versions compare as tuples of integers."""

    __tablename__ = "refbook_version"

    refbook: str = plain(primary_key=True)
    version: str = plain()
    records: int = plain(0)
    loaded_at: dt.datetime = plain()


SEARCH_INDEX = {
    "sqlite": (
        "CREATE VIRTUAL TABLE IF NOT EXISTS refbook_search USING fts5("
        "fold, content='refbook_organisation', content_rowid='id', prefix='2 3', "
        "tokenize='unicode61 remove_diacritics 0')",
    ),
    # The words are kept: taking names to pieces anew costs half a second where the planner chooses to read every row.
    "postgresql": (
        "ALTER TABLE refbook_organisation ADD COLUMN IF NOT EXISTS refbook_search_words tsvector "
        "GENERATED ALWAYS AS (to_tsvector('simple', fold)) STORED",
        "CREATE INDEX IF NOT EXISTS refbook_search ON refbook_organisation USING gin (refbook_search_words)",
    ),
}


def create_search_index(connection: Connection) -> None:
    """The words of names, findable by their beginnings; for migrations."""
    for statement in SEARCH_INDEX[connection.dialect.name]:
        connection.execute(DDL(statement))


for _dialect, _statements in SEARCH_INDEX.items():
    for _statement in _statements:
        _ddl = DDL(_statement).execute_if(dialect=_dialect)
        event.listen(RefbookOrganisation.__table__, "after_create", _ddl)  # type: ignore[attr-defined]
