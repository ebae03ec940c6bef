"""Check the audit log at night and leave managers a table of the day."""

from __future__ import annotations

from typing import Any

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact

from flows.carrying import RETRIES, RETRY_SECONDS, carried


class AuditBroken(RuntimeError):
    """The audit log does not add up; the run fails so that it is seen."""


class DataDamaged(RuntimeError):
    """The database or stored files are damaged; the run fails so that it is seen. What it is stands on the page of health."""


@task(name="nightly-audit", retries=RETRIES, retry_delay_seconds=RETRY_SECONDS, timeout_seconds=7000)
async def one_sweep() -> dict[str, Any]:
    found: dict[str, Any] = await carried("nightly")
    return found


@flow(name="nightly-audit", timeout_seconds=22000)
async def nightly_audit() -> dict[str, Any]:
    """Raises AuditBroken, DataDamaged after the artifacts are written."""
    found = await one_sweep()
    verdict = found["audit"]
    told = f"цел, записей {verdict['events']}" if verdict["ok"] else f"**нарушен**: {found['why']}"
    await acreate_markdown_artifact(
        key="audit",
        markdown=f"# Журнал действий\n\nЖурнал {told}.\n\nОтметка: `{verdict['events']}:{verdict['head']}`",
        description="Проверка журнала действий",
    )
    await acreate_table_artifact(key="day", table=found["day"], description="День в цифрах")
    if not verdict["ok"]:
        raise AuditBroken(str(found["why"]))
    if found["damage"]:
        raise DataDamaged(f"{len(found['damage'])}")
    return found
