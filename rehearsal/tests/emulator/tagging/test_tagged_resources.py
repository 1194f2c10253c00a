"""Resources that are found by their tags, a page at a time."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import LocalAws, allow, refusal

_KEYS = ("found-by", "kind")


@pytest.fixture(scope="module")
def groups(aws: LocalAws) -> list[str]:
    """ARNs of model package groups with two tags; one has another value, one only the first."""
    sagemaker = aws.client("sagemaker")

    def make(name: str, **tags: str) -> str:
        listed = [{"Key": key.replace("_", "-"), "Value": value} for key, value in tags.items()]
        made = sagemaker.create_model_package_group(ModelPackageGroupName=name, Tags=listed)
        return str(made["ModelPackageGroupArn"])

    found = [make(f"tagged-{n}", found_by="tests", kind="a" if n else "b") for n in range(3)]
    make("half-tagged", found_by="tests")
    sagemaker.create_model_package_group(ModelPackageGroupName="never-tagged")
    return found


def _found(aws: LocalAws, size: int, **wanted: Any) -> list[str]:
    pages = aws.client("resourcegroupstaggingapi").get_paginator("get_resources")
    found = []
    for page in pages.paginate(PaginationConfig={"PageSize": size}, **wanted):
        assert len(page["ResourceTagMappingList"]) <= size
        found += [one["ResourceARN"] for one in page["ResourceTagMappingList"]]
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_every_page_is_given_once(aws: LocalAws, groups: list[str], size: int) -> None:
    filters = [{"Key": key} for key in _KEYS]
    kind = "sagemaker:model-package-group"
    assert _found(aws, size, TagFilters=filters, ResourceTypeFilters=[kind]) == groups
    assert _found(aws, size, TagFilters=filters, ResourceTypeFilters=["sagemaker:endpoint"]) == []
    values = [{"Key": "kind", "Values": ["b", "c"]}]
    assert _found(aws, size, TagFilters=values, ResourceTypeFilters=[kind]) == groups[:1]


def test_tags_are_told(aws: LocalAws, groups: list[str]) -> None:
    told = aws.client("resourcegroupstaggingapi").get_resources(ResourceARNList=groups[:1])
    (one,) = told["ResourceTagMappingList"]
    assert {tag["Key"]: tag["Value"] for tag in one["Tags"]} == {"found-by": "tests", "kind": "b"}


def test_another_account_finds_nothing_of_this_one(
    aws: LocalAws, other: LocalAws, groups: list[str]
) -> None:
    assert groups
    assert _found(other, 100, TagFilters=[{"Key": "kind"}]) == []


@pytest.mark.parametrize(
    "wrong", [{"ResourcesPerPage": 0}, {"ResourcesPerPage": 101}, {"PaginationToken": "x"}]
)
def test_what_aws_refuses_is_refused(aws: LocalAws, wrong: dict[str, Any]) -> None:
    client = aws.client("resourcegroupstaggingapi", parameter_validation=False)
    assert "InvalidParameterException" in refusal(client.get_resources, **wrong)


def test_who_may_not_ask_is_refused(aws: LocalAws) -> None:
    client = aws.client("resourcegroupstaggingapi", aws.user("asks", allow("sagemaker:ListTags")))
    assert "tag:GetResources" in refusal(client.get_resources)
