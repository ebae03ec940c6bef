"""Findings in short: who, which field, how grave."""

from __future__ import annotations

from models.facts import LineFacts
from models.findings import Finding, Severity


def of_line(rule: str, line: LineFacts, field: str, message: str, severity: Severity = Severity.ERROR) -> Finding:
    """A finding about one employee's field."""
    return Finding(rule, severity, message, row=line.row, field=field, person=line.name or None)


def of_request(rule: str, field: str, message: str, severity: Severity = Severity.ERROR) -> Finding:
    """A finding about the organisation or the request as a whole."""
    return Finding(rule, severity, message, field=field)
