"""The same contract for pymap and Dovecot: every letter once, under its own UID, and nothing changed unasked."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest

from demo.servers import CLINIC, DemoServers
from notifications.errors import MailboxError, explain
from notifications.imap import FetchedLetter, ImapGateway
from notifications.imap_connection import ImapConnection
from notifications.imap_folders import Folder, sent_folder
from notifications.tls import Security
from tests.notifications.conftest import world_of
from tests.notifications.worlds import (
    NOW,
    SCAN_NAME,
    SHEET_NAME,
    World,
    identity,
    letter,
    other_client,
    put,
    send,
    with_id,
)


@pytest.fixture
def folder(world: World) -> Iterator[str]:
    """A folder of the test's own, with a Cyrillic name, quotation marks and an ampersand."""
    name = f"Ответы СТП & «{uuid4().hex[:8]}»"
    with ImapGateway(world.imap) as box:
        box._connection.wake()
        box._connection.create(name)
        yield name


def wire(folder: str) -> str:
    from notifications.imap_folders import wire_name

    return wire_name(folder)


def put_some(world: World, folder: str, *keys: str) -> None:
    for key in keys:
        put(world, letter(key), wire(folder))


def seen(world: World, folder: str) -> list[int]:
    with other_client(world) as client:
        client.select(wire(folder), readonly=True)
        return [int(uid) for uid in client.uid("SEARCH", "SEEN")[1][0].split()]


def failure(world: World, **changes: Any) -> MailboxError:
    with pytest.raises(MailboxError) as caught:
        ImapGateway(replace(world.imap, **changes)).check()
    return caught.value


@pytest.mark.rule("SND-5")
@pytest.mark.parametrize("security", list(Security))
def test_new_letters_come_oldest_first_and_byte_for_byte(world: World, folder: str, security: Security) -> None:
    put_some(world, folder, "one", "two", "three")
    settings = world.imap_tls if security is Security.TLS else replace(world.imap, security=security)
    with ImapGateway(settings) as box:
        found = list(box.fetch_new(folder))
    assert [one.raw for one in found] == [letter("one"), letter("two"), letter("three")]
    assert [one.uid for one in found] == sorted({one.uid for one in found})
    assert all(one.whole and one.account == "clinic" and one.folder == folder for one in found)
    assert all(one.internal_date is not None and one.size == len(one.raw) for one in found)


def test_only_letters_after_the_known_uid_come(world: World, folder: str) -> None:
    put_some(world, folder, "one", "two")
    with world.box() as box:
        first, second = box.fetch_new(folder)
        assert list(box.fetch_new(folder, first.uidvalidity, second.uid)) == []
        put_some(world, folder, "three")
        (third,) = box.fetch_new(folder, first.uidvalidity, second.uid)
        assert third.raw == letter("three")


def test_a_folder_numbered_anew_is_read_from_the_beginning(world: World, folder: str) -> None:
    put_some(world, folder, "one", "two")
    with world.box() as box:
        first, second = box.fetch_new(folder)
        assert len(list(box.fetch_new(folder, first.uidvalidity + 1, second.uid))) == 2
        with pytest.raises(MailboxError) as caught:
            box.flag_seen(folder, first.uidvalidity + 1, [first.uid])
        assert caught.value.code == "moved"


def test_reading_leaves_letters_unseen_until_they_are_flagged(world: World, folder: str) -> None:
    put_some(world, folder, "one", "two")
    with world.box() as box:
        first, second = box.fetch_new(folder)
        assert seen(world, folder) == []
        box.flag_seen(folder, first.uidvalidity, [second.uid])
        assert seen(world, folder) == [second.uid]


def test_flagging_never_expunges_what_a_colleague_marked_deleted(world: World, folder: str) -> None:
    put_some(world, folder, "one", "two")
    with world.box() as box:
        first, second = box.fetch_new(folder)
        with other_client(world) as colleague:
            colleague.select(wire(folder))
            colleague.uid("STORE", str(second.uid), "+FLAGS", "(\\Deleted)")
            box.flag_seen(folder, first.uidvalidity, [first.uid])
            assert colleague.uid("SEARCH", "ALL")[1][0].split() == [b"%d" % first.uid, b"%d" % second.uid]
            colleague.unselect() if "UNSELECT" in colleague.capabilities else None


