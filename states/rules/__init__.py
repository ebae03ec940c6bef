"""The regulation's rules over facts: which apply at which stage, all findings at once."""

from __future__ import annotations

from enum import IntEnum

from catalog import Catalog
from models.facts import RequestFacts
from models.findings import Finding
from states.rules import (
    application,
    attachments,
    fields,
    identity,
    organisation,
    patients,
    people,
    renaming,
    roles,
    sending,
    signature,
)


class Stage(IntEnum):
    """What the findings are wanted for; a later stage asks only for its own."""

    VALIDATE = 1
    SIGN = 2
    SEND = 3


_CHECKS = {
    Stage.VALIDATE: (
        organisation.check,
        application.check,
        identity.check,
        roles.check,
        people.check_accounts,
        fields.check,
        attachments.check,
        patients.check,
        signature.check_planned,
    ),
    Stage.SIGN: (signature.check, renaming.check),
    Stage.SEND: (sending.check, people.check_first_logins, renaming.check),
}


def check_request(facts: RequestFacts, catalog: Catalog, stage: Stage) -> list[Finding]:
    """Every finding of the stage: errors that stop it, warnings and advice that do not."""
    return [finding for check in _CHECKS[stage] for finding in check(facts, catalog)]


__all__ = ["Stage", "check_request"]
