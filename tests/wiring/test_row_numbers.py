"""On SQLite a row's number is no other row's ever after, and no migration forgets which were given."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text

from models.tables import METADATA
from wiring import row_numbers

_OLD = (
    "CREATE TABLE thing (id INTEGER NOT NULL, name VARCHAR, parent_id INTEGER, CONSTRAINT pk_thing PRIMARY KEY (id), "
    "CONSTRAINT fk_thing_parent_id_thing FOREIGN KEY(parent_id) REFERENCES thing (id))",
    "CREATE TABLE part (id INTEGER NOT NULL, thing_id INTEGER, CONSTRAINT pk_part PRIMARY KEY (id), "
    "CONSTRAINT fk_part_thing_id_thing FOREIGN KEY(thing_id) REFERENCES thing (id))",
    "CREATE UNIQUE INDEX uq_thing_name ON thing (name) WHERE parent_id IS NULL",
    "CREATE TRIGGER thing_stays BEFORE DELETE ON thing WHEN old.name = 'kept' BEGIN SELECT RAISE(ABORT, 'stays'); END",
    "INSERT INTO thing (id, name, parent_id) VALUES (1, 'kept', NULL), (7, 'gone', 1)",
    "INSERT INTO part (id, thing_id) VALUES (3, 1)",
)


def _do(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def _added(connection: Connection) -> int:
    return int(
        connection.execute(text("INSERT INTO thing (name, parent_id) VALUES ('new', 1) RETURNING id")).scalar_one()
    )


def test_every_table_of_ours_keeps_its_numbers(migrated: Engine) -> None:
    with migrated.connect() as connection:
        made = dict(connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).tuples().all())
    numbered = {name for name, table in METADATA.tables.items() if table.dialect_options["sqlite"]["autoincrement"]}
    assert {
        "personal_link",
        "request_line",
        "person",
        "request_file",
        "outbox_letter",
        "account",
        "api_token",
        "webhook",
    } <= numbered
    assert {name for name in METADATA.tables if "AUTOINCREMENT" in made[name]} == numbered
    assert not [name for name in made if name.startswith("_numbered")]


def test_a_table_made_anew_keeps_rows_indexes_triggers_and_who_refers_to_it(tmp_path: Path) -> None:
    with create_engine(f"sqlite:///{tmp_path / 'a'}").begin() as connection:
        _do(connection, *_OLD)
        row_numbers.keep(connection, row_numbers.given(connection))
        assert connection.execute(text("SELECT id, name, parent_id FROM thing ORDER BY id")).tuples().all() == [
            (1, "kept", None),
            (7, "gone", 1),
        ]
        kept = connection.execute(
            text("SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger')")
        ).all()
        assert sorted((kind, name) for kind, name, _ in kept) == [
            ("index", "uq_thing_name"),
            ("trigger", "thing_stays"),
        ]
        assert all(sql in _OLD for _, _, sql in kept)
        assert connection.execute(text("PRAGMA foreign_key_list(part)")).all()[0][2] == "thing"
        assert connection.execute(text("PRAGMA foreign_key_list(thing)")).all()[0][2] == "thing"
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        _do(connection, "DELETE FROM thing WHERE id = 7")
        assert _added(connection) == 8


def test_a_migration_that_makes_a_table_anew_goes_on_counting(tmp_path: Path) -> None:
    with create_engine(f"sqlite:///{tmp_path / 'a'}").begin() as connection:
        _do(connection, *_OLD)
        row_numbers.keep(connection, {})
        _do(connection, "DELETE FROM thing WHERE id = 7")
        before = row_numbers.given(connection)
        _do(
            connection,
            "CREATE TABLE _alembic_tmp_thing (id INTEGER NOT NULL, name VARCHAR, parent_id INTEGER, CONSTRAINT pk_thing PRIMARY KEY (id))",
            "INSERT INTO _alembic_tmp_thing SELECT * FROM thing WHERE name <> 'kept'",
            "DROP TABLE thing",
            "ALTER TABLE _alembic_tmp_thing RENAME TO thing",
        )
        row_numbers.keep(connection, before)
        assert row_numbers.given(connection) == {"part": 3, "thing": 7}
        assert _added(connection) == 8
