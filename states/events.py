"""What every event of the log is called: a step as in the table of steps, the rest by the words of events."""

from __future__ import annotations

from states.lifecycle import STEPS
from states.words.events import EVENT_LABELS

EVENTS = {f"request.{step.trigger}": step.label for step in reversed(STEPS)} | EVENT_LABELS  # the desk's arrow first
