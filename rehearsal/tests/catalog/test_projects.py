"""SageMaker projects over the catalog, with SageMaker's own client."""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.catalog.shop import SECRET, Shop, open_shop
from rehearsal.tests.emulator.local_aws import ACCOUNT, LocalAws, policy, wait_for


def test_a_project_is_launched_with_its_name_and_id(shop: Shop) -> None:
    project_id = _create(shop, "abalone", Token=SECRET)["ProjectId"]
    assert re.fullmatch(r"p-[a-z0-9]{12}", project_id)
    project = _ended(shop, "abalone")
    assert project["ProjectStatus"] == "CreateCompleted"
    assert project["CreatedBy"]["IamIdentity"]["Arn"].endswith(f"/{shop.stack}-user/test")
    provisioned_id = project["ServiceCatalogProvisionedProductDetails"]["ProvisionedProductId"]
    stack = _stack(shop, provisioned_id)
    values = {p["ParameterKey"]: p["ParameterValue"] for p in stack["Parameters"]}
    assert (values["SageMakerProjectName"], values["SageMakerProjectId"]) == (
        "abalone",
        project_id,
    )
    tags = {tag["Key"]: tag["Value"] for tag in stack["Tags"]}
    assert tags["sagemaker:project-name"] == "abalone"
    assert tags["sagemaker:project-id"] == project_id
    assert tags["sagemaker:project-arn"] == project["ProjectArn"]
    assert tags["team"] == "sea"


def test_secrets_are_not_shown(shop: Shop) -> None:
    _create(shop, "hidden", Token=SECRET)
    project = _ended(shop, "hidden")
    given = project["ServiceCatalogProvisioningDetails"]["ProvisioningParameters"]
    assert {"Key": "Token", "Value": "****"} in given
    assert SECRET not in str(project)


def test_a_name_is_taken_once(shop: Shop) -> None:
    _create(shop, "twice")
    with pytest.raises(ClientError, match="already exists"):
        _create(shop, "twice")
    _ended(shop, "twice")


@pytest.mark.parametrize("name", ["-a", "a_b", "a" * 33])
def test_names_outside_the_pattern_are_refused(shop: Shop, name: str) -> None:
    with pytest.raises(ClientError, match="'projectName' failed to satisfy"):
        _create(shop, name)


def test_what_sagemaker_sets_cannot_be_given(shop: Shop) -> None:
    with pytest.raises(ClientError, match="SageMakerProjectId is set by SageMaker"):
        _create(shop, "own-id", SageMakerProjectId="p-aaaaaaaaaaaa")


def test_a_failed_launch_tells_why_and_keeps_its_name_until_it_is_deleted(shop: Shop) -> None:
    _create(shop, "failing", Broken="yes")
    project = _ended(shop, "failing")
    assert project["ProjectStatus"] == "CreateFailed"
    details = project["ServiceCatalogProvisionedProductDetails"]
    assert "must begin with alias/" in details["ProvisionedProductStatusMessage"]
    with pytest.raises(ClientError, match="failing already exists"):
        _create(shop, "failing")
    shop.sagemaker().delete_project(ProjectName="failing")
    _wait_until_gone(shop, "failing")
    _create(shop, "failing")
    assert _ended(shop, "failing")["ProjectStatus"] == "CreateCompleted"


def test_who_has_no_access_to_the_product_makes_no_project(shop: Shop) -> None:
    with pytest.raises(ClientError, match="No launch paths found"):
        _create(shop, "foreign", keys=shop.outsider)
    names = [p["ProjectName"] for p in _list(shop)]
    assert "foreign" not in names


