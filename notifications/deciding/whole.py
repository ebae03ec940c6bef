"""Whether a piece of text is understood whole: less what is known of it, no word with a meaning may be left."""

from __future__ import annotations

import re
from collections.abc import Iterable

from catalog.letters import LetterPatterns
from notifications.deciding.known import Span

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*|[?%@\\=<>+*#☐☑✓✗]")
_MOST_SHOWN = 4


def blanked(text: str, spans: Iterable[Span]) -> str:
    """The text with these places made spaces; its length stays. What lies outside the text is passed over."""
    for start, end in spans:
        start, end = max(start, 0), min(end, len(text))
        if start < end:
            text = text[:start] + " " * (end - start) + text[end:]
    return text


def without(text: str, pattern: re.Pattern[str]) -> str:
    """The text with whatever matches made spaces; its length stays."""
    return pattern.sub(lambda found: " " * len(found.group()), text)


def leftover(text: str, patterns: LetterPatterns, *, refusing: bool = False) -> list[str]:
    """Words that neither the catalogue's phrases nor its plain words explain, in order.

    `refusing`: the words of a refusal are known too; in a grant each of them is a contradiction.
    """
    whole = patterns.whole
    text = without(text, whole.phrases)
    return [
        word
        for word in _WORD.findall(text)
        if not (whole.words.fullmatch(word) or (refusing and whole.refusal_words.fullmatch(word)))
    ]


def told(words: Iterable[str]) -> str:
    """A doubt about words that were left over."""
    shown = list(dict.fromkeys(words))
    more = " …" if len(shown) > _MOST_SHOWN else ""
    return f"непонятно «{' '.join(shown[:_MOST_SHOWN])}{more}»"
