"""Deployments of ours that prefect.yaml no longer names are deleted: they would go on firing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import yaml
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags

_FILE = Path(__file__).resolve().parent.parent / "prefect.yaml"
TAG = "egisz-access"


async def delete_strangers() -> list[str]:
    """Names of what was deleted."""
    named = {entry["name"] for entry in yaml.safe_load(_FILE.read_text("utf-8"))["deployments"]}
    ours = DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
    async with get_client() as client:
        strangers = [d for d in await client.read_deployments(deployment_filter=ours) if d.name not in named]
        for deployment in strangers:
            await client.delete_deployment(deployment.id)
    return [deployment.name for deployment in strangers]


if __name__ == "__main__":
    asyncio.run(delete_strangers())
