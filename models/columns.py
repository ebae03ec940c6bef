"""How columns are declared: each says whether it holds personal data or a secret, enums keep their value, JSON is portable.

A moment needs nothing said: SQLModel's type gives it back in UTC, aware, on both databases, its least and its latest too.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, MetaData
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

# Named constraints, so that migrations can drop them on both databases; must be set before any table is declared.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING
METADATA: MetaData = SQLModel.metadata

PORTABLE_JSON = JSON().with_variant(JSONB(), "postgresql")


def _field(personal: bool, default: Any, options: dict[str, Any]) -> Any:
    column = {"info": {"personal": personal}, **options.pop("column", {})}
    if "default_factory" not in options:
        options["default"] = default
    return Field(sa_column_kwargs=column, **options)


def personal(default: Any = ..., **options: Any) -> Any:
    """A column with personal data: masked in logs, emptied by erasure."""
    return _field(True, default, options)


def plain(default: Any = ..., **options: Any) -> Any:
    """A column without personal data."""
    return _field(False, default, options)


def secret(default: Any = ..., **options: Any) -> Any:
    """A text that opens something: no backup holds it that is not encrypted."""
    return plain(default, **options, column={"info": {"personal": False, "secret": True}})


def enum_type(kind: type[StrEnum]) -> SqlEnum:
    """Stored by value as text, so that a new value needs no migration on either database."""
    return SqlEnum(
        kind, native_enum=False, length=32, validate_strings=True, values_callable=lambda e: [m.value for m in e]
    )
