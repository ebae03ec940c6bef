"""No call that fits or breaks the description brings a 500 or an answer that the description does not know."""

from __future__ import annotations

import os

import pytest

from models.account import Role
from tests.attack.conftest import count
from tests.attack.described import try_all
from tests.web.api.calling import caller
from tests.web.world import World

EACH = int(os.environ.get("EGISZ_SCHEMA_CASES", "360")) // 60  # an operation; there are about sixty


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_the_api_keeps_to_its_description(town: World) -> None:
    callers = {role.value: caller(town, role.value, [role]) for role in Role} | {
        "officer of one": caller(town, "one", [Role.OFFICER], [2])
    }
    found = try_all(callers, EACH)
    count("calls made of the API's description", found.tried, len(found.wrong))
    assert found.tried >= EACH * 40
    assert not found.wrong, "\n".join(f"{operation}: {what}: {call}" for (operation, what), call in found.wrong.items())
