"""A file is there whole or as it was."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from documents.atomic import aside, write


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_text_takes_the_place_of_what_was_there_and_nothing_is_left_beside(tmp_path: Path) -> None:
    target = tmp_path / "settings.toml"
    target.write_text("прежнее и длиннее", "utf-8")
    write(target, "новое")
    assert target.read_text("utf-8") == "новое"
    assert list(tmp_path.iterdir()) == [target]


def test_only_the_owner_reads_it_even_while_it_is_written(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with aside(tmp_path / "key") as partial:
            assert _mode(partial) == 0o600
            partial.write_bytes(b"secret")
    finally:
        os.umask(before)
    assert _mode(tmp_path / "key") == 0o600


def test_what_fails_half_way_changes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "calendar.json"
    write(target, "[]")
    with pytest.raises(OSError, match="No space"), aside(target) as partial:
        partial.write_text("[2027, ", "utf-8")
        raise OSError(28, "No space left on device")
    assert target.read_text("utf-8") == "[]"
    assert list(tmp_path.iterdir()) == [target]


def test_bytes_are_on_the_disk_before_the_name_and_the_name_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, target, seen = os.fsync, tmp_path / "kept", []

    def watched(handle: int) -> None:
        seen.append((stat.S_ISDIR(os.fstat(handle).st_mode), os.fstat(handle).st_size > 2, target.exists()))
        real(handle)

    monkeypatch.setattr(os, "fsync", watched)
    write(target, b"bytes")
    assert seen[0] == (False, True, False)
    assert [(is_folder, there) for is_folder, _, there in seen[1:]] == [(True, True)]


def test_name_tells_whose_it_is_while_it_is_written(tmp_path: Path) -> None:
    with aside(tmp_path / "copy.zip") as partial:
        assert partial.name.startswith(".copy.zip.")
        assert partial.name.rsplit(".", 2)[1:] == [str(os.getpid()), "part"]
