"""What Service Catalog and S3 answer seldom; the usual is played in `rehearsal/tests/catalog`."""

from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import ANY

from product_versions.handler import handle_request
from tests.unit.functions.invocation_fakes import FakeContext, World, custom_resource_event

PRODUCT, DIGEST, VERSION = "prod-1", "0123456789ab" + "c" * 52, "1.0-0123456789ab"
BUCKET = "versions"
PROPERTIES = {
    "Distributor": "template/Thing",
    "Name": "A thing",
    "Owner": "us",
    "Description": "It does things",
    "Tags": {"a": "b"},
    "Release": "1.0",
    "TemplateUrl": f"https://s3.eu-west-1.amazonaws.com/uploads/{DIGEST}.json",
    "Files": [],
    "Bucket": BUCKET,
}


def run(world: World, context: FakeContext | None = None, **changed: Any) -> dict[str, Any]:
    """Send one request and return what CloudFormation hears."""
    event = custom_resource_event(
        "Update", "Custom::CatalogProduct", {**PROPERTIES, **changed}, PhysicalResourceId="same"
    )
    handle_request(event, context or FakeContext(), world.tools())
    for stub in world.stubs.values():
        stub.assert_no_pending_responses()
    return world.answers[-1]


class Expectations:
    """Calls that the function is to make, in order for each service."""

    def __init__(self, world: World) -> None:
        self.s3, self.catalog = world.stub("s3"), world.stub("servicecatalog")

    def files_are_there(self) -> None:
        """The bucket is whole, and holds the template."""
        self.s3.add_response("create_bucket", {})
        for operation in ("put_public_access_block", "put_bucket_versioning", "put_bucket_policy"):
            self.s3.add_response(operation, {})
        self.s3.add_response("list_objects_v2", {"Contents": [{"Key": f"{DIGEST}.json"}]})

    def product(self, *versions: tuple[str, str]) -> None:
        """The product is found, with versions of these ids and names."""
        summary = {"ProductId": PRODUCT, "Distributor": "template/Thing"}
        view = {"ProductViewSummary": summary, "CreatedTime": _at(0)}
        self.catalog.add_response("search_products_as_admin", {"ProductViewDetails": [view]})
        self.catalog.add_response("update_product", {})
        self.versions(*versions)

    def versions(self, *versions: tuple[str, str]) -> None:
        """The product has versions of these ids and names."""
        details = [
            {"Id": id_, "Name": name, "CreatedTime": _at(at), "Active": True, "Guidance": "DEFAULT"}
            for at, (id_, name) in enumerate(versions)
        ]
        self.catalog.add_response(
            "list_provisioning_artifacts", {"ProvisioningArtifactDetails": details}
        )

    def status(self, version: str, status: str) -> None:
        """A version has a status."""
        self.catalog.add_response(
            "describe_provisioning_artifact",
            {"Status": status},
            {"ProductId": PRODUCT, "ProvisioningArtifactId": version},
        )

    def made(self, version: str, *, token: str = "6f3c-1") -> None:
        """A version is made."""
        self.catalog.add_response(
            "create_provisioning_artifact",
            {"ProvisioningArtifactDetail": {"Id": version}},
            {"ProductId": PRODUCT, "Parameters": ANY, "IdempotencyToken": token},
        )

    def full(self) -> None:
        """Service Catalog takes no more versions."""
        self.catalog.add_client_error("create_provisioning_artifact", "LimitExceededException")

    def users(self, *versions: str) -> None:
        """Something is launched with each of these versions."""
        launched = [
            {"Name": f"of {version}", "ProductId": PRODUCT, "ProvisioningArtifactId": version}
            for version in versions
        ]
        self.catalog.add_response("scan_provisioned_products", {"ProvisionedProducts": launched})


def _at(second: int) -> datetime:
    return datetime(2026, 1, 1, 0, 0, second, tzinfo=UTC)


@pytest.fixture
def expect(world: World) -> Expectations:
    """What AWS is to be asked."""
    return Expectations(world)


def test_a_full_product_of_used_versions_takes_no_more(world: World, expect: Expectations) -> None:
    expect.files_are_there()
    expect.product(("pa-1", "a"), ("pa-2", "b"))
    expect.full()
    expect.versions(("pa-1", "a"), ("pa-2", "b"))
    expect.users("pa-1", "pa-2")
    answer = run(world)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == (
        "All 2 versions of product prod-1 are in use, and it may have no more; bring projects of "
        "old versions to newer ones, then register again."
    )


def test_a_full_product_makes_room_and_asks_with_another_token(
    world: World, expect: Expectations
) -> None:
    expect.files_are_there()
    expect.product(("pa-1", "a"), ("pa-2", "b"))
    expect.full()
    expect.versions(("pa-1", "a"), ("pa-2", "b"))
    expect.users("pa-1")
    expect.catalog.add_response(
        "delete_provisioning_artifact",
        {},
        {"ProductId": PRODUCT, "ProvisioningArtifactId": "pa-2"},
    )
    expect.made("pa-3", token="6f3c-2")
    expect.status("pa-3", "AVAILABLE")
    expect.users("pa-3")
    expect.versions(("pa-3", VERSION))
    assert run(world)["Status"] == "SUCCESS"


def test_a_version_is_awaited(world: World, expect: Expectations) -> None:
    expect.files_are_there()
    expect.product()
    expect.made("pa-1")
    expect.status("pa-1", "CREATING")
    expect.status("pa-1", "AVAILABLE")
    expect.users()
    expect.versions(("pa-1", VERSION))
    answer = run(world)
    assert answer["Data"] == {
        "ProductId": PRODUCT,
        "VersionId": "pa-1",
        "VersionName": VERSION,
    }
    assert world.time.slept == [2]


def test_a_template_that_service_catalog_refuses_is_no_version(
    world: World, expect: Expectations
) -> None:
    expect.files_are_there()
    expect.product(("pa-1", VERSION))
    expect.status("pa-1", "FAILED")
    expect.made("pa-2")
    expect.status("pa-2", "FAILED")
    answer = run(world)
    assert answer["Status"] == "FAILED"
    assert f"did not accept the template of version {VERSION}" in answer["Reason"]


def test_the_oldest_region_takes_no_constraint(world: World, expect: Expectations) -> None:
    expect.s3.add_client_error("create_bucket", "AccessDenied", expected_params={"Bucket": BUCKET})
    context = FakeContext()
    context.invoked_function_arn = context.invoked_function_arn.replace("eu-west-1", "us-east-1")
    answer = run(world, context)
    assert "AWS refused to keep the version's files in versions (AccessDenied" in answer["Reason"]


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"Release": "a b"}, "Release"),
        ({"TemplateUrl": "https://s3.eu-west-1.amazonaws.com/uploads/latest.json"}, "TemplateUrl"),
        ({"Files": [{"Bucket": "uploads", "Key": "../seed.zip"}]}, "Files"),
        ({"Files": ["seed.zip"]}, "Files"),
        ({"Tags": "none"}, "Files or Tags"),
        ({"Bucket": ""}, "Bucket"),
    ],
)
def test_a_malformed_property_is_named(world: World, changed: dict[str, Any], name: str) -> None:
    answer = run(world, **changed)
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("FAILED", "same")
    assert f"The property {name} " in answer["Reason"]
