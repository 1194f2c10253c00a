"""What is read of a version, however AWS tells it, and what is written to it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from deploy_dispatch.registry import Registry, Version
from deploy_dispatch.registry_change import RegistryChange, parse_change
from invocation.deadline import Deadline
from tests.unit.functions.fake_aws import FakeAws
from tests.unit.functions.invocation_fakes import FakeTime, client_error

GROUP = "Rings-p-abcdefghijkl"
ARNS = f"arn:aws:sagemaker:eu-west-1:111122223333:model-package/{GROUP}"
ARN = f"{ARNS}/1"
ANNA = "arn:aws:iam::111122223333:user/anna"
BERT = "arn:aws:iam::111122223333:user/bert"


def _registry(aws: Any, time: FakeTime | None = None) -> Registry:
    time = time or FakeTime()
    deadline = Deadline(time.now + 100, time.clock, time.sleep)
    return Registry(aws.client("sagemaker"), deadline, "dispatch")


@pytest.mark.parametrize(
    ("approval", "status", "is_approved"),
    [
        ("Approved", "Completed", True),
        ("Approved", "InProgress", False),
        ("Rejected", "Completed", False),
        ("PendingManualApproval", "Completed", False),
    ],
)
def test_a_version_counts_as_approved_when_it_is_complete_and_approved(
    approval: str, status: str, is_approved: bool
) -> None:
    aws = FakeAws(versions={ARN: (approval, status)})
    assert _registry(aws).find(ARN) == Version(ARN, is_approved)


def test_all_that_a_version_shows_is_read() -> None:
    aws = FakeAws(versions={ARN: ("Approved", "Completed")}, creators={ARN: BERT})
    aws.annotations[ARN] = {
        "CustomerMetadataProperties": {"commit": "c" * 40},
        "ModelLifeCycle": {"Stage": "dev", "StageStatus": "Approved"},
    }
    expected = Version(ARN, True, "dev", "Approved", {"commit": "c" * 40}, BERT)
    assert _registry(aws).find(ARN) == expected
    assert expected.commit == "c" * 40
    aws.editors[ARN] = ANNA
    found = _registry(aws).find(ARN)
    assert found is not None
    assert found.changed_by == ANNA


@pytest.mark.parametrize("commit", ["", "main", "c" * 39, "c" * 41, "C" * 40, f"{'c' * 40}/../x"])
def test_what_is_no_commit_becomes_no_part_of_an_address(commit: str) -> None:
    assert Version(ARN, True, metadata={"commit": commit}).commit == ""


class _Refusing:
    def __init__(self, code: str, said: str) -> None:
        self._error = client_error("DescribeModelPackage", code, said)

    def client(self, _service: str) -> Any:
        return self

    def describe_model_package(self, **_: Any) -> Any:
        raise self._error


@pytest.mark.parametrize(
    "said", ["ModelPackage x does not exist.", "Cannot find x", "x was not found"]
)
def test_a_version_that_is_deleted_is_none(said: str) -> None:
    assert _registry(_Refusing("ValidationException", said)).find(ARN) is None


@pytest.mark.parametrize(
    ("code", "said"),
    [("ValidationException", "the name is too long"), ("AccessDeniedException", "x not found")],
)
def test_a_version_that_cannot_be_read_is_not_taken_for_deleted(code: str, said: str) -> None:
    with pytest.raises(ClientError, match=code):
        _registry(_Refusing(code, said)).find(ARN)


@pytest.mark.parametrize("is_approved", [True, False])
@pytest.mark.parametrize("now", ["Approved", "Rejected", "deleted"])
def test_a_registry_that_does_not_say_yet_what_its_event_says_is_asked_once_more(
    is_approved: bool, now: str
) -> None:
    aws, time = FakeAws(), FakeTime()
    if now != "deleted":
        aws.versions[ARN] = (now, "Completed")
    asked: list[str] = []
    aws.before_call = asked.append
    found = _registry(aws, time).find_changed(RegistryChange(GROUP, ARN, is_approved))
    assert len(asked) == (1 if (now == "Approved") == is_approved else 2)
    assert time.slept == [3.0] * (len(asked) - 1)
    assert found == (None if now == "deleted" else Version(ARN, now == "Approved"))


def test_what_the_registry_says_late_is_what_counts() -> None:
    aws, time = FakeAws(versions={ARN: ("PendingManualApproval", "Completed")}), FakeTime()
    calls: list[str] = []

    def approve(operation: str) -> None:
        calls.append(operation)
        if len(calls) == 2:
            aws.versions[ARN] = ("Approved", "Completed")

    aws.before_call = approve
    found = _registry(aws, time).find_changed(RegistryChange(GROUP, ARN, is_approved=True))
    assert found == Version(ARN, True)


def test_the_approved_and_complete_versions_of_a_group_are_listed_the_newest_first() -> None:
    aws = FakeAws(
        versions={
            f"{ARNS}/1": ("Approved", "Completed"),
            f"{ARNS}/2": ("Rejected", "Completed"),
            f"{ARNS}/3": ("Approved", "InProgress"),
            f"{ARNS}/4": ("Approved", "Completed"),
            "arn:aws:sagemaker:x:1:model-package/other/1": ("Approved", "Completed"),
        }
    )
    asked: list[dict[str, Any]] = []

    class _Recording:
        def client(self, service: str) -> Any:
            self._client = aws.client(service)
            return self

        def get_paginator(self, name: str) -> Any:
            found = self._client.get_paginator(name)

            class _Pages:
                def paginate(self, **request: Any) -> Any:
                    asked.append(request)
                    return found.paginate(**request)

            return _Pages()

    assert _registry(_Recording()).approved(GROUP) == [f"{ARNS}/4", f"{ARNS}/1"]
    assert asked == [
        {
            "ModelPackageGroupName": GROUP,
            "ModelApprovalStatus": "Approved",
            "SortBy": "CreationTime",
            "SortOrder": "Descending",
        }
    ]


def test_what_is_written_is_cut_to_what_sagemaker_takes() -> None:
    aws = FakeAws(versions={ARN: ("Approved", "Completed")})
    version = Version(ARN, True, metadata={"known": "1"})
    _registry(aws).write(
        version,
        metadata={"a": "x" * 300},
        forget=["known", "unknown"],
        stage=("dev", "Failed", "y" * 2000),
    )
    assert aws.annotations[ARN] == {
        "CustomerMetadataProperties": {"a": "x" * 256},
        "ModelLifeCycle": {
            "Stage": "dev",
            "StageStatus": "Failed",
            "StageDescription": "y" * 1024,
        },
    }


def test_nothing_is_asked_where_there_is_nothing_to_say() -> None:
    asked: list[str] = []
    aws = FakeAws(before_call=asked.append, versions={ARN: ("Approved", "Completed")})
    _registry(aws).write(Version(ARN, True), metadata={}, forget=["unknown"])
    assert asked == []


_DETAIL = {
    "ModelPackageGroupName": GROUP,
    "ModelPackageArn": ARN,
    "ModelApprovalStatus": "Approved",
}


@pytest.mark.parametrize(
    ("changed", "is_approved", "is_decision"),
    [
        ({}, True, True),
        ({"UpdatedModelPackageFields": []}, True, True),
        ({"UpdatedModelPackageFields": ["ModelApprovalStatus"]}, True, True),
        ({"UpdatedModelPackageFields": ["ModelLifeCycle"]}, True, False),
        ({"UpdatedModelPackageFields": ["ModelPackageStatus"]}, True, False),
        ({"UpdatedModelPackageFields": ["ModelLifeCycle", "ModelApprovalStatus"]}, True, True),
        ({"ModelApprovalStatus": "Rejected"}, False, True),
        ({"ModelApprovalStatus": "PendingManualApproval"}, False, True),
    ],
)
def test_an_event_of_the_registry_says_what_may_have_been_decided(
    changed: dict[str, Any], is_approved: bool, is_decision: bool
) -> None:
    assert parse_change(_DETAIL | changed) == RegistryChange(GROUP, ARN, is_approved, is_decision)


@pytest.mark.parametrize(
    "changed",
    [
        {"UpdatedModelPackageFields": ["CustomerMetadataProperties"]},
        {"ModelApprovalStatus": "Unknown"},
        {"ModelApprovalStatus": None},
        {"ModelPackageGroupName": ""},
        {"ModelPackageGroupName": None},
    ],
)
def test_an_event_that_decides_nothing_is_passed_over(changed: dict[str, Any]) -> None:
    assert parse_change(_DETAIL | changed) is None
