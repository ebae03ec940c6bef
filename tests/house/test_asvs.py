"""docs/asvs.md is complete and names what exists; docs/security.md tells the numbers of the code; a few items are held here."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from actions.accounts import api_tokens, challenges, known_browsers, logins, passwords, refusals, second_step, sessions
from actions.subscriptions import webhooks
from documents.inside import archives, attached
from sandbox.orders import Limits
from tests.supply.test_supply import _needed
from web.shell import bodies, budgets, serving
from web.shell.throttle import Misses
from wiring.settings import AccountsPart, ImapPart, PagePart, PersonalDataPart

ROOT = Path(__file__).parents[2]
# How many requirements of levels 1 and 2 each section has; they are its first ones.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3,
    "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2,
    "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3,
    "12.2": 2, "12.3": 4, "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1,
    "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
TEXT = (ROOT / "docs" / "asvs.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if re.match(r"\| V\d", line)
]
QUOTED = re.compile(r"`([^`]+)`(?: \(`(\w+)`\))?")


def test_every_requirement_is_there_once() -> None:
    assert [row[0] for row in ROWS] == [
        f"V{section}.{number}" for section, most in SECTIONS.items() for number in range(1, most + 1)
    ]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_an_item_names_what_exists_or_says_why_not(row: list[str]) -> None:
    _, asked, state, where, test = row
    assert asked and where and state in ("held", "not applicable", "open")
    if state != "held":
        assert len(where) > 5 and not test
        return
    named = [
        (ROOT / path, name)
        for path, name in QUOTED.findall(where)
        if re.fullmatch(r"[\w./-]+", path) and ("/" in path or "." in path or path == "Makefile")
    ]
    assert named and all(path.exists() for path, _ in named), where
    assert all(name in path.read_text("utf-8") for path, name in named if name), where
    assert "def test_" in (ROOT / test.strip("`")).read_text("utf-8")


def test_the_counts_of_the_head_are_those_of_the_tables() -> None:
    said = Counter(row[2] for row in ROWS)
    assert (
        f"{len(ROWS)} requirements: {said['held']} held, {said['not applicable']} not applicable, {said['open']} open."
        in TEXT
    )


def test_the_decisions_tell_the_numbers_of_the_code() -> None:
    told = (ROOT / "docs" / "security.md").read_text("utf-8")
    megabyte, usual, key, misses = 1024 * 1024, Limits(), api_tokens, Misses()
    free, personal = logins._FREE, PersonalDataPart()
    for phrase in (
        f"{free['pair']} failures of a login from one address, {free['login']} of a login from anywhere, {free['address']} of an address are free",
        f"from 2 seconds to {logins._LONGEST.seconds // 60} minutes",
        f"after {known_browsers._MOST_MISSES} wrong passwords in a row",
        f"{passwords._STRANGERS._value} strangers' passwords are looked at at once in a process, {passwords._PLACES._value} wait",  # type: ignore[attr-defined]
        f"{passwords.SHORTEST} to {passwords.LONGEST} signs",
        f"{AccountsPart().idle_hours} hours without a look and after {AccountsPart().session_days} days",
        f"after {sessions._HALF.seconds // 60} minutes",
        f"a proof of the last {sessions._ANEW.seconds // 60} minutes",
        f"at most {challenges._SOON.seconds // 60} minutes before",
        f"{misses.most} misses of an address in {misses.window.seconds // 60} minutes",
        f"six digits, {second_step._STEP} s",
        f"{bodies.MAX_BODY // megabyte} MB, {bodies.MAX_FILES} files, {bodies.MAX_FIELDS:,} fields; {bodies.MAX_WORDS // megabyte} MB; {bodies.MAX_ENTRANCE // 1024} KB",
        f"{serving.Guarded.head_seconds:.0f} s; {bodies.GRACE_SECONDS} s and then {bodies.LEAST_SPEED // 1024} KB a second; {serving.Guarded.write_seconds:.0f} s",
        f"{PagePart().calls_per_minute} (`[page] calls_per_minute`), heavy ones count {budgets.HEAVY}; {budgets._STRANGERS:,}; {budgets.AT_ONCE} |",
        f"| {serving.MOST:,} |",
        f"{usual.seconds} s, {usual.memory_mb} MB for ordinary ones",
        f"{archives.MAX_UNPACKED // megabyte} MB, {archives.MAX_MEMBERS:,}, {archives._MAX_RATIO}",
        f"{attached.MAX_PIXELS // 10**6} million pixels",
        f"10 MB; {ImapPart().max_letter_megabytes} MB; 25 MB",
        f"{key._MOST}, {key.LONGEST_DAYS} days",
        f"{refusals._MOST_AN_HOUR} an hour",
        f"10 s, {'eight' if webhooks.TRIES == 8 else webhooks.TRIES} in two days",
        f"`patient_days`, {personal.patient_days}",
        f"`retention_days`, {personal.retention_days}",
    ):
        assert phrase.replace("eight in", "8 in") in told, phrase


def test_our_scripts_make_no_markup_keep_nothing_and_carry_no_text_out() -> None:
    barred = re.compile(
        r"\.(inner|outer)HTML\s*\+?=|insertAdjacentHTML|document\.write|\beval\(|new Function|(local|session)Storage|indexedDB|postMessage|__proto__|document\.cookie"
    )
    scripts = [path for path in (ROOT / "web" / "static").glob("*.js") if not path.name.startswith("htmx-")]
    assert len(scripts) > 5
    assert [path.name for path in scripts if barred.search(path.read_text("utf-8"))] == []
    base = (ROOT / "web" / "templates" / "frame/base.html").read_text("utf-8")
    assert '"allowEval":false' in base and '"historyCacheSize":0' in base and '"selfRequestsOnly":true' in base


def test_a_password_is_masked_and_may_come_from_a_keeper() -> None:
    fields = [
        field
        for path in (ROOT / "web" / "templates").rglob("*.html")
        for field in re.findall(r"<input[^>]*name=\"(?:password|present|again)\"[^>]*>", path.read_text("utf-8"))
    ]
    assert len(fields) > 4
    assert all(
        'type="password"' in field and re.search(r'autocomplete="(current|new)-password"', field) for field in fields
    )
    assert not any("onpaste" in path.read_text("utf-8") for path in (ROOT / "web" / "templates").rglob("*.html"))


def test_nothing_weak_is_used_and_no_origin_is_let_in() -> None:
    barred = re.compile(
        r"hashlib\.(md5|sha1)\b|modes\.ECB|PKCS1v15|^\s*(import|from) (pickle|marshal|shelve)\b|\b(eval|exec)\(|shell=True|os\.system|Access-Control-Allow|CORSMiddleware",
        re.M,
    )
    folders = (
        "actions",
        "catalog",
        "cli",
        "documents",
        "flows",
        "models",
        "notifications",
        "registry",
        "privacy",
        "views",
        "service",
        "sandbox",
        "states",
        "sweeps",
        "web",
        "wiring",
    )
    found = [
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if barred.search(path.read_text("utf-8"))
    ]
    assert found == []


def test_the_page_keeps_no_log_of_calls_and_names_no_server() -> None:
    made = serving.config("web.app:create_app", factory=True)
    assert not made.access_log and not made.server_header and made.ws == "none"


def test_what_is_called_absent_is_absent() -> None:
    assert not _needed() & {
        "python-ldap",
        "ldap3",
        "pymemcache",
        "python-memcached",
        "graphql-core",
        "strawberry-graphql",
        "aiortc",
        "python3-saml",
        "pysaml2",
    }
