"""Promise today's digests and follow-ups."""

from __future__ import annotations

from typing import Any

from prefect import flow, task

from flows.carrying import RETRIES, RETRY_SECONDS, carried


@task(name="remind", retries=RETRIES, retry_delay_seconds=RETRY_SECONDS, timeout_seconds=300)
async def one_sweep() -> Any:
    return await carried("remind")


@flow(name="remind", timeout_seconds=1000, log_prints=False)
async def remind() -> Any:
    return await one_sweep()
