"""What a letter is made of, as it is kept: who speaks in it, and which files it carries."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Voice:
    """Words of one author. `kind`: own, forwarded (inside the text) or enclosed (a letter of its own).

    `head` are names and values of the header block as it stands there; `quoted` is what this author repeats of others.
    """

    kind: str
    head: list[list[str]] = field(default_factory=list)
    text: str = ""
    signature: str = ""
    quoted: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file of a letter. `place` counts from 0; `whole`: `text` is all that is written in it; `problem` says why not.

    `letter`: a letter inside; `ours`: the same bytes that we sent.
    """

    place: int
    name: str
    media_type: str
    size: int
    sha256: str = ""
    text: str = ""
    whole: bool = False
    problem: str = ""
    letter: bool = False
    ours: bool = False
