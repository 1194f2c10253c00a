"""`python -m operations fleet` as it is typed, in an account with projects of every kind."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deploy_dispatch.stage_record import Presence, StageRecord
from rehearsal.tests.emulator.local_aws import LocalAws, allow
from tests.rehearsed.operations.fleet.company import Company
from tests.rehearsed.operations.fleet.conftest import Type

REPORT = {"task": "regression", "regression_metrics": {"rmse": {"value": 2.1834}}}


@pytest.fixture(scope="module")
def projects(company: Company) -> Company:
    """One that does all, one that was just made, one whose launch failed, and one that is none."""
    full = company.launch("rings")
    full.build()
    version = full.register(REPORT, "rmse")
    healthy = Presence(healthy="2026-11-02T10:20:30.000Z")
    full.write_stage("dev", StageRecord({version: healthy}, serves=version))
    full.write_stage("prod", StageRecord(attention="prod serves nothing; deploy a version."))
    full.log_token("GitHub token lasts 88 more days")
    full.log_endpoint("dev", "by nobody, and it keeps 1 x ml.m5.large")
    full.log_endpoint("qa", "7 times")
    company.publish_second()
    company.launch("empty", "2.0")
    company.launch("failed", "2.0", Broken="yes")
    company.ended(company.provision("no-project", "other"))
    return company


def _projects(told: str) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in json.loads(told)["projects"]}


def test_all_that_is_known_of_a_project_is_told(projects: Company, type_fleet: Type) -> None:
    done = type_fleet("--json")
    assert done.returncode == 0, done.stderr
    found = _projects(done.stdout)
    assert sorted(found) == ["empty", "failed", "rings"]
    rings = found["rings"]
    assert (rings["version"], rings["newest_version"]) == ("1.0", "2.0")
    assert rings["build"]["status"] in ("Executing", "Failed")
    assert rings["metric"] == {"version": 1, "name": "rmse", "value": 2.1834}
    assert [(one["name"], one["version"], one["since"]) for one in rings["stages"]] == [
        ("dev", "1", "2026-11-02T10:20:30.000Z"),
        ("prod", "", ""),
    ]
    assert (rings["credential"]["owner"], rings["credential"]["days_left"]) == ("octo", 88)
    about_stage, about_endpoint = rings["attention"]
    assert about_stage == "prod: prod serves nothing; deploy a version."
    assert about_endpoint.startswith(
        "dev: nobody asked endpoint rings-dev for 14 days, and 1 x ml.m5"
    )
    assert [(one["name"], one["keeps"]) for one in rings["idle"]] == [
        ("rings-dev", "1 x ml.m5.large")
    ]
    assert rings["idle"][0]["dollars"] > 50


def test_what_never_happened_is_empty(projects: Company, type_fleet: Type) -> None:
    empty = _projects(type_fleet("--json").stdout)["empty"]
    assert empty["version"] == empty["newest_version"] == "2.0"
    members = ("build", "metric", "stages", "credential", "cost", "attention")
    assert [empty[member] for member in members] == [None, None, [], None, None, []]


def test_a_launch_that_failed_needs_attention(projects: Company, type_fleet: Type) -> None:
    failed = _projects(type_fleet("--json").stdout)["failed"]
    (sentence,) = failed["attention"]
    assert sentence.startswith("its launch failed: Broken:")


def test_without_a_terminal_a_project_is_a_line(projects: Company, type_fleet: Type) -> None:
    done = type_fleet()
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    (rings,) = [line for line in lines if line.startswith("rings p-")]
    for part in (
        "version: 1.0, older than 2.0",
        "metric: rmse 2.183, version 1",
        "stages: dev: 1 since 2026-11-02, prod: nothing",
        "credential: octo, 88 days",
        "$ a month: -",
    ):
        assert part in rings
    assert "rings needs attention: prod: prod serves nothing; deploy a version." in lines
    assert any(line.startswith("Cost: not known, since Cost Explorer") for line in lines)
    assert "\x1b" not in done.stdout


def test_whoever_may_only_list_projects_is_told_each_right_that_he_lacks(
    projects: Company, own_aws: LocalAws, type_fleet: Type
) -> None:
    lists = allow(["cloudformation:DescribeStacks", "servicecatalog:SearchProvisionedProducts"])
    keys = own_aws.user("lists", lists)
    done = type_fleet("--json", keys=keys)
    assert done.returncode == 0, done.stderr
    assert sorted(_projects(done.stdout)) == ["empty", "failed", "rings"]
    notes = "\n".join(json.loads(done.stdout)["notes"])
    for right in (
        "servicecatalog:ListProvisioningArtifacts",
        "dynamodb:BatchGetItem",
        "sagemaker:ListPipelineExecutions",
        "sagemaker:ListModelPackages",
        "logs:FilterLogEvents",
        "cloudwatch:GetMetricStatistics",
    ):
        assert notes.count(right) == 1, notes


def test_whoever_may_nothing_reads_one_sentence(
    projects: Company, own_aws: LocalAws, type_fleet: Type
) -> None:
    done = type_fleet(keys=own_aws.user("nobody"))
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "cloudformation:DescribeStacks" in line
    assert "check the credentials, the region and the rights" in line
