"""The help page for logging in: `help.toml` checked, its links put in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import model_validator

from catalog.loading import load, overlaid
from catalog.problems import CatalogError, Problem, read_file
from catalog.rules import rules
from catalog.schema import Code, Confidence, Entry, Link, RuleId

_FILE = "help.toml"
_PLACE = re.compile(r"\{([a-z][a-z0-9-]*)\}")


class Section(Entry):
    """One question and its answer: steps in order, a text, or both."""

    code: Code
    title: str
    text: str = ""
    steps: tuple[str, ...] = ()
    rule: RuleId
    confidence: Confidence

    @model_validator(mode="after")
    def _says_something(self) -> Section:
        if not self.text and not self.steps:
            raise ValueError("в разделе нет ни text, ни steps")
        return self


class HelpFile(Entry):
    """The whole of `help.toml`."""

    title: str
    intro: str
    links: tuple[Link, ...] = ()
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Help:
    """Памятка по входу: the file with every link that its texts name."""

    title: str
    intro: str
    sections: tuple[Section, ...]
    links: dict[str, Link]

    def parts(self, text: str) -> tuple[str | Link, ...]:
        """The text cut at its links."""
        pieces = _PLACE.split(text)
        return tuple(self.links[piece] if number % 2 else piece for number, piece in enumerate(pieces) if piece)

    def plain(self, text: str) -> str:
        """The text with addresses in place of its links."""
        return _PLACE.sub(lambda found: self.links[found.group(1)].url, text)


@cache
def load_help(own: Path | None = None) -> Help:
    """The shipped page, or that of the folder `own`. Raises CatalogError naming file, key and reason."""
    file = read_file(overlaid(_FILE, own), HelpFile)
    links = {**load(own).links, **{link.code: link for link in file.links}}
    cited = [*((link.code, link.rule) for link in file.links), *((part.code, part.rule) for part in file.sections)]
    for code, rule in cited:
        if rule not in rules():
            raise CatalogError(Problem(_FILE, f"{code}.rule", f"правила «{rule}» нет в rules.toml."))
    for section in file.sections:
        named = {code for text in (section.text, *section.steps) for code in _PLACE.findall(text)}
        if named - set(links):
            strange = ", ".join(sorted(named - set(links)))
            raise CatalogError(Problem(_FILE, section.code, f"таких ссылок нет: {strange}."))
    return Help(file.title, file.intro, file.sections, links)
