"""Whatever a mailbox does, every letter that it gives is taken in once, and one that it does not give holds up no other."""

from __future__ import annotations

import re
import time

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from actions.answers import inbox, mailbox
from models.letters import InboxLetter, InboxState
from notifications.errors import MailboxError
from notifications.imap import ImapGateway, ImapSettings
from notifications.tls import Security
from service.letters_not_given import letters_not_given
from sweeps import inbox as sweep
from sweeps import run_sweep
from tests.notifications.faulty_imap import Cut, faulty_imap
from wiring.settings import ImapPart, MailPart, Settings
from wiring.work import Installation

ACCOUNT = "clinic@clinic.example"


def letter(number: int, *, size: int = 0, received: str = "") -> bytes:
    trace = f"Received: from {received}\r\n" if received else ""
    return (
        f"{trace}From: someone@example.ru\r\nTo: {ACCOUNT}\r\nSubject: letter {number}\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n"
        f"Message-ID: <{number}@example.ru>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        f"Текст письма {number}\r\n" + "x" * size + "\r\n"
    ).encode()


LETTERS = {uid: letter(uid) for uid in (3, 5, 7, 9)}


def _installation(home, clock, server, **imap):
    part = {
        "host": "127.0.0.1",
        "port": server.port,
        "tls": "plain",
        "login": "c",
        "password": "p",
        "timeout_seconds": 5,
    }
    return Installation(Settings(home=home, imap=ImapPart(**part | imap), mail=MailPart(sender=ACCOUNT)), clock=clock)


def _taken(installation):
    with installation.reading("тест") as work:
        rows = work.session.execute(select(InboxLetter).order_by(InboxLetter.id)).scalars().all()
        return {row.uid: work.files.read(row.sha256) for row in rows}


def _missed(installation):
    with installation.reading("тест") as work:
        return {row.uid: row.problem for row in mailbox.not_given(work, ACCOUNT)}


def _look(installation):
    try:
        return run_sweep("inbox", installation)
    except MailboxError as error:
        return error.code


def _asks_for(command: str, uid: int, what: str) -> bool:
    """Whether the command asks for the bodies, or the sizes, of letters among which this one is."""
    found = re.match(r"UID FETCH (\S+) (.*)", command.upper())
    return bool(found) and str(uid) in found.group(1).split(",") and what in found.group(2)


def refusing(word):
    def on(server, talk, tag, command):
        if _asks_for(command, 5, "BODY"):
            talk.say(f"{tag} {word} no such luck\r\n")
            return True
        return False

    return on


def nil(server, talk, tag, command):
    if _asks_for(command, 5, "BODY"):
        talk.say(f"* 2 FETCH (UID 5 BODY[] NIL)\r\n{tag} OK done\r\n")
        return True
    return False


def empty(server, talk, tag, command):
    if _asks_for(command, 5, "BODY"):
        talk.say(f'* 2 FETCH (UID 5 BODY[] "")\r\n{tag} OK done\r\n')
        return True
    return False


def left_out(server, talk, tag, command):
    if _asks_for(command, 5, "BODY"):
        talk.say(f"{tag} OK done\r\n")
        return True
    return False


def cut(server, talk, tag, command):
    if _asks_for(command, 5, "BODY"):
        talk.say("* 2 FETCH (UID 5 BODY[] {500}\r\nFrom: a")
        raise Cut
    return False


def cut_at_once(server, talk, tag, command):
    if _asks_for(command, 5, "BODY"):
        raise Cut
    return False


def nonsense(server, talk, tag, command):
    if _asks_for(command, 5, "BODY"):
        talk.say(b"\xff\xfe\x00 what is this\r\n")
        return True
    return False


def wrong_uid(server, talk, tag, command):
    if _asks_for(command, 5, "BODY"):
        talk.letter(2, 999, b"From: x\r\n\r\nanother")
        talk.say(f"{tag} OK done\r\n")
        return True
    return False


def two_texts(server, talk, tag, command):
    if _asks_for(command, 5, "BODY"):
        talk.letter(2, 5, b"From: x\r\n\r\none")
        talk.letter(2, 5, b"From: x\r\n\r\ntwo")
        talk.say(f"{tag} OK done\r\n")
        return True
    return False


def russian_refusal(server, talk, tag, command):
    if _asks_for(command, 5, "BODY"):
        talk.say(tag.encode() + " NO Письмо повреждено\r\n".encode("windows-1251"))
        return True
    return False


