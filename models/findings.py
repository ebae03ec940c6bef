"""What a rule says about a request, a roster or a scan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from catalog.rules import rule_source


class Severity(StrEnum):
    """An error stops the request, a warning is shown and recorded, advice is only shown."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


# Papers and commands that stand below the room for words say them too.
SEVERITIES = {Severity.ERROR: "ошибка", Severity.WARNING: "предупреждение", Severity.ADVICE: "совет"}


@dataclass(frozen=True, slots=True)
class Finding:
    """Замечание: `message` says in Russian what is wrong and what to do; `row` is as Excel numbers it.

    `sheet` is the sheet of a roster where it is another than the one that its other findings are about.
    """

    rule: str
    severity: Severity
    message: str
    row: int | None = None
    field: str | None = None
    person: str | None = None
    source: str = ""
    sheet: str = ""

    def as_json(self) -> dict[str, str | int | None]:
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "row": self.row,
            "field": self.field,
            "person": self.person,
            "message": self.message,
            "source": self.source,
        }


def sourced(finding: Finding) -> Finding:
    """Add the place in the regulation that the finding's rule comes from."""
    return finding if finding.source else replace(finding, source=rule_source(finding.rule))


def has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)
