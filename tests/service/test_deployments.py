"""What the pool may run: ours whole, or not at all."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest
import yaml

from service.deployments import ROOT, NotOurs, entrypoint_of, names

PULL = [{"prefect.deployments.steps.set_working_directory": {"directory": "{{ $APP_HOME }}"}}]
OURS = {
    "name": "deliver",
    "entrypoint": "flows/deliver.py:deliver",
    "pull_steps": PULL,
    "job_variables": {},
    "parameters": {},
}
SHELL = [{"prefect.deployments.steps.run_shell_script": {"script": "id"}}]


def test_every_deployment_of_the_file_is_ours_and_its_flow_exists():
    told = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]
    assert {entry["name"] for entry in told} == names()
    for entry in told:
        path, _, name = entrypoint_of({**OURS, "name": entry["name"], "entrypoint": entry["entrypoint"]}).partition(":")
        assert f"\nasync def {name}(" in (ROOT / path).read_text("utf-8")


@pytest.mark.parametrize(
    ("deployment", "run", "why"),
    [
        (None, {}, "без расписания"),
        ({**OURS, "name": "deliver2"}, {}, "такого расписания"),
        ({**OURS, "name": None}, {}, "такого расписания"),
        ({**OURS, "entrypoint": "/tmp/evil.py:deliver"}, {}, "другой код"),
        ({**OURS, "entrypoint": "flows/erase.py:erase"}, {}, "другой код"),
        ({**OURS, "entrypoint": None}, {}, "другой код"),
        ({**OURS, "pull_steps": SHELL}, {}, "другие шаги"),
        ({**OURS, "pull_steps": [*PULL, *SHELL]}, {}, "другие шаги"),
        ({**OURS, "pull_steps": None}, {}, "другие шаги"),
        ({**OURS, "job_variables": {"command": "id"}}, {}, "переменными"),
        ({**OURS, "parameters": {"name": "x"}}, {}, "параметрами"),
        (OURS, {"job_variables": {"env": {"PYTHONPATH": "/tmp"}}}, "переменными"),
        (OURS, {"parameters": {"name": "x"}}, "параметрами"),
    ],
)
def test_anything_else_is_refused_with_the_reason(deployment, run, why):
    with pytest.raises(NotOurs, match=why):
        entrypoint_of(deployment, run)


def test_a_plain_run_of_ours_is_taken():
    assert entrypoint_of(OURS, {"job_variables": None, "parameters": {}}) == "flows/deliver.py:deliver"


def test_prefects_worker_still_finds_hooks_by_the_function_that_ours_replaces():
    """flows/worker.py puts its own in this one's place: a release that calls another would import what a deployment names."""
    text = Path(metadata.distribution("prefect").locate_file("prefect/workers/process.py")).read_text("utf-8")
    assert "resolve_flow=load_flow_from_flow_run" in text
    assert text.count("load_flow_from_flow_run") == 2  # imported and used once