FAULTS = {
    "no": refusing("NO"),
    "bad": refusing("BAD"),
    "nil": nil,
    "empty": empty,
    "left out": left_out,
    "cut": cut,
    "cut at once": cut_at_once,
    "nonsense": nonsense,
    "wrong uid": wrong_uid,
    "two texts": two_texts,
    "russian": russian_refusal,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_one_letter_that_the_server_does_not_give_is_named_and_tried_daily(home, clock, fault):
    with faulty_imap(LETTERS, FAULTS[fault]) as server:
        installation = _installation(home, clock, server)
        _look(installation)
        assert _taken(installation) == {uid: raw for uid, raw in LETTERS.items() if uid != 5}
        assert list(_missed(installation)) == [5] and 5 not in server.seen
        with installation.reading("тест") as work:
            told = letters_not_given(installation, work, None)
            assert told.level == "warning" and "INBOX" in told.more[0] and "UID) 5" in told.more[0]
        asked = len(server.fetched)
        clock.forward(minutes=10)
        _look(installation)
        assert len(server.fetched) == asked  # once a day is enough
        server.on = None
        clock.forward(days=1)
        _look(installation)
        assert _taken(installation) == LETTERS and _missed(installation) == {} and server.seen == set(LETTERS)


@pytest.mark.parametrize("what", ["no size", "not described", "refused"])
def test_a_letter_without_a_size_is_asked_for_all_the_same(home, clock, what):
    def on(server, talk, tag, command):
        if not _asks_for(command, 5, "RFC822.SIZE"):
            return False
        if what == "refused":
            talk.say(f"{tag} NO not now\r\n")
            return True
        for uid, raw in server.letters.items():
            if uid != 5:
                talk.say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(raw)})\r\n")
            elif what == "no size":
                talk.say("* 2 FETCH (UID 5 FLAGS ())\r\n")
        talk.say(f"{tag} OK done\r\n")
        return True

    with faulty_imap(LETTERS, on) as server:
        installation = _installation(home, clock, server)
        _look(installation)
        assert _taken(installation) == LETTERS and _missed(installation) == {}


def test_a_deleted_letter_is_not_waited_for(home, clock):
    def on(server, talk, tag, command):
        if "RFC822.SIZE" in command.upper():
            server.letters.pop(5, None)
        return False

    with faulty_imap(LETTERS, on) as server:
        installation = _installation(home, clock, server)
        _look(installation)
        assert set(_taken(installation)) == {3, 7, 9} and _missed(installation) == {}


def test_of_a_letter_above_the_limit_the_beginning_is_kept_and_a_person_is_told(home, clock):
    large = letter(5, size=3 * 2**20)
    with faulty_imap({**LETTERS, 5: large}) as server:
        installation = _installation(home, clock, server, max_letter_megabytes=2)
        _look(installation)
        assert _taken(installation)[5] == large[: 2**20] and 5 not in server.seen and {3, 7, 9} <= server.seen
        with installation.reading("тест") as work:
            row = work.session.execute(select(InboxLetter).where(InboxLetter.uid == 5)).scalar_one()
            assert row.state is InboxState.TRIAGE and "3 МБ" in row.problem and row.subject == "letter 5"
            assert row.size == len(large)


def test_a_server_that_gives_nothing_at_all_is_told_and_nothing_is_stepped_over_for_ever(home, clock):
    letters = {uid: letter(uid) for uid in range(1, 41)}

    def on(server, talk, tag, command):
        if "BODY" in command.upper():
            talk.say(f"{tag} NO disk error\r\n")
            return True
        return False

    with faulty_imap(letters, on) as server:
        installation = _installation(home, clock, server)
        assert _look(installation) == "refused"
        assert len(_missed(installation)) < 5
        server.on = None
        clock.forward(days=2)
        _look(installation)
        assert _taken(installation) == letters and _missed(installation) == {}