def test_of_a_letter_above_the_limit_its_beginning_comes(world: World, folder: str) -> None:
    put_some(world, folder, "small")
    put(world, letter("large", size=200_000), wire(folder))
    put_some(world, folder, "small too")
    with ImapGateway(replace(world.imap, max_letter_bytes=100_000)) as box:
        small, large, another = box.fetch_new(folder)
    assert (small.whole, large.whole, another.whole) == (True, False, True)
    assert large.size == len(letter("large", size=200_000))
    assert b"Message-ID: " + identity("large").encode() in large.raw and b"base64,\r\n" not in large.raw
    assert large.raw == letter("large", size=200_000)[:100_000]
    assert another.raw == letter("small too")


def new_letter(world: World, folder: str) -> None:
    put_some(world, folder, f"unasked {uuid4().hex}")


def changed_flag(world: World, folder: str) -> None:
    with other_client(world) as colleague:
        colleague.select(wire(folder))
        colleague.store("1:*", "+FLAGS", "(\\Flagged)")
        colleague.store("1:*", "-FLAGS", "(\\Flagged)")
        colleague.store("2", "+FLAGS", "(\\Answered)")


@pytest.mark.parametrize("meddle", [new_letter, changed_flag])
def test_answers_that_nobody_asked_for_move_no_letter(
    world: World, folder: str, meddle: Callable[[World, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [f"letter {number}" for number in range(6)]
    put_some(world, folder, *keys)
    asked = ImapConnection.uid
    noise: list[int] = []

    def disturbed(connection: ImapConnection, stage: str, *command: str) -> list[Any]:
        if command[0] == "FETCH":
            meddle(world, folder)
            noise.append(1)
        return asked(connection, stage, *command)

    monkeypatch.setattr(ImapConnection, "uid", disturbed)
    with world.box() as box:
        found = list(box.fetch_new(folder))
    monkeypatch.undo()
    assert len(noise) >= 2
    assert [one.raw for one in found[:6]] == [letter(key) for key in keys]
    with world.box() as box:
        calm = {one.uid: one.raw for one in box.fetch_new(folder)}
    assert {one.uid: one.raw for one in found} == {one.uid: calm[one.uid] for one in found}


def test_a_letter_deleted_while_we_read_is_passed_over(
    world: World, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_some(world, folder, "one", "two", "three")
    asked = ImapConnection.uid
    deleted: list[int] = []

    def disturbed(connection: ImapConnection, stage: str, *command: str) -> list[Any]:
        if command[0] == "FETCH" and not deleted:
            deleted.append(1)
            with other_client(world) as colleague:
                colleague.select(wire(folder))
                colleague.store("2", "+FLAGS", "(\\Deleted)")
                colleague.expunge()
        return asked(connection, stage, *command)

    monkeypatch.setattr(ImapConnection, "uid", disturbed)
    with world.box() as box:
        assert [one.raw for one in box.fetch_new(folder)] in (
            [letter("one"), letter("three")],
            [letter("one"), letter("two"), letter("three")],
        )


def test_flagging_while_still_reading_disturbs_nothing(world: World, folder: str) -> None:
    keys = [f"letter {number}" for number in range(120)]
    put_some(world, folder, *keys)
    read = []
    with world.box() as box:
        for one in box.fetch_new(folder):
            read.append(one.raw)
            if len(read) % 50 == 0:
                box.flag_seen(folder, one.uidvalidity, [one.uid])
                box.folders()
    assert read == [letter(key) for key in keys]


def test_a_hung_up_connection_is_opened_again(world: World, folder: str) -> None:
    put_some(world, folder, "one")
    with world.box() as box:
        assert len(list(box.fetch_new(folder))) == 1
        assert box._connection._box is not None
        box._connection._box.client.sock.shutdown(socket.SHUT_RDWR)
        assert len(list(box.fetch_new(folder))) == 1


def test_sent_copies_settle_an_uncertain_letter(world: World) -> None:
    key = uuid4().hex
    with world.box() as box:
        assert box.find_in_sent(identity(key)) is False
        box.append_sent(letter(key), NOW)
        assert box.find_in_sent(identity(key)) is True
        (copy,) = with_id(list(box.fetch_new("Отправленные")), key)
        assert copy.raw == letter(key) and copy.internal_date == NOW


def test_one_letter_is_found_by_its_message_id(world: World) -> None:
    key = uuid4().hex
    send(world.smtp, letter(key), CLINIC)
    with world.box() as box:
        deadline = time.monotonic() + 20
        while (found := box.letter("INBOX", identity(key))) is None and time.monotonic() < deadline:
            time.sleep(0.2)
        assert found is not None and f"Message-ID: {identity(key)}".encode() in found
        assert box.letter("INBOX", identity("nobody's")) is None
        with pytest.raises(ValueError):
            box.letter("INBOX", '<a"b@c> OR ALL')


def test_the_sent_folder_of_the_settings_is_made_when_missing(world: World) -> None:
    name = f"Ушедшие {uuid4().hex[:6]}"
    with ImapGateway(replace(world.imap, sent_folder=name)) as box:
        with pytest.raises(MailboxError) as caught:
            box.find_in_sent(identity("x"))
        assert caught.value.code == "no-sent-folder"
        box.append_sent(letter("x"), NOW)
        assert name in [one.name for one in box.folders()]
        assert box.find_in_sent(identity("x"))


def test_only_a_message_id_can_be_looked_for(world: World) -> None:
    with world.box() as box, pytest.raises(ValueError):
        box.find_in_sent('<a"b@c> OR ALL')


def test_cyrillic_folders_are_listed_by_their_names(world: World, folder: str) -> None:
    with world.box() as box:
        names = [one.name for one in box.folders()]
    assert {"INBOX", "Отправленные", folder} <= set(names)


def test_a_missing_folder_is_named(world: World) -> None:
    with world.box() as box, pytest.raises(MailboxError) as caught:
        list(box.fetch_new("Нет такой"))
    assert (caught.value.code, caught.value.settings_at_fault) == ("folder", True)
    assert "Нет такой" in explain(caught.value)


def test_cyrillic_attachment_names_are_right_in_bodystructure_and_in_python(world: World, folder: str) -> None:
    put_some(world, folder, "names")
    with world.box() as box:
        (found,) = box.fetch_new(folder)
        said = box._connection.uid("fetch", "FETCH", str(found.uid), "(BODYSTRUCTURE)")
    parts = message_from_bytes(found.raw, policy=policy.default).iter_attachments()
    assert [part.get_filename() for part in parts] == [SCAN_NAME, SHEET_NAME]
    # pymap tells the names decoded, Dovecot as they stand: by the encoded word and by RFC 2231.
    text = b"".join(piece for one in said for piece in (one if isinstance(one, tuple) else (one,))).decode()
    readable = unquote(str(make_header(decode_header(text))))
    assert [readable.count(name) for name in (SCAN_NAME, SHEET_NAME)] == [2, 2]


def test_a_wrong_password_is_named_and_never_shown(world: World) -> None:
    for password in ("wrong", "не тот пароль"):
        error = failure(world, password=password)
        assert (error.code, error.permanent, error.settings_at_fault) == ("auth", True, True)
        assert password not in f"{error} {error!r} {replace(world.imap, password=password)!r} {explain(error)}"


def test_an_unknown_authority_and_a_wrong_port_are_named(world: World, tmp_path: Path) -> None:
    assert failure(world, ca_bundle=None).code == "tls-untrusted"
    assert failure(world, ca_bundle=None, security=Security.TLS, port=world.ports["imaps"]).code == "tls-untrusted"
    assert failure(world, security=Security.TLS).code == "tls"
    assert failure(world, ca_bundle=tmp_path / "missing.pem").code == "ca-bundle"


def test_nobody_at_the_port_and_silence_are_temporary(demo_world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        error = failure(demo_world, port=port, timeout=0.3)
        assert (error.code, error.permanent) == ("timeout", False)
    error = failure(demo_world, port=port)
    assert (error.code, error.permanent, error.before_any_letter) == ("connect", False, True)


def test_a_plain_connection_leaves_this_machine_only_when_allowed(demo_world: World) -> None:
    error = failure(demo_world, host="mail.clinic.example", security=Security.PLAIN)
    assert (error.code, error.settings_at_fault) == ("plain-refused", True)


def test_starttls_is_not_given_up_when_the_server_does_not_offer_it(tmp_path: Path) -> None:
    with DemoServers(tmp_path, tls=False) as servers:
        assert failure(world_of(servers)).code == "no-starttls"


def test_a_restarted_server_loses_no_letter(tmp_path: Path) -> None:
    found: list[list[FetchedLetter]] = []
    for key in ("one", "two"):
        with DemoServers(tmp_path) as servers:
            servers.deliver([CLINIC], letter(key))
            with world_of(servers).box() as box:
                found.append(list(box.fetch_new("INBOX")))
    assert [len(letters) for letters in found] == [1, 2]
    assert found[1][0].raw == found[0][0].raw


def test_the_sent_folder_is_known_by_mark_then_by_name() -> None:
    folders = [Folder("INBOX"), Folder("Sent"), Folder("Архив", ("\\Sent",)), Folder("Отправленные", ("\\Noselect",))]
    assert sent_folder(folders, "") == "Архив"
    assert sent_folder(folders[:2], "") == "Sent"
    assert sent_folder(folders, "Sent") == "Sent"
    assert sent_folder(folders[:1], "") == ""
