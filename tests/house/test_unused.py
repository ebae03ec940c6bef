"""What nobody calls is found, whatever else is called by templates, by strings or by libraries."""

from __future__ import annotations

from pathlib import Path

from tests.house.unused import unused


def test_a_function_that_nobody_calls_is_found_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "rules.py").write_text(
        "def called():\n    return 1\n\n\ndef forgotten():\n    return called()\n\n\n"
        "def counted():\n    return 'a filter that a template uses'\n\n\n"
        "def make_documents():\n    return 'a handler that an effect names'\n"
    )
    dead, stale = unused(tmp_path)
    assert [line.partition(": ")[2] for line in dead] == ["unused function 'forgotten' (60% confidence)"]
    assert {"alignment", "model_config"} <= stale  # of other folders: here nothing needs them
