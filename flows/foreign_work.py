"""Deployments that are not ours to fire are deleted at every start: earlier ones of ours, and whatever others put into our pool."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterTags, WorkPoolFilter, WorkPoolFilterName

from service.deployments import POOL, TAG, NotOurs, entrypoint_of

if TYPE_CHECKING:
    from prefect.client.schemas.responses import DeploymentResponse


async def delete_strangers() -> list[str]:
    """Each with what gave it away."""
    async with get_client() as client:
        tagged = await client.read_deployments(
            deployment_filter=DeploymentFilter(tags=DeploymentFilterTags(all_=[TAG]))
        )
        pooled = await client.read_deployments(work_pool_filter=WorkPoolFilter(name=WorkPoolFilterName(any_=[POOL])))
        strangers = {each.id: told for each in (*tagged, *pooled) if (told := _told(each))}
        for number in strangers:
            await client.delete_deployment(number)
    return list(strangers.values())


def _told(deployment: DeploymentResponse) -> str:
    try:
        entrypoint_of(deployment.model_dump(mode="json"))
    except NotOurs as error:
        return f"{deployment.name!r} ({error})"
    return ""


if __name__ == "__main__":
    for told in asyncio.run(delete_strangers()):
        print(told)