def test_the_caller_needs_service_catalogs_permission(aws: LocalAws) -> None:
    shop = open_shop(aws)
    document = policy({"Effect": "Allow", "Action": "sagemaker:*", "Resource": "*"})
    aws.client("iam").put_role_policy(
        RoleName=f"{shop.stack}-user", PolicyName="p", PolicyDocument=document
    )
    with pytest.raises(ClientError, match="servicecatalog:ProvisionProduct") as refused:
        _create(shop, "unpermitted")
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_a_right_to_what_the_user_launched_is_none_to_what_others_did(aws: LocalAws) -> None:
    """As AWS's own policies give it: `servicecatalog:userLevel` is `self`."""
    shop = open_shop(aws)
    own = {
        "Effect": "Allow",
        "Action": ["servicecatalog:TerminateProvisionedProduct", "servicecatalog:Update*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"servicecatalog:userLevel": "self"}},
    }
    rest = {
        "Effect": "Allow",
        "Action": ["sagemaker:*", "servicecatalog:ProvisionProduct", "servicecatalog:Describe*"],
        "Resource": "*",
    }
    aws.client("iam").put_role_policy(
        RoleName=f"{shop.stack}-user", PolicyName="p", PolicyDocument=policy(own, rest)
    )
    _create(shop, "mine")
    provisioned = _ended(shop, "mine")["ServiceCatalogProvisionedProductDetails"]
    key = aws.client("iam").create_access_key(UserName=f"{shop.stack}-person")["AccessKey"]
    person = (key["AccessKeyId"], key["SecretAccessKey"], None)
    other = aws.assume(f"arn:aws:iam::{ACCOUNT}:role/{shop.stack}-user", person, "other")
    with pytest.raises(ClientError, match="servicecatalog:TerminateProvisionedProduct"):
        shop.sagemaker(other).delete_project(ProjectName="mine")
    with pytest.raises(ClientError, match="servicecatalog:TerminateProvisionedProduct"):
        shop.catalog(other).terminate_provisioned_product(
            ProvisionedProductId=provisioned["ProvisionedProductId"], TerminateToken="t"
        )
    shop.sagemaker().delete_project(ProjectName="mine")
    _wait_until_gone(shop, "mine")


def test_an_update_is_judged_on_no_product_through_sagemaker_and_without(aws: LocalAws) -> None:
    """As the service authorization reference has it: the action knows no resource."""
    shop = open_shop(aws)
    product = f"arn:aws:catalog:*:{ACCOUNT}:product/*"
    own = {"Effect": "Allow", "Action": "servicecatalog:*", "Resource": product}
    rest = {
        "Effect": "Allow",
        "Action": ["sagemaker:*", "servicecatalog:Describe*"],
        "Resource": "*",
    }
    aws.client("iam").put_role_policy(
        RoleName=f"{shop.stack}-user", PolicyName="p", PolicyDocument=policy(own, rest)
    )
    _create(shop, "judged")
    provisioned = _ended(shop, "judged")["ServiceCatalogProvisionedProductDetails"]
    with pytest.raises(ClientError, match="servicecatalog:UpdateProvisionedProduct"):
        shop.catalog().update_provisioned_product(
            ProvisionedProductId=provisioned["ProvisionedProductId"],
            ProductId=shop.product_id,
            UpdateToken="t",
        )
    with pytest.raises(ClientError, match="servicecatalog:UpdateProvisionedProduct"):
        shop.sagemaker().update_project(
            ProjectName="judged", ServiceCatalogProvisioningUpdateDetails={}
        )


def test_a_project_is_updated(shop: Shop) -> None:
    _create(shop, "renewed", Token=SECRET)
    _ended(shop, "renewed")
    shop.sagemaker().update_project(
        ProjectName="renewed",
        ProjectDescription="new",
        ServiceCatalogProvisioningUpdateDetails={
            "ProvisioningParameters": [{"Key": "Owner", "Value": "bob"}]
        },
    )
    project = _ended(shop, "renewed")
    assert project["ProjectStatus"] == "UpdateCompleted"
    assert project["ProjectDescription"] == "new"
    given = project["ServiceCatalogProvisioningDetails"]["ProvisioningParameters"]
    assert {"Key": "Owner", "Value": "bob"} in given


def test_a_deletion_that_fails_tells_why_and_can_be_repeated(shop: Shop) -> None:
    _create(shop, "full", Bucket="project-bucket")
    _ended(shop, "full")
    s3 = shop.aws.client("s3")
    s3.put_object(Bucket="project-bucket", Key="x", Body=b"1")
    shop.sagemaker().delete_project(ProjectName="full")
    project = _ended(shop, "full")
    assert project["ProjectStatus"] == "DeleteFailed"
    details = project["ServiceCatalogProvisionedProductDetails"]
    assert "not empty" in details["ProvisionedProductStatusMessage"]
    s3.delete_object(Bucket="project-bucket", Key="x")
    shop.sagemaker().delete_project(ProjectName="full")
    _wait_until_gone(shop, "full")


def test_lists_are_filtered_sorted_and_paged(shop: Shop) -> None:
    for name in ("list-b", "list-a", "list-c"):
        _create(shop, name)
        _ended(shop, name)
    sagemaker = shop.sagemaker()
    order = {"NameContains": "list", "SortBy": "Name", "SortOrder": "Descending"}
    first = sagemaker.list_projects(MaxResults=2, **order)
    rest = sagemaker.list_projects(MaxResults=2, NextToken=first["NextToken"], **order)
    names = [p["ProjectName"] for p in first["ProjectSummaryList"] + rest["ProjectSummaryList"]]
    assert names == ["list-c", "list-b", "list-a"]
    assert "NextToken" not in rest


def test_a_made_up_token_is_refused(shop: Shop) -> None:
    with pytest.raises(ClientError, match="NextToken invented is not valid") as refused:
        shop.sagemaker().list_projects(NextToken="invented")
    assert refused.value.response["Error"]["Code"] == "ValidationException"


def test_an_unknown_project_is_an_error(shop: Shop) -> None:
    with pytest.raises(ClientError, match="Project nobody does not exist"):
        shop.sagemaker().describe_project(ProjectName="nobody")


def test_template_providers_are_not_modelled(shop: Shop) -> None:
    with pytest.raises(ClientError, match="from Service Catalog"):
        shop.sagemaker().create_project(ProjectName="s3-template")


def _create(shop: Shop, name: str, keys: Any = None, **parameters: str) -> dict[str, Any]:
    given = {"Owner": "ann", **parameters}
    answer: dict[str, Any] = shop.sagemaker(keys).create_project(
        ProjectName=name,
        ServiceCatalogProvisioningDetails={
            "ProductId": shop.product_id,
            "ProvisioningParameters": [{"Key": k, "Value": v} for k, v in given.items()],
        },
        Tags=[{"Key": "team", "Value": "sea"}],
    )
    return answer


def _ended(shop: Shop, name: str) -> dict[str, Any]:
    sagemaker = shop.sagemaker()

    def look() -> dict[str, Any] | None:
        project: dict[str, Any] = sagemaker.describe_project(ProjectName=name)
        return None if project["ProjectStatus"].endswith("InProgress") else project

    found: dict[str, Any] = wait_for(look, what=f"project {name}")
    return found


def _wait_until_gone(shop: Shop, name: str) -> None:
    wait_for(lambda: name not in [p["ProjectName"] for p in _list(shop)], what="deletion")


def _list(shop: Shop) -> list[dict[str, Any]]:
    return list(shop.sagemaker().list_projects(MaxResults=100)["ProjectSummaryList"])


def _stack(shop: Shop, provisioned_id: str) -> dict[str, Any]:
    name = f"SC-{ACCOUNT}-{provisioned_id}"
    stack = shop.aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return dict(stack)


def _recorded(shop: Shop, name: str) -> dict[str, Any]:
    """What Service Catalog recorded of a project's launch, as an administrator finds it."""
    details = _ended(shop, name)["ServiceCatalogProvisionedProductDetails"]
    (found,) = shop.aws.client("servicecatalog").search_provisioned_products(
        AccessLevelFilter={"Key": "Account", "Value": "self"},
        Filters={"SearchQuery": [f"id:{details['ProvisionedProductId']}"]},
    )["ProvisionedProducts"]
    return dict(found)


def test_who_launched_is_recorded_by_the_credentials_of_the_request(shop: Shop) -> None:
    _create(shop, "recorded", Owner="outsider")
    found, role = _recorded(shop, "recorded"), f"{shop.stack}-user"
    stack = _stack(shop, found["Id"])
    assert found["UserArn"] == f"arn:aws:iam::{ACCOUNT}:role/{role}"
    assert found["UserArnSession"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/test"
    assert found["PhysicalId"] == stack["StackId"]


def test_who_updates_is_recorded_by_sagemaker_alone(shop: Shop) -> None:
    """Nothing of Service Catalog's API has a member for it; source: botocore's RecordDetail."""
    _create(shop, "changed")
    project = _ended(shop, "changed")
    assert "LastModifiedBy" not in project
    before = _recorded(shop, "changed")
    shop.sagemaker(shop.aws.root_keys).update_project(
        ProjectName="changed",
        ServiceCatalogProvisioningUpdateDetails={
            "ProvisioningParameters": [{"Key": "Owner", "Value": "bob"}]
        },
    )
    after = _recorded(shop, "changed")
    assert [after[name] for name in ("UserArn", "UserArnSession")] == [
        before[name] for name in ("UserArn", "UserArnSession")
    ]
    again = _ended(shop, "changed")
    assert again["CreatedBy"] == project["CreatedBy"]
    assert again["LastModifiedBy"]["IamIdentity"]["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
