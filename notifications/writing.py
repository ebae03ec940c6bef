"""Letters that the software writes: a template's first line is the subject, the rest is the text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent / "letters"


@dataclass(frozen=True, slots=True)
class Written:
    """A letter's words."""

    subject: str
    text: str


@cache
def _environment() -> Environment:
    # Plain text: nothing to escape; a misspelt placeholder is an error.
    return Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )


def write(template: str, **values: object) -> Written:
    """Fill `letters/<template>.txt`. The subject is kept to one line."""
    subject, _, text = _environment().get_template(f"{template}.txt").render(**values).partition("\n")
    return Written(" ".join(subject.split()), text.strip() + "\n")
