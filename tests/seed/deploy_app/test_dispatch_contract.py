"""The deploy repository and the function that starts its runs understand each other."""

from __future__ import annotations

import json
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy_dispatch.display import show_outcome, show_untested
from deploy_dispatch.order import DEPLOY, LOOK, REMOVE, RESTORE, Order
from deploy_dispatch.registry import Registry, Version
from deploy_dispatch.stage_record import OUTCOMES, RunEnd, StageRecord
from deploy_dispatch.stage_report import parse_report
from rehearsal.github.actions.expressions import Expressions

from .conftest import ARN, GROUP, SEED, customer_environment

REJECTED = ARN.replace("/1", "/2")
STAGES = ("dev", "staging", "prod")
ORDERS = [
    order
    for stage in STAGES
    for order in (
        Order(DEPLOY, stage, ARN),
        Order(RESTORE, stage, ARN, instead_of=REJECTED),
        Order(REMOVE, stage, instead_of=REJECTED),
        Order(LOOK, stage),
    )
]
RUN_URL = "https://github.test/octo/demo-deploy/actions/runs/42"
RUN = {
    "GITHUB_SERVER_URL": "https://github.test",
    "GITHUB_REPOSITORY": "octo/demo-deploy",
    "GITHUB_RUN_ID": "42",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_SHA": "c" * 40,
}
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
    detail(
        project, stage.name, stages.after(stage.name), environment, datetime.now(UTC), "github:bob"
    )
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


def dispatched(order: Order) -> tuple[dict[Any, Any], dict[str, Any]]:
    """The workflow of an order, and its inputs as GitHub fills them in."""
    path = SEED / ".github/workflows" / order.workflow("deploy.yml")
    workflow: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    # YAML 1.1 reads the key `on` as true.
    declared = workflow[True]["workflow_dispatch"]["inputs"]
    assert set(order.inputs) <= set(declared)
    assert all(order.inputs.get(name) for name, rule in declared.items() if rule["required"])
    assert declared["stage"]["type"] == "string"  # a project names its stages
    given = dict.fromkeys(declared, "") | dict(order.inputs)
    truths = [name for name, rule in declared.items() if rule["type"] == "boolean"]
    assert {given[name] for name in truths} <= {"", "true", "false"}
    return workflow, given | {name: given[name] == "true" for name in truths}


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.title)
def test_a_run_is_called_as_its_order(order: Order) -> None:
    workflow, inputs = dispatched(order)
    title = Expressions({"inputs": inputs}).text(workflow["run-name"])
    assert title == order.title
    assert [one.stage for one in ORDERS if one.shares_stage(title)] == [order.stage] * 4


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.title)
def test_a_look_alone_changes_nothing(order: Order) -> None:
    workflow, inputs = dispatched(order)
    (job,) = workflow["jobs"].values()
    changing = [step for step in job["steps"] if step.get("id") in ("deploy", "remove")]
    contexts = {"inputs": inputs, "steps": {}}
    begun = [Expressions(contexts).condition(step.get("if")) for step in changing]
    assert begun == [order.kind != LOOK]


def test_a_run_that_a_person_started_is_not_taken_for_an_orders() -> None:
    workflow, inputs = dispatched(Order(DEPLOY, "dev", ARN))
    title = Expressions({"inputs": inputs | {"model_package_arn": ""}}).text(workflow["run-name"])
    assert title == "Deploy the newest approved model to dev"
    assert title not in [order.title for order in ORDERS]
    assert Order(DEPLOY, "dev", ARN).shares_stage(title)


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
        "failed": {"DEPLOYED": "skipped"},
        "rolled_back": {"DEPLOYED": "failure", "RESTORED": "success", "SERVES": REJECTED},
        "removed": {"REMOVED": "success"},
        "skipped": {"STALE": "true", "DEPLOYED": "skipped", "SERVES": REJECTED},
        "cancelled": {"DEPLOYED": "cancelled", "JOB_STATUS": "cancelled", "SERVES": REJECTED},
        "looked": {"LOOKED": "success", "REMOVED": "skipped", "SERVES": ARN},
    }
    serves = {"deployed": ARN, "removed": "", "looked": ARN, "failed": None}
    assert set(runs) == set(OUTCOMES)
    known = {"MODEL_PACKAGE_ARN": ARN, "PROVENANCE_MODEL_SHA256": "e" * 64, "REASON": "why"}
    environments = [known | RUN | run for run in runs.values()]
    asked = {"settings": {"stages": settings}, "environments": environments}
    details = in_repository(installed, _DETAILS, asked)
    seen = [(told["stage"], told["outcome"]) for told in details]
    assert seen == list(product(("dev", "prod"), runs))
    for told in details:
        source = f"mlops-sm-project.p-abcdefghijkl.{told['stage']}"
        report = parse_report({"source": source, "detail": told})
        assert (report.group, report.model_package_arn) == (GROUP, ARN)
        assert report.reason.startswith("why")
        assert report.serves == serves.get(report.outcome, REJECTED)
        assert report.is_untouched == (report.outcome in ("failed", "skipped", "looked"))
        assert (report.run_url, report.run_id, report.attempt) == (RUN_URL, 42, 2)
        assert (report.configuration, report.approved_by) == ("c" * 40, "github:bob")
        assert report.digests == {"model-sha256": "e" * 64}


