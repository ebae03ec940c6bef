"""Refresh the ФРНСИ refbooks."""

from __future__ import annotations

from typing import Any

from prefect import flow, task

from flows.carrying import RETRIES, RETRY_SECONDS, carried


@task(name="refresh_registry", retries=RETRIES, retry_delay_seconds=RETRY_SECONDS, timeout_seconds=1700)
async def one_sweep() -> Any:
    return await carried("refresh")


@flow(name="refresh_registry", timeout_seconds=5400, log_prints=False)
async def refresh_registry() -> Any:
    return await one_sweep()
