"""The same request once more while the first is under way is stopped; anything that differs is not."""

from __future__ import annotations

import pytest

from actions.requests import creation, drafting, lookup
from actions.steps import taking
from models.request import Status
from states.lifecycle import Refused
from tests.walking import KIND, clinic, lines, request_at
from views.requests import summary


def told(work, request) -> list[str]:
    return [found.message for found in summary.findings(work, request) if "Такая же заявка" in found.message]


@pytest.mark.parametrize("status", [Status.VALIDATED, Status.AWAITING])
def test_an_identical_request_is_named_while_the_first_is_under_way(installation, status):
    number = request_at(installation, status)
    with installation.work("тест") as work:
        first = lookup.get(work, number)
        again = creation.create(work, kind=KIND, organisation_id=clinic(work), lines=lines())
        assert [first.number in message for message in told(work, again)] == [True]
        with pytest.raises(Refused):
            taking.take(work, again, "validate")
        drafting.replace_lines(work, again, lines()[:1], [])
        assert told(work, again) == []


def test_one_that_has_its_answer_stands_in_nobodys_way(installation):
    request_at(installation, Status.GRANTED)
    with installation.work("тест") as work:
        assert told(work, creation.create(work, kind=KIND, organisation_id=clinic(work), lines=lines())) == []
