"""The same contract for the demo's SMTP server and for Postfix: what was taken, what was not, what nobody knows."""

from __future__ import annotations

import asyncio
import socket
import threading
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from demo.servers import DemoServers
from notifications.errors import DeliveryError, DeliveryUncertain, explain
from notifications.smtp import Receipt, SmtpGateway, SmtpSettings, send_once
from notifications.tls import Security
from tests.notifications.line import breaking_line
from tests.notifications.worlds import CLINIC, DESK, World, eventually, letter, send, with_id


def refusal(settings: SmtpSettings, raw: bytes, *recipients: str) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send(settings, raw, *recipients)
    return caught.value


@pytest.mark.rule("SND-5")
@pytest.mark.parametrize("security", list(Security))
def test_a_letter_arrives_as_it_was_composed(world: World, security: Security) -> None:
    key = uuid4().hex
    raw = letter(key, size=100_000)
    settings = world.smtp_tls if security is Security.TLS else replace(world.smtp, security=security)
    assert send_once(settings, raw, CLINIC, [DESK]).reply.startswith("250")
    (found,) = eventually(lambda: with_id(world.desk_letters(), key))
    assert found.raw.endswith(raw)


def test_a_batch_goes_over_one_connection(world: World) -> None:
    async def batch() -> list[Receipt]:
        async with SmtpGateway(world.smtp).connection() as post:
            first = await post.open()
            receipts = [await post.send(letter(key), CLINIC, [DESK]) for key in keys]
            assert await post.open() is first
            return receipts

    keys = [uuid4().hex for _ in range(5)]
    assert not any(receipt.partial for receipt in asyncio.run(batch()))
    for key in keys:
        assert len(eventually(lambda key=key: with_id(world.desk_letters(), key))) == 1  # type: ignore[misc]


def test_a_partly_refused_letter_is_taken_and_says_for_whom_it_was_not(world: World) -> None:
    key = uuid4().hex
    receipt = send(world.smtp, letter(key), DESK, world.refused, world.delayed)
    assert receipt.partial
    assert [(one.address, one.reply, one.permanent) for one in receipt.refused] == [
        (world.refused, 550, True),
        (world.delayed, 451, False),
    ]
    assert len(eventually(lambda: with_id(world.desk_letters(), key))) == 1


def test_a_refused_recipient_is_permanent_and_a_busy_one_is_not(world: World) -> None:
    for_good = refusal(world.smtp, letter("refused"), world.refused)
    for_now = refusal(world.smtp, letter("delayed"), world.delayed)
    both = refusal(world.smtp, letter("both"), world.refused, world.delayed)
    assert (for_good.code, for_good.permanent, for_good.stage, for_good.reply) == ("recipient", True, "recipient", 550)
    assert (for_now.code, for_now.permanent, for_now.reply) == ("busy", False, 451)
    assert not both.permanent


def test_after_a_refusal_the_same_connection_sends_the_next_letter(world: World) -> None:
    async def two() -> None:
        async with SmtpGateway(world.smtp).connection() as post:
            with pytest.raises(DeliveryError):
                await post.send(letter("lost"), CLINIC, [world.refused])
            await post.send(letter(key), CLINIC, [DESK])

    key = uuid4().hex
    asyncio.run(two())
    assert len(eventually(lambda: with_id(world.desk_letters(), key))) == 1


def test_a_wrong_password_is_named_and_never_shown(world: World) -> None:
    settings = replace(world.smtp, password="не тот пароль")
    error = refusal(settings, letter("auth"))
    assert (error.code, error.permanent, error.settings_at_fault, error.before_any_letter) == ("auth", True, True, True)
    assert "имя пользователя или пароль" in explain(error)
    assert "не тот" not in f"{error} {error!r} {settings!r} {explain(error)}"


def test_an_unknown_authority_is_named(world: World) -> None:
    for settings in (world.smtp, world.smtp_tls):
        error = refusal(replace(settings, ca_bundle=None), letter("ca"))
        assert (error.code, error.permanent) == ("tls-untrusted", True)
        assert "удостоверяющим центром" in explain(error)


