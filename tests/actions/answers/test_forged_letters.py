"""A From that anybody can write grants nothing: what proves a letter, as a table, and ways to fake the proof."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select

from actions.post import outbox
from actions.requests import lookup
from models.letters import InboxState, OutboxLetter, OutboxState
from models.request import Status
from notifications.reading import read_letter_safely
from tests.actions.answers.mailing import arrived
from tests.walking import request_at

OURS, THEIRS = "mx.clinic.example", "mx.evil.example"
TICKET = "QWE-111-22222"
RECEIVED = "Received: from mail.stp-egisz.ru (mail.stp-egisz.ru [203.0.113.9]) by mx.clinic.example (Postfix) with ESMTPS id 1; Mon, 23 Nov 2026 10:00:00 +0300"
FROM_EVIL = RECEIVED.replace("mail.stp-egisz.ru", "mail.evil.example")
INSIDE = "Received: from mx.clinic.example (localhost [127.0.0.1]) by mx.clinic.example with LMTP id 2; Mon, 23 Nov 2026 10:00:01 +0300"


def _says(server: str, result: str) -> str:
    return f"Authentication-Results: {server}; {result}"


PASS, FAIL, NONE = "dmarc=pass header.from=stp-egisz.ru", "dmarc=fail header.from=stp-egisz.ru", "spf=none; dkim=none"
# What the headers say, topmost first, and whether a letter that refers to ours, names the ticket, or our number with its end, is applied.
TABLE: dict[str, tuple[list[str], dict[str, bool]]] = {
    "none": ([RECEIVED], {"reference": True, "ticket": False, "number": False}),
    "pass": ([_says(OURS, PASS), RECEIVED], {"reference": True, "ticket": True, "number": True}),
    "nothing found": ([_says(OURS, NONE), RECEIVED], {"reference": True, "ticket": False, "number": False}),
    "fail": ([_says(OURS, FAIL), RECEIVED], {"reference": False, "ticket": False, "number": False}),
    "pass by a stranger's server": ([_says(THEIRS, PASS), RECEIVED], {"reference": True, "ticket": False, "number": False}),
    "pass, then fail by a stranger": (
        [_says(OURS, PASS), RECEIVED, _says(THEIRS, FAIL)], {"reference": True, "ticket": True, "number": True},
    ),
    "fail, then pass as if by ours": (
        [_says(OURS, FAIL), FROM_EVIL, _says(OURS, PASS)], {"reference": False, "ticket": False, "number": False},
    ),
    "pass put there by the sender": ([FROM_EVIL, _says(OURS, PASS)], {"reference": True, "ticket": False, "number": False}),
    "a stranger's above ours": (
        [_says(THEIRS, FAIL), _says(OURS, PASS), RECEIVED], {"reference": True, "ticket": True, "number": True},
    ),
}  # fmt: skip


@pytest.fixture
def sent(installation):
    """A request whose ticket is known, the Message-ID of its letter, and its number as letters say it."""
    installation.__dict__["policy"] = dataclasses.replace(installation.policy, authserv_ids=(OURS,))
    number = request_at(installation, Status.SENT)
    with installation.work("тест") as work:
        request = lookup.get(work, number)
        request.ticket = TICKET
        work.session.add(request)
        query = select(OutboxLetter).where(OutboxLetter.request_id == number, OutboxLetter.purpose == "package")
        return number, work.session.execute(query).scalar_one().message_id, request.in_letters


def _letter(headers, *, subject="Re: заявка", reference="", text="Доступ предоставлен.", sender="egisz@stp-egisz.ru"):
    lines = [
        *headers,
        f"From: {sender}",
        "To: clinic@example.com",
        "Message-ID: <answer-1@stp-egisz.ru>",
        f"Subject: {subject}",
    ]
    lines += [f"In-Reply-To: {reference}"] if reference else []
    lines += [
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        text,
    ]
    return "\r\n".join(lines).encode()


def _status(installation, number):
    with installation.work("тест") as work:
        return lookup.get(work, number).status


@pytest.mark.rule("SND-5")
@pytest.mark.parametrize("way", ["reference", "ticket", "number"])
@pytest.mark.parametrize("said", TABLE)
def test_only_a_proven_letter_of_the_desk_is_applied(installation, sent, said, way):
    number, message_id, in_letters = sent
    headers, applied = TABLE[said]
    how = {
        "reference": {"reference": message_id},
        "ticket": {"subject": f"[#{TICKET}]"},
        "number": {"subject": f"Re: {in_letters}"},
    }[way]
    letter = arrived(installation, _letter(headers, **how))
    assert letter.request_id == number
    assert letter.state is (InboxState.APPLIED if applied[way] else InboxState.TRIAGE)
    assert _status(installation, number) is (Status.GRANTED if applied[way] else Status.SENT)
    assert applied[way] or any(word in letter.problem for word in ("Не доказано, что пишет СТП", "Похоже на подделку"))


@pytest.mark.parametrize("end", ["", "-zzz2"])
def test_our_number_without_its_end_waits_for_a_person_even_when_the_desk_is_proven(installation, sent, end):
    number, _, in_letters = sent
    bare = in_letters.rpartition("-")[0]
    with installation.work("тест") as work:
        lookup.get(work, number).ticket = None
    letter = arrived(installation, _letter([_says(OURS, PASS), RECEIVED], subject=f"Re: {bare}{end}"))
    assert (letter.request_id, letter.state) == (number, InboxState.TRIAGE)
    assert in_letters in letter.problem and _status(installation, number) is Status.SENT


def test_nothing_is_proven_by_a_server_nobody_named(installation, sent):
    installation.__dict__["policy"] = dataclasses.replace(installation.policy, authserv_ids=())
    assert (
        arrived(installation, _letter([_says(OURS, PASS), RECEIVED], subject=f"[#{TICKET}]")).state is InboxState.TRIAGE
    )


@pytest.mark.parametrize("purpose", ["first-login", "digest"])
def test_answer_to_a_letter_that_others_got_proves_nothing(installation, sent, purpose):
    """The employee has the Message-ID of his own invitation, and can write any From."""
    number, _, _ = sent
    with installation.work("тест") as work:
        letter = outbox.promise(
            work, key="x", purpose=purpose, recipient="ivanov@example.com", subject="x", text="x", request_id=number
        )
        reference = letter.message_id
    assert arrived(installation, _letter([RECEIVED], reference=reference)).state is InboxState.TRIAGE
    assert _status(installation, number) is Status.SENT


def _computed_as_before(installation, number):
    """A letter of a former release: its Message-ID is the hash of words that anybody can count up to."""
    import hashlib

    known = f"<{hashlib.sha256(f'package:{number}:v1:1'.encode()).hexdigest()[:40]}@example.com>"
    with installation.work("тест") as work:
        work.session.execute(
            select(OutboxLetter).where(OutboxLetter.request_id == number)
        ).scalars().first().message_id = known
    return known


def test_message_id_of_a_former_release_proves_nothing(installation, sent):
    number, _, _ = sent
    known = _computed_as_before(installation, number)
    assert arrived(installation, _letter([RECEIVED], reference=known)).state is InboxState.TRIAGE
    assert (
        arrived(installation, _letter([_says(OURS, PASS), RECEIVED], reference=known), uid=2).state
        is InboxState.APPLIED
    )


def test_message_id_cannot_be_computed_from_what_is_known(installation, sent):
    number, message_id, _ = sent
    assert message_id != _computed_as_before(installation, number)


def test_bounce_that_names_a_guessable_message_brings_nothing_back(installation, sent):
    from tests.actions.answers.test_inbox import _bounce

    number, _, _ = sent
    known = _computed_as_before(installation, number)
    assert arrived(installation, _bounce(known)).state is InboxState.TRIAGE
    assert _status(installation, number) is Status.SENT


def test_forged_letter_settles_no_uncertain_sending(installation, sent):
    number, _, in_letters = sent
    with installation.work("тест") as work:
        letter = work.session.execute(select(OutboxLetter).where(OutboxLetter.request_id == number)).scalars().first()
        letter.state = OutboxState.UNCERTAIN
    arrived(installation, _letter([RECEIVED], subject=f"[#{TICKET}] {in_letters}", text="Обращение зарегистрировано."))
    with installation.work("тест") as work:
        letter = work.session.execute(select(OutboxLetter).where(OutboxLetter.request_id == number)).scalars().first()
        assert letter.state is OutboxState.UNCERTAIN


def _verdict(*headers, author="egisz@stp-egisz.ru"):
    found = read_letter_safely(_letter([*headers], sender=author)).statements
    return [(each.server, each.verdict.value, each.place.value) for each in found]


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        ("dmarc=pass", "pass"), ("dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=stp-egisz.ru", "pass"),
        ("dmarc=pass header.from=evil.example", "none"), ("dkim=pass header.d=stp-egisz.ru", "pass"), ("dkim=pass header.i=@stp-egisz.ru", "pass"),
        ("dkim=pass header.d=mail.stp-egisz.ru", "pass"), ("dkim=pass header.d=evil.example", "none"), ("dkim=pass header.d=ru", "none"),
        ("dkim=pass header.d=xstp-egisz.ru", "none"), ("dkim=pass header.d=stp-egisz.ru.evil.example", "none"), ("dkim=pass", "none"),
        ("spf=pass (mx: domain of stp-egisz.ru designates 1.2.3.4) smtp.mailfrom=egisz@stp-egisz.ru", "pass"), ("spf=pass smtp.mail=a@stp-egisz.ru", "pass"),
        ("spf=pass smtp.mailfrom=a@evil.example", "none"), ("spf=pass smtp.helo=stp-egisz.ru", "none"), ("spf=pass", "none"),
        ("spf=pass smtp.mailfrom=stp-egisz.ru@evil.example", "none"), ("spf=pass smtp.mailfrom=\"a@stp-egisz.ru\"@evil.example", "none"),
        ("dkim=neutral (dkim=pass header.d=stp-egisz.ru)", "none"), ('spf=none reason="; dmarc=pass header.from=stp-egisz.ru"', "none"),
        ("x-dmarc=pass", "none"), ("dkim=pass header.d=evil.example; spf=none smtp.mailfrom=a@stp-egisz.ru", "none"),
        ("dmarc=pass header.from=evil.example header.from=stp-egisz.ru", "none"), ("dmarc=fail; dkim=pass header.d=stp-egisz.ru", "fail"), ("none", "none"), ("", "none"),
        ("dmarc=temperror; spf=softfail smtp.mailfrom=a@stp-egisz.ru; dkim=fail", "fail"), ("spf=fail smtp.mailfrom=a@relay.example; dkim=pass header.d=stp-egisz.ru", "pass"),
    ],
)  # fmt: skip
def test_only_a_result_about_the_authors_domain_counts(result, verdict):
    assert _verdict(_says(OURS, result)) == [(OURS, verdict, "above")]


@pytest.mark.parametrize(
    "head",
    ["spf=pass smtp.mailfrom=a@stp-egisz.ru; dmarc=pass", "", "(mx.clinic.example; dmarc=pass", '"mx.clinic.example'],
)
def test_result_that_names_no_server_is_nobodys(head):
    [(server, verdict, _)] = _verdict(f"Authentication-Results: {head}")
    assert (server, verdict) == ("", "none")


PRIVATE = "Received: from mx1.clinic.example (mx1.clinic.example [10.0.0.5]) by box.clinic.example with ESMTP id 3; Mon, 23 Nov 2026 10:00:02 +0300"
NEIGHBOUR = "Received: from mx1.mail.example (mx1.mail.example [203.0.113.5]) by box.mail.example with ESMTP id 3; Mon, 23 Nov 2026 10:00:02 +0300"
CALLS_ITSELF_OURS = "Received: from mx.clinic.example (unknown [203.0.113.66]) by mx.clinic.example with ESMTP id 4; Mon, 23 Nov 2026 10:00:02 +0300"
CALLS_ITSELF_LOCAL = "Received: from [127.0.0.1] (port=1 helo=127.0.0.1 [203.0.113.66]) by mx.clinic.example with esmtp id 4; Mon, 23 Nov 2026 10:00:02 +0300"


@pytest.mark.parametrize(
    ("above", "place"),
    [
        ([], "above"), ([INSIDE], "above"), ([PRIVATE, INSIDE], "above"), ([NEIGHBOUR], "above"), (["Received: by box.clinic.example with LMTP id 1; x"], "above"),
        ([RECEIVED], "under"), ([INSIDE, RECEIVED], "under"), ([CALLS_ITSELF_OURS], "under"), ([CALLS_ITSELF_LOCAL], "under"),
        ([RECEIVED, RECEIVED], "below"), ([RECEIVED, INSIDE], "below"), (["Received: from evil.example by mx.clinic.example with SMTP; x"], "under"),
        (["Received: from a(box.mail.example [ (unknown [203.0.113.5]) by mx.mail.example with ESMTP; x"], "under"),
        (["Received: from [127.0.0.1] (unknown [::ffff:203.0.113.5]) by mx.mail.example with ESMTP; x"], "under"),
        (["Received: from localhost by mx.mail.example with ESMTP; x"], "under"), (["Received: from box by mx.mail.example with local (Exim); x"], "above"),
        (["Received: from box.mail.example.evil.example (box.mail.example.evil.example [203.0.113.5]) by mx.mail.example with ESMTP; x"], "under"),
    ],
)  # fmt: skip
def test_place_of_a_result_among_the_lines_of_the_servers(above, place):
    assert [each for _, _, each in _verdict(*above, _says(OURS, PASS))] == [place]


def test_server_that_writes_under_its_own_line_is_believed_when_the_setting_says_so(installation, sent):
    raw = [RECEIVED, _says(OURS, PASS)]
    assert arrived(installation, _letter(raw, subject=f"[#{TICKET}]")).state is InboxState.TRIAGE
    installation.__dict__["policy"] = dataclasses.replace(installation.policy, results_below_received=True)
    assert (
        arrived(installation, _letter([RECEIVED, *raw], subject=f"[#{TICKET}] Re:"), uid=2).state is InboxState.TRIAGE
    )
    assert arrived(installation, _letter(raw, subject=f"[#{TICKET}] Re: Re:"), uid=3).state is InboxState.APPLIED
