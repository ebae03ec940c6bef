"""No pattern of the tree holds everybody up: its time grows like the text, whatever stands in it."""

from __future__ import annotations

import re
import time

import pytest

import catalog
from catalog import refusals
from catalog.letters import load_letters
from catalog.rosters import roster_wording, word_pattern
from notifications.reading.sentences import MAX_SENTENCE
from states.rules.record_numbers import record_numbers
from tests.house.pumping import Used, longest, of_sources, slowness, within


def _of_catalogue() -> list[Used]:
    """What its files say, put together as the program does it."""
    wording = roster_wording()
    known = [load_letters(), refusals._compiled(), wording, wording.words]
    found = [pattern for each in known for pattern in within(each)]
    columns = [word_pattern(tuple(each.patterns)) for each in wording.columns]
    fields = [
        re.compile(field.pattern) for kind in catalog.load().kinds.values() for field in kind.fields if field.pattern
    ]
    unique = {(each.pattern, each.flags): each for each in [*found, *columns, *fields]}
    return [Used(each, ("search", "fullmatch"), "catalog") for each in unique.values()]


SOURCES = list(of_sources())


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_no_pattern_of_the_sources_is_slower_than_its_text_is_long(part: int) -> None:
    assert len(SOURCES) > 400
    assert [told for used in SOURCES[part::4] if (told := slowness(used))] == []


@pytest.mark.slow
def test_no_pattern_of_the_catalogue_takes_long_in_the_longest_sentence() -> None:
    """They are looked for in sentences and cells, which are cut; many have windows of so many signs, so all are linear beyond them."""
    known = _of_catalogue()
    assert len(known) > 100
    slow = [used for used in known if longest(used.pattern, MAX_SENTENCE) > 0.3]
    assert [used.pattern.pattern[:150] for used in slow if longest(used.pattern, MAX_SENTENCE) > 0.3] == []


@pytest.mark.parametrize("pattern", [r"\s+$", r"(a+)+b", r"#+[#.]*x", r"\S+@\S+", r"(\w+)\s*[\"']?\s*="])
def test_a_slow_pattern_is_found(pattern: str) -> None:
    assert slowness(Used(re.compile(pattern), ("search",), "here"))


@pytest.mark.parametrize("sign", ["#", "№", "1-", "1 111 ", "с по ", "унрз", "…"])
def test_the_longest_field_of_record_numbers_is_read_at_once(sign: str) -> None:
    """20,000 «#» held everybody up for 42 seconds at every look."""
    begun = time.thread_time()
    record_numbers(sign * (20_000 // len(sign)), r"\d{10,30}")
    assert time.thread_time() - begun < 1
