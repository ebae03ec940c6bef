"""What was typed into the form of an organisation's card."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import FormData

from views.offers.card_fields import Part
from web.shell import text, ticked


def typed(form: FormData, asked: Iterable[Part]) -> dict[str, str]:
    """Everything as typed, to be shown again when something is wrong."""
    return {
        field.name: ("1" if ticked(form, field.name) else "") if field.type == "tick" else text(form, field.name, 2000)
        for part in asked
        for field in part.fields
    }
