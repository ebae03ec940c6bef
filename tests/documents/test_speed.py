from __future__ import annotations

import gc
import time

import pytest

from documents import codes
from documents.paper.making import make_documents
from documents.paper.paper import Paper
from tests.documents.samples import application


def _seconds(paper: Paper) -> float:
    """Processor time of one making: other programmes of the machine do not count."""
    codes.picture.cache_clear()
    gc.collect()
    started = time.process_time()
    make_documents(paper)
    return time.process_time() - started


@pytest.mark.slow
def test_five_thousand_lines_take_at_most_ten_times_as_long_as_five_hundred() -> None:
    """Pair by pair, for the machine's speed drifts between runs; what grows faster than its work fails every pair."""
    few_lines, many_lines = application(500), application(5000)
    told = []
    for _ in range(5):
        few, many = _seconds(few_lines), _seconds(many_lines)
        few = max(few, _seconds(few_lines))
        assert many < 30
        if many <= 10 * few:
            return
        told.append(f"{few:.2f} s and {many:.2f} s")
    pytest.fail("; ".join(told))
