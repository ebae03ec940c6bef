"""Take letters in and read them."""

from __future__ import annotations

from typing import Any

from prefect import flow, task

from flows.carrying import RETRIES, RETRY_SECONDS, carried


@task(name="inbox", retries=RETRIES, retry_delay_seconds=RETRY_SECONDS, timeout_seconds=500)
async def one_sweep() -> Any:
    return await carried("inbox")


@flow(name="inbox", timeout_seconds=1700, log_prints=False)
async def inbox() -> Any:
    return await one_sweep()
