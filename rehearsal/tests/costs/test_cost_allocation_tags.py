"""Tags that costs are told by: the payer switches them on, and nobody else sees them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import OTHER_ACCOUNT, LocalAws, allow, refusal

_TAG = "sagemaker:project-id"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    server = LocalAws(tmp_path_factory.mktemp("tags") / "state").start()
    server.client("sagemaker").create_model_package_group(
        ModelPackageGroupName="tagged", Tags=[{"Key": _TAG, "Value": "p-1"}]
    )
    yield server
    assert server.stop() == 0


def _statuses(aws: LocalAws, **wanted: Any) -> dict[str, str]:
    told = aws.client("ce").list_cost_allocation_tags(**wanted)["CostAllocationTags"]
    return {one["TagKey"]: one["Status"] for one in told}


def _switch(aws: LocalAws, key: str, status: str) -> list[Any]:
    asked = [{"TagKey": key, "Status": status}]
    told = aws.client("ce").update_cost_allocation_tags_status(CostAllocationTagsStatus=asked)
    return list(told["Errors"])


def test_a_key_is_switched_on_and_off(aws: LocalAws) -> None:
    assert _statuses(aws) == {_TAG: "Inactive"}
    assert _switch(aws, _TAG, "Active") == []
    assert _statuses(aws, TagKeys=[_TAG, "other"]) == {_TAG: "Active"}
    assert _statuses(aws, Status="Inactive") == {}
    assert _switch(aws, _TAG, "Inactive") == []
    assert _statuses(aws, Status="Inactive") == {_TAG: "Inactive"}
    (error,) = _switch(aws, "never-seen", "Active")
    assert error["TagKey"] == "never-seen"


def test_a_linked_account_is_told_nothing(aws: LocalAws) -> None:
    said = refusal(aws.of_account(OTHER_ACCOUNT).client("ce").list_cost_allocation_tags)
    assert "(AccessDeniedException)" in said
    assert "Linked account doesn't have access" in said


def test_what_is_not_modelled_says_so_and_rights_are_asked(aws: LocalAws) -> None:
    said = refusal(
        aws.client("ce").get_tags, TimePeriod={"Start": "2026-10-01", "End": "2026-11-01"}
    )
    assert "does not model" in said
    client = aws.client("ce", aws.user("lists", allow("ce:GetTags")))
    assert "ce:ListCostAllocationTags" in refusal(client.list_cost_allocation_tags)
