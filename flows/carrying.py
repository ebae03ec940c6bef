"""How a flow carries a sweep: in a thread, with the installation opened inside the run."""

from __future__ import annotations

import asyncio
from typing import Any

RETRIES, RETRY_SECONDS = 2, 20


async def carried(name: str) -> Any:
    """Run the sweep off the event loop; imports happen here, so that deploying needs no database."""
    from sweeps import run_sweep
    from wiring.work import installation

    return await asyncio.to_thread(lambda: run_sweep(name, installation()))
