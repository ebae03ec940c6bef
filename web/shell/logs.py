"""The server's access log without secrets: personal links, calendars and query strings (keys, names) are left out."""

from __future__ import annotations

import logging
import re

_PERSONAL = re.compile(r"(/my/|/calendar/)[^/?]+")


def safe_path(path: str) -> str:
    return _PERSONAL.sub(r"\1…", path.partition("?")[0])


class SafePaths(logging.Filter):
    """uvicorn's access record: (client, method, path, version, status)."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple) and len(record.args) == 5:
            client, method, path, *rest = record.args
            record.args = (client, method, safe_path(str(path)), *rest)
        return True


def keep_secrets_out() -> None:
    """Once per process, however many applications are made in it."""
    log = logging.getLogger("uvicorn.access")
    if not any(isinstance(each, SafePaths) for each in log.filters):
        log.addFilter(SafePaths())
