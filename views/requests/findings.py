"""Findings as pages show them: errors first, each with its reason, source and the place where it is mended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from catalog.rules import rules
from models.findings import Finding, Severity, sourced
from views.requests.places import Place

_TITLES = {
    Severity.ERROR: ("Мешает идти дальше", "error"),
    Severity.WARNING: ("Обратите внимание", "warning"),
    Severity.ADVICE: ("Совет", "advice"),
}


@dataclass(frozen=True, slots=True)
class Where:
    """Whom or what a finding is about; `name` is "" for the request as a whole."""

    name: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding and the rule behind it in plain words, both empty where the rule is ours, not the regulation's.

    The same words about many people are one finding with many `places`.
    """

    message: str
    places: tuple[Where, ...]
    rule: str
    reason: str
    source: str

    @property
    def where(self) -> str:
        """Whom a finding about one is about."""
        return self.places[0].name


@dataclass(frozen=True, slots=True)
class Group:
    """`total` counts every finding, also those that are told together."""

    title: str
    style: str
    total: int
    findings: tuple[Shown, ...]


def nowhere(finding: Finding) -> Place | None:
    return None


def grouped(findings: Iterable[Finding], place: Callable[[Finding], Place | None] = nowhere) -> list[Group]:
    """By severity, each group once, empty ones left out. `place` says where a finding is mended."""
    by_severity: dict[Severity, dict[tuple[str, str], list[Finding]]] = {severity: {} for severity in _TITLES}
    for finding in findings:
        by_severity[finding.severity].setdefault((finding.rule, finding.message), []).append(finding)
    return [
        Group(
            title,
            style,
            sum(len(each) for each in by_severity[severity].values()),
            tuple(_shown(each, place) for each in by_severity[severity].values()),
        )
        for severity, (title, style) in _TITLES.items()
        if by_severity[severity]
    ]


def _shown(same: list[Finding], place: Callable[[Finding], Place | None]) -> Shown:
    finding = same[0]
    known = rules().get(finding.rule)
    source = sourced(finding).source if known else finding.source
    places = tuple(Where(_where(each), place(each)) for each in same)
    return Shown(finding.message, places, finding.rule if known else "", known.title if known else "", source)


def _where(finding: Finding) -> str:
    return ", ".join(part for part in (finding.person or "", f"строка {finding.row}" if finding.row else "") if part)
