"""A version's life cycle, its metadata, who changed it, and the events about that."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import ACCOUNT, Keys, allow, trust
from rehearsal.tests.sagemaker.packages import Events, register
from rehearsal.tests.sagemaker.sagemaker_aws import SageMakerAws

PENDING = {"Stage": "prod", "StageStatus": "PendingApproval", "StageDescription": "after dev"}


@pytest.fixture(scope="module")
def person(aws: SageMakerAws) -> Keys:
    """A user who may use the registry and assume roles."""
    return aws.user("registrar", allow(["sagemaker:*", "sts:AssumeRole"]))


def described(aws: SageMakerAws, arn: str) -> dict[str, Any]:
    shown: dict[str, Any] = aws.sagemaker.describe_model_package(ModelPackageName=arn)
    return shown


def test_approval_is_told_with_what_changed(
    aws: SageMakerAws, group: str, package_events: Events
) -> None:
    arn = register(aws, group)
    aws.sagemaker.update_model_package(
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
    aws: SageMakerAws, group: str, package_events: Events
) -> None:
    arn = register(aws, group, ModelApprovalStatus="Approved")
    aws.sagemaker.update_model_package(
        ModelPackageArn=arn, CustomerMetadataProperties={"stage": "dev"}
    )
    _, changed = package_events(2)
    assert changed["detail"]["ModelApprovalStatus"] == "Approved"
    assert changed["detail"]["UpdatedModelPackageFields"] == ["CustomerMetadataProperties"]


def test_a_life_cycle_is_shown_by_description_list_and_event(
    aws: SageMakerAws, group: str, package_events: Events
) -> None:
    arn = register(aws, group)
    aws.sagemaker.update_model_package(ModelPackageArn=arn, ModelLifeCycle=PENDING)
    assert described(aws, arn)["ModelLifeCycle"] == PENDING
    listed = aws.sagemaker.list_model_packages(ModelPackageGroupName=group)
    assert [one["ModelLifeCycle"] for one in listed["ModelPackageSummaryList"]] == [PENDING]
    born, changed = package_events(2)
    assert "ModelLifeCycle" not in born["detail"]
    assert changed["detail"]["ModelLifeCycle"] == PENDING
    assert changed["detail"]["UpdatedModelPackageFields"] == ["ModelLifeCycle"]


def test_a_version_can_be_born_with_life_cycle_and_metadata(aws: SageMakerAws, group: str) -> None:
    life_cycle = {"Stage": "dev", "StageStatus": "InProgress"}
    metadata = {"commit": "0" * 40, "pipeline-execution": "arn:aws:sagemaker:x:1:pipeline/p/e"}
    arn = register(aws, group, ModelLifeCycle=life_cycle, CustomerMetadataProperties=metadata)
    shown = described(aws, arn)
    assert shown["ModelLifeCycle"] == life_cycle
    assert shown["CustomerMetadataProperties"] == metadata


def test_a_life_cycle_is_replaced_as_a_whole(aws: SageMakerAws, group: str) -> None:
    arn = register(aws, group, ModelLifeCycle=PENDING)
    approved = {"Stage": "prod", "StageStatus": "Approved"}
    aws.sagemaker.update_model_package(ModelPackageArn=arn, ModelLifeCycle=approved)
    assert described(aws, arn)["ModelLifeCycle"] == approved


def test_metadata_is_merged_and_removed_by_name(aws: SageMakerAws, group: str) -> None:
    arn = register(aws, group, CustomerMetadataProperties={"a": "1", "b": "2"})
    aws.sagemaker.update_model_package(
        ModelPackageArn=arn,
        CustomerMetadataProperties={"b": "3", "c": "4"},
        CustomerMetadataPropertiesToRemove=["a", "absent"],
    )
    assert described(aws, arn)["CustomerMetadataProperties"] == {"b": "3", "c": "4"}
    aws.sagemaker.update_model_package(
        ModelPackageArn=arn, CustomerMetadataPropertiesToRemove=["b", "c"]
    )
    assert "CustomerMetadataProperties" not in described(aws, arn)


@pytest.mark.parametrize("properties", [{"a": ""}, {"a": "x" * 257}, {"a|b": "x"}])
def test_metadata_that_aws_does_not_take_is_refused(
    aws: SageMakerAws, group: str, properties: dict[str, str]
) -> None:
    arn = register(aws, group)
    unchecked = aws.client("sagemaker", parameter_validation=False)
    with pytest.raises(ClientError, match="validation error"):
        unchecked.update_model_package(ModelPackageArn=arn, CustomerMetadataProperties=properties)


def test_a_version_has_at_most_fifty_metadata_properties(aws: SageMakerAws, group: str) -> None:
    arn = register(aws, group, CustomerMetadataProperties={f"a{n}": "1" for n in range(50)})
    with pytest.raises(ClientError, match="51 metadata properties"):
        aws.sagemaker.update_model_package(
            ModelPackageArn=arn, CustomerMetadataProperties={"b": "1"}
        )
    assert "b" not in described(aws, arn)["CustomerMetadataProperties"]


def test_the_address_of_the_source_has_its_own_name_in_events(
    aws: SageMakerAws, group: str, package_events: Events
) -> None:
    arn = register(aws, group)
    aws.sagemaker.update_model_package(ModelPackageArn=arn, SourceUri="s3://bucket/source")
    _, changed = package_events(2)
    assert changed["detail"]["UpdatedModelPackageFields"] == ["sourceUri"]


def test_who_made_and_who_changed_a_version_is_who_sts_says(
    aws: SageMakerAws, group: str, person: Keys
) -> None:
    role = aws.role(
        f"reviewer-{group}",
        trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/registrar"}),
        allow("sagemaker:*"),
    )
    reviewer = aws.assume(role, person)
    arn = register(aws, group, aws.client("sagemaker", person))
    before = described(aws, arn)
    assert before["CreatedBy"] == identity(aws, person)
    assert before["CreatedBy"]["IamIdentity"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/registrar"
    assert "LastModifiedBy" not in before

    client = aws.client("sagemaker", reviewer)
    client.update_model_package(ModelPackageArn=arn, ModelLifeCycle=PENDING)
    after = described(aws, arn)
    assert after["LastModifiedBy"] == identity(aws, reviewer)
    assert after["LastModifiedBy"]["IamIdentity"]["Arn"].endswith(f"{role.split('/')[-1]}/test")
    assert after["CreatedBy"] == before["CreatedBy"]
    assert after["LastModifiedTime"] > before["LastModifiedTime"]


def test_who_made_a_group_is_known(aws: SageMakerAws, group: str, person: Keys) -> None:
    name = f"{group}-2"
    client = aws.client("sagemaker", person)
    client.create_model_package_group(ModelPackageGroupName=name)
    shown = client.describe_model_package_group(ModelPackageGroupName=name)
    assert shown["CreatedBy"] == identity(aws, person)


def identity(aws: SageMakerAws, keys: Keys) -> dict[str, Any]:
    """The UserContext that goes with keys."""
    caller = aws.client("sts", keys).get_caller_identity()
    return {"IamIdentity": {"Arn": caller["Arn"], "PrincipalId": caller["UserId"]}}
