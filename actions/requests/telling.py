"""An event of a request in words."""

from __future__ import annotations

import json

from models.audit import Event
from models.request import Status
from states.lifecycle import STEPS, Trait
from states.words.events import EVENT_LABELS
from states.words.letters import LETTERS
from states.words.requests import status_label


def _step_label(action: str, traits: frozenset[Trait]) -> str:
    """As the arrow of this kind of request is called."""
    return next((step.label for step in STEPS if f"request.{step.trigger}" == action and step.suits(traits)), "")


def told(event: Event, traits: frozenset[Trait]) -> str:
    """An event as people call it."""
    label = _step_label(event.action, traits) or EVENT_LABELS.get(event.action, event.action)
    data = json.loads(event.data)
    if event.action.startswith("request.") and data.get("target") and data["target"] != data.get("source"):
        label += f" → «{status_label(Status(data['target']), by_login='login' in traits)}»"
    if data.get("purpose") and event.action.startswith("letter."):
        title = LETTERS.get(data["purpose"], data["purpose"])
        label += f" ({title[:1].lower()}{title[1:]})"
    if data.get("ticket"):
        label += f", обращение {data['ticket']}"
    return label
