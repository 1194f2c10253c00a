"""What Service Catalog and S3 answer seldom; the usual is played in `rehearsal/tests/catalog`."""

import hashlib
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY

from product_versions.catalog_product import CatalogProduct, Version
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


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AccessDeniedException", "AWS refused to publish version {} (AccessDeniedException: no)"),
        ("ThrottlingException", "AWS was not able to publish version {} (ThrottlingException: no)"),
    ],
)
def test_what_aws_says_of_a_publication_is_told(
    world: World, expect: Expectations, code: str, said: str
) -> None:
    expect.files_are_there()
    expect.catalog.add_client_error("search_products_as_admin", code, "no")
    answer = run(world, FakeContext(left_seconds=1), Release="1.0")
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith(said.format(VERSION))


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_the_product_keeps_its_physical_id(world: World, kind: str) -> None:
    """CloudFormation deletes what had another id as replaced, and with it every version."""
    event = custom_resource_event(kind, "Custom::CatalogProduct", {**PROPERTIES, "Release": ""})
    handle_request(event, FakeContext(), world.tools())
    assert world.answers[-1]["PhysicalResourceId"] == "catalog-product:template/Thing"


def _remove(world: World) -> dict[str, Any]:
    event = custom_resource_event(
        "Delete", "Custom::CatalogProduct", PROPERTIES, PhysicalResourceId="same"
    )
    handle_request(event, FakeContext(), world.tools())
    for stub in world.stubs.values():
        stub.assert_no_pending_responses()
    return world.answers[-1]


@pytest.mark.parametrize(
    ("users", "said"),
    [(("pa-2",), "of pa-2 uses"), (("pa-2", "pa-1", "pa-2"), "of pa-1, of pa-2 use")],
)
def test_who_keeps_a_product_is_told_and_what_nobody_uses_goes(
    world: World, expect: Expectations, users: tuple[str, ...], said: str
) -> None:
    summary = {"ProductId": PRODUCT, "Distributor": "template/Thing"}
    listed = {"ProductViewDetails": [{"ProductViewSummary": summary, "CreatedTime": _at(0)}]}
    expect.catalog.add_response("search_products_as_admin", listed)
    expect.users(*users)
    expect.versions(("pa-1", "a"), ("pa-2", "b"), ("pa-3", "c"))
    for gone in sorted({"pa-1", "pa-2", "pa-3"} - {*users}):
        expect.catalog.add_response(
            "delete_provisioning_artifact",
            {},
            {"ProductId": PRODUCT, "ProvisioningArtifactId": gone},
        )
    expect.catalog.add_response("search_products_as_admin", listed)
    answer = _remove(world)
    assert answer["Status"] == "SUCCESS"
    assert answer["Reason"] == (
        f"The product stays with the versions and files that {said}; register again to go on "
        "with it, or delete what uses it, register and remove the registration again."
    )


def test_what_aws_says_of_a_removal_is_told(world: World, expect: Expectations) -> None:
    expect.catalog.add_client_error("search_products_as_admin", "AccessDeniedException", "no right")
    assert _remove(world)["Reason"] == (
        "AWS refused to remove the product of template/Thing (AccessDeniedException: no right); "
        "remove the cause, then do the same again."
    )


def test_the_last_product_takes_its_files_along(world: World, expect: Expectations) -> None:
    empty: dict[str, Any] = {"ProductViewDetails": []}
    expect.catalog.add_response("search_products_as_admin", empty)
    expect.catalog.add_response("search_products_as_admin", empty)
    expect.s3.add_client_error("list_object_versions", "NoSuchBucket")
    assert _remove(world)["Reason"] == "The product is removed with all versions."


