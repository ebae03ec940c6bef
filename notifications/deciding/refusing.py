"""Which part of a clause refuses and which gives reasons: a reason may say anything, but not narrow the refusal unnoticed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

from catalog.letters import LetterPatterns
from notifications.deciding.known import Span

_JOINTS = re.compile(r", |: | - |; |\. |\(|\)")
_WORDS = (
    r"\s(?:в связи с|по причине|так как|т\. ?к\.|поскольку|потому что|ввиду|из-за|на основании|вследствие|ибо\b|"
    r"по следующ\w+ (?:причин|основани)\w+|причин[аы]\b|без (?:подтвержд|подпис|печат|довереннос|приложени)\w+|до (?:внесен|устранен|предоставлен)\w+)"
)
_REASON = re.compile(rf"\s?[:(;]| - |{_WORDS}")
_BEHIND = re.compile(rf"\s?(?:[:(;),]| - )|{_WORDS}")
_PLAIN_JOINT = re.compile(r"\s?(?:[:(;),]| - )")
_REASON_FIRST = re.compile(
    r"^[\s§]*+(?:[а-я]++,? ){0,3}?[\s§]*+(?:в связи с|по причине|так как|поскольку|ввиду|из-за|вследствие|на основании)(?! чем\b)"
    r"[^:;]*?(?=\b(?:ваш\w* |по ваш\w* )?(?:заявк|обращени|запрос|доступ|рол[ьи]|прав|отказ|отклон|предостав)\w*)"
)


def core_of(low: str, patterns: LetterPatterns, understood: Callable[[int, int], bool]) -> Span:
    """The part around the words of refusal: what stands before and behind it belongs to it as long as it is `understood`."""
    match = patterns.signs.refusals.search(low) or patterns.rows.refusals.search(low)
    if match is None:
        return 0, len(low)
    start = _start(low, match.start(), understood)
    for mark in _REASON.finditer(low, match.start() + 1, match.end()):
        shorter = low[match.start() : mark.start()]
        if patterns.signs.refusals.search(shorter) or patterns.rows.refusals.search(shorter):
            return start, _end(low, mark.start(), understood)
    behind = _BEHIND.search(low, match.end())
    return start, _end(low, behind.start(), understood) if behind else len(low)


def _start(low: str, verdict: int, understood: Callable[[int, int], bool]) -> int:
    first = _REASON_FIRST.match(low)
    begin = first.end() if first and first.end() <= verdict else 0
    joints = [joint.end() for joint in _JOINTS.finditer(low, begin, verdict + 1)]
    edges = [begin, *(joint for joint in joints if joint <= verdict)]
    start = edges[-1]
    for left, right in reversed(list(itertools.pairwise(edges))):
        if not understood(left, right):
            break
        start = left
    return start


def _end(low: str, at: int, understood: Callable[[int, int], bool]) -> int:
    """Names and subsystems behind the verdict still say whom and what it is about; a reason ends it."""
    while (joint := _PLAIN_JOINT.match(low, at)) is not None:
        following = _BEHIND.search(low, joint.end())
        stop = following.start() if following else len(low)
        if not low[joint.end() : stop].strip(" .!§"):
            at = stop
            if following is None:
                break
            continue
        if not understood(joint.end(), stop):
            break
        at = stop
        if following is None or not _PLAIN_JOINT.match(low, at):
            break
    return at
