"""Answers to FETCH: a letter belongs to the UID that stands beside it, whatever else the server slips in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.errors import MailboxError
from notifications.imap_fetch import bodies_by_uid, internal_date, read_answers

WHOLE = b"BODY[]"


def answer(number: int, uid: int, text: bytes, *, uid_last: bool = False) -> list[object]:
    """One letter as imaplib gives it: the words before the literal, the literal, the words after."""
    length = b"{%d}" % len(text)
    if uid_last:
        return [(b"%d (BODY[] %s" % (number, length), text), b" UID %d)" % uid]
    return [(b"%d (UID %d BODY[] %s" % (number, uid, length), text), b")"]


def test_a_letter_is_found_with_its_uid_before_or_after_it() -> None:
    data = [*answer(1, 101, b"first"), *answer(2, 102, b"second", uid_last=True)]
    assert bodies_by_uid(data, WHOLE) == {101: b"first", 102: b"second"}


def test_answers_that_nobody_asked_for_do_not_shift_letters() -> None:
    data = [
        b"3 (FLAGS (\\Recent) UID 103)",
        *answer(1, 101, b"first"),
        b"1 (FLAGS (\\Seen))",
        *answer(2, 102, b"second", uid_last=True),
        b"2 (UID 102 FLAGS (\\Answered))",
    ]
    assert bodies_by_uid(data, WHOLE) == {101: b"first", 102: b"second"}


def test_a_letter_without_a_uid_is_nobodys() -> None:
    assert bodies_by_uid([(b"1 (BODY[] {5}", b"first"), b")"], WHOLE) == {}


def test_words_inside_a_letter_are_not_answers() -> None:
    text = b"7 (UID 999 BODY[] {3}\r\n)\r\n2 (UID 998 RFC822.SIZE 1)"
    assert bodies_by_uid(answer(1, 101, text, uid_last=True), WHOLE) == {101: text}
    assert [one.size for one in read_answers(answer(1, 101, text))] == [None]


def test_two_texts_for_one_uid_are_refused() -> None:
    with pytest.raises(MailboxError) as caught:
        bodies_by_uid([*answer(1, 101, b"first"), *answer(2, 101, b"second")], WHOLE)
    assert caught.value.code == "mixed-up"


def test_short_letters_may_come_quoted_and_vanished_ones_as_nil() -> None:
    data = [b'1 (UID 101 BODY[] "a \\"b\\" c")', b"2 (UID 102 BODY[] NIL)", b'3 (BODY[] "" UID 103)']
    assert bodies_by_uid(data, WHOLE) == {101: b'a "b" c', 103: b""}


def test_headers_are_not_taken_for_the_whole_letter() -> None:
    data = [(b"1 (UID 101 BODY[HEADER] {6}", b"A: b\r\n"), b")"]
    assert bodies_by_uid(data, WHOLE) == {}
    assert bodies_by_uid(data, b"BODY[HEADER]") == {101: b"A: b\r\n"}


def test_size_and_date_are_read_in_any_order() -> None:
    (found,) = read_answers([b'1 (RFC822.SIZE 42 INTERNALDATE " 3-Nov-2026 10:00:00 +0300" UID 7)'])
    assert (found.uid, found.size, found.date) == (7, 42, datetime(2026, 11, 3, 7, 0, tzinfo=UTC))


@pytest.mark.parametrize("text", ["", "33-Nov-2026 10:00:00 +0300", "3-Ноя-2026 10:00:00 +0300", "3-Nov-2026"])
def test_an_unreadable_date_is_no_date(text: str) -> None:
    assert internal_date(text) is None


STRAY = st.sampled_from([b"9 (FLAGS (\\Seen))", b"9 (FLAGS (\\Recent) UID 109)", b"4 (UID 104 FLAGS ())"])


@given(
    st.lists(st.tuples(st.binary(max_size=40), st.booleans(), st.lists(STRAY, max_size=2)), max_size=8),
    st.lists(STRAY, max_size=2),
)
def test_no_mixture_of_answers_moves_a_letter(
    letters: list[tuple[bytes, bool, list[bytes]]], tail: list[bytes]
) -> None:
    data: list[object] = []
    for number, (text, uid_last, stray) in enumerate(letters, 1):
        data += [*stray, *answer(number, 200 + number, text, uid_last=uid_last)]
    expected = {200 + number: text for number, (text, _, _) in enumerate(letters, 1)}
    assert bodies_by_uid([*data, *tail], WHOLE) == expected
