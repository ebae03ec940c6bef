"""What the catalogue gives from or until a date is not to be had on the others."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from actions.context import Conflict
from tests.kinds.cases import CASES, drafted

TODAY = dt.date(2026, 11, 23)
BEFORE, AFTER = TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)


@pytest.mark.parametrize("entry", ["kinds", "subsystems"])
@pytest.mark.parametrize(
    ("term", "drafts"),
    [
        ({"valid_from": AFTER}, False),
        ({"valid_until": BEFORE}, False),
        ({"valid_from": TODAY, "valid_until": TODAY}, True),
    ],
)
def test_kind_and_subsystem_are_to_be_had_within_their_term(installation, entry, term, drafts):
    code = {"kinds": "tub-access", "subsystems": "tub"}[entry]
    with installation.work("тест") as work:
        entries = getattr(work.catalog, entry)
        changed = {**entries, code: entries[code].model_copy(update=term)}
        later = dataclasses.replace(work, catalog=dataclasses.replace(work.catalog, **{entry: changed}))
        if drafts:
            assert drafted(later, "tub-access", CASES["tub-access"]).id
            return
        with pytest.raises(Conflict, match="сейчас не действует"):
            drafted(later, "tub-access", CASES["tub-access"])
