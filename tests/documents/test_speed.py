from __future__ import annotations

import gc
import time

import pytest

from documents import codes
from documents.making import make_documents
from documents.paper import Paper
from tests.documents.samples import application


def _seconds(paper: Paper, times: int) -> float:
    """The best of several runs, in processor time: other programmes of the machine do not count."""
    best = float("inf")
    for _ in range(times):
        codes.picture.cache_clear()
        gc.collect()
        started = time.process_time()
        make_documents(paper)
        best = min(best, time.process_time() - started)
    return best


@pytest.mark.slow
def test_five_thousand_lines_take_at_most_ten_times_as_long_as_five_hundred() -> None:
    few = _seconds(application(500), 3)
    many = _seconds(application(5000), 3)
    assert many <= 10 * few, f"{few:.2f} s and {many:.2f} s"
    assert many < 30
