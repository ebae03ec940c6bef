"""Names of files and folders on the server, as an administrator types them."""

from __future__ import annotations

from pathlib import Path

_PART, _WHOLE = 255, 4000  # bytes that a name, and a whole path, may have


def server_path(typed: str) -> Path | None:
    """None for what no file system can have: asking for it would be an error of its own."""
    whole = typed.encode("utf-8", "surrogatepass")
    if "\0" in typed or len(whole) > _WHOLE or any(len(part) > _PART for part in whole.split(b"/")):
        return None
    return None if any("\ud800" <= sign <= "\udfff" for sign in typed) else Path(typed)
