"""Papers that name the organisation as it was before (APP-8)."""

from __future__ import annotations

from collections.abc import Iterator

from catalog import Catalog
from models.facts import RequestFacts
from models.findings import Finding, Severity
from states.rules.telling import of_request


def check(facts: RequestFacts, catalog: Catalog) -> Iterator[Finding]:
    if facts.name_on_papers:
        now = facts.organisation
        yield of_request(
            "APP-8",
            "documents",
            f"Документы заявки составлены на прежнюю организацию ({facts.name_on_papers}), а теперь это "
            f"{now.name}, ИНН {now.inn}. Верните заявку в черновик и сделайте документы заново.",
            Severity.WARNING,
        )
