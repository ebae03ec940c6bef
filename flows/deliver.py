"""Send promised letters."""

from __future__ import annotations

from typing import Any

from prefect import flow, task

from flows.carrying import RETRIES, RETRY_SECONDS, carried


@task(name="deliver", retries=RETRIES, retry_delay_seconds=RETRY_SECONDS, timeout_seconds=500)
async def one_sweep() -> Any:
    return await carried("deliver")


@flow(name="deliver", timeout_seconds=1700, log_prints=False)
async def deliver() -> Any:
    return await one_sweep()
