"""Versions of a product: replaced by CloudFormation, or kept, closed and removed by the API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.aws.catalog.products import QUOTA
from rehearsal.tests.catalog.shop import TEMPLATE, Shop, open_shop
from rehearsal.tests.emulator.local_aws import ROOT_KEYS, LocalAws, policy

_GREETING = {"Type": "String", "Default": "hello"}
_SECOND = {**TEMPLATE, "Parameters": {**TEMPLATE["Parameters"], "Greeting": _GREETING}}


@pytest.fixture
def own(aws: LocalAws) -> Shop:
    """A shop of the test's own, with the version 1.0."""
    return open_shop(aws)


def _administrator(shop: Shop) -> Any:
    return shop.catalog(ROOT_KEYS)


def _add(shop: Shop, name: str, token: str = "", keys: Any = ROOT_KEYS) -> str:
    """Id of a new version, made by the API of the second template."""
    url = shop.upload(f"{name}.json", _SECOND)
    answer = shop.catalog(keys).create_provisioning_artifact(
        ProductId=shop.product_id,
        IdempotencyToken=token or name.replace(".", "-"),
        Parameters={
            "Name": name,
            "Info": {"LoadTemplateFromURL": url},
            "Type": "CLOUD_FORMATION_TEMPLATE",
        },
    )
    return str(answer["ProvisioningArtifactDetail"]["Id"])


def _change(shop: Shop, artifact_id: str, **changes: Any) -> dict[str, Any]:
    answer = _administrator(shop).update_provisioning_artifact(
        ProductId=shop.product_id, ProvisioningArtifactId=artifact_id, **changes
    )
    return dict(answer["ProvisioningArtifactDetail"])


def _versions(shop: Shop) -> dict[str, str]:
    answer = _administrator(shop).list_provisioning_artifacts(ProductId=shop.product_id)
    return {a["Name"]: a["Id"] for a in answer["ProvisioningArtifactDetails"]}


def _launch(shop: Shop) -> None:
    """Launch the version 1.0 under the shop's own name, which is the account's only one."""
    record = shop.ended(shop.provision(shop.stack))["RecordDetail"]
    assert record["Status"] == "SUCCEEDED"


def _update(shop: Shop, artifact_id: str = "", **parameters: str) -> dict[str, Any]:
    version = {"ProvisioningArtifactId": artifact_id} if artifact_id else {}
    record = shop.catalog().update_provisioned_product(
        ProvisionedProductName=shop.stack,
        UpdateToken="u",
        ProvisioningParameters=[{"Key": k, "Value": v} for k, v in parameters.items()],
        **version,
    )["RecordDetail"]
    return dict(shop.ended(record)["RecordDetail"])


def _refusal(act: Any) -> str:
    with pytest.raises(ClientError) as refused:
        act()
    return str(refused.value.response["Error"]["Code"])


def test_a_version_that_is_listed_no_more_is_lost_to_what_was_launched_with_it(own: Shop) -> None:
    old = _versions(own)["1.0"]
    _launch(own)
    template = {"Resources": own.resources(("1.0", own.upload("two.json", _SECOND)))}
    own.aws.client("cloudformation").update_stack(
        StackName=own.stack, TemplateBody=json.dumps(template)
    )
    assert own.aws.settled(own.stack)["StackStatus"] == "UPDATE_COMPLETE"
    assert _versions(own)["1.0"] != old
    with pytest.raises(ClientError, match=f"{old} of product {own.product_id} not found"):
        _update(own, old, Owner="bob")


def test_a_version_that_the_api_adds_leaves_the_others_alone(own: Shop) -> None:
    first = _versions(own)["1.0"]
    _launch(own)
    second = _add(own, "2.0")
    assert _versions(own) == {"1.0": first, "2.0": second}
    assert _update(own, first, Owner="bob")["ProvisioningArtifactId"] == first


def test_the_same_token_makes_one_version(own: Shop) -> None:
    assert _add(own, "2.0", "token") == _add(own, "2.0", "token")
    assert list(_versions(own)) == ["1.0", "2.0"]


