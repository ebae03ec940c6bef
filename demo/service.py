"""The demo's post and desk as one process: python -m demo.service FOLDER PORTS.json [PLAN.json]."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from demo.desk import Desk, DeskPlan, keep_answering
from demo.servers import DemoServers, Ports
from wiring.privacy import keep_private


def main(arguments: Sequence[str]) -> int:
    keep_private()
    folder, ports = Path(arguments[0]), Ports(**json.loads(Path(arguments[1]).read_text("utf-8")))
    plan = DeskPlan.from_file(Path(arguments[2])) if len(arguments) > 2 else DeskPlan()
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    with DemoServers(folder, ports=ports) as post:
        keep_answering(Desk(post, folder / "desk.json", plan), over)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
