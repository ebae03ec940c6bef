"""Findings as pages show them: errors first, each with its reason and source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.rules import rules
from models.findings import Finding, Severity, sourced

_TITLES = {
    Severity.ERROR: ("Мешает идти дальше", "error"),
    Severity.WARNING: ("Обратите внимание", "warning"),
    Severity.ADVICE: ("Совет", "advice"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding and the rule behind it in plain words; both empty where the rule is ours, not the regulation's."""

    message: str
    where: str
    rule: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    style: str
    findings: tuple[Shown, ...]


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """By severity, each group once, empty ones left out."""
    found = list(findings)
    groups = []
    for severity, (title, style) in _TITLES.items():
        shown = tuple(_shown(finding) for finding in found if finding.severity is severity)
        if shown:
            groups.append(Group(title, style, shown))
    return groups


def _shown(finding: Finding) -> Shown:
    known = rules().get(finding.rule)
    source = sourced(finding).source if known else finding.source
    where = ", ".join(part for part in (finding.person or "", f"строка {finding.row}" if finding.row else "") if part)
    return Shown(finding.message, where, finding.rule if known else "", known.title if known else "", source)