def test_a_byte_a_second_holds_up_no_sweep(clock):
    def on(server, talk, tag, command):
        if _asks_for(command, 5, "BODY"):
            talk.drip(b"* 2 FETCH (UID 5 BODY[] {500}\r\n" + b"x" * 500, 0.2)
        return False

    with faulty_imap(LETTERS, on) as server:
        settings = ImapSettings(
            ACCOUNT, "127.0.0.1", server.port, "c", "p", security=Security.PLAIN, command_timeout=0.4, total_timeout=5
        )
        begun = time.monotonic()
        with ImapGateway(settings) as gateway:
            answers = list(gateway.fetch_new("INBOX"))
        assert time.monotonic() - begun < 4
        assert [getattr(each, "problem", "") for each in answers] == ["", "slow", "", ""]


def test_all_commands_together_have_a_deadline():
    def on(server, talk, tag, command):
        if command != "GREETING":
            time.sleep(0.3)
        return False

    letters = {uid: letter(uid, size=3 * 2**20) for uid in range(1, 30)}
    with faulty_imap(letters, on) as server:
        settings = ImapSettings(ACCOUNT, "127.0.0.1", server.port, "c", "p", security=Security.PLAIN, total_timeout=2.5)
        begun, got = time.monotonic(), 0
        with ImapGateway(settings) as gateway, pytest.raises(MailboxError, match="deadline"):
            for _ in gateway.fetch_new("INBOX"):
                got += 1
        assert time.monotonic() - begun < 5 and got


@pytest.mark.parametrize(
    "word",
    ["GREETING", "CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH", "SELECT", "UID STORE", "LOGOUT", "NOOP"],
)
@pytest.mark.parametrize("how", ["cut", "no", "nonsense", "bye", "half", "wrong tag"])
def test_a_fault_at_any_command_once_loses_nothing(home, clock, word, how):
    done = []

    def on(server, talk, tag, command):
        if done or not command.upper().startswith(word):
            return False
        done.append(command)
        if how == "cut":
            raise Cut
        if how == "half":
            talk.say("* O")
            raise Cut
        talk.say(
            {
                "no": f"{tag} NO [UNAVAILABLE] позже\r\n",
                "nonsense": b"\x00\xff\xfe\r\n",
                "bye": "* BYE going down\r\n",
                "wrong tag": "A999 OK who\r\n",
            }[how]
        )
        if how != "no":
            raise Cut
        return True

    with faulty_imap(LETTERS, on) as server:
        installation = _installation(home, clock, server)
        for _ in range(5):
            _look(installation)
            clock.forward(minutes=6)
        clock.forward(days=1)
        _look(installation)
        assert _taken(installation) == LETTERS and _missed(installation) == {}
        with installation.reading("тест") as work:
            assert work.session.execute(select(InboxLetter)).scalars().all().__len__() == 4


def test_a_folder_numbered_anew_brings_no_letter_twice(home, clock):
    with faulty_imap(LETTERS) as server:
        installation = _installation(home, clock, server)
        _look(installation)
        server.uidvalidity = 2
        server.letters = {uid + 100: raw for uid, raw in LETTERS.items()}
        assert _look(installation)["stored"] == 0
        assert _taken(installation) == LETTERS


def test_copies_of_one_letter_are_one(home, clock):
    copies = {1: letter(1), 2: letter(1, received="a by b"), 3: letter(1, received="c by d"), 4: letter(2)}
    with faulty_imap(copies) as server:
        installation = _installation(home, clock, server)
        _look(installation)
        with installation.reading("тест") as work:
            rows = work.session.execute(select(InboxLetter).order_by(InboxLetter.id)).scalars().all()
            assert [row.state for row in rows] == [
                InboxState.TRIAGE,
                InboxState.NOTED,
                InboxState.NOTED,
                InboxState.TRIAGE,
            ]
            assert f"№ {rows[0].id}" in rows[1].problem


@pytest.mark.parametrize(
    "trouble", [OperationalError("x", {}, Exception("server closed the connection")), OSError(28, "full")]
)
def test_a_passing_trouble_fails_no_letter_for_good(home, clock, monkeypatch, trouble):
    with faulty_imap(LETTERS) as server:
        installation = _installation(home, clock, server)

        def broken(*_):
            raise trouble

        with monkeypatch.context() as down:
            down.setattr(inbox, "apply", broken)
            with pytest.raises(type(trouble)):
                sweep.sweep(installation)
        with installation.reading("тест") as work:
            assert len(inbox.to_read(work)) == 4
        _look(installation)
        with installation.reading("тест") as work:
            assert inbox.to_read(work) == []
            states = work.session.execute(select(InboxLetter.state)).scalars().all()
            assert InboxState.FAILED not in states