def test_the_bucket_of_the_versions_is_closed_to_everybody(
    world: World, expect: Expectations
) -> None:
    mine = {"Bucket": BUCKET, "ExpectedBucketOwner": "111122223333"}
    place = {"LocationConstraint": "eu-west-1"}
    closed = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": ["arn:aws:s3:::versions", "arn:aws:s3:::versions/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }
    for operation, request in (
        ("create_bucket", {"Bucket": BUCKET, "CreateBucketConfiguration": place}),
        ("put_public_access_block", {**mine, "PublicAccessBlockConfiguration": closed}),
        ("put_bucket_versioning", {**mine, "VersioningConfiguration": {"Status": "Enabled"}}),
        ("put_bucket_policy", {**mine, "Policy": json.dumps(policy)}),
    ):
        expect.s3.add_response(operation, {}, request)
    expect.s3.add_client_error(
        "list_objects_v2", "AccessDenied", expected_params={**mine, "Prefix": f"{DIGEST}.json"}
    )
    assert "AWS refused to keep the version's files in versions" in run(world)["Reason"]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("BucketAlreadyExists", "The bucket versions, which is to hold the product's versions,"),
        ("AccessDenied", "AWS refused to keep the version's files in versions (AccessDenied: no)"),
    ],
)
def test_a_bucket_that_cannot_be_had_is_told(
    world: World, expect: Expectations, code: str, said: str
) -> None:
    expect.s3.add_client_error("create_bucket", code, "no")
    assert run(world)["Reason"].startswith(said)


def test_a_file_is_copied_from_where_it_was_uploaded_if_it_is_what_its_name_says(
    world: World, expect: Expectations
) -> None:
    content = b"{}"
    key = f"{hashlib.sha256(content).hexdigest()}.json"
    expect.s3.add_response("create_bucket", {})
    for operation in ("put_public_access_block", "put_bucket_versioning", "put_bucket_policy"):
        expect.s3.add_response(operation, {})
    expect.s3.add_response("list_objects_v2", {"Contents": [{"Key": f"{key}.old"}]})
    body = StreamingBody(io.BytesIO(content), len(content))
    expect.s3.add_response("get_object", {"Body": body}, {"Bucket": "uploads", "Key": key})
    kept = {"Bucket": BUCKET, "Key": key, "Body": content, "ExpectedBucketOwner": "111122223333"}
    expect.s3.add_response("put_object", {}, kept)
    expect.catalog.add_client_error("search_products_as_admin", "AccessDeniedException")
    url = f"https://s3.eu-west-1.amazonaws.com/uploads/{key}"
    assert "AWS refused to publish" in run(world, TemplateUrl=url)["Reason"]


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        (b"[]", "is not what its name says; synthesize and deploy again."),
        ("NoSuchKey", "cannot be read (S3 answered NoSuchKey); synthesize and deploy again."),
        ("SlowDown", "cannot be read (S3 answered SlowDown); do the same again."),
        (
            "KMS.DisabledException",
            "cannot be read (S3 answered KMS.DisabledException); enable the KMS key that it "
            "needs, then do the same again.",
        ),
    ],
)
def test_an_uploaded_file_that_is_not_sound_is_told(
    world: World, expect: Expectations, answered: bytes | str, said: str
) -> None:
    expect.s3.add_response("create_bucket", {})
    for operation in ("put_public_access_block", "put_bucket_versioning", "put_bucket_policy"):
        expect.s3.add_response(operation, {})
    expect.s3.add_response("list_objects_v2", {})
    if isinstance(answered, str):
        expect.s3.add_client_error("get_object", answered)
    else:
        body = StreamingBody(io.BytesIO(answered), len(answered))
        expect.s3.add_response("get_object", {"Body": body})
    answer = run(world, FakeContext(left_seconds=1))
    assert answer["Reason"] == f"The uploaded file s3://uploads/{DIGEST}.json {said}"


class _Catalog:
    def __init__(self, **told: Any) -> None:
        self._told = told

    def list_provisioning_artifacts(self, **_: Any) -> Any:
        return {"ProvisioningArtifactDetails": self._told["versions"]}


def test_versions_are_listed_the_oldest_first_and_open_unless_aws_says_otherwise() -> None:
    told = [
        {"Id": "pa-2", "Name": "b", "CreatedTime": _at(2)},
        {
            "Id": "pa-1",
            "Name": "a",
            "CreatedTime": _at(1),
            "Active": False,
            "Guidance": "DEPRECATED",
        },
    ]
    assert CatalogProduct(_Catalog(versions=told), PRODUCT).versions() == [
        Version("pa-1", "a", False, "DEPRECATED"),
        Version("pa-2", "b", True, "DEFAULT"),
    ]


def test_an_answer_that_is_not_taken_is_given_again(world: World) -> None:
    world.put_statuses = [503]
    assert run(world, Release="")["Status"] == "FAILED"
    assert len(world.time.slept) == 1
