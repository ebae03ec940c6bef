"""Send promised letters."""

from __future__ import annotations

from typing import Any

from prefect import flow

from flows.carrying import carried


@flow(name="deliver", timeout_seconds=900, log_prints=False)
async def deliver() -> Any:
    """Not retried: the next run comes within minutes."""
    return await carried("deliver")
