"""Which part of a clause refuses and which gives reasons: a reason may say anything, but not narrow the refusal unnoticed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

from catalog.letters import LetterPatterns
from notifications.deciding.known import Span

_JOINTS = re.compile(r", |: | - |; |\. ")
_WORDS = (
    r"\s(?:в связи с|по причине|так как|т\. ?к\.|поскольку|потому что|ввиду|из-за|на основании|вследствие|ибо\b|"
    r"по следующ\w+ (?:причин|основани)\w+|причин[аы]\b|без (?:подтвержд|подпис|печат|довереннос|приложени)\w+|до (?:внесен|устранен|предоставлен)\w+)"
)
_REASON = re.compile(rf"\s?[:(;]| - |{_WORDS}")
_BEHIND = re.compile(rf"\s?(?:[:(;,]| - )|{_WORDS}")
_REASON_FIRST = re.compile(
    r"^[\s§]*(?:[а-я]+,? ){0,3}?[\s§]*(?:в связи с|по причине|ввиду|из-за|вследствие)(?! чем\b)[^:;]*?(?=\b(?:ваш\w* )?(?:заявк|обращени|запрос|доступ|рол[ьи]|прав|отказ|отклон|предостав)\w*)"
)


def core_of(low: str, patterns: LetterPatterns, understood: Callable[[int, int], bool]) -> Span:
    """The part around the words of refusal; what stands before it belongs to it as long as it is `understood`."""
    match = patterns.signs.refusals.search(low) or patterns.rows.refusals.search(low)
    if match is None:
        return 0, len(low)
    start = _start(low, match.start(), understood)
    reason = _REASON.search(low, match.start() + 1)
    if reason and reason.start() < match.end() and patterns.signs.refusals.search(low[start : reason.start()]):
        return start, reason.start()
    behind = _BEHIND.search(low, match.end())
    return start, behind.start() if behind else len(low)


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
