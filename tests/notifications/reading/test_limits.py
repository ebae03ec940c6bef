"""Large and hostile letters are read in bounded time, in a child process."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from notifications.reading import Kind, Reading, read_letter_safely, read_many_safely
from notifications.reading.safely import LIMITS
from sandbox import Limits
from tests.letters.building import IVANOV, letter, read
from tests.machine import slowness

pytestmark = pytest.mark.slow

MEGABYTE = 1_000_000
SECONDS = 2.0  # of processor time, for a letter of one megabyte

HOSTILE = {
    "one letter": "а" * MEGABYTE,
    "words": "доступ " * (MEGABYTE // 7),
    "negations": "не " * (MEGABYTE // 3),
    "commas": "доступ, роль, " * (MEGABYTE // 14),
    "digits": "112 233 445 " * (MEGABYTE // 12),
    "dashes": "-" * MEGABYTE,
    "quotes": ">" * MEGABYTE,
    "lines": "Доступ предоставлен.\n" * (MEGABYTE // 21),
    "conditions": "если доступ не " * (MEGABYTE // 15),
    "names": "Иванов И.И. " * (MEGABYTE // 12),
    "attributions": "23.11.2026 10:00, кто-то\n" * (MEGABYTE // 25),
    "rows": "а | б | в\n" * (MEGABYTE // 10),
    "dots": ". " * (MEGABYTE // 2),
    "spaced": "а б " * (MEGABYTE // 4),
    "numbers": "номер заявки " * (MEGABYTE // 13),
    "at signs": "a@" * (MEGABYTE // 2),
    "blank": "\n" * MEGABYTE,
    "spaces": " " * MEGABYTE,
    "mojibake": "РџСЂРё" * (MEGABYTE // 6),
}


def _read_in_time(hostile: str, seconds: float, as_letter: Callable[[str], bytes]) -> Reading:
    """Within the bound as the machine is at this moment; where a busy one is slower, growing no faster than the letter."""
    before, started = slowness(), time.process_time()
    found = read(as_letter(hostile))
    spent = time.process_time() - started
    if spent >= seconds * max(before, slowness()):
        started = time.process_time()
        read(as_letter(hostile[: len(hostile) // 2]))
        assert spent < 3 * (time.process_time() - started), "twice the letter takes more than three times as long"
        assert spent < LIMITS.seconds / 2, "the sandbox would kill it on a machine twice as slow"
    return found


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("kind", ["text/plain", "text/html"])
def test_hostile_megabyte_is_read_in_time(name: str, kind: str) -> None:
    found = _read_in_time(HOSTILE[name], SECONDS, lambda text: letter(text, kind=kind))
    assert found.outcome.value != "granted" or name == "lines"


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 200_000 + "Доступ предоставлен.", "<table><tr><td>" * 60_000, "<b><i>" * 100_000 + "</b></i>" * 100_000, "<" * 500_000, "<a href='" + "x" * 900_000,
        "<style>" + ".a{display:none}" * 60_000 + "</style><p>x</p>", "&#x41;" * 150_000, "<!--" * 200_000, "<p>" * 300_000, "<p style='" + "a:b;" * 200_000 + "'>x</p>",
    ],
    ids=range(10),
)  # fmt: skip
def test_hostile_html_is_read_in_time(page: str) -> None:
    _read_in_time(page, SECONDS * 1.5, lambda text: letter(text, kind="text/html"))


@pytest.mark.parametrize(
    "header",
    [
        "Subject: " + "=?utf-8?b?0JfQ?= " * 20_000,
        "From: " + "(" * 100_000,
        "References: " + "<a@b> " * 50_000,
        "Subject: " + "номер " * 50_000,
        "From: " + "a@b.ru, " * 50_000,
    ],
)
def test_hostile_headers_are_read_in_time(header: str) -> None:
    _read_in_time(header, SECONDS, lambda text: text.encode() + b"\r\n\r\ntext")


def test_deep_and_many_parts_are_bounded() -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(300)) + b"\nx"
    assert read(deep).outcome.value != "granted"
    many = (
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: text/plain\n\nx\n" * 20_000 + b"--b--\n"
    )
    assert any("слишком большое" in problem for problem in read(many).problems)


def test_truncated_letter_grants_nothing() -> None:
    found = read(letter("Доступ предоставлен.\n\n" + "Здравствуйте, коллеги.\n" * 60_000))
    assert found.outcome.value != "granted"


def test_letter_is_read_in_a_child_process(tmp_path: Path) -> None:
    path = tmp_path / "letter.eml"
    path.write_bytes(letter("Доступ Иванову И.И. предоставлен."))
    found = read_letter_safely(path, people=[IVANOV])
    assert found == read(path.read_bytes(), people=[IVANOV])
    assert found.as_json() == {
        "kind": "answer",
        "outcome": "granted",
        "ticket": None,
        "trusted": True,
        "lines": {"11223344595": "granted"},
        "evidence": ["Доступ Иванову И.И. предоставлен."],
        "references": ["<ours-1@clinic.ru>", "<ours-0@clinic.ru>"],
    }


def test_one_letter_too_heavy_does_not_take_the_others_along() -> None:
    letters = [letter("Доступ предоставлен."), letter("Заявка отклонена.")]
    assert [found.outcome.value for found in read_many_safely(letters)] == ["granted", "rejected"]


def test_child_that_dies_leaves_a_visible_problem() -> None:
    found = read_letter_safely(letter("Доступ предоставлен. " * 100_000), limits=Limits(seconds=5, memory_mb=4))
    assert found.kind is Kind.OTHER
    assert found.problems


def test_reading_survives_its_storage() -> None:
    found = read(letter("Иванов И.И. (112-233-445 95) – отказано"))
    assert Reading.from_dict(found.as_dict()) == found
