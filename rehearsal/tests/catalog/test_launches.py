"""Launching, updating and terminating a product."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.catalog.shop import SECRET, Shop, open_shop
from rehearsal.tests.emulator.functions import ANSWER, function, role
from rehearsal.tests.emulator.local_aws import ACCOUNT, LocalAws, policy, trust, wait_for


def test_a_launch_is_a_stack(shop: Shop) -> None:
    record = shop.provision("first", Token=SECRET)
    assert record["Status"] == "IN_PROGRESS"
    assert record["LaunchRoleArn"] == shop.launch_role
    ended = shop.ended(record)
    assert ended["RecordDetail"]["Status"] == "SUCCEEDED"
    status = shop.status("first")
    assert status["Status"] == "AVAILABLE"
    stack_name = f"SC-{ACCOUNT}-{status['Id']}"
    assert re.fullmatch(rf"SC-{ACCOUNT}-pp-[a-z0-9]{{13}}", stack_name)
    stack = shop.aws.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"][0]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    assert ended["RecordOutputs"][0]["OutputValue"] == outputs["QueueName"]
    assert {"Key": "sagemaker:studio-visibility", "Value": "true"} in stack["Tags"]


def test_secret_parameters_are_kept_nowhere_but_in_the_stack(shop: Shop) -> None:
    shop.ended(shop.provision("secretive", Token=SECRET))
    catalog = shop.catalog()
    answers = [
        catalog.search_provisioned_products(),
        catalog.scan_provisioned_products(),
        shop.status("secretive"),
    ]
    assert SECRET not in str(answers)
    text = wait_for(
        lambda: "secretive" in (text := shop.aws.saved("servicecatalog")) and text,
        what="the saved state",
    )
    assert SECRET not in text


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"Color": "red"}, r"\[Color\] do not exist"),
        ({"Owner": None}, r"\[Owner\] must have values"),
    ],
)
def test_unknown_and_missing_parameters_are_refused(
    shop: Shop, parameters: dict[str, str | None], message: str
) -> None:
    given = {"Owner": "ann", **parameters}
    with pytest.raises(ClientError, match=message) as refused:
        shop.catalog().provision_product(
            ProductId=shop.product_id,
            ProvisioningArtifactName="1.0",
            ProvisionedProductName="refused",
            ProvisionToken="t",
            ProvisioningParameters=[{"Key": k, "Value": v} for k, v in given.items() if v],
        )
    assert refused.value.response["Error"]["Code"] == "InvalidParametersException"


def test_a_value_outside_its_pattern_ends_in_error(shop: Shop) -> None:
    detail = shop.ended(shop.provision("pattern", Owner="ANN"))["RecordDetail"]
    assert detail["Status"] == "FAILED"
    assert "lower-case letters" in detail["RecordErrors"][0]["Description"]
    assert shop.status("pattern")["Status"] == "ERROR"
    _terminate(shop, "pattern")


def test_the_reason_of_a_failed_stack_is_told(shop: Shop) -> None:
    detail = shop.ended(shop.provision("broken", Broken="yes"))["RecordDetail"]
    assert detail["Status"] == "FAILED"
    assert "must begin with alias/" in detail["RecordErrors"][0]["Description"]
    status = shop.status("broken")
    assert status["Status"] == "ERROR"
    assert "must begin with alias/" in status["StatusMessage"]
    _terminate(shop, "broken")


def test_the_reason_of_a_custom_resource_is_told(shop: Shop) -> None:
    """What the provider says is what the data scientist reads in Studio."""
    code = ANSWER + (
        "def handle(event, context):\n"
        "    failed = event['RequestType'] == 'Create'\n"
        "    answer(event, 'FAILED' if failed else 'SUCCESS', Reason='The token has expired.')\n"
    )
    provider = {"Role": role(), "Function": function(code, FunctionName="says-why")}
    shop.aws.stack("says-why", provider)
    arn = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:says-why"
    shop.ended(shop.provision("says-why", Provider=arn))
    assert shop.status("says-why")["Status"] == "ERROR"
    assert "The token has expired." in shop.status("says-why")["StatusMessage"]
    _terminate(shop, "says-why")


def test_fifty_launches_at_once_all_end(shop: Shop) -> None:
    names = [f"crowd-{number}" for number in range(50)]
    with ThreadPoolExecutor(10) as pool:
        records = list(pool.map(lambda name: shop.provision(name, token=name), names))
        ended = list(pool.map(shop.ended, records))
    assert {answer["RecordDetail"]["Status"] for answer in ended} == {"SUCCEEDED"}


def test_a_name_is_taken_once_and_a_token_launches_once(shop: Shop) -> None:
    record = shop.provision("once", token="same")
    assert shop.provision("once", token="same")["RecordId"] == record["RecordId"]
    with pytest.raises(ClientError, match="DuplicateResource"):
        shop.provision("once", token="another")
    shop.ended(record)


def test_who_is_not_associated_has_no_launch_path(shop: Shop) -> None:
    with pytest.raises(ClientError, match="No launch paths found"):
        shop.catalog(shop.outsider).provision_product(
            ProductId=shop.product_id,
            ProvisioningArtifactName="1.0",
            ProvisionedProductName="foreign",
            ProvisionToken="t",
        )


def test_updates_change_the_stack_and_keep_other_values(shop: Shop) -> None:
    shop.ended(shop.provision("changing", Token=SECRET))
    detail = _update(shop, "changing", Owner="bob")
    assert detail["Status"] == "SUCCEEDED"
    name = f"SC-{ACCOUNT}-{shop.status('changing')['Id']}"
    stack = shop.aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    values = {p["ParameterKey"]: p["ParameterValue"] for p in stack["Parameters"]}
    assert values["Owner"] == "bob"
    assert values["Token"] == "****"


def test_an_update_without_a_change_succeeds(shop: Shop) -> None:
    shop.ended(shop.provision("same"))
    assert _update(shop, "same", Owner="ann")["Status"] == "SUCCEEDED"
    assert shop.status("same")["Status"] == "AVAILABLE"


def test_an_update_outside_the_pattern_leaves_the_stack(shop: Shop) -> None:
    shop.ended(shop.provision("patterned"))
    assert _update(shop, "patterned", Owner="BOB")["Status"] == "FAILED"
    assert shop.status("patterned")["Status"] == "TAINTED"
    assert _update(shop, "patterned", Owner="bob")["Status"] == "SUCCEEDED"


def test_a_failed_update_taints(shop: Shop) -> None:
    shop.ended(shop.provision("tainted"))
    detail = _update(shop, "tainted", Broken="yes")
    assert detail["Status"] == "FAILED"
    assert shop.status("tainted")["Status"] == "TAINTED"
    assert "must begin with alias/" in shop.status("tainted")["StatusMessage"]


def test_a_termination_that_fails_tells_why_and_can_be_repeated(shop: Shop) -> None:
    shop.ended(shop.provision("bucketful", Bucket="bucketful-1"))
    s3 = shop.aws.client("s3")
    s3.put_object(Bucket="bucketful-1", Key="x", Body=b"1")
    detail = _terminate(shop, "bucketful")
    assert detail["Status"] == "FAILED"
    assert "not empty" in detail["RecordErrors"][0]["Description"]
    assert shop.status("bucketful")["Status"] == "ERROR"
    s3.delete_object(Bucket="bucketful-1", Key="x")
    assert _terminate(shop, "bucketful")["Status"] == "SUCCEEDED"
    with pytest.raises(ClientError, match="ResourceNotFound"):
        shop.status("bucketful")


def test_the_launch_role_must_trust_service_catalog(aws: LocalAws) -> None:
    shop = open_shop(aws)
    document = policy(trust({"Service": "ec2.amazonaws.com"}))
    aws.client("iam").update_assume_role_policy(
        RoleName=f"{shop.stack}-launch", PolicyDocument=document
    )
    detail = shop.ended(shop.provision("untrusting"))["RecordDetail"]
    assert "sts:AssumeRole" in detail["RecordErrors"][0]["Description"]
    assert shop.status("untrusting")["Status"] == "ERROR"


def test_the_launch_role_must_be_allowed_to_make_stacks(aws: LocalAws) -> None:
    shop = open_shop(aws)
    aws.client("iam").delete_role_policy(RoleName=f"{shop.stack}-launch", PolicyName="p")
    detail = shop.ended(shop.provision("powerless"))["RecordDetail"]
    assert "cloudformation:CreateStack" in detail["RecordErrors"][0]["Description"]


def test_searches_filter_by_field(shop: Shop) -> None:
    shop.ended(shop.provision("findable"))
    answer = shop.catalog().search_provisioned_products(Filters={"SearchQuery": ["name:findable"]})
    assert [p["Name"] for p in answer["ProvisionedProducts"]] == ["findable"]
    assert answer["ProvisionedProducts"][0]["PhysicalId"].startswith("arn:aws:cloudformation:")
    other = shop.catalog(shop.outsider).scan_provisioned_products()
    assert other["ProvisionedProducts"] == []
    everybodys = shop.catalog(shop.outsider).scan_provisioned_products(
        AccessLevelFilter={"Key": "Account", "Value": "self"}
    )
    assert "findable" in [p["Name"] for p in everybodys["ProvisionedProducts"]]


def _terminate(shop: Shop, name: str) -> dict[str, Any]:
    answer = shop.catalog().terminate_provisioned_product(
        ProvisionedProductName=name, TerminateToken="t"
    )
    return dict(shop.ended(answer["RecordDetail"])["RecordDetail"])


def _update(shop: Shop, name: str, **parameters: str) -> dict[str, Any]:
    answer = shop.catalog().update_provisioned_product(
        ProvisionedProductName=name,
        UpdateToken="t",
        ProvisioningParameters=[{"Key": k, "Value": v} for k, v in parameters.items()],
    )
    return dict(shop.ended(answer["RecordDetail"])["RecordDetail"])
