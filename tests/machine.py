"""How fast the machine is at this moment: shared ones become two or three times slower without notice."""

from __future__ import annotations

import time

_ADDITIONS = 500_000
_USUAL_SECONDS = 0.0225  # of processor time, for so many additions, on the machine on which the bounds were set


def slowness() -> float:
    """1.0 on a machine as fast as that one or faster, 2.0 on one half as fast."""
    started, total = time.process_time(), 0
    for number in range(_ADDITIONS):
        total += number
    return max(1.0, (time.process_time() - started) / _USUAL_SECONDS)
