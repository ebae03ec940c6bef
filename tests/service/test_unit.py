"""The systemd unit of docs/deployment.md confines the service: its exposure is measured by systemd itself."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from service.deployments import ROOT

HIGHEST = 30  # tenths: 3.0 of 10


def _unit() -> str:
    return (ROOT / "docs" / "deployment.md").read_text("utf-8").partition("```ini\n[Unit]")[2].partition("```")[0]


def test_unit_keeps_its_files_to_itself():
    assert {
        "UMask=0077",
        "StateDirectoryMode=0700",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "InaccessiblePaths=-/opt/egisz-access/.git",
    } <= set(_unit().splitlines())


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
def test_exposure_of_the_unit_is_low(tmp_path):
    unit = tmp_path / "egisz-access.service"
    unit.write_text("[Unit]" + _unit().replace("/opt/egisz-access/.venv/bin/egisz-access up", "/bin/true"), "utf-8")
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={HIGHEST}", "--no-pager", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
