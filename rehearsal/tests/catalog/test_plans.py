"""Plans of updates: what would change, and nothing that does."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.catalog.shop import Shop, open_shop
from rehearsal.tests.emulator.local_aws import LocalAws, allow, policy


@pytest.fixture(scope="module")
def launched(aws: LocalAws) -> Shop:
    """A shop with a product that was launched under its own name."""
    shop = open_shop(aws)
    shop.ended(shop.provision(shop.stack))
    return shop


def _plan(shop: Shop, token: str, name: str = "", **parameters: Any) -> dict[str, Any]:
    """Plan an update to the same version, look at the plan and delete it."""
    catalog = shop.catalog()
    version = catalog.describe_product(Id=shop.product_id)["ProvisioningArtifacts"][0]["Id"]
    made = catalog.create_provisioned_product_plan(
        PlanName=token,
        PlanType="CLOUDFORMATION",
        ProductId=shop.product_id,
        ProvisionedProductName=name or shop.stack,
        ProvisioningArtifactId=version,
        ProvisioningParameters=[{"Key": key, **value} for key, value in parameters.items()],
        IdempotencyToken=token,
    )
    told: dict[str, Any] = catalog.describe_provisioned_product_plan(PlanId=made["PlanId"])
    catalog.delete_provisioned_product_plan(PlanId=made["PlanId"])
    return told


def test_a_plan_tells_what_would_change_and_changes_nothing(launched: Shop) -> None:
    told = _plan(launched, "changes", Owner={"Value": "bob"}, Bucket={"Value": "planned-bucket"})
    assert told["ProvisionedProductPlanDetails"]["Status"] == "CREATE_SUCCESS"
    changes = {one["LogicalResourceId"]: one for one in told["ResourceChanges"]}
    assert changes["Bucket"]["Action"] == "ADD"
    queue = changes["Queue"]
    assert (queue["Action"], queue["ResourceType"]) == ("MODIFY", "AWS::SQS::Queue")
    assert queue["Replacement"] in ("TRUE", "FALSE", "CONDITIONAL")
    assert launched.status(launched.stack)["Status"] == "AVAILABLE"
    assert "planned-bucket" not in str(launched.aws.client("s3").list_buckets())


def test_what_would_change_nothing_fails_with_cloudformations_sentence(launched: Shop) -> None:
    details = _plan(launched, "same", Owner={"UsePreviousValue": True})[
        "ProvisionedProductPlanDetails"
    ]
    assert details["Status"] == "CREATE_FAILED"
    assert "didn't contain changes" in details["StatusMessage"]


def test_there_is_one_plan_for_a_product(launched: Shop) -> None:
    catalog = launched.catalog()
    version = catalog.describe_product(Id=launched.product_id)["ProvisioningArtifacts"][0]["Id"]
    request = {
        "PlanName": "one",
        "PlanType": "CLOUDFORMATION",
        "ProductId": launched.product_id,
        "ProvisionedProductName": launched.stack,
        "ProvisioningArtifactId": version,
    }
    made = catalog.create_provisioned_product_plan(**request, IdempotencyToken="one")
    again = catalog.create_provisioned_product_plan(**request, IdempotencyToken="one")
    assert again["PlanId"] == made["PlanId"]
    with pytest.raises(ClientError, match="has the plan") as refused:
        catalog.create_provisioned_product_plan(**request, IdempotencyToken="two")
    assert refused.value.response["Error"]["Code"] == "InvalidStateException"
    catalog.delete_provisioned_product_plan(PlanId=made["PlanId"])
    with pytest.raises(ClientError, match="not found"):
        catalog.describe_provisioned_product_plan(PlanId=made["PlanId"])


def test_a_launch_that_failed_cannot_be_planned(launched: Shop) -> None:
    launched.ended(launched.provision(f"{launched.stack}-broken", Broken="yes"))
    with pytest.raises(ClientError, match="must be AVAILABLE or TAINTED"):
        _plan(launched, "broken", f"{launched.stack}-broken")


def test_without_the_launch_roles_rights_a_plan_fails(aws: LocalAws, launched: Shop) -> None:
    role = launched.launch_role.rpartition("/")[2]
    updates = [f"cloudformation:{name}" for name in ("CreateStack", "Describe*", "UpdateStack")]
    iam = aws.client("iam")
    iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=policy(allow(updates)))
    try:
        details = _plan(launched, "refused", Owner={"Value": "bob"})[
            "ProvisionedProductPlanDetails"
        ]
    finally:
        iam.put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=policy(allow("*")))
    assert details["Status"] == "CREATE_FAILED"
    assert "cloudformation:CreateChangeSet" in details["StatusMessage"]
