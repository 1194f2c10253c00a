"""A version's life cycle, its metadata, who changed it, and the events about that."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import ACCOUNT, Keys, allow, trust
from rehearsal.tests.sagemaker.packages import Events, register
from rehearsal.tests.sagemaker.stage import Stage

PENDING = {"Stage": "prod", "StageStatus": "PendingApproval", "StageDescription": "after dev"}


@pytest.fixture(scope="module")
def person(stage: Stage) -> Keys:
    """A user who may use the registry and assume roles."""
    return stage.aws.user("registrar", allow(["sagemaker:*", "sts:AssumeRole"]))


def described(stage: Stage, arn: str) -> dict[str, Any]:
    shown: dict[str, Any] = stage.sagemaker.describe_model_package(ModelPackageName=arn)
    return shown


def test_approval_is_told_with_what_changed(
    stage: Stage, group: str, package_events: Events
) -> None:
    arn = register(stage, group)
    stage.sagemaker.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="good"
    )
    born, approved = package_events(2)
    assert "UpdatedModelPackageFields" not in born["detail"]
    assert approved["resources"] == [arn]
    assert approved["detail"]["ModelApprovalStatus"] == "Approved"
    assert approved["detail"]["ModelPackageVersion"] == 1
    assert approved["detail"]["UpdatedModelPackageFields"] == [
        "ModelApprovalStatus",
        "ApprovalDescription",
    ]


def test_metadata_change_says_that_only_metadata_changed(
    stage: Stage, group: str, package_events: Events
) -> None:
    arn = register(stage, group, ModelApprovalStatus="Approved")
    stage.sagemaker.update_model_package(
        ModelPackageArn=arn, CustomerMetadataProperties={"stage": "dev"}
    )
    _, changed = package_events(2)
    assert changed["detail"]["ModelApprovalStatus"] == "Approved"
    assert changed["detail"]["UpdatedModelPackageFields"] == ["CustomerMetadataProperties"]


def test_a_life_cycle_is_shown_by_description_list_and_event(
    stage: Stage, group: str, package_events: Events
) -> None:
    arn = register(stage, group)
    stage.sagemaker.update_model_package(ModelPackageArn=arn, ModelLifeCycle=PENDING)
    assert described(stage, arn)["ModelLifeCycle"] == PENDING
    listed = stage.sagemaker.list_model_packages(ModelPackageGroupName=group)
    assert [one["ModelLifeCycle"] for one in listed["ModelPackageSummaryList"]] == [PENDING]
    born, changed = package_events(2)
    assert "ModelLifeCycle" not in born["detail"]
    assert changed["detail"]["ModelLifeCycle"] == PENDING
    assert changed["detail"]["UpdatedModelPackageFields"] == ["ModelLifeCycle"]


def test_a_version_can_be_born_with_life_cycle_and_metadata(stage: Stage, group: str) -> None:
    life_cycle = {"Stage": "dev", "StageStatus": "InProgress"}
    metadata = {"commit": "0" * 40, "pipeline-execution": "arn:aws:sagemaker:x:1:pipeline/p/e"}
    arn = register(stage, group, ModelLifeCycle=life_cycle, CustomerMetadataProperties=metadata)
    shown = described(stage, arn)
    assert shown["ModelLifeCycle"] == life_cycle
    assert shown["CustomerMetadataProperties"] == metadata


def test_a_life_cycle_is_replaced_as_a_whole(stage: Stage, group: str) -> None:
    arn = register(stage, group, ModelLifeCycle=PENDING)
    approved = {"Stage": "prod", "StageStatus": "Approved"}
    stage.sagemaker.update_model_package(ModelPackageArn=arn, ModelLifeCycle=approved)
    assert described(stage, arn)["ModelLifeCycle"] == approved


def test_metadata_is_merged_and_removed_by_name(stage: Stage, group: str) -> None:
    arn = register(stage, group, CustomerMetadataProperties={"a": "1", "b": "2"})
    stage.sagemaker.update_model_package(
        ModelPackageArn=arn,
        CustomerMetadataProperties={"b": "3", "c": "4"},
        CustomerMetadataPropertiesToRemove=["a", "absent"],
    )
    assert described(stage, arn)["CustomerMetadataProperties"] == {"b": "3", "c": "4"}
    stage.sagemaker.update_model_package(
        ModelPackageArn=arn, CustomerMetadataPropertiesToRemove=["b", "c"]
    )
    assert "CustomerMetadataProperties" not in described(stage, arn)


@pytest.mark.parametrize("properties", [{"a": ""}, {"a": "x" * 257}, {"a|b": "x"}])
def test_metadata_that_aws_does_not_take_is_refused(
    stage: Stage, group: str, properties: dict[str, str]
) -> None:
    arn = register(stage, group)
    unchecked = stage.aws.client("sagemaker", parameter_validation=False)
    with pytest.raises(ClientError, match="validation error"):
        unchecked.update_model_package(ModelPackageArn=arn, CustomerMetadataProperties=properties)


def test_a_version_has_at_most_fifty_metadata_properties(stage: Stage, group: str) -> None:
    arn = register(stage, group, CustomerMetadataProperties={f"a{n}": "1" for n in range(50)})
    with pytest.raises(ClientError, match="51 metadata properties"):
        stage.sagemaker.update_model_package(
            ModelPackageArn=arn, CustomerMetadataProperties={"b": "1"}
        )
    assert "b" not in described(stage, arn)["CustomerMetadataProperties"]


def test_the_address_of_the_source_has_its_own_name_in_events(
    stage: Stage, group: str, package_events: Events
) -> None:
    arn = register(stage, group)
    stage.sagemaker.update_model_package(ModelPackageArn=arn, SourceUri="s3://bucket/source")
    _, changed = package_events(2)
    assert changed["detail"]["UpdatedModelPackageFields"] == ["sourceUri"]


def test_who_made_and_who_changed_a_version_is_who_sts_says(
    stage: Stage, group: str, person: Keys
) -> None:
    role = stage.aws.role(
        f"reviewer-{group}",
        trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/registrar"}),
        allow("sagemaker:*"),
    )
    reviewer = stage.aws.assume(role, person)
    arn = register(stage, group, stage.aws.client("sagemaker", person))
    before = described(stage, arn)
    assert before["CreatedBy"] == identity(stage, person)
    assert before["CreatedBy"]["IamIdentity"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/registrar"
    assert "LastModifiedBy" not in before

    client = stage.aws.client("sagemaker", reviewer)
    client.update_model_package(ModelPackageArn=arn, ModelLifeCycle=PENDING)
    after = described(stage, arn)
    assert after["LastModifiedBy"] == identity(stage, reviewer)
    assert after["LastModifiedBy"]["IamIdentity"]["Arn"].endswith(f"{role.split('/')[-1]}/test")
    assert after["CreatedBy"] == before["CreatedBy"]
    assert after["LastModifiedTime"] > before["LastModifiedTime"]


def test_who_made_a_group_is_known(stage: Stage, group: str, person: Keys) -> None:
    name = f"{group}-2"
    client = stage.aws.client("sagemaker", person)
    client.create_model_package_group(ModelPackageGroupName=name)
    shown = client.describe_model_package_group(ModelPackageGroupName=name)
    assert shown["CreatedBy"] == identity(stage, person)


def identity(stage: Stage, keys: Keys) -> dict[str, Any]:
    """The UserContext that goes with keys."""
    caller = stage.aws.client("sts", keys).get_caller_identity()
    return {"IamIdentity": {"Arn": caller["Arn"], "PrincipalId": caller["UserId"]}}
