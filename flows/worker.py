"""The worker of the pool: python -m flows.worker. It runs our own flows and nothing that the server may say instead.

Whoever reaches Prefect's server can put work into a pool: a shell step, a command, an environment. So the server names only
*which* of our flows is due; code, command, folder and environment are this checkout's. The pool has a type of its own, so that
Prefect's usual worker, which runs whatever it is given, does not start on it unless somebody forces its type.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from typing import TYPE_CHECKING, Any
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.flows import load_flow_from_entrypoint
from prefect.logging import get_logger
from prefect.utilities.processutils import command_to_string, setup_signal_handlers_worker
from prefect.workers import process
from prefect.workers.process import ProcessJobConfiguration, ProcessWorker

from service.deployments import POOL, ROOT, NotOurs, entrypoint_of

if TYPE_CHECKING:
    from prefect.client.schemas.objects import Flow as StoredFlow
    from prefect.client.schemas.objects import FlowRun, WorkPool
    from prefect.client.schemas.responses import DeploymentResponse
    from prefect.flows import Flow

TYPE = "egisz-access"
_AT_ONCE = 2
_LOG = get_logger("worker.egisz-access")


class OwnRun(ProcessJobConfiguration):
    """How one run is started: the engine with an entrypoint of ours in this checkout, whatever the pool's template says."""

    def prepare_for_flow_run(
        self,
        flow_run: FlowRun,
        deployment: DeploymentResponse | None = None,
        flow: StoredFlow | None = None,
        work_pool: WorkPool | None = None,
        worker_name: str | None = None,
        worker_id: UUID | None = None,
    ) -> None:
        """Raises NotOurs; the worker then marks the run as crashed with these words and starts nothing."""
        entrypoint = _entrypoint(flow_run, deployment)
        self.command = command_to_string([sys.executable, "-m", "prefect.engine"])
        self.env = {"PREFECT__FLOW_ENTRYPOINT": entrypoint}
        self.working_dir = ROOT
        self.stream_output = True
        super().prepare_for_flow_run(flow_run, deployment, flow, work_pool, worker_name, worker_id=worker_id)


class OwnWorker(ProcessWorker):
    type = TYPE
    job_configuration = OwnRun
    _display_name = "egisz-access"
    _description = "Runs the flows of egisz-access and nothing else."


def _entrypoint(flow_run: FlowRun, deployment: DeploymentResponse | None) -> str:
    try:
        told = deployment.model_dump(mode="json") if deployment else None
        return entrypoint_of(told, flow_run.model_dump(mode="json"))
    except NotOurs as error:
        name = deployment.name if deployment else flow_run.name
        _LOG.error("Чужое задание %r (%s) не выполнено: %s.", name, flow_run.id, error)
        raise


async def _own_flow(flow_run: FlowRun, *_: Any, **__: Any) -> Flow[..., Any]:
    """The flow whose hooks the worker itself calls after a crash: of our entrypoint too, never fetched by the server's steps."""
    if flow_run.deployment_id is None:
        raise NotOurs("задание без расписания")
    async with get_client() as client:
        deployment = await client.read_deployment(flow_run.deployment_id)
    return load_flow_from_entrypoint(str(ROOT / _entrypoint(flow_run, deployment)))


# Otherwise it would fetch and import whatever the deployment names by then.
process.load_flow_from_flow_run = _own_flow  # type: ignore[attr-defined]


async def main() -> None:
    setup_signal_handlers_worker(os.getpid(), "worker", lambda _: None)
    name = f"egisz-access-{socket.gethostname()}"
    await OwnWorker(work_pool_name=POOL, name=name, limit=_AT_ONCE, create_pool_if_not_found=False).start()


if __name__ == "__main__":
    asyncio.run(main())
