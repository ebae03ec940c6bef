"""The local copy of the refbooks: loading, searching, matching an ИНН."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, text
from sqlmodel import Session, col

from models.facts import RegistryStatus
from models.refbook import RefbookOrganisation, RefbookVersion
from models.text import fold

_BATCH = 2000
# Ids say the order of showing, in 31 bits: active heads, active branches, removed heads, removed branches, half a billion
# each; in it ten million for each refbook, so that reloading one never meets another's.
_IDS_OF_RANK, _IDS_OF_REFBOOK = 500_000_000, 10_000_000
_WORD = re.compile(r"\w+")
_MOST = 1000
_FIRST = {
    # FTS5 gives rows by rowid, which is the order of showing: the limit spares a sort of everything that matches «о».
    "sqlite": "SELECT rowid FROM refbook_search WHERE refbook_search MATCH :phrase ORDER BY rowid LIMIT :most",
    "postgresql": "SELECT id FROM refbook_organisation "
    "WHERE refbook_search_words @@ to_tsquery('simple', :phrase) ORDER BY id LIMIT :most",
}
# PostgreSQL first keeps new words in a list that every search reads, and reckons with it: it may rather read all rows then.
_INDEXED = {
    "sqlite": "INSERT INTO refbook_search(refbook_search) VALUES ('rebuild')",
    "postgresql": "SELECT gin_clean_pending_list('refbook_search')",
}


def version_tuple(version: str) -> tuple[int, ...]:
    """6.1998 is newer than 6.1891 and than 6.200."""
    return tuple(int(part) for part in version.split("."))


def loaded_version(session: Session, refbook: str) -> str | None:
    row = session.get(RefbookVersion, refbook)
    return row.version if row else None


def is_loaded(session: Session) -> bool:
    return bool(session.execute(select(func.count()).select_from(RefbookVersion)).scalar_one())


def replace_records(
    session: Session, refbook: str, version: str, records: Iterable[Mapping[str, str]], *, now: dt.datetime
) -> int:
    """All records of a refbook anew, in the order in which matches are shown."""
    ordered = sorted(records, key=lambda r: (_rank(r), len(r["short_name"] or r["full_name"])))
    session.execute(delete(RefbookOrganisation).where(col(RefbookOrganisation.refbook) == refbook))
    first = int(refbook) % 50 * _IDS_OF_REFBOOK
    for start in range(0, len(ordered), _BATCH):
        rows = [_row(refbook, first + start + place, r) for place, r in enumerate(ordered[start : start + _BATCH], 1)]
        session.execute(insert(RefbookOrganisation), rows)
    session.execute(text(_INDEXED[session.get_bind().dialect.name]))
    known = session.get(RefbookVersion, refbook) or RefbookVersion(refbook=refbook, version=version, loaded_at=now)
    known.version, known.records, known.loaded_at = version, len(ordered), now
    session.add(known)
    session.flush()
    return len(ordered)


def _rank(record: Mapping[str, str]) -> int:
    return 2 * bool(record["deleted_on"]) + bool(record["parent_oid"])


def _row(refbook: str, number: int, record: Mapping[str, str]) -> dict[str, object]:
    words = f"{record['full_name']} {record['short_name']}"
    return {
        **record,
        "id": _rank(record) * _IDS_OF_RANK + number,
        "refbook": refbook,
        "fold": " ".join(dict.fromkeys(_WORD.findall(fold(words)))),
        "active": not record["deleted_on"],
    }


def find(session: Session, text_: str, *, limit: int = 50, active_only: bool = False) -> list[RefbookOrganisation]:
    """By ИНН, ОГРН, OID or the beginnings of words of the name, in any order; rule ORG-1."""
    wanted = text_.strip()
    query = select(RefbookOrganisation).where(_numbered(wanted) if _is_number(wanted) else _worded(session, wanted))
    if active_only:
        query = query.where(col(RefbookOrganisation.active))
    return list(session.execute(query.order_by(col(RefbookOrganisation.id)).limit(limit)).scalars())


def _is_number(wanted: str) -> bool:
    return re.fullmatch(r"\d{10}|\d{12,13}|\d{15}|\d+(\.\d+){4,}", wanted) is not None


def _numbered(wanted: str) -> ColumnElement[bool]:
    table = RefbookOrganisation
    return or_(col(table.inn) == wanted, col(table.ogrn) == wanted, col(table.oid) == wanted)


def _worded(session: Session, wanted: str) -> ColumnElement[bool]:
    words = _WORD.findall(fold(wanted))
    if not words:
        return text("1 = 0")  # type: ignore[return-value]
    dialect = session.get_bind().dialect.name
    phrase = (
        " ".join(f'"{word}"*' for word in words) if dialect == "sqlite" else " & ".join(f"{word}:*" for word in words)
    )
    return col(RefbookOrganisation.id).in_(text(_FIRST[dialect]).bindparams(phrase=phrase, most=_MOST))


@dataclass(frozen=True, slots=True)
class Match:
    """What the refbook says of an ИНН; `record` is the one to trust, when there is one."""

    status: RegistryStatus
    records: tuple[RefbookOrganisation, ...] = ()

    @property
    def record(self) -> RefbookOrganisation | None:
        return self.records[0] if self.status is RegistryStatus.FOUND else None


def match_organisation(
    session: Session, inn: str, *, kinds: Collection[str] | None = None, kpp: str | None = None
) -> Match:
    """`kinds` are the refbook's own names of the wanted type (None: any). Rules ORG-1, ORG-2.

    Only one active record without a head is trusted; several are told apart by КПП.
    """
    if not is_loaded(session):
        return Match(RegistryStatus.UNKNOWN)
    query = select(RefbookOrganisation).where(col(RefbookOrganisation.inn) == inn)
    records = list(session.execute(query.order_by(col(RefbookOrganisation.id))).scalars())
    if not records:
        return Match(RegistryStatus.ABSENT)
    wanted = {fold(name) for name in kinds} if kinds is not None else None
    fitting = [record for record in records if wanted is None or fold(record.kind) in wanted]
    if not fitting:
        return Match(RegistryStatus.WRONG_KIND, tuple(records))
    active = [record for record in fitting if record.active]
    if not active:
        return Match(RegistryStatus.DELETED, tuple(fitting))
    return _one_of(active, kpp)


def _one_of(active: list[RefbookOrganisation], kpp: str | None) -> Match:
    if kpp:
        same = [record for record in active if record.kpp == kpp]
        if len(same) == 1:
            return Match(RegistryStatus.FOUND, tuple(same))
    heads = [record for record in active if not record.parent_oid]
    if len(heads) == 1 and (not kpp or not heads[0].kpp or heads[0].kpp == kpp or len(active) == 1):
        return Match(RegistryStatus.FOUND, tuple(heads))
    return Match(RegistryStatus.AMBIGUOUS, tuple(active))