def test_a_missing_login_is_named(world: World) -> None:
    error = refusal(replace(world.smtp, username="", password=""), letter("login"))
    assert error.permanent and error.code in ("auth-required", "recipient")


def test_a_letter_with_bare_line_ends_is_not_sent(world: World) -> None:
    assert refusal(world.smtp, b"Subject: x\n\n.\nMAIL FROM:<evil@example.com>\n").code == "format"


def test_a_line_that_breaks_before_the_answer_leaves_the_letter_uncertain_and_stored_once(world: World) -> None:
    key = uuid4().hex
    with breaking_line(world.smtp.port, after=b"\r\n.\r\n") as port:
        settings = replace(world.smtp, port=port, security=Security.PLAIN)
        with pytest.raises(DeliveryUncertain) as caught:
            send(settings, letter(key))
    assert "Само оно повторно не уйдёт" in explain(caught.value)
    assert len(eventually(lambda: with_id(world.desk_letters(), key))) == 1


def test_a_line_that_breaks_in_the_middle_of_a_letter_is_surely_not_taken(world: World) -> None:
    key = uuid4().hex
    with breaking_line(world.smtp.port, after=b"application/pdf", hear_answer=False) as port:
        error = refusal(replace(world.smtp, port=port, security=Security.PLAIN), letter(key, size=9_000_000))
    assert (error.stage, error.permanent) == ("data", False)
    assert with_id(world.desk_letters(), key) == []


def test_a_letter_above_the_servers_limit_is_refused_before_it_is_sent(_debian: World) -> None:
    error = refusal(_debian.smtp, letter("large", size=12_000_000))
    assert (error.code, error.permanent) == ("size", True)


