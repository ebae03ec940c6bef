"""What is longer than what is kept is refused in words: no form, call or command keeps a part of it."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.attack.conftest import count
from tests.attack.test_typed import LONG, everybody, forms_found
from tests.web.world import World

__all__ = ["everybody"]
MARK = "Щъыэ"
OVER, MUCH = MARK * 5_001, MARK * 125_001  # more than any field holds; than what is pasted of a table
_TABLES = ("pasted", "carried")
_NOT_TEXT = (".password", " organisations")  # passwords of servers are kept whole, choices that there are not are none


def kept(world: World) -> list[str]:
    """Where in the database the mark stands."""
    with world.installation.engine.connect() as connection:
        lines = connection.connection.driver_connection.iterdump()  # type: ignore[union-attr]
        return [line[:60] for line in lines if MARK in line]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_no_form_keeps_a_part_of_a_text_that_is_too_long(everybody: TestClient, town: World) -> None:
    """One field after the other, each name once in the suite; what is not read at all may be longer than anything."""
    seen: set[str] = set()
    told: dict[str, int] = {}
    for form in forms_found(everybody, town).values():
        for name in form.fields:
            if LONG or name not in seen:
                seen.add(name)
                answer = everybody.post(
                    form.action, data={**form.fields, name: MUCH if name in _TABLES else OVER}, follow_redirects=False
                )
                told[f"{form.action} {name}"] = answer.status_code
                if answer.status_code == 422 and "помещается" in answer.text:
                    told[f"{form.action} {name}"] = 0  # in words
    found = kept(town)
    silent = {where for where, code in told.items() if code and code < 400 and not where.endswith(_NOT_TEXT)}
    count("texts too long for their field", len(told), len(found) + len(silent))
    assert found == [] and silent == set()
    assert sum(not code for code in told.values()) > 120, told
