"""What a stage serves is told by the ledger; by the registry to whom that is closed."""

from __future__ import annotations

from typing import Any

import pytest

from console.asking.gaps import PageGaps
from console.asking.standing import serving_version, standing_question
from tests.unit.console.stubbed_account import (
    NOW,
    PROJECT,
    StubbedAccount,
    arn,
    stubbed_account,
)

SERVED = {
    "approved-by": "arn:aws:iam::111122223333:user/ada",
    "commit": "c" * 40,
    "dev-healthy": "2026-11-27T13:05:18.423Z",
    "dev-last": "2026-11-27T13:05:18.423Z deployed",
}
FAILED = {
    "dev-last": "2026-11-28T13:05:18.423Z failed",
    "dev-attention": "The test of dev failed.",
}


def _registry_lists(stubbed: StubbedAccount, *numbers: int) -> None:
    listed = [
        {
            "ModelPackageGroupName": PROJECT.group,
            "ModelPackageVersion": number,
            "ModelPackageArn": arn(number),
            "CreationTime": NOW,
            "ModelPackageStatus": "Completed",
        }
        for number in numbers
    ]
    stubbed.stub("sagemaker").add_response(
        "list_model_packages", {"ModelPackageSummaryList": listed}
    )


def _closed(stubbed: StubbedAccount) -> None:
    stubbed.stub("dynamodb").add_client_error("batch_get_item", "AccessDeniedException", "no")


def _standing(stubbed: StubbedAccount) -> Any:
    return standing_question(stubbed.account, PROJECT, "dev").ask(PageGaps())


def test_the_ledger_says_what_serves_and_the_registry_the_rest() -> None:
    with stubbed_account() as stubbed:
        stubbed.has_ledger({"dev": 4})
        _registry_lists(stubbed, 5, 4)
        stubbed.has_version(5, CustomerMetadataProperties=FAILED)
        stubbed.has_version(4, CustomerMetadataProperties=SERVED)
        found = _standing(stubbed)
    assert (found.stage.version, found.status.version) == ("4", "4")
    assert found.status.approved_by.endswith("user/ada")
    assert found.status.commit == "c" * 40
    assert (found.status.last_run.version, found.status.last_run.outcome) == ("5", "failed")
    assert found.attention == "The test of dev failed."
    assert found.is_noted
    assert not found.is_told_by_registry


def test_a_served_version_that_is_older_than_those_listed_is_asked_for() -> None:
    with stubbed_account() as stubbed:
        stubbed.has_ledger({"dev": 2})
        _registry_lists(stubbed, 5)
        stubbed.has_version(5)
        stubbed.has_version(2, CustomerMetadataProperties=SERVED)
        found = _standing(stubbed)
    assert found.status.version == "2"
    assert found.status.commit == "c" * 40


def test_a_stage_that_the_ledger_does_not_know_serves_nothing_whatever_the_registry_says() -> None:
    with stubbed_account() as stubbed:
        stubbed.has_ledger({"prod": 4})
        _registry_lists(stubbed, 4)
        stubbed.has_version(4, CustomerMetadataProperties=SERVED)
        found = _standing(stubbed)
    assert (found.stage.version, found.status.version) == ("", "")
    assert not found.is_noted


def test_the_registry_tells_to_whom_the_ledger_is_closed() -> None:
    with stubbed_account() as stubbed:
        _closed(stubbed)
        _registry_lists(stubbed, 4)
        stubbed.has_version(4, CustomerMetadataProperties=SERVED)
        found = _standing(stubbed)
    assert (found.stage.version, found.stage.since) == ("4", SERVED["dev-healthy"])
    assert found.is_told_by_registry


@pytest.mark.parametrize("is_closed", [False, True])
def test_the_version_that_serves_is_found_either_way(is_closed: bool) -> None:
    with stubbed_account() as stubbed:
        if is_closed:
            _closed(stubbed)
            _registry_lists(stubbed, 5, 4)
            stubbed.has_version(5)
        else:
            stubbed.has_ledger({"dev": 4})
        stubbed.has_version(4, CustomerMetadataProperties=SERVED)
        version = serving_version(stubbed.account, PROJECT, "dev", PageGaps())
    assert version is not None
    assert version.number == 4


def test_no_version_is_asked_for_where_none_serves() -> None:
    with stubbed_account() as stubbed:
        stubbed.has_ledger({"prod": 4})
        assert serving_version(stubbed.account, PROJECT, "dev", PageGaps()) is None
