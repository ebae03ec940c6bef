"""Files addressed by their content: the same bytes are kept once, and a name never lies about what is inside."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from documents.atomic import aside, sync

_NAME = re.compile(r"[0-9a-f]{64}")


class StoreError(Exception):
    """A file is not there or is not what its name says; the text holds the hash only."""


@dataclass(frozen=True, slots=True)
class FileStore:
    """Files under `folder`, named by their SHA-256 in sub-folders of the first two digits."""

    folder: Path

    def path(self, sha256: str) -> Path:
        if not _NAME.fullmatch(sha256):  # also keeps `..` and the like out of the path
            raise StoreError(f"not a stored file: {sha256[:12]}")
        return self.folder / sha256[:2] / sha256

    def put(self, source: bytes | Path) -> str:
        """Keep the bytes; returns their SHA-256. Written aside, synced, renamed: a half-written file is never seen."""
        data = source.read_bytes() if isinstance(source, Path) else source
        sha256 = hashlib.sha256(data).hexdigest()
        with contextlib.suppress(StoreError):  # absent, or damaged and now mended
            self.read(sha256)
            return sha256
        target = self.path(sha256)
        self._make_folder(target.parent)
        # not under the name of what is made from a file, which goes with it when it is erased
        with aside(target, place=target.with_name(f".{sha256[:16]}.{os.getpid()}.{secrets.token_hex(4)}")) as partial:
            partial.write_bytes(data)
        return sha256

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            sync(self.folder)

    def has(self, sha256: str) -> bool:
        """Whether the bytes are there, whatever they are."""
        return bool(_NAME.fullmatch(sha256)) and self.path(sha256).exists()

    def read(self, sha256: str) -> bytes:
        """The bytes, checked against their name. Raises StoreError."""
        try:
            data = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise StoreError(f"no stored file {sha256[:12]}") from None
        if hashlib.sha256(data).hexdigest() != sha256:
            raise StoreError(f"stored file {sha256[:12]} was changed or is damaged")
        return data

    def derived(self, sha256: str, what: str) -> Path:
        """Where something made from a file is kept (a preview): it goes with the file, and copies leave it out."""
        target = self.path(sha256)
        return target.with_name(f".{sha256}.{what}")

    def keep_derived(self, sha256: str, what: str, data: bytes) -> Path:
        """It can be made anew at any time, so it is renamed into place but not synced. Raises StoreError without the file."""
        target = self.derived(sha256, what)
        target.parent.mkdir(parents=True, exist_ok=True)
        place = target.with_name(f"{target.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with aside(target, place=place, synced=False) as partial:
            partial.write_bytes(data)
        if not self.path(sha256).exists():  # erased meanwhile: nothing made from it may outlive it
            target.unlink(missing_ok=True)
            raise StoreError(f"no stored file {sha256[:12]}")
        return target

    def delete(self, sha256: str) -> None:
        """Erase the bytes and what was made from them; nothing happens when they are gone."""
        target = self.path(sha256)
        for made in target.parent.glob(f".{sha256}.*"):
            made.unlink(missing_ok=True)
        target.unlink(missing_ok=True)
        if target.parent.is_dir():
            sync(target.parent)
