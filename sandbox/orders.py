"""What a child is asked for, and what it may touch for it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one job: CPU seconds, memory beyond that of the readers themselves, size of a written file.

    It may take twice the seconds by the clock. The usual ones are enough for an ordinary file; who needs more has
    measured it and says so beside the number.
    """

    seconds: float = 2
    memory_mb: int = 256
    output_mb: int = 32

    @property
    def wall(self) -> int:
        return math.ceil(self.seconds * 2) + 3

    def grown(self, *files: Path, seconds: float, memory_mb: float = 0, at_most: Limits) -> Limits:
        """So much more for each megabyte of the files: small ones get little, whatever they ask for."""
        megabytes = sum(file.stat().st_size for file in files if file.exists()) / 1024 / 1024
        return Limits(
            min(self.seconds + seconds * megabytes, at_most.seconds),
            min(self.memory_mb + math.ceil(memory_mb * megabytes), at_most.memory_mb),
            at_most.output_mb,
        )

    def as_order(self) -> dict[str, int]:
        return {"seconds": math.ceil(self.seconds), "memory_mb": self.memory_mb, "output_mb": self.output_mb}


@dataclass(frozen=True, slots=True)
class Output:
    """What the child may write: a file, or whatever it likes in a folder that is there."""

    path: Path


@dataclass
class Order:
    """A job with its paths told apart: a Path among the arguments may be read, an Output written, nothing else is."""

    function: str
    arguments: Mapping[str, Any]
    limits: Limits
    reads: list[Path] = field(default_factory=list)
    writes: list[Path] = field(default_factory=list)
    _made: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.arguments = self._plain(self.arguments)

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Output):
            self.writes.append(value.path.absolute())
            return str(value.path.absolute())
        if isinstance(value, Path):
            self.reads.append(value.absolute())
            return str(value.absolute())
        if isinstance(value, Mapping):
            return {name: self._plain(part) for name, part in value.items()}
        if isinstance(value, list | tuple):
            return [self._plain(part) for part in value]
        return value

    def without_paths(self) -> Any:
        """The arguments, with the place of each path in them instead of its name: what is in it counts."""
        names = {str(path): f"path {place}" for place, path in enumerate(self.reads)}

        def told(value: Any) -> Any:
            if isinstance(value, dict):
                return {name: told(part) for name, part in value.items()}
            if isinstance(value, list):
                return [told(part) for part in value]
            return names.get(value, value) if isinstance(value, str) else value

        return told(self.arguments)

    def make_outputs(self) -> None:
        """Files to write stand there before, empty: the child is let at them alone and not at their folder."""
        for path in self.writes:
            with suppress(FileExistsError):
                path.touch(exist_ok=False)
                self._made.append(path)

    def drop_outputs(self) -> None:
        """What was made for a child that has written nothing good."""
        for path in self._made:
            path.unlink(missing_ok=True)

    def as_json(self, scratch: str) -> bytes:
        told = {
            "function": self.function, "arguments": self.arguments, "limits": self.limits.as_order(), "scratch": scratch,
            "reads": [str(path) for path in self.reads], "writes": [str(path) for path in self.writes],
        }  # fmt: skip
        return json.dumps(told).encode()
