"""One letter with all a person decides by: whose words, which files with their text, what is doubtful, who brought it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from actions.context import Work
from actions.post import links
from documents.harmless import is_program
from models.letters import InboxLetter
from states.words.files import kind_told
from states.words.letters import VOICES
from views.accounts import person_called
from views.mail.marking import marked
from views.requests.previews import SEEN

_MOST_TEXT = 40_000
_PROGRAM = "Это программа, а не документ: не открывайте её, если не ждали."
Pieces = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class VoiceView:
    """`pieces` with True for what decided. `head` are header lines as they stand in the letter."""

    title: str
    head: tuple[tuple[str, str], ...]
    pieces: Pieces
    signature: str
    quoted: str


@dataclass(frozen=True, slots=True)
class FileView:
    """`drawn`: its pages can be looked at as pictures."""

    place: int
    name: str
    about: str
    size: int
    pieces: Pieces
    whole: bool
    problem: str
    drawn: bool
    ours: bool
    decides: bool


@dataclass(frozen=True, slots=True)
class Brought:
    """Who brought it by hand, and when."""

    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class LetterView:
    voices: tuple[VoiceView, ...]
    files: tuple[FileView, ...]
    loose: tuple[str, ...]  # quotes that stand in no text shown
    doubts: tuple[str, ...]
    brought: Brought | None


def letter_view(work: Work, letter: InboxLetter) -> LetterView:
    """From what was kept when it was read; nothing is opened here."""
    reading: Mapping[str, Any] = letter.reading or {}
    quotes = [str(quote) for quote in reading.get("evidence") or ()]
    voices = _titled([_voice(each, quotes) for each in _voices(reading)])
    files = tuple(_file(each, quotes, str(reading.get("from_file") or "")) for each in reading.get("attachments") or ())
    return LetterView(voices, files, _loose(quotes, voices, files), doubts(letter), brought(work, letter))


def brought(work: Work, letter: InboxLetter) -> Brought | None:
    """None for a letter of the mailbox."""
    if letter.brought_by is None:
        return None
    return Brought(person_called(work, letter.brought_by), letter.received_at)


def _voices(reading: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Letters read before voices were told apart have one."""
    kept = reading.get("voices") or ()
    if kept:
        return [each for each in kept if each["text"] or each["signature"] or each["quoted"] or each["head"]]
    text, quoted = str(reading.get("text") or ""), str(reading.get("quoted") or "")
    return [{"kind": "own", "text": text, "quoted": quoted}] if text or quoted else []


def _voice(each: Mapping[str, Any], quotes: Sequence[str]) -> VoiceView:
    return VoiceView(
        title=VOICES.get(str(each.get("kind")), ""),
        head=tuple((str(name), _shown(value)) for name, value in each.get("head") or ()),
        pieces=marked(_shown(each.get("text")), quotes),
        signature=_shown(each.get("signature")),
        quoted=_shown(each.get("quoted")),
    )


def _titled(voices: Sequence[VoiceView]) -> tuple[VoiceView, ...]:
    """The second of a sort says so: no two titles are the same."""
    seen: Counter[str] = Counter()
    found = []
    for voice in voices:
        seen[voice.title] += 1
        found.append(replace(voice, title=f"{voice.title} {seen[voice.title]}") if seen[voice.title] > 1 else voice)
    return tuple(found)


def _shown(text: object) -> str:
    """Without the employees' personal links: they come back in quoted letters."""
    return links.hidden(str(text or "")[:_MOST_TEXT])


def _file(each: Mapping[str, Any], quotes: Sequence[str], decisive: str) -> FileView:
    name, media_type = str(each["name"]), str(each["media_type"])
    return FileView(
        place=int(each["place"]),
        name=name,
        about=kind_told(media_type, name),
        size=int(each["size"]),
        pieces=marked(_shown(each.get("text")), quotes),
        whole=bool(each.get("whole")),
        problem=_PROGRAM if is_program(name) else str(each.get("problem") or ""),
        drawn=media_type in SEEN,
        ours=bool(each.get("ours")),
        decides=bool(decisive) and name == decisive,
    )


def _loose(quotes: Sequence[str], voices: Sequence[VoiceView], files: Sequence[FileView]) -> tuple[str, ...]:
    """Those of the subject, and of what was cut."""
    pieces = [*(each.pieces for each in voices), *(each.pieces for each in files)]
    shown = ["".join(piece for piece, _ in each) for each in pieces]
    return tuple(quote for quote in quotes if not any(_within(quote, text) for text in shown))


def _within(quote: str, text: str) -> bool:
    return any(quoted for _, quoted in marked(text, [quote]))


def doubts(letter: InboxLetter) -> tuple[str, ...]:
    """Why no machine decided, and what could not be read; each once."""
    reading: Mapping[str, Any] = letter.reading or {}
    first = letter.problem or ""
    rest = [str(each) for name in ("withheld", "problems") for each in reading.get(name) or ()]
    return tuple(dict.fromkeys([*([first] if first else []), *(each for each in rest if each not in first)]))
