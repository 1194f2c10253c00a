"""A project of the template as it was registered before is updated to what a company demands now.

What it was keeps its name: roles, key, bucket, and the stack of a stage that serves.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts import company
from rehearsal.conductor.aws_accounts import ACCOUNT
from rehearsal.laboratory.trials.ground import Ground, open_ground
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import Ending, TrialProject
from rehearsal.tests.emulator.local_aws import wait_for
from tests.rehearsed.faults.version_before import ROOT, archive_before

pytestmark = [pytest.mark.proof("scenarios"), pytest.mark.timeout(600)]
_SOURCES = (
    *("functions", "mlops_sm_project_template", "seed_code"),
    *("app.py", "cdk.json", "pyproject.toml"),
)


@dataclass
class Old:
    """The project as it was before the update, and whatever it is now."""

    ground: Ground
    project: TrialProject
    version: str

    def client(self, service: str) -> Any:
        """A client of the account's administrator."""
        return self.ground.world.administrator.client(service)

    def state(self) -> dict[str, Any]:
        """Roles, and the key with its state, its alias and the bucket that it encrypts."""
        pages = self.client("iam").get_paginator("list_roles").paginate()
        own = names.project_role(self.project.id, "")
        key = self.client("kms").describe_key(KeyId=names.key_alias(self.project.id))["KeyMetadata"]
        encrypted = self.client("s3").get_bucket_encryption(Bucket=names.bucket(self.project.id))
        (rule,) = encrypted["ServerSideEncryptionConfiguration"]["Rules"]
        return {
            "roles": {r["RoleId"] for p in pages for r in p["Roles"] if own in r["RoleName"]},
            "key": (key["KeyId"], key["KeyState"]),
            "bucket": rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"],
        }

    def update(self, **parameters: str) -> Ending:
        """To the version that is registered now."""
        return self.project.update(version=self.version, **parameters)


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of before, from this repository's own history."""
    folder = tmp_path_factory.mktemp("before")
    with zipfile.ZipFile(io.BytesIO(archive_before(*_SOURCES))) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def old(earlier: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Old]:
    """Launched before, with a stack of prod; then a company registers with its demands."""
    state = tmp_path_factory.mktemp("from-before") / "state"
    with open_ground(ROOT, state, lanes=1, content_limit="0,0", registered=earlier) as ground:
        project = TrialProject(Lane(ground, ground.lanes[0]), "rings")
        launched = project.launch()
        assert launched.is_good, launched.reason
        scene = Old(ground, project, "")
        assert _put_stack(scene, 1) == "CREATE_COMPLETE"
        boundary = company.make_boundary(ground.world.administrator)
        demands = {"KMS_KEY": "shared", "PERMISSIONS_BOUNDARY": boundary, "TAGS": "team=ml"}
        scene.version = ground.register_other_sources(ROOT, demands)
        yield scene


def _put_stack(old: Old, threshold: int) -> str:
    """Make or change what stands for the endpoint of prod, as its role; the stack's state."""
    name = names.endpoint_stack(old.project.id, "prod")
    _, duty = names.stage_duties("prod")
    properties = {
        "AlarmName": f"{name}-errors",
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "Errors",
        "Namespace": "Company",
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": threshold,
    }
    resources = {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}}
    cloudformation = old.client("cloudformation")
    change = cloudformation.create_stack if threshold == 1 else cloudformation.update_stack
    change(
        StackName=name,
        TemplateBody=json.dumps({"Resources": resources}),
        RoleARN=f"arn:aws:iam::{ACCOUNT}:role/{names.project_role(old.project.id, duty)}",
    )

    def ended() -> str | None:
        (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        status = str(stack["StackStatus"])
        return None if status.endswith("_IN_PROGRESS") else status

    return str(wait_for(ended, what="the stack"))


def test_an_update_that_would_take_key_or_stage_changes_nothing(old: Old) -> None:
    before = old.state()
    refused = old.update()
    assert not refused.is_good
    assert "EncryptionKey" in refused.reason
    assert old.state() == before
    refused = old.update(EncryptionKey="own", Stages="dev,staging")
    assert not refused.is_good
    assert "Stages no longer has prod" in refused.reason
    assert old.state() == before


def test_an_update_leaves_roles_key_and_stage_what_they_were(old: Old) -> None:
    before = old.state()
    updated = old.update(EncryptionKey="own")
    assert updated.is_good, updated.reason
    after = old.state()
    assert (after["key"], after["bucket"]) == (before["key"], before["bucket"])
    # The job that reads had a role of its own, and needs none now.
    assert len(before["roles"] - after["roles"]) == 1
    assert after["roles"] < before["roles"]
    iam = old.client("iam")
    for duty in ("execution", "build", "deploy-prod", "cloudformation-prod"):
        role = iam.get_role(RoleName=names.project_role(old.project.id, duty))["Role"]
        boundary = role["PermissionsBoundary"]["PermissionsBoundaryArn"]
        assert boundary.endswith(":policy/company/Boundary")
        assert not iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
    assert _put_stack(old, 2) == "UPDATE_COMPLETE"


def test_it_is_deleted_as_any_other(old: Old) -> None:
    deleted = old.project.delete()
    assert deleted.is_good, deleted.reason
