"""What administrators and users see of the catalog."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.catalog.shop import TEMPLATE, Shop, open_shop
from rehearsal.tests.emulator.local_aws import ROOT_KEYS, LocalAws


def test_an_associated_role_sees_the_product(shop: Shop) -> None:
    catalog = shop.catalog()
    names = [p["Name"] for p in catalog.search_products()["ProductViewSummaries"]]
    assert f"Thing of {shop.stack}" in names
    product = catalog.describe_product(Id=shop.product_id)
    assert [a["Name"] for a in product["ProvisioningArtifacts"]] == ["1.0"]
    assert [path["Name"] for path in product["LaunchPaths"]] == ["Shop"]
    paths = catalog.list_launch_paths(ProductId=shop.product_id)["LaunchPathSummaries"]
    assert [c["Type"] for c in paths[0]["ConstraintSummaries"]] == ["LAUNCH"]


def test_others_see_nothing(shop: Shop) -> None:
    catalog = shop.catalog(shop.outsider)
    assert catalog.search_products()["ProductViewSummaries"] == []
    assert _refusal(lambda: catalog.describe_product(Id=shop.product_id)) == (
        "ResourceNotFoundException"
    )


def test_another_region_has_a_catalog_of_its_own(shop: Shop, aws: LocalAws) -> None:
    key, secret, _token = aws.root_keys
    elsewhere = boto3.client(
        "servicecatalog",
        endpoint_url=aws.url,
        region_name="eu-central-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
    )
    assert elsewhere.list_portfolios()["PortfolioDetails"] == []
    assert _refusal(lambda: elsewhere.describe_product_as_admin(Id=shop.product_id)) == (
        "ResourceNotFoundException"
    )


def test_the_administrator_sees_everything(shop: Shop) -> None:
    catalog = shop.catalog(ROOT_KEYS)
    portfolios = catalog.list_portfolios()["PortfolioDetails"]
    assert shop.portfolio_id in [p["Id"] for p in portfolios]
    principals = catalog.list_principals_for_portfolio(PortfolioId=shop.portfolio_id)
    assert [p["PrincipalARN"].rsplit("/", 1)[-1] for p in principals["Principals"]] == [
        f"{shop.stack}-user"
    ]
    products = catalog.search_products_as_admin(PortfolioId=shop.portfolio_id)
    assert len(products["ProductViewDetails"]) == 1
    tags = catalog.describe_product_as_admin(Id=shop.product_id)["Tags"]
    assert {"Key": "sagemaker:studio-visibility", "Value": "true"} in tags


def test_parameters_are_described_without_secrets(shop: Shop) -> None:
    answer = shop.catalog().describe_provisioning_parameters(
        ProductId=shop.product_id, ProvisioningArtifactName="1.0"
    )
    parameters = {p["ParameterKey"]: p for p in answer["ProvisioningArtifactParameters"]}
    assert parameters["Owner"]["ParameterConstraints"]["AllowedPattern"] == "^[a-z]+$"
    assert parameters["Token"]["IsNoEcho"] is True
    assert "DefaultValue" not in parameters["Token"]


def test_a_new_version_leaves_the_old_one_its_id(aws: LocalAws) -> None:
    shop = open_shop(aws)
    before = _versions(shop)
    first = ("1.0", f"https://s3.eu-west-1.amazonaws.com/{shop.bucket}/one.json")
    second = ("2.0", shop.upload("two.json", TEMPLATE))
    template = {"Resources": shop.resources(first, second)}
    aws.client("cloudformation").update_stack(
        StackName=shop.stack, TemplateBody=json.dumps(template)
    )
    assert aws.settled(shop.stack)["StackStatus"] == "UPDATE_COMPLETE"
    after = _versions(shop)
    assert after["1.0"] == before["1.0"]
    assert list(after) == ["1.0", "2.0"]


def test_a_published_version_keeps_its_template(aws: LocalAws) -> None:
    shop = open_shop(aws)
    aws.client("s3").delete_object(Bucket=shop.bucket, Key="one.json")
    assert shop.ended(shop.provision("copy"))["RecordDetail"]["Status"] == "SUCCEEDED"


def test_the_registration_can_be_removed(aws: LocalAws) -> None:
    shop = open_shop(aws)
    assert aws.delete_stack(shop.stack) == "DELETE_COMPLETE"
    assert _refusal(lambda: shop.catalog().describe_product(Id=shop.product_id)) == (
        "ResourceNotFoundException"
    )


def test_a_missing_template_fails_the_product(shop: Shop) -> None:
    url = f"https://s3.eu-west-1.amazonaws.com/{shop.bucket}/absent.json"
    product = shop.resources(("1.0", url))["Product"]
    shop.aws.stack("absent", {"Product": product})
    assert "Template not found" in shop.aws.failures("absent")["Product"]


def test_requests_outside_the_model_are_refused(shop: Shop) -> None:
    catalog = shop.aws.client("servicecatalog", shop.user, parameter_validation=False)
    with pytest.raises(ClientError, match="'productId' failed to satisfy") as refused:
        catalog.list_launch_paths(ProductId="a b")
    assert refused.value.response["Error"]["Code"] == "InvalidParametersException"


def test_an_operation_that_is_not_modelled_says_so(shop: Shop) -> None:
    with pytest.raises(ClientError, match="not model servicecatalog:ListServiceActions") as refused:
        shop.catalog().list_service_actions()
    assert refused.value.response["Error"]["Code"] == "UnknownOperationException"


def _versions(shop: Shop) -> dict[str, str]:
    answer = shop.catalog().list_provisioning_artifacts(ProductId=shop.product_id)
    return {a["Name"]: a["Id"] for a in answer["ProvisioningArtifactDetails"]}


def _refusal(act: Any) -> str:
    with pytest.raises(ClientError) as refused:
        act()
    return str(refused.value.response["Error"]["Code"])
