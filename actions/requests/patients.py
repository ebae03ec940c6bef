"""Patients' data are shown to an officer who says what for; who, when and what for is in the log."""

from __future__ import annotations

from dataclasses import dataclass

from actions.context import Work
from actions.log import audit
from actions.requests import lookup
from models.request import AccessRequest
from refusals import Refusal
from states.words.patients import EVERY_REASON, REASONS


class NoReason(Refusal, ValueError):
    """The text says in Russian what to do."""


@dataclass(frozen=True, slots=True)
class Shown:
    """That it is on record who looks and what for: without it no view shows a patient's data."""

    because: str


def shown(work: Work, request: AccessRequest, because: str) -> Shown:
    """Raises NoReason."""
    if because not in EVERY_REASON:
        raise NoReason(
            f"Укажите, зачем показать данные пациента: {', '.join(f'{code} – {told}' for code, told in REASONS.items())}."
        )
    audit.record(work, "patients.viewed", lookup.subject(request), because=because)
    return Shown(because)


def reason_told(code: str) -> str:
    return EVERY_REASON.get(code, code)
