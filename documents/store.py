"""Files addressed by their content: the same bytes are kept once, and a name never lies about what is inside."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path


class StoreError(Exception):
    """A file is not there or is not what its name says; the text holds the hash only."""


@dataclass(frozen=True, slots=True)
class FileStore:
    """Files under `folder`, named by their SHA-256 in sub-folders of the first two digits."""

    folder: Path

    def path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not sha256.isalnum():
            raise StoreError(f"not a stored file: {sha256[:12]}")
        return self.folder / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        """Keep the bytes; returns their SHA-256. Written aside, synced, renamed: a half-written file is never seen."""
        sha256 = hashlib.sha256(data).hexdigest()
        target = self.path(sha256)
        if target.exists():
            return sha256
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{sha256[:16]}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            with partial.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.chmod(0o600)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        _sync_folder(target.parent)
        return sha256

    def read(self, sha256: str) -> bytes:
        """The bytes, checked against their name. Raises StoreError."""
        try:
            data = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise StoreError(f"no stored file {sha256[:12]}") from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StoreError(f"stored file {sha256[:12]} was changed or is damaged")
        return data

    def delete(self, sha256: str) -> None:
        """Erase the bytes; nothing happens when they are gone."""
        self.path(sha256).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """The rename itself survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
