"""Registrations over registrations: versions stay, wherever the function dies between."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from rehearsal.aws.catalog.products import QUOTA
from rehearsal.tests.catalog.publisher import ANSWER, Death, Publisher, gone, open_publisher
from rehearsal.tests.emulator.local_aws import OTHER_ACCOUNT, LocalAws

OPEN, DEPRECATED, CLOSED = (True, "DEFAULT"), (True, "DEPRECATED"), (False, "DEPRECATED")


@pytest.fixture
def publisher(aws: LocalAws) -> Iterator[Publisher]:
    made = open_publisher(aws)
    yield made
    gone(made)
    answer = made.remove()
    assert answer["Status"] == "SUCCESS", answer["Reason"]
    assert made.products() == []
    assert made.version_bucket not in made.buckets()


def test_the_answer_names_product_and_version_under_a_constant_id(publisher: Publisher) -> None:
    answers = [publisher.register(publisher.properties(number)) for number in (1, 2)]
    first, second = answers
    assert first["PhysicalResourceId"] == second["PhysicalResourceId"]
    assert first["Data"]["ProductId"] == second["Data"]["ProductId"] == publisher.product_id
    assert re.fullmatch(r"1\.0-[0-9a-f]{12}", first["Data"]["VersionName"])
    assert first["Data"]["VersionName"] != second["Data"]["VersionName"]


def test_an_older_version_is_closed_unless_somebody_uses_it(publisher: Publisher) -> None:
    first = publisher.publish(1)
    name = publisher.launch(first)
    second, third = publisher.publish(2), publisher.publish(3)
    assert publisher.versions() == {first: DEPRECATED, second: CLOSED, third: OPEN}
    assert publisher.update(name, first, Owner="bob") == "SUCCEEDED"
    assert publisher.update(name, third) == "SUCCEEDED"
    fourth = publisher.publish(4)
    expected = {first: CLOSED, second: CLOSED, third: DEPRECATED, fourth: OPEN}
    assert publisher.versions() == expected
    publisher.terminate(name)


def test_the_same_release_and_content_is_the_same_version(publisher: Publisher) -> None:
    first = publisher.publish(1)
    assert publisher.publish(1) == first
    assert publisher.publish(1, release="1.1") != first
    assert len(publisher.versions()) == 2


def test_who_goes_back_to_an_earlier_content_opens_its_version_again(publisher: Publisher) -> None:
    first, second = publisher.publish(1), publisher.publish(2)
    assert publisher.publish(1) == first
    assert publisher.versions() == {first: OPEN, second: CLOSED}


def test_a_failed_update_leaves_both_versions_open(publisher: Publisher) -> None:
    first = publisher.publish(1)
    name = publisher.launch(first)
    second = publisher.publish(2)
    assert publisher.update(name, second, Broken="yes") == "FAILED"
    third = publisher.publish(3)
    assert publisher.versions() == {first: DEPRECATED, second: DEPRECATED, third: OPEN}
    publisher.terminate(name)


def test_the_product_says_what_the_last_registration_says_and_keeps_its_tags(
    publisher: Publisher,
) -> None:
    publisher.publish(1)
    answer = publisher.register(
        {**publisher.properties(2), "Name": "Another name", "Owner": "them"}
    )
    assert answer["Status"] == "SUCCESS"
    described = publisher.catalog.describe_product_as_admin(Id=publisher.product_id)
    summary = described["ProductViewDetail"]["ProductViewSummary"]
    assert (summary["Name"], summary["Owner"]) == ("Another name", "them")
    assert described["Tags"] == [{"Key": "sagemaker:studio-visibility", "Value": "true"}]


def test_what_versions_name_is_kept_once_and_never_changed(publisher: Publisher) -> None:
    s3 = publisher.s3
    properties = publisher.properties(1)
    publisher.publish(1)
    ((upload),) = properties["Files"]
    s3.put_object(Bucket=upload["Bucket"], Key=upload["Key"], Body=b"overwritten")
    template_key = properties["TemplateUrl"].rsplit("/", 1)[-1]
    s3.delete_object(Bucket=upload["Bucket"], Key=template_key)
    assert publisher.register(properties)["Status"] == "SUCCESS"
    kept = s3.get_object(Bucket=publisher.version_bucket, Key=upload["Key"])["Body"].read()
    assert kept == b"seed"
    versioning = s3.get_bucket_versioning(Bucket=publisher.version_bucket)
    assert versioning["Status"] == "Enabled"
    listed = s3.list_object_versions(Bucket=publisher.version_bucket)["Versions"]
    assert sorted(one["Key"] for one in listed) == sorted([upload["Key"], template_key])


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "cannot be read (S3 answered NoSuchKey)"), ("{}", "is not what its name says")],
)
def test_a_template_that_is_missing_or_overwritten_is_not_published(
    publisher: Publisher, content: str | None, reason: str
) -> None:
    publisher.publish(1)
    before = publisher.versions()
    properties = publisher.properties(2)
    key = properties["TemplateUrl"].rsplit("/", 1)[-1]
    publisher.s3.delete_object(Bucket=publisher.shop.bucket, Key=key)
    if content is not None:
        publisher.upload(key, content)
    answer = publisher.register(properties)
    assert answer["Status"] == "FAILED"
    assert reason in answer["Reason"]
    assert publisher.versions() == before


def test_a_product_of_the_same_name_is_somebody_elses(publisher: Publisher) -> None:
    name = publisher.properties(1)["Name"]
    url = publisher.shop.upload("foreign.json", {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
    foreign = publisher.catalog.create_product(
        Name=name,
        Owner="us",
        ProductType="CLOUD_FORMATION_TEMPLATE",
        IdempotencyToken=publisher.name,
        ProvisioningArtifactParameters={"Name": "1", "Info": {"LoadTemplateFromURL": url}},
    )["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
    publisher.publish(1)
    assert publisher.product_id != foreign
    found = publisher.catalog.list_provisioning_artifacts(ProductId=foreign)
    assert [one["Name"] for one in found["ProvisioningArtifactDetails"]] == ["1"]


def test_a_full_product_loses_its_oldest_version_that_nobody_uses(publisher: Publisher) -> None:
    used = publisher.publish(1)
    name = publisher.launch(used)
    unused = publisher.publish(2)
    url = publisher.shop.upload("more.json", {"Resources": {"T": {"Type": "AWS::SNS::Topic"}}})
    for number in range(QUOTA - 2):
        publisher.catalog.create_provisioning_artifact(
            ProductId=publisher.product_id,
            IdempotencyToken=f"more-{number}",
            Parameters={"Name": f"more-{number}", "Info": {"LoadTemplateFromURL": url}},
        )
    latest = publisher.publish(3)
    versions = publisher.versions()
    assert len(versions) == QUOTA
    assert unused not in versions
    assert (versions[used], versions[latest]) == (DEPRECATED, OPEN)
    publisher.terminate(name)


def test_a_removal_leaves_what_a_project_uses_and_the_next_registration_takes_it_up(
    publisher: Publisher,
) -> None:
    first, second = publisher.publish(1), publisher.publish(2)
    name = publisher.launch(second)
    product = publisher.product_id
    answer = publisher.remove()
    assert answer["Status"] == "SUCCESS"
    assert f"The product stays with the versions and files that {name} uses" in answer["Reason"]
    assert publisher.versions() == {second: OPEN}
    assert publisher.version_bucket in publisher.buckets()

    third = publisher.publish(3)
    assert publisher.product_id == product
    assert publisher.versions() == {second: DEPRECATED, third: OPEN}
    assert first not in publisher.versions()
    assert publisher.update(name, second, Owner="bob") == "SUCCEEDED"
    publisher.terminate(name)


def test_a_bucket_of_another_account_is_not_used(aws: LocalAws) -> None:
    publisher = open_publisher(aws)
    aws.of_account(OTHER_ACCOUNT).client("s3").create_bucket(
        Bucket=publisher.version_bucket,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    answer = publisher.register(publisher.properties(1))
    assert answer["Status"] == "FAILED"
    assert "belongs to another account" in answer["Reason"]
    assert publisher.products() == []


def _points(asked: list[str]) -> list[Death]:
    """Every request of a run, before it is sent and before its answer is heard."""
    counts: dict[str, int] = {}
    points = []
    for operation in asked:
        counts[operation] = counts.get(operation, 0) + 1
        points += [Death(operation, before, counts[operation]) for before in (True, False)]
    return points


@pytest.mark.proof("matrices")
def test_wherever_the_first_registration_dies_the_next_try_ends_it(aws: LocalAws) -> None:
    trial = open_publisher(aws)
    trial.publish(1)
    points = _points(trial.asked)
    assert {Death("CreateProduct", False), Death(ANSWER, True), Death(ANSWER, False)} <= {*points}
    for point in points:
        publisher = open_publisher(aws, trial.shop)
        first = publisher.publish(1, death=point)
        assert publisher.versions() == {first: OPEN}, point
        versioning = publisher.s3.get_bucket_versioning(Bucket=publisher.version_bucket)
        assert versioning.get("Status") == "Enabled", point


def test_wherever_a_later_registration_dies_the_next_try_ends_it(aws: LocalAws) -> None:
    publisher = open_publisher(aws)
    used = publisher.publish(1)
    name = publisher.launch(used)
    publisher.asked.clear()
    last = publisher.publish(2)
    points = _points(publisher.asked)
    product, closed = publisher.product_id, []
    assert Death("CreateProvisioningArtifact", False) in points
    assert Death("UpdateProvisioningArtifact", True) in points
    for number, point in enumerate(points, 3):
        closed.append(last)
        last = publisher.publish(number, death=point)
        expected = {used: DEPRECATED, **dict.fromkeys(closed, CLOSED), last: OPEN}
        assert publisher.versions() == expected, point
        assert publisher.product_id == product, point
    publisher.terminate(name)


@pytest.mark.proof("matrices")
def test_wherever_a_removal_dies_the_next_try_ends_it(aws: LocalAws) -> None:
    trial = open_publisher(aws)
    trial.publish(1)
    trial.asked.clear()
    trial.remove()
    points = _points(trial.asked)
    assert Death("DeleteProduct", False) in points
    assert Death("DeleteBucket", False) in points
    for point in points:
        publisher = open_publisher(aws, trial.shop)
        publisher.publish(1)
        assert publisher.remove(point)["Status"] == "SUCCESS", point
        assert publisher.products() == []
        assert publisher.version_bucket not in publisher.buckets()
