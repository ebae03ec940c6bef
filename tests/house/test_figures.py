"""Figures of the tree and of what the tests take of it are reckoned as they are told."""

from __future__ import annotations

from pathlib import Path

from tests.house.figures import Room, aligned, measured, row


def test_a_room_is_told_by_its_files_functions_and_imports(tmp_path: Path) -> None:
    (tmp_path / "short.py").write_text("import os\nfrom re import sub\n\n\ndef twice():\n    return os, sub\n")
    (tmp_path / "empty.py").write_text("")
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "0001.py").write_text("def history(): ...\n" * 500)
    long = "".join(f"def number_{n}():\n    a = {n}\n    b = a\n    return b\n\n\n" for n in range(10))
    (tmp_path / "long.py").write_text(long)
    found = measured(tmp_path)
    assert sorted(found.files) == [6, 60]
    assert sorted(found.imports) == [0, 2]
    assert sorted(found.functions) == [2] + [4] * 10
    tests = Room(files=[33])
    assert row("made", found, tests) == ("made", "2", "66", "33", "55", "60", "4", "2", "33", "0.50")


def test_rows_stand_in_columns() -> None:
    assert aligned([("a", "10"), ("bcd", "2")]) == "a    10\nbcd   2"
