"""The deploy repository and the function that starts its runs understand each other."""

from __future__ import annotations

import json
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy_dispatch.display import show_outcome
from deploy_dispatch.order import STAGES, Order, promotion, removal, restoration
from deploy_dispatch.registry import Registry, Version
from deploy_dispatch.stage_history import History
from deploy_dispatch.stage_report import OUTCOMES, NextStage, parse_report
from rehearsal.github.actions.expressions import Expressions

from .conftest import ARN, GROUP, SEED, customer_environment

REJECTED = ARN.replace("/1", "/2")
SINCE = "2026-11-01T12:00:00.000Z"
ORDERS = [
    order
    for stage in STAGES
    for order in (
        promotion("deploy.yml", ARN, stage),
        promotion("deploy.yml", ARN, stage, "github:ana"),
        restoration("deploy.yml", REJECTED, stage, SINCE, ARN),
        removal(REJECTED, stage, SINCE),
    )
]
_DETAILS = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from deploy_endpoint.settings.project_settings import load_project
from deploy_endpoint.commands.report_outcome import detail
from deploy_endpoint.settings.stage_settings import parse_stages

project = load_project(Path("project.env"), {})
asked = json.load(sys.stdin)
stages = parse_stages(asked["settings"], "stages.yml", project)
told = [
    detail(project, stage.name, stages.after(stage.name), environment, datetime.now(UTC))
    for stage in stages.stages
    for environment in asked["environments"]
]
print(json.dumps(told))
"""
_SERVING = """
import json, sys
from deploy_endpoint.model.registered_version import Version
from deploy_endpoint.model.stage_status import status_of

cases = json.load(sys.stdin)
served = [
    status_of("dev", [Version(arn, "Approved", metadata) for arn, metadata in case])
    for case in cases
]
print(json.dumps([stage.model_package_arn for stage in served]))
"""


def dispatched(order: Order) -> tuple[dict[Any, Any], dict[str, str]]:
    """The workflow of an order, and its inputs with what GitHub fills in."""
    path = SEED / ".github/workflows" / order.workflow
    workflow: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    # YAML 1.1 reads the key `on` as true.
    declared = workflow[True]["workflow_dispatch"]["inputs"]
    assert set(order.inputs) <= set(declared)
    assert all(order.inputs.get(name) for name, rule in declared.items() if rule["required"])
    assert order.inputs["stage"] in declared["stage"].get("options", STAGES)
    return workflow, dict.fromkeys(declared, "") | dict(order.inputs)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.title)
def test_a_run_is_called_as_its_order(order: Order) -> None:
    workflow, inputs = dispatched(order)
    assert Expressions({"inputs": inputs}).text(workflow["run-name"]) == order.title


def test_a_run_that_a_person_started_is_not_taken_for_an_orders() -> None:
    workflow, inputs = dispatched(promotion("deploy.yml", ARN, "dev"))
    title = Expressions({"inputs": inputs | {"model_package_arn": ""}}).text(workflow["run-name"])
    assert title == "Deploy the newest approved model to dev"
    assert not [order for order in ORDERS if order.is_named(title)]


def in_repository(installed: Path, program: str, content: object) -> Any:
    """Run a program with the repository's own packages, in and out as JSON."""
    done = subprocess.run(
        [str(installed / ".venv/bin/python"), "-c", program],
        cwd=installed,
        env={**customer_environment(), "PYTHONPATH": "vendor"},
        input=json.dumps(content),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_report_is_understood(installed: Path) -> None:
    serving = {"mode": "serverless"}
    settings = [
        {"name": "dev", "approval": "automatic", "serving": serving},
        {"name": "prod", "approval": "registry", "serving": serving},
    ]
    runs = {
        "deployed": {"DEPLOYED": "success", "TESTED": "success"},
        "failed": {"DEPLOYED": "failure"},
        "rolled_back": {"DEPLOYED": "failure", "RESTORED": "success", "INSTEAD_OF": REJECTED},
        "removed": {"REMOVED": "success"},
        "skipped": {"STALE": "true"},
        "cancelled": {"DEPLOYED": "cancelled", "JOB_STATUS": "cancelled", "SERVES": REJECTED},
    }
    assert set(runs) == set(OUTCOMES)
    known = {"MODEL_PACKAGE_ARN": ARN, "PROVENANCE_MODEL_SHA256": "e" * 64, "REASON": "why"}
    environments = [known | run for run in runs.values()]
    asked = {"settings": {"stages": settings}, "environments": environments}
    details = in_repository(installed, _DETAILS, asked)
    seen = [(told["stage"], told["outcome"]) for told in details]
    assert seen == list(product(("dev", "prod"), runs))
    for told in details:
        source = f"mlops-sm-project.p-abcdefghijkl.{told['stage']}"
        report = parse_report({"source": source, "detail": told})
        assert (report.group, report.model_package_arn) == (GROUP, ARN)
        assert report.reason.startswith("why")
        assert report.serves == {"deployed": ARN, "cancelled": REJECTED, "removed": ""}.get(
            report.outcome
        )
        assert report.is_restoration == (report.outcome == "rolled_back")
        assert report.digests == {"model-sha256": "e" * 64}
        following = NextStage("prod", "registry") if report.stage == "dev" else None
        assert report.next == following


class _Shown(Registry):
    """Keeps what the function writes into the registry, by version."""

    def __init__(self) -> None:
        self.metadata: dict[str, dict[str, str]] = {ARN: {}, REJECTED: {}}

    def write(self, version: Version, **shown: Any) -> None:
        self.metadata[version.arn] |= shown["metadata"]


def test_the_registry_shows_what_the_function_takes_for_live(installed: Path) -> None:
    """For each order of three runs in dev, with either of two versions."""
    runs = tuple(product((ARN, REJECTED), ("deployed", "failed", "removed", "cancelled")))
    shown, expected = [], []
    for case in product(runs, repeat=3):
        registry, history = _Shown(), History()
        for day, (arn, outcome) in enumerate(case, start=1):
            source = "mlops-sm-project.p-abcdefghijkl.dev"
            told = {"modelPackageGroupName": GROUP, "modelPackageArn": arn, "stage": "dev"}
            told |= {"outcome": outcome, "at": f"2026-11-0{day}T00:00:00.000Z"}
            told |= {"serves": arn} if outcome == "cancelled" else {}
            report = parse_report({"source": source, "detail": told})
            history = history.after(report)
            version = Version(arn, is_approved=True, metadata=registry.metadata[arn])
            show_outcome(registry, version, report, history.of("dev", arn), {})
        shown.append(list(registry.metadata.items()))
        expected.append(history.live("dev"))
    assert set(expected) == {ARN, REJECTED, ""}
    assert in_repository(installed, _SERVING, shown) == expected