def test_an_update_without_a_version_takes_the_latest(own: Shop) -> None:
    _launch(own)
    second = _add(own, "2.0")
    assert _update(own, Owner="bob")["ProvisioningArtifactId"] == second


def test_a_deprecated_version_serves_what_has_it_and_nothing_else(own: Shop) -> None:
    first, second = _versions(own)["1.0"], _add(own, "2.0")
    _launch(own)
    _change(own, first, Guidance="DEPRECATED")
    assert _refusal(lambda: own.provision("new")) == "InvalidParametersException"
    assert _update(own, first, Owner="bob")["Status"] == "SUCCEEDED"
    assert _update(own, second)["Status"] == "SUCCEEDED"
    assert _refusal(lambda: _update(own, first)) == "InvalidParametersException"


def test_an_inactive_version_is_invisible_and_neither_launched_nor_updated_to(own: Shop) -> None:
    first = _versions(own)["1.0"]
    _launch(own)
    _add(own, "2.0")
    assert _change(own, first, Active=False)["Active"] is False
    offered = own.catalog().describe_product(Id=own.product_id)["ProvisioningArtifacts"]
    assert [version["Name"] for version in offered] == ["2.0"]
    assert _refusal(lambda: own.provision("new")) == "ResourceNotFoundException"
    assert _refusal(lambda: _update(own, first)) == "ResourceNotFoundException"
    _change(own, first, Active=True)
    assert _update(own, first, Owner="bob")["Status"] == "SUCCEEDED"


def test_the_last_version_is_not_deleted_but_one_in_use_is(own: Shop) -> None:
    first = _versions(own)["1.0"]
    _launch(own)
    wish = {"ProductId": own.product_id, "ProvisioningArtifactId": first}
    delete = _administrator(own).delete_provisioning_artifact
    assert _refusal(lambda: delete(**wish)) == "ResourceInUseException"
    _add(own, "2.0")
    delete(**wish)
    assert list(_versions(own)) == ["2.0"]
    assert _refusal(lambda: delete(**wish)) == "ResourceNotFoundException"


def test_a_product_has_a_hundred_versions_at_most(own: Shop) -> None:
    for number in range(2, QUOTA + 1):
        _add(own, f"{number}.0")
    assert _refusal(lambda: _add(own, "one-more")) == "LimitExceededException"


def test_a_product_is_made_changed_and_deleted_by_the_api(own: Shop) -> None:
    catalog = _administrator(own)
    wish = {
        "Name": "By hand",
        "Owner": "us",
        "ProductType": "CLOUD_FORMATION_TEMPLATE",
        "Tags": [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}],
        "IdempotencyToken": own.stack,
        "ProvisioningArtifactParameters": {
            "Name": "1.0",
            "Type": "CLOUD_FORMATION_TEMPLATE",
            "Info": {"LoadTemplateFromURL": own.upload("by-hand.json", TEMPLATE)},
        },
    }
    made, again = catalog.create_product(**wish), catalog.create_product(**wish)
    product_id = made["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
    assert again["ProductViewDetail"] == made["ProductViewDetail"]
    changed = catalog.update_product(
        Id=product_id, Owner="them", RemoveTags=["a"], AddTags=[{"Key": "e", "Value": "f"}]
    )
    assert changed["ProductViewDetail"]["ProductViewSummary"]["Owner"] == "them"
    assert [tag["Key"] for tag in changed["Tags"]] == ["c", "e"]
    catalog.delete_product(Id=product_id)
    assert _refusal(lambda: catalog.delete_product(Id=product_id)) == "ResourceNotFoundException"


@pytest.mark.parametrize("missing", ["s3:GetObject", "cloudformation:ValidateTemplate"])
def test_a_template_is_read_and_validated_in_the_callers_name(own: Shop, missing: str) -> None:
    denied = {"Effect": "Deny", "Action": missing, "Resource": "*"}
    allowed = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    own.aws.client("iam").put_role_policy(
        RoleName=f"{own.stack}-user", PolicyName="p", PolicyDocument=policy(allowed, denied)
    )
    with pytest.raises(ClientError, match=f"not authorized to perform: {missing}"):
        _add(own, "2.0", keys=own.user)
