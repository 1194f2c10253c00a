"""Requests and answers are held to the botocore model."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rehearsal.aws.service_kit.model_validation import (
    ModelValidationError,
    is_operation,
    shape_output,
    validate,
)

_PROVISION = {"ProvisionedProductName": "a", "ProvisionToken": "b"}


@pytest.mark.parametrize(
    ("operation", "params", "message"),
    [
        (
            "CreateProject",
            {},
            "'projectName' failed to satisfy constraint: Member must not be null",
        ),
        ("CreateProject", {"ProjectName": "-a"}, "must satisfy regular expression pattern"),
        ("CreateProject", {"ProjectName": "a" * 33}, "length less than or equal to 32"),
        ("CreateProject", {"ProjectName": 1}, "must be of type string"),
        ("CreateProject", {"ProjectName": "a", "Color": "red"}, "Unknown member 'color'"),
        ("CreateProject", {"ProjectName": "a", "Tags": [{"Key": "k"}]}, "'tags.1.member.value'"),
        ("ListProjects", {"SortBy": "Size"}, "enum value set: [Name, CreationTime]"),
        ("ListProjects", {"MaxResults": 101}, "value less than or equal to 100"),
    ],
)
def test_a_request_outside_the_model_is_refused(
    operation: str, params: dict[str, object], message: str
) -> None:
    with pytest.raises(ModelValidationError) as refused:
        validate("sagemaker", operation, params)
    assert message in str(refused.value)


def test_all_problems_are_in_one_message() -> None:
    with pytest.raises(ModelValidationError, match="3 validation errors detected"):
        validate("sagemaker", "CreateProject", {"ProjectName": "-", "A": 1, "B": 2})


def test_a_request_within_the_model_passes() -> None:
    validate("servicecatalog", "ProvisionProduct", _PROVISION)
    validate("sagemaker", "CreateProject", {"ProjectName": "abalone-1"})


def test_unicode_classes_of_patterns_are_understood() -> None:
    tag = {"Key": "Größe", "Value": "groß"}
    validate("servicecatalog", "ProvisionProduct", {**_PROVISION, "Tags": [tag]})
    wrong = {**tag, "Key": "a;b"}
    with pytest.raises(ModelValidationError, match="regular expression"):
        validate("servicecatalog", "ProvisionProduct", {**_PROVISION, "Tags": [wrong]})


def test_an_answer_is_cut_to_the_model() -> None:
    record = {"ProjectArn": "arn", "ProjectId": "p-1", "internal": 1}
    assert shape_output("sagemaker", "CreateProject", record) == {
        "ProjectArn": "arn",
        "ProjectId": "p-1",
    }


def test_times_become_epoch_seconds() -> None:
    when = datetime(2026, 1, 1, tzinfo=UTC)
    answer = shape_output(
        "servicecatalog", "ListPortfolios", {"PortfolioDetails": [{"CreatedTime": when}]}
    )
    assert answer["PortfolioDetails"] == [{"CreatedTime": when.timestamp()}]


def test_an_answer_without_a_required_member_is_a_defect() -> None:
    with pytest.raises(ModelValidationError, match="must have ProjectId"):
        shape_output("sagemaker", "CreateProject", {"ProjectArn": "arn"})


def test_operations_are_known_by_name() -> None:
    assert is_operation("servicecatalog", "ProvisionProduct")
    assert not is_operation("servicecatalog", "ProvisionEverything")
