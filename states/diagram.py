"""docs/states.md out of the table of steps: `python -m states.diagram > docs/states.md`."""

from __future__ import annotations

from collections.abc import Iterator

from states.lifecycle import STEPS, Step
from states.words.requests import STATUS_LABELS


def _arrows() -> Iterator[str]:
    seen: set[str] = set()
    for step in STEPS:
        if step.destination is None:
            continue
        for source in step.sources:
            line = f"    {source.value} --> {step.destination.value}: {step.trigger}"
            if line not in seen:
                seen.add(line)
                yield line


def _row(step: Step) -> str:
    sources = ", ".join(source.value for source in step.sources)
    target = step.destination.value if step.destination else "stays"
    by = ", ".join(sorted(actor.value for actor in step.by))
    guards = ", ".join(guard.__name__ for guard in step.guards) or "–"
    effects = ", ".join(effect.value for effect in step.effects) or "–"
    paper = f" ({', '.join(sorted(step.only))} kinds)" if step.only else ""
    return f"| `{step.trigger}`{paper} | {step.label} | {sources} | {target} | {by} | {guards} | {effects} |"


def markdown() -> str:
    """The whole page: a Mermaid diagram and a row for every step."""
    statuses = "\n".join(f"| `{status.value}` | {label} |" for status, label in STATUS_LABELS.items())
    return "\n".join(
        [
            "# States of a request",
            "",
            "Generated from `states/lifecycle.py` by `python -m states.diagram`; a test compares the two.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            "    [*] --> draft",
            *_arrows(),
            "    verified --> [*]",
            "    withdrawn --> [*]",
            "```",
            "",
            "| status | shown as |",
            "| --- | --- |",
            statuses,
            "",
            "| step | button | from | to | by | guards | effects |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *(_row(step) for step in STEPS),
            "",
        ]
    )


if __name__ == "__main__":
    print(markdown(), end="")
