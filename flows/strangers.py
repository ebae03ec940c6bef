"""Deployments of ours that prefect.yaml no longer names are deleted: they would go on firing."""

from __future__ import annotations

import asyncio

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags

from wiring import deployments


async def delete_strangers() -> list[str]:
    """Names of what was deleted."""
    ours = DeploymentFilter(tags=DeploymentFilterTags(all_=[deployments.TAG]))
    async with get_client() as client:
        found = await client.read_deployments(deployment_filter=ours)
        strangers = [each for each in found if each.name not in deployments.names()]
        for deployment in strangers:
            await client.delete_deployment(deployment.id)
    return [deployment.name for deployment in strangers]


if __name__ == "__main__":
    asyncio.run(delete_strangers())
