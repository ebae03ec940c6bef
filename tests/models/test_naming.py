"""One organisation is called the same wherever its names stand."""

from __future__ import annotations

import pytest

from documents.paper.paper_facts import OrganisationText
from models.facts import OrganisationFacts
from models.organisation import Organisation
from models.refbook import RefbookOrganisation


@pytest.mark.parametrize("kind", [Organisation, OrganisationFacts, OrganisationText, RefbookOrganisation])
@pytest.mark.parametrize(
    ("short", "full", "expected"),
    [
        ("ООО «Рога»", "Общество «Рога»", ("ООО «Рога»", "ООО «Рога»", "Общество «Рога»")),
        ("", "Общество «Рога»", ("Общество «Рога»",) * 3),
        ("ООО «Рога»", "", ("ООО «Рога»",) * 3),
        ("", "", ("", "ИНН 7707083893", "")),
    ],
)
def test_called_by_the_short_name_the_full_one_or_its_number(kind, short, full, expected):
    it = kind(inn="7707083893", short_name=short, full_name=full)
    assert (it.name, it.called, it.in_full) == expected
