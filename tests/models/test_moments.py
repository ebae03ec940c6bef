"""Moments come out of the database as they are meant: aware, in UTC, on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from pydantic import SecretStr
from sqlmodel import col, func, select
from sqlmodel.sql.sqltypes import UTCDateTime

from actions.log import audit
from models.audit import Event
from models.moments import MOSCOW, zoned
from models.tables import METADATA
from tests.postgres import migrated_database
from wiring.settings import Settings
from wiring.work import Installation


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request, tmp_path, clock) -> Iterator[Installation]:
    settings = Settings(home=tmp_path / "home")
    if request.param == "postgresql":
        address = migrated_database(request.getfixturevalue("server"))
        settings = Settings(home=tmp_path / "home", database_url=SecretStr(address))
    made = Installation(settings, clock=clock)
    yield made
    made.engine.dispose()


def test_every_column_of_moments_is_aware():
    moments = [column for table in METADATA.sorted_tables for column in table.columns if "DATETIME" in str(column.type)]
    assert len(moments) > 70
    assert [str(column) for column in moments if not isinstance(column.type, UTCDateTime)] == []


def test_moment_comes_back_aware_and_in_utc_by_itself_as_the_least_and_from_a_query_within(either, clock):
    clock.now = dt.datetime(2026, 11, 24, 1, 30, tzinfo=MOSCOW)
    with either.work("тест") as work:
        audit.record(work, "test.happened", "thing:1")
    within = select(func.max(col(Event.at))).scalar_subquery()
    with either.work("тест") as work:
        found = work.session.exec(select(col(Event.at), within).where(col(Event.action) == "test.happened")).one()
        least = work.session.exec(select(func.min(col(Event.at))).where(col(Event.action) == "test.happened")).one()
    for moment in (*found, least):
        assert (moment, moment.utcoffset()) == (clock.now, dt.timedelta())


def test_moment_that_was_typed_without_an_offset_is_moscows():
    assert zoned(dt.datetime(2026, 11, 23, 10)) == dt.datetime(2026, 11, 23, 7, tzinfo=dt.UTC)
    aware = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
    assert zoned(aware) is aware