def test_nobody_at_the_port_is_temporary(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    error = refusal(SmtpSettings("localhost", port, Security.PLAIN), letter("nobody"))
    assert (error.code, error.permanent, error.before_any_letter) == ("connect", False, True)


def test_a_silent_server_is_a_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = SmtpSettings("localhost", silent.getsockname()[1], Security.PLAIN, timeout=0.3)
        assert refusal(settings, letter("silent")).code == "timeout"


def test_a_plain_connection_leaves_this_machine_only_when_allowed() -> None:
    error = refusal(SmtpSettings("mail.clinic.example", 25, Security.PLAIN), letter("plain"))
    assert (error.code, error.settings_at_fault) == ("plain-refused", True)


def test_starttls_is_not_given_up_when_the_server_does_not_offer_it(tmp_path: Path) -> None:
    with DemoServers(tmp_path, tls=False) as servers:
        settings = SmtpSettings("localhost", servers.ports.smtp, Security.STARTTLS, "clinic", "demo-clinic")
        assert refusal(settings, letter("strip")).code == "no-starttls"


def test_a_certificate_for_another_name_is_refused(demo_world: World) -> None:
    with pytest.MonkeyPatch.context() as patched:
        real = socket.getaddrinfo
        patched.setattr(socket, "getaddrinfo", lambda host, *a, **k: real("127.0.0.1", *a, **k))
        error = refusal(replace(demo_world.smtp_tls, host="mail.clinic.example"), letter("name"))
    assert (error.code, error.permanent) == ("tls-name", True)


def test_an_unreadable_bundle_is_named(demo_world: World, tmp_path: Path) -> None:
    nonsense = tmp_path / "bundle.pem"
    nonsense.write_text("это не сертификат")
    for bundle in (nonsense, tmp_path / "missing.pem"):
        assert refusal(replace(demo_world.smtp, ca_bundle=bundle), letter("bundle")).code == "ca-bundle"


def test_451_is_tried_again_and_then_taken(demo: DemoServers, demo_world: World) -> None:
    demo.faults.temporary = 2
    for _ in range(2):
        error = refusal(demo_world.smtp, letter("greylisted"))
        assert (error.code, error.permanent, error.reply, error.stage) == ("busy", False, 451, "data-end")
    assert send(demo_world.smtp, letter("greylisted")).reply.startswith("250")
    assert len(with_id(demo_world.desk_letters(), "greylisted")) == 1


def test_a_letter_that_the_server_refuses_is_permanent(demo: DemoServers, demo_world: World) -> None:
    demo.faults.permanent = 1
    error = refusal(demo_world.smtp, letter("spam"))
    assert (error.code, error.permanent, error.reply) == ("content", True, 554)


@pytest.mark.parametrize("fault,stored", [("drop_after_data", 1), ("drop_before_storing", 0)])
def test_a_dropped_line_after_the_letter_is_uncertain_whether_stored_or_not(
    demo: DemoServers, demo_world: World, fault: str, stored: int
) -> None:
    setattr(demo.faults, fault, 1)
    with pytest.raises(DeliveryUncertain):
        send(demo_world.smtp, letter("dropped"))
    assert len(with_id(demo_world.desk_letters(), "dropped")) == stored


def test_silence_after_the_letter_is_uncertain(demo: DemoServers, demo_world: World) -> None:
    demo.faults.hang_after_data = 1
    with pytest.raises(DeliveryUncertain):
        send(replace(demo_world.smtp, data_timeout=0.5), letter("hung"))
    assert len(with_id(demo_world.desk_letters(), "hung")) == 1


def test_after_a_dropped_line_the_next_letter_of_the_batch_opens_a_new_connection(
    demo: DemoServers, demo_world: World
) -> None:
    async def batch() -> None:
        async with SmtpGateway(demo_world.smtp).connection() as post:
            await post.send(letter("one"), CLINIC, [DESK])
            demo.faults.drop_after_data = 1
            with pytest.raises(DeliveryUncertain):
                await post.send(letter("two"), CLINIC, [DESK])
            await post.send(letter("three"), CLINIC, [DESK])

    asyncio.run(batch())
    found = demo_world.desk_letters()
    assert [len(with_id(found, key)) for key in ("one", "two", "three")] == [1, 1, 1]


def test_a_server_that_hung_up_between_letters_is_called_again() -> None:
    port, seen = _hanging_up_server()

    async def batch() -> None:
        async with SmtpGateway(SmtpSettings("localhost", port, Security.PLAIN, timeout=5)).connection() as post:
            for key in ("one", "two", "three"):
                await post.send(letter(key), CLINIC, [DESK])

    asyncio.run(batch())
    assert len(seen) == 3


@pytest.mark.parametrize("answer", [b"what?\r\n", b"354 go on\r\n", b"199 hm\r\n"])
def test_an_answer_that_makes_no_sense_is_uncertain(answer: bytes) -> None:
    port, _ = _hanging_up_server(answer)
    with pytest.raises(DeliveryUncertain):
        send(SmtpSettings("localhost", port, Security.PLAIN, timeout=5), letter("nonsense"))


def _hanging_up_server(final: bytes = b"250 OK\r\n") -> tuple[int, list[bytes]]:
    """Takes one letter per connection, answers `final`, and hangs up without a word."""
    listening = socket.create_server(("127.0.0.1", 0))
    seen: list[bytes] = []

    def serve() -> None:
        with listening:
            for _ in range(3):
                line, _ = listening.accept()
                with line, line.makefile("rwb") as talk:
                    _one_letter(talk, seen, final)

    threading.Thread(target=serve, daemon=True).start()
    return listening.getsockname()[1], seen


def _one_letter(talk: object, seen: list[bytes], final: bytes) -> None:
    def say(text: bytes) -> None:
        talk.write(text)  # type: ignore[attr-defined]
        talk.flush()  # type: ignore[attr-defined]

    say(b"220 localhost\r\n")
    for command in talk:  # type: ignore[attr-defined]
        if not command.startswith(b"DATA"):
            say(b"250 OK\r\n")
            continue
        say(b"354 go on\r\n")
        body = b"".join(iter(talk.readline, b".\r\n"))  # type: ignore[attr-defined]
        seen.append(body)
        say(final)
        return
