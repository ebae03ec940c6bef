"""How a flow carries a sweep: in a thread, with the installation opened inside the run."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import Any

RETRIES, RETRY_SECONDS = 2, 20


async def carried(name: str) -> Any:
    """Run the sweep off the event loop. The thread is a daemon: when the flow's time is over its process can end."""
    result: Future[Any] = Future()
    threading.Thread(target=_carry, args=(name, result), name=name, daemon=True).start()
    return await asyncio.wrap_future(result)


def _carry(name: str, result: Future[Any]) -> None:
    from sweeps import run_sweep  # here, so that deploying needs neither database nor secrets
    from wiring.work import installation

    result.set_running_or_notify_cancel()
    try:
        result.set_result(run_sweep(name, installation()))
    except BaseException as error:  # it belongs to whoever waits for the result
        result.set_exception(error)