def test_what_a_run_knows_little_of_is_understood_too(installed: Path) -> None:
    """A look at a stage that serves nothing, in a run whose commit and attempt nobody tells."""
    serving = {"mode": "serverless"}
    settings = [{"name": "dev", "approval": "automatic", "serving": serving}]
    unknown = {"GITHUB_SHA": "", "GITHUB_RUN_ATTEMPT": ""}
    environment = RUN | unknown | {"LOOKED": "success", "SERVES": "nothing"}
    asked = {"settings": {"stages": settings}, "environments": [environment]}
    (told,) = in_repository(installed, _DETAILS, asked)
    report = parse_report({"source": "mlops-sm-project.p-abcdefghijkl.dev", "detail": told})
    assert (report.outcome, report.model_package_arn, report.serves) == ("looked", "", "")
    assert (report.attempt, report.configuration) == (1, "")


class _Shown(Registry):
    """Keeps what the function writes into the registry, by version."""

    def __init__(self) -> None:
        self.metadata: dict[str, dict[str, str]] = {ARN: {}, REJECTED: {}}

    def write(self, version: Version, **shown: Any) -> None:
        self.metadata[version.arn] |= shown["metadata"]

    def find(self, arn: str) -> Version:
        return Version(arn, is_approved=True, metadata=self.metadata[arn])


def _ended(record: StageRecord, registry: _Shown, day: int, arn: str, outcome: str) -> StageRecord:
    """What is known, and shown, after a run in dev; a removal is of what it serves."""
    arn = record.serves if outcome == "removed" and record.serves else arn
    at = f"2026-11-0{day}T00:00:00.000Z"
    told = {"modelPackageGroupName": GROUP, "modelPackageArn": arn, "stage": "dev"}
    told |= {"outcome": outcome, "at": at, "runUrl": RUN_URL}
    report = parse_report({"source": "mlops-sm-project.p-abcdefghijkl.dev", "detail": told})
    order = Order(DEPLOY, "dev", arn)
    if outcome == "removed":
        order = Order(REMOVE, "dev", instead_of=arn)
    serves = {"deployed": arn, "cancelled": arn, "removed": ""}.get(outcome)
    end = RunEnd(order, outcome, serves, place=str(day), moment=at, is_untouched=serves is None)
    record = record.after(end)
    show_outcome(registry, registry.find(arn), report, record.of(arn), {})
    served = record.of(record.serves)
    if record.serves and not served.is_tested:
        show_untested(registry, registry.find(record.serves), "dev", served)
    return record


def test_the_registry_shows_what_the_function_takes_for_live(installed: Path) -> None:
    """For each order of three runs in dev, with either of two versions."""
    runs = tuple(product((ARN, REJECTED), ("deployed", "failed", "removed", "cancelled")))
    shown, expected = [], []
    for case in product(runs, repeat=3):
        registry, record = _Shown(), StageRecord()
        for day, (arn, outcome) in enumerate(case, start=1):
            record = _ended(record, registry, day, arn, outcome)
        shown.append(list(registry.metadata.items()))
        expected.append(record.serves)
    assert set(expected) == {ARN, REJECTED, ""}
    assert in_repository(installed, _SERVING, shown) == expected
