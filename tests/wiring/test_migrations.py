"""The schema on both databases: made by migrations, equal to the models, undone again, a log that only grows."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from models.request import without_tail
from models.tables import METADATA
from wiring.database import MIGRATIONS, current_revision, engine_for, migrate, newest_revision


def configured(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def tables(engine: Engine) -> set[str]:
    return {name for name in inspect(engine).get_table_names() if not name.startswith("refbook_search")}


def test_migrating_an_empty_database_makes_every_table_of_the_models(engine):
    assert current_revision(engine) is None
    migrate(engine)
    assert current_revision(engine) == newest_revision()
    assert tables(engine) == {*METADATA.tables, "alembic_version"}


def test_migrated_schema_is_the_models_schema(engine):
    """What `alembic check` says, column types and defaults included."""
    migrate(engine)
    with engine.connect() as connection:
        command.check(configured(connection))
        ours = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _included})
        assert compare_metadata(ours, METADATA) == []


def _included(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind in ("table", "column", "index") and str(name).startswith("refbook_search"))


def test_migrating_again_changes_nothing(engine):
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO lease VALUES ('sweep', 'me', '2026-11-23 07:00:00')"))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT owner FROM lease")).scalar_one() == "me"


def test_schema_can_be_undone_and_made_again(engine):
    migrate(engine)
    with engine.connect() as connection:
        command.downgrade(configured(connection), "base")
    assert tables(engine) == {"alembic_version"}
    assert inspect(engine).get_table_names() == ["alembic_version"]
    assert current_revision(engine) is None
    migrate(engine)
    assert tables(engine) == {*METADATA.tables, "alembic_version"}
    with engine.connect() as connection:
        command.check(configured(connection))


def test_newest_revision_is_the_one_that_alembic_calls_head(tmp_path):
    with create_engine(f"sqlite:///{tmp_path / 'a'}").connect() as connection:
        script = ScriptDirectory.from_config(configured(connection))
    assert script.get_heads() == [newest_revision()]


@pytest.mark.parametrize("statement", ["UPDATE event SET actor = 'other'", "DELETE FROM event"])
def test_database_itself_refuses_to_change_the_log(engine, statement):
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO event (seq, at, actor, action, subject, data, previous, hash) "
                "VALUES (1, '2026-11-23 07:00:00', 'me', 'done', 'thing:1', '{}', '', 'h')"
            )
        )
    with engine.connect() as connection, pytest.raises(DatabaseError, match="the audit log only grows"):
        connection.execute(text(statement))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT actor FROM event")).scalars().all() == ["me"]


def test_one_role_is_in_force_once_and_references_are_kept(engine):
    migrate(engine)
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(
            text(
                "INSERT INTO personal_link (token_hash, line_id, purpose, created_at, expires_at) "
                "VALUES ('h', 999, 'p', '2026-11-23 07:00:00', '2026-11-24 07:00:00')"
            )
        )
    indexes = {index["name"]: index["unique"] for index in inspect(engine).get_indexes("role_grant")}
    assert indexes["uq_role_grant_in_force"]


def test_sqlite_waits_for_the_writer_and_syncs_its_journal(tmp_path):
    made = engine_for(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    with made.connect() as connection:
        told = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("journal_mode", "foreign_keys")
        }
        assert told == {"journal_mode": "wal", "foreign_keys": 1}
        assert connection.execute(text("PRAGMA busy_timeout")).scalar_one() == 20000
    made.dispose()


def test_letters_keep_their_message_id_when_it_gets_a_column_and_may_come_from_no_mailbox(engine):
    with engine.connect() as connection:
        revision = ScriptDirectory.from_config(configured(connection)).get_revision("0014")
        before = str(revision.down_revision)
        command.upgrade(configured(connection), before)
    letter = (
        "INSERT INTO inbox_letter (id, account, folder, uid_validity, uid, sha256, received_at, state, flagged, sender, subject, reading)"
        " VALUES (:id, 'clinic', 'INBOX', 1, :id, :sha, '2026-11-23 07:00:00', 'triage', :no, '', '', :reading)"
    )
    rows = [
        {"id": 1, "sha": "a", "no": False, "reading": '{"message_id": "<a@b.ru>"}'},
        {"id": 2, "sha": "b", "no": False, "reading": "{}"},
    ]
    with engine.begin() as connection:
        for row in rows:
            connection.execute(text(letter), row)
    migrate(engine)
    with engine.begin() as connection:
        kept = connection.execute(text("SELECT id, message_id, brought_by FROM inbox_letter ORDER BY id")).all()
        assert [tuple(row) for row in kept] == [(1, "<a@b.ru>", None), (2, None, None)]
        connection.execute(
            text("UPDATE inbox_letter SET uid = NULL, brought_by = 'officer', account = '' WHERE id = 2")
        )
    with engine.connect() as connection:
        command.downgrade(configured(connection), before)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT uid FROM inbox_letter ORDER BY id")).scalars().all() == [1, -2]


_OLD_LINES = (
    (1, '[["frmo", "organisation"], ["frmr", "organisation"]]', "moved", "нет в ФРМР", "Отказано."),
    (2, "[]", "granted", None, "Выполнено."),
    (3, '[["frmr", "organisation"]]', "open", None, None),
)


def test_outcomes_of_lines_become_outcomes_of_their_roles_and_back(engine):
    with engine.connect() as connection:
        command.upgrade(configured(connection), "0007")
    with engine.begin() as connection:
        _organisation_and_request(connection)
        for number, roles, state, reason, evidence in _OLD_LINES:
            row = {"id": number, "roles": roles, "state": state, "reason": reason, "evidence": evidence}
            typed = (
                "CAST(:roles AS JSONB), CAST('{}' AS JSONB)" if engine.dialect.name == "postgresql" else ":roles, '{}'"
            )
            connection.execute(
                text(
                    "INSERT INTO request_line (id, request_id, position, roles, typed, state, reason, evidence) "
                    f"VALUES (:id, 1, :id, {typed}, :state, :reason, :evidence)"
                ),
                row,
            )
        connection.execute(
            text(
                "INSERT INTO personal_link (token_hash, line_id, purpose, created_at, expires_at) "
                "VALUES ('h', 1, 'p', '2026-11-23 07:00:00', '2026-11-24 07:00:00')"
            )
        )
    migrate(engine)
    columns = "line_id, position, subsystem, role, state, reason, quote"
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT {columns} FROM requested_role ORDER BY line_id, position")).all()
    assert [tuple(row) for row in found] == [
        (1, 0, "frmo", "organisation", "moved", "нет в ФРМР", "Отказано."),
        (1, 1, "frmr", "organisation", "moved", "нет в ФРМР", "Отказано."),
        (2, 0, "", "", "granted", None, "Выполнено."),
        (3, 0, "frmr", "organisation", "open", None, None),
    ]
    with engine.connect() as connection:
        command.downgrade(configured(connection), "0007")
    with engine.connect() as connection:
        query = "SELECT id, CAST(roles AS TEXT), state, reason, evidence FROM request_line ORDER BY id"
        assert [tuple(row) for row in connection.execute(text(query))] == [*_OLD_LINES]
        assert connection.execute(text("SELECT line_id FROM personal_link")).scalar_one() == 1


def _organisation_and_request(connection: Connection) -> None:
    texts = (
        "kpp",
        "ogrn",
        "oid",
        "full_name",
        "short_name",
        "fold",
        "kind",
        "address",
        "time_zone",
        "head_name",
        "head_post",
        "subordination",
        "officer_email",
    )
    connection.execute(
        text(
            f"INSERT INTO organisation (id, inn, registry, sole_proprietor, {', '.join(texts)}) "
            f"VALUES (1, '7707083893', 'found', false, {', '.join(repr('x') for _ in texts)})"
        )
    )
    json = "CAST('[]' AS JSONB), CAST('{}' AS JSONB)" if connection.dialect.name == "postgresql" else "'[]', '{}'"
    connection.execute(
        text(
            "INSERT INTO request (id, number, kind, organisation_id, status, version, revision, created_at, created_by, "
            "status_since, channel, note, intake, fields) VALUES (1, 'ЕД-1', 'frmo-frmr-access', 1, 'granted', 1, 0, "
            f"'2026-11-23 07:00:00', 'me', '2026-11-23 07:00:00', 'mail', '', {json})"
        )
    )


def test_what_is_known_of_roles_is_written_down_as_if_each_time_had_been_known_from_then_on(engine):
    with engine.connect() as connection:
        revision = ScriptDirectory.from_config(configured(connection)).get_revision("0015")
        command.upgrade(configured(connection), str(revision.down_revision))
    begun, proven, over = ("2026-11-02 07:00:00", "2026-11-03 07:00:00", "2026-11-09 07:00:00")
    with engine.begin() as connection:
        _organisation_and_request(connection)
        connection.execute(text("INSERT INTO person (id, snils) VALUES (1, '11223344595')"))
        connection.execute(
            text(
                "INSERT INTO request_line (id, request_id, person_id, position, typed, state) VALUES (1, 1, 1, 1, '{}', 'open')"
            )
        )
        grant = (
            "INSERT INTO role_grant (id, person_id, organisation_id, subsystem, role, since, until, verified_at, request_id, line_id, event_seq)"
            " VALUES (:id, 1, 1, 'frmo', :role, :since, :until, :proven, 1, 1, 0)"
        )
        for number, until, login in ((1, over, proven), (2, None, None)):
            row = {"id": number, "role": str(number), "since": begun, "until": until, "proven": login}
            connection.execute(text(grant), row)
    migrate(engine)
    columns = "grant_id, recorded_at, superseded_at, until, verified_at"
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT {columns} FROM grant_entry ORDER BY id")).all()
    assert [tuple(str(value)[:19] if value else None for value in row) for row in found] == [
        ("1", begun, proven, None, None),
        ("1", proven, over, None, proven),
        ("1", over, None, over, proven),
        ("2", begun, None, None, None),
    ]


def test_links_of_former_releases_end_and_letters_that_would_carry_them_do_not_leave(engine):
    with engine.connect() as connection:
        before = str(ScriptDirectory.from_config(configured(connection)).get_revision("0017").down_revision)
        command.upgrade(configured(connection), before)
    letter = (
        "INSERT INTO outbox_letter (id, key, purpose, version, message_id, recipient, subject, text, attachments, state, attempts, next_attempt_at, promised_at)"
        " VALUES (:id, :key, :purpose, 1, :key, 'a@b.ru', 'x', 'Ссылка: {link:1}', '[]', :state, 0, '2026-11-23 07:00:00', '2026-11-23 07:00:00')"
    )
    link = (
        "INSERT INTO personal_link (id, token_hash, line_id, purpose, created_at, expires_at, used_at) "
        "VALUES (:id, :hash, 1, 'first-login', '2026-11-23 07:00:00', '2026-12-24 07:00:00', :used)"
    )
    with engine.begin() as connection:
        _organisation_and_request(connection)
        connection.execute(
            text("INSERT INTO request_line (id, request_id, position, typed, state) VALUES (1, 1, 1, '{}', 'open')")
        )
        for number, purpose, state in ((1, "first-login", "promised"), (2, "nudge", "sent"), (3, "reply", "promised")):
            connection.execute(text(letter), {"id": number, "key": f"k{number}", "purpose": purpose, "state": state})
        for number, used in ((1, None), (2, "2026-11-24 07:00:00")):
            connection.execute(text(link), {"id": number, "hash": f"h{number}", "used": used})
    migrate(engine)
    with engine.connect() as connection:
        letters = connection.execute(text("SELECT state, text FROM outbox_letter ORDER BY id")).all()
        assert [tuple(row) for row in letters] == [
            ("cancelled", "Ссылка: [личная ссылка работника]"),
            ("sent", "Ссылка: [личная ссылка работника]"),
            ("promised", "Ссылка: {link:1}"),
        ]
        ended = connection.execute(
            text("SELECT token_hash, ended_for, ended_at IS NOT NULL, line_id, nonce FROM personal_link ORDER BY id")
        ).all()
        assert [tuple(row[:4]) for row in ended] == [("h1", "renewed", True, 1), ("h2", "used", True, 1)]
        assert len({row[4] for row in ended}) == 2
    with engine.connect() as connection:
        command.downgrade(configured(connection), before)
        assert connection.execute(text("SELECT count(used_at) FROM personal_link")).scalar_one() == 1


def test_requests_of_former_releases_get_an_end_for_their_number_in_letters(engine):
    with engine.connect() as connection:
        before = str(ScriptDirectory.from_config(configured(connection)).get_revision("0023").down_revision)
        command.upgrade(configured(connection), before)
    with engine.begin() as connection:
        _organisation_and_request(connection)
    migrate(engine)
    with engine.connect() as connection:
        tail = connection.execute(text("SELECT tail FROM request")).scalar_one()
        assert without_tail(f"ЕД-2026-000001-{tail}") == "ЕД-2026-000001"
        command.downgrade(configured(connection), before)
