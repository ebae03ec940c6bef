"""The verifier stands alone and reckons as the log does; records without their words still link to the one before."""

from __future__ import annotations

import ast
import base64
import datetime as dt
import hashlib
import json
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from actions.evidence import log
from actions.log import audit
from documents.evidence import LoggedEvent, verify
from documents.evidence.chain import chain_file
from models.audit import Event

SOURCE = Path(verify.__file__).read_text("utf-8")
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=90)
HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
MOMENTS = st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2099, 1, 1), timezones=st.just(dt.UTC))


def _event(seq, at, actor, action, subject, data, previous):
    digest = audit.event_hash(seq, at, actor, action, subject, data, previous)
    return Event(seq=seq, at=at, actor=actor, action=action, subject=subject, data=data, previous=previous, hash=digest)


EVENTS = st.builds(_event, st.integers(1, 10**9), MOMENTS, WORDS, WORDS, WORDS, WORDS, HASHES)


@given(EVENTS)
def test_verifier_and_log_take_the_same_hash_of_an_event(event):
    logged = log.logged(event)
    assert verify.event_hash({name: getattr(logged, name) for name in LoggedEvent.__slots__}) == event.hash


@settings(max_examples=40)
@given(EVENTS, HASHES)
def test_record_without_its_words_links_to_the_one_before_and_to_no_other(event, stranger):
    assume(stranger[32:] != event.previous[32:])
    _, line = chain_file([log.logged(event)], shown=()).decode().splitlines()
    record = json.loads(line)
    assert set(record) == {"seq", "hash", "state", "done", "bound", "tail"}
    assert len(base64.b64decode(record["tail"])) < 32
    assert verify.link_hash(record, event.previous) == event.hash
    assert verify.link_hash(record, stranger) != event.hash


@settings(max_examples=40)
@given(st.binary(max_size=300), st.integers(0, 4))
def test_sha_256_carried_on_from_a_state_is_that_of_hashlib(message, blocks):
    done = min(blocks, len(message) // 64) * 64
    state = verify.compress(verify.START, message[:done])
    assert verify.finish(state, done, message[done:]) == hashlib.sha256(message).hexdigest()


@pytest.mark.parametrize(
    "broken", [{"bound": 31}, {"bound": 65}, {"done": 63}, {"bound": 40, "tail": base64.b64encode(b"x").decode()}]
)
def test_record_that_depends_on_too_little_of_the_one_before_is_refused(broken):
    record = {"state": verify.START, "done": 64, "bound": 64, "tail": ""} | broken
    with pytest.raises(ValueError, match="не зависит"):
        verify.link_hash(record, "0" * 64)


def test_verifier_is_python_3_8_and_needs_nothing_but_its_standard_library():
    tree = ast.parse(SOURCE, feature_version=(3, 8))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert imported <= sys.stdlib_module_names
    methods = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not {"removeprefix", "removesuffix", "is_relative_to", "bit_count"} & methods  # newer than 3.8
    strict = [node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "strict"]
    assert strict == []
