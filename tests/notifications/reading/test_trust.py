"""Whose letter it is: one author of a domain of the desk, and no failed authentication."""

from __future__ import annotations

import pytest

from tests.letters.building import letter, read

TRUSTED = [
    "egisz@stp-egisz.ru", "<egisz@rt-eu.ru>", "СТП ЕГИСЗ <egisz@stp-egisz.ru>", '"СТП, ЕГИСЗ" <egisz@stp-egisz.ru>', "EGISZ@STP-EGISZ.RU",
    "=?utf-8?b?0KHQotCf?= <egisz@rt-eu.ru>", '"egisz@rt-eu.ru" <egisz@rt-eu.ru>', "egisz@rt-eu.ru (СТП ЕГИСЗ)",
]  # fmt: skip
STRANGERS = [
    "egisz@stp-egisz.ru.evil.com", "egisz@stp-egisz.com", "egisz@xstp-egisz.ru", "egisz@mail.stp-egisz.ru", '"egisz@stp-egisz.ru" <evil@evil.com>',
    "egisz@stp-egisz.ru <evil@evil.com>", "evil@evil.com, egisz@stp-egisz.ru", "egisz@stp-egisz.ru, evil@evil.com", "Desk: egisz@stp-egisz.ru;",
    "egisz@stp-еgisz.ru", "egisz@xn--stp-gisz-xng.ru", "egisz@stp-egisz.ru@evil.com", "evil@evil.com <egisz@stp-egisz.ru> <evil@evil.com>",
    "=?utf-8?q?egisz=40stp-egisz.ru?= <evil@evil.com>", "=?utf-8?q?egisz=40stp-egisz.ru?=", "egisz", "", "egisz@stp-egisz.ru\\@evil.com", "(egisz@stp-egisz.ru) evil@evil.com",
    "egisz@stp-egisz.ru)evil@evil.com", "<egisz@stp-egisz.ru", "egisz@stp-egisz.ru>evil@evil.com", "egisz@stp-egisz.ru\u200b", "egisz@stp-egisz。ru.evil.com", "egisz@stp_egisz.ru",
]  # fmt: skip


@pytest.mark.rule("SND-5")
@pytest.mark.parametrize("sender", TRUSTED)
def test_desk_is_trusted(sender: str) -> None:
    assert read(letter("Доступ предоставлен.", sender=sender)).trusted


@pytest.mark.rule("SND-5")
@pytest.mark.parametrize("sender", STRANGERS)
def test_stranger_is_not_trusted(sender: str) -> None:
    found = read(letter("Доступ предоставлен.", sender=sender))
    assert not found.trusted
    assert not found.clear()


def test_two_authors_are_not_trusted() -> None:
    raw = letter("Доступ предоставлен.", extra="From: egisz@stp-egisz.ru")
    assert not read(raw).trusted
    assert not read(raw.replace(b"From: egisz", b"from : egisz", 1)).trusted


@pytest.mark.parametrize(
    ("results", "trusted"),
    [
        ("mx.clinic.ru; dmarc=fail header.from=stp-egisz.ru", False), ("mx.clinic.ru; spf=fail smtp.mailfrom=x; dkim=fail", False),
        ("mx.clinic.ru; spf=fail; dkim=pass", True), ("mx.clinic.ru; spf=pass; dkim=pass; dmarc=pass", True), ("mx.clinic.ru; none", True),
    ],
)  # fmt: skip
def test_failed_authentication_takes_the_trust_away(results: str, trusted: bool) -> None:
    assert read(letter("Доступ предоставлен.", extra=f"Authentication-Results: {results}")).trusted is trusted


def test_grant_of_the_desk_is_clear_and_of_a_stranger_is_not() -> None:
    assert read(letter("Доступ предоставлен.")).clear()
    stranger = read(letter("Доступ предоставлен.", sender="a@clinic.ru"))
    assert stranger.outcome.value == "granted"
    assert not stranger.clear()


def test_unclear_partial_and_questions_are_not_applied_by_machine() -> None:
    assert not read(letter("Заявка выполнена частично.")).clear()
    assert not read(letter("Заявка закрыта.")).clear()
    assert not read(letter("Пришлите скан повторно.")).clear()
    assert read(letter("112-233-445 95 – предоставлен;\n087-654-303 00 – отказано")).clear()
