"""Debts of erasure (models.erasure) paid: whatever was killed in between is done at the next run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import closing

from sqlalchemy import Engine, text

from actions.stored import owed
from actions.stored.named import named
from models.erasure import Owed, OwedErasure
from models.tables import METADATA
from sandbox import remembering
from service import backup, erasures
from wiring import row_marks
from wiring.work import Installation

BY = "стирание персональных данных"


def pay(installation: Installation) -> dict[str, int]:
    """Pay what can be paid now. Returns what is owed still, by kind."""
    with installation.reading(BY) as work:
        open_kinds = list(owed.count(work))
    for kind in open_kinds:
        _PAYERS[kind](installation, kind)
    with installation.reading(BY) as work:
        return {kind.value: number for kind, number in owed.count(work).items()}


def _files(installation: Installation, kind: Owed) -> None:
    """In the transaction that looks for every reference, so that none comes up meanwhile."""
    with installation.work(BY) as work:
        debts, needed = owed.debts(work, kind), named(work)
        owed.paid(work, [debt for debt in debts if debt.what in needed or owed.deleted(work.files, debt.what)])


def leave_out(installation: Installation) -> None:
    """Of a copy that comes in: its files that are owed do not; the debts stay, for the folder that it comes into."""
    with installation.reading(BY) as work:
        needed = named(work)
        for debt in owed.debts(work, Owed.FILE):
            if debt.what not in needed:
                work.files.delete(debt.what)


def _lines(installation: Installation, kind: Owed) -> None:
    with installation.work(BY) as work:
        debts = owed.debts(work, kind)
        for debt in debts:
            erasures.keep(installation.settings, debt.line)
        owed.paid(work, debts)


def _pages(installation: Installation, kind: Owed) -> None:
    """What rows held lies in digests, in free pages and in the journal until it is written over."""
    with installation.work(BY) as work:
        row_marks.forget_touched(work.session.connection())
    if _cleaned(installation.engine):
        _settle(installation, kind, lambda debt: True)


def _cleaned(engine: Engine) -> bool:
    if engine.dialect.name == "sqlite":  # secure_delete has emptied the pages; the journal holds them as they were
        with closing(engine.raw_connection()) as connection:
            busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    tables = [table.name for table in METADATA.sorted_tables if any(c.info.get("personal") for c in table.columns)]
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for name in tables:
            connection.execute(text(f'VACUUM "{name}"'))
    return True


def _memory(installation: Installation, kind: Owed) -> None:
    """Every process forgets by itself (sandbox.remembering); by then it is done."""
    until = installation.clock() - dt.timedelta(seconds=1.2 * remembering.LONGEST)
    _settle(installation, kind, lambda debt: debt.owed_at < until)


def _copies(installation: Installation, kind: Owed) -> None:
    oldest = min((copy.made_at for copy in backup.kept(installation.settings)), default=None)
    _settle(installation, kind, lambda debt: oldest is None or oldest > debt.owed_at)


def _settle(installation: Installation, kind: Owed, is_paid: Callable[[OwedErasure], bool]) -> None:
    with installation.work(BY) as work:
        owed.paid(work, [debt for debt in owed.debts(work, kind) if is_paid(debt)])


_PAYERS: Mapping[Owed, Callable[[Installation, Owed], None]] = {
    Owed.FILE: _files, Owed.LINE: _lines, Owed.PAGES: _pages, Owed.MEMORY: _memory, Owed.COPIES: _copies,
}  # fmt: skip
