"""A model package that one account deploys of another: each side has to say so."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import OTHER_ACCOUNT, allow
from rehearsal.tests.sagemaker.sagemaker_aws import IMAGE, SageMakerAws
from rehearsal.tests.sagemaker.sharing import (
    EXECUTION,
    GROUP,
    OWN,
    PACKAGES,
    RECORD,
    REGISTRY,
    SHARED_BUCKET,
    STAGE_ROOT,
    Accounts,
    Sharing,
    open_to,
    share,
    template,
)


@pytest.fixture(scope="module")
def shared(aws: SageMakerAws, model_data_url: str) -> Accounts:
    return share(aws, model_data_url)


def test_another_account_serves_the_package_and_answers_as_the_registrys_account(
    shared: Accounts, model_data_url: str
) -> None:
    shared.sharing = Sharing(shared.sharing.key)
    shared.apply()
    stack = shared.deploy("from-registry")
    assert stack["StackStatus"] == "CREATE_COMPLETE", shared.other.failures("from-registry")
    found = shared.other.client("sagemaker").describe_endpoint(EndpointName="from-registry")
    assert found["EndpointArn"] == f"{OWN}:endpoint/from-registry"

    aws = shared.registry
    aws.create_config("at-home", model_data_url)
    aws.sagemaker.create_endpoint(EndpointName="from-registry", EndpointConfigName="at-home")
    assert aws.settled_endpoint("from-registry")["EndpointStatus"] == "InService"
    at_home = float(aws.predict("from-registry", RECORD))
    assert shared.predict("from-registry") == pytest.approx(at_home)
    # The endpoints of one name are two: without the one the other goes on.
    assert shared.other.delete_stack("from-registry") == "DELETE_COMPLETE"
    assert float(aws.predict("from-registry", RECORD)) == at_home
    with pytest.raises(ClientError, match=f"of account {OTHER_ACCOUNT} not found"):
        shared.predict("from-registry")


@pytest.mark.parametrize(
    ("side", "missing", "said"),
    [
        ("group", "sagemaker:DescribeModelPackage", "no resource-based policy allows the "),
        ("group", "sagemaker:CreateModel", "no resource-based policy allows the "),
        ("cloudformation", "sagemaker:DescribeModelPackage", "no identity-based policy allows "),
        ("cloudformation", "sagemaker:CreateModel", f"{REGISTRY}:model-package/{GROUP}/1"),
        ("cloudformation", "iam:PassRole", "iam:PassRole"),
        ("bucket", "s3:GetObject", "Could not access model data"),
        ("execution", "s3:GetObject", "Could not access model data"),
        ("key_policy", "kms:Decrypt", "Could not access model data"),
        ("execution", "kms:Decrypt", "Could not access model data"),
    ],
)
def test_each_statement_of_either_side_is_needed(
    shared: Accounts, side: str, missing: str, said: str
) -> None:
    shared.sharing = Sharing(shared.sharing.key)
    del getattr(shared.sharing, side)[missing]
    shared.apply()
    name = f"without-{side.replace('_', '-')}-{missing.replace(':', '-')}"
    assert shared.deploy(name)["StackStatus"] == "ROLLBACK_COMPLETE"
    reason = shared.other.failures(name)["Model"]
    assert said in reason
    if missing.startswith(("sagemaker", "iam")):
        assert missing in reason


def test_the_api_asks_both_sides_as_a_stack_does(shared: Accounts) -> None:
    shared.sharing = Sharing(shared.sharing.key)
    shared.apply()
    model = {
        "ModelName": "by-api",
        "ExecutionRoleArn": EXECUTION,
        "PrimaryContainer": {"ModelPackageName": shared.package},
    }
    on_own = allow(["sagemaker:CreateModel", "iam:PassRole"], f"arn:aws:*:*:{OTHER_ACCOUNT}:*")
    on_package = allow(["sagemaker:CreateModel", "sagemaker:DescribeModelPackage"], PACKAGES)
    keys = shared.other.user("only-own", on_own)
    with pytest.raises(ClientError, match="sagemaker:DescribeModelPackage on resource"):
        shared.other.client("sagemaker", keys).create_model(**model)
    keys = shared.other.user("own-and-package", on_own, on_package)
    answer = shared.other.client("sagemaker", keys).create_model(**model)
    assert answer["ModelArn"] == f"{OWN}:model/by-api"

    shared.sharing.group.clear()
    shared.apply()
    # Not even the root user of the stage's account, by a stack or by the API.
    with pytest.raises(ClientError, match="AccessDeniedException"):
        shared.other.client("sagemaker").create_model(**{**model, "ModelName": "by-root"})
    stack = shared.other.stack("by-root", template(shared.package, "by-root"))
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "no resource-based policy" in shared.other.failures("by-root")["Model"]


def test_packages_are_described_and_listed_by_arn_as_the_groups_policy_says(
    shared: Accounts,
) -> None:
    shared.sharing = Sharing(shared.sharing.key)
    group = f"{REGISTRY}:model-package-group/{GROUP}"
    reader = shared.other.user("reads-registry", allow("sagemaker:*"))
    silent = shared.other.user("reads-nothing")
    sagemaker = shared.other.client("sagemaker", reader)
    shared.apply()
    shown = sagemaker.describe_model_package(ModelPackageName=shared.package)
    assert shown["ModelPackageArn"] == shared.package
    with pytest.raises(ClientError, match="sagemaker:ListModelPackages"):
        sagemaker.list_model_packages(ModelPackageGroupName=group)
    with pytest.raises(ClientError, match="sagemaker:UpdateModelPackage"):
        sagemaker.update_model_package(
            ModelPackageArn=shared.package, ModelApprovalStatus="Rejected"
        )
    with pytest.raises(ClientError, match="no identity-based policy"):
        shared.other.client("sagemaker", silent).describe_model_package(
            ModelPackageName=shared.package
        )

    shared.sharing.group["list"] = open_to(STAGE_ROOT, ["sagemaker:ListModelPackages"], PACKAGES)
    shared.sharing.group["group"] = open_to(
        STAGE_ROOT, ["sagemaker:DescribeModelPackageGroup"], group
    )
    shared.apply()
    found = sagemaker.list_model_packages(ModelPackageGroupName=group)
    arns = [package["ModelPackageArn"] for package in found["ModelPackageSummaryList"]]
    assert arns == [shared.package]
    assert sagemaker.describe_model_package_group(ModelPackageGroupName=group)["CreationTime"]
    assert sagemaker.list_model_packages()["ModelPackageSummaryList"] == []


def test_a_version_is_registered_in_another_accounts_group_as_its_policy_says(
    shared: Accounts,
) -> None:
    shared.sharing = Sharing(shared.sharing.key)
    shared.apply()
    group = f"{REGISTRY}:model-package-group/{GROUP}"
    # The account's own group of that name is another one.
    shared.other.client("sagemaker").create_model_package_group(ModelPackageGroupName=GROUP)
    sagemaker = shared.other.client(
        "sagemaker", shared.other.user("registers", allow("sagemaker:*"))
    )
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{SHARED_BUCKET}/model.tar.gz"}
    types = {"SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]}
    version = {
        "ModelPackageGroupName": group,
        "InferenceSpecification": {"Containers": [container], **types},
    }
    with pytest.raises(ClientError, match="sagemaker:CreateModelPackage"):
        sagemaker.create_model_package(**version)
    shared.sharing.group["register"] = open_to(
        STAGE_ROOT, ["sagemaker:CreateModelPackage"], PACKAGES
    )
    shared.apply()
    registered = sagemaker.create_model_package(**version)["ModelPackageArn"]
    assert registered.startswith(f"{REGISTRY}:model-package/{GROUP}/")
    found = shared.registry.sagemaker.describe_model_package(ModelPackageName=registered)
    assert found["ModelApprovalStatus"] == "PendingManualApproval"
    own = sagemaker.list_model_packages(ModelPackageGroupName=GROUP)["ModelPackageSummaryList"]
    assert own == []
    shared.registry.sagemaker.delete_model_package(ModelPackageName=registered)


def test_a_groups_policy_may_come_from_its_template(aws: SageMakerAws) -> None:
    other = aws.of_account(OTHER_ACCOUNT)
    reads = allow(
        "sagemaker:DescribeModelPackageGroup", f"{REGISTRY}:model-package-group/templated"
    )
    document = {"Version": "2012-10-17", "Statement": [{**reads, "Principal": STAGE_ROOT}]}
    properties = {"ModelPackageGroupName": "templated", "ModelPackageGroupPolicy": document}
    group = {"G": {"Type": "AWS::SageMaker::ModelPackageGroup", "Properties": properties}}
    assert aws.stack("templated", group)["StackStatus"] == "CREATE_COMPLETE"
    shown = other.client("sagemaker").describe_model_package_group(
        ModelPackageGroupName=f"{REGISTRY}:model-package-group/templated"
    )
    assert shown["ModelPackageGroupName"] == "templated"
    assert aws.delete_stack("templated") == "DELETE_COMPLETE"
