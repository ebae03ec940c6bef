"""The work pool, of a type that our own worker alone serves."""

from __future__ import annotations

import asyncio

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.exceptions import ObjectNotFound

from flows.worker import TYPE, OwnWorker
from service.deployments import POOL


async def make_pool() -> None:
    """A pool of another type, as earlier releases had it, is replaced; its deployments are made anew right after."""
    wanted = WorkPoolCreate(name=POOL, type=TYPE, base_job_template=OwnWorker.get_default_base_job_template())
    async with get_client() as client:
        try:
            if (await client.read_work_pool(POOL)).type != TYPE:
                await client.delete_work_pool(POOL)
        except ObjectNotFound:
            pass
        await client.create_work_pool(wanted, overwrite=True)


if __name__ == "__main__":
    asyncio.run(make_pool())
