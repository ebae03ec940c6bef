"""The corpus: letters with the reading that a careful person would give them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

FOLDER = Path(__file__).parent
SNILS = {
    "A": "11223344595",
    "B": "08765430300",
    "C": "41240221200",
    "D": "13210930300",
    "E": "94462006200",
    "F": "63734533200",
}
_HEAD = re.compile(r"^=== (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Case:
    """One letter of the corpus. In its first line: kind, outcome, lines by letter of SNILS, then headers after «|»."""

    name: str
    kind: str
    outcome: str
    body: str
    lines: dict[str, str] = field(default_factory=dict)
    ticket: str | None = None
    options: dict[str, str] = field(default_factory=dict)

    def raw(self, charset: str = "utf-8", html: bool = False) -> bytes:
        """The letter as bytes; by default an answer of the desk to our letter."""
        letter = EmailMessage()
        letter["From"] = self.options.get("from", "СТП ЕГИСЗ <egisz@stp-egisz.ru>")
        letter["To"] = "zayavki@clinic.ru"
        letter["Subject"] = self.options.get("subject", "Re: ЕД-2026-000123 Заявка на предоставление доступа")
        letter["Date"] = "Mon, 23 Nov 2026 10:00:00 +0300"
        letter["Message-ID"] = "<answer@stp-egisz.ru>"
        if "noreply" not in self.options:
            letter["In-Reply-To"] = "<ed-2026-000123@clinic.ru>"
        if "auto" in self.options:
            letter["Auto-Submitted"] = self.options["auto"]
        if html:
            rows = "".join(f"<div>{line or '<br>'}</div>" for line in self.body.split("\n"))
            letter.set_content(f"<html><body>{rows}</body></html>", subtype="html", charset=charset)
        else:
            letter.set_content(self.body + "\n", charset=charset)
        return letter.as_bytes()


def _case(name: str, head: str, body: str) -> Case:
    first, *rest = (part.strip() for part in head.split("|"))
    kind, outcome, *marks = first.split()
    pairs = dict(mark.partition("=")[::2] for mark in marks)
    ticket = pairs.pop("ticket", None)
    options = dict(part.partition("=")[::2] for part in rest)
    return Case(
        name, kind, outcome, body.strip("\n"), {SNILS[key]: value for key, value in pairs.items()}, ticket, options
    )


def cases(folder: str) -> list[Case]:
    """Every letter of `corpus` or `held_out`."""
    found = []
    for path in sorted((FOLDER / folder).glob("*.txt")):
        pieces = _HEAD.split(path.read_text("utf-8"))[1:]
        for number, (head, body) in enumerate(zip(pieces[::2], pieces[1::2], strict=True), 1):
            found.append(_case(f"{path.stem}-{number}", head, body))
    return found
