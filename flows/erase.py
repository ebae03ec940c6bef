"""Erase personal data whose term is over."""

from __future__ import annotations

from typing import Any

from prefect import flow, task

from flows.carrying import RETRIES, RETRY_SECONDS, carried


@task(name="erase", retries=RETRIES, retry_delay_seconds=RETRY_SECONDS, timeout_seconds=600)
async def one_sweep() -> Any:
    return await carried("erase")


@flow(name="erase", timeout_seconds=2000, log_prints=False)
async def erase() -> Any:
    return await one_sweep()
