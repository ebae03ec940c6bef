"""Take letters in and read them."""

from __future__ import annotations

from typing import Any

from prefect import flow

from flows.carrying import carried


@flow(name="inbox", timeout_seconds=900, log_prints=False)
async def inbox() -> Any:
    """Not retried: the next run comes within minutes."""
    return await carried("inbox")
