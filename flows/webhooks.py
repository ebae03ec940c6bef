"""Tell subscribed programs of state changes."""

from __future__ import annotations

from typing import Any

from prefect import flow

from flows.carrying import carried


@flow(name="webhooks", timeout_seconds=900, log_prints=False)
async def webhooks() -> Any:
    """Not retried: the next run comes within minutes."""
    return await carried("webhooks")
