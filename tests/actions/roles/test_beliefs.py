"""What was known of roles and when: two axes, the day that is asked about and the day whose knowledge counts."""

from __future__ import annotations

from sqlalchemy import select

from actions.requests import lookup
from actions.roles import beliefs, grants
from actions.steps import verification
from models.grant import Grant, GrantEntry
from models.request import Status
from tests.walking import request_at


def _told(work, **asked):
    return [(row["verified"], row["until"]) for row in grants.holders(work, **asked)]


def test_every_change_of_a_role_is_written_down_beside_what_was_known_before(installation, clock):
    start = clock.now
    number = request_at(installation, Status.GRANTED, count=1)
    proven = clock.forward(days=3)
    with installation.work("тест") as work:
        for line in lookup.lines_of(work, lookup.get(work, number)):
            verification.prove(work, line)
    ended = clock.forward(days=3)
    with installation.work("тест") as work:
        roles = [row.id for row in work.session.execute(select(Grant)).scalars()]
        for role in roles:
            grants.end(work, grant_id=role, reason="уволен")
    with installation.work("тест") as work:
        known = beliefs.history(work, roles)
        assert {(entry.recorded_at, entry.superseded_at, entry.verified_at, entry.until) for entry in known} == {
            (start, proven, None, None),
            (proven, ended, proven, None),
            (ended, None, proven, ended),
        }
        assert len(known) == 6
        assert _told(work, as_of=start) == [(False, ended.isoformat())] * 2
        assert _told(work, as_of=start, known_on=start) == [(False, None)] * 2
        assert _told(work, known_on=proven) == [(True, None)] * 2
        assert _told(work, as_of=ended) == [] == _told(work)
        assert _told(work, as_of=ended, known_on=proven) == [(True, None)] * 2


def test_a_role_that_was_never_given_is_held_at_no_moment_but_was_believed_to_be(installation, clock):
    request_at(installation, Status.GRANTED, count=1)
    start = clock.now
    later = clock.forward(days=2)
    with installation.work("тест") as work:
        for row in work.session.execute(select(Grant)).scalars():
            grants.retract(work, row)
    with installation.work("тест") as work:
        assert [_told(work, as_of=moment) for moment in (start, later, None)] == [[], [], []]
        assert _told(work, as_of=later, known_on=start) == [(False, None)] * 2
        assert _told(work, known_on=later) == []
        current = select(GrantEntry).where(GrantEntry.superseded_at.is_(None))
        assert {entry.until for entry in work.session.execute(current).scalars()} == {start}
