"""Which regions lack what the template uses."""

from __future__ import annotations

import pytest

from operations.doctor.region import look_at_region


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1", "ap-northeast-1"])
def test_large_regions_have_all(region: str) -> None:
    assert [one.level for one in look_at_region(region)] == ["ok"]


@pytest.mark.parametrize(
    ("region", "lacks"),
    [
        ("ap-southeast-7", "AWS::ServiceCatalog::"),
        ("cn-north-1", "AWS::SageMaker::ModelPackageGroup"),
        ("us-gov-east-1", "AWS::SageMaker::Endpoint"),
    ],
)
def test_what_a_region_lacks_is_named(region: str, lacks: str) -> None:
    (found,) = look_at_region(region)
    assert found.level == "fails"
    assert lacks in found.sentence
    assert "choose another one" in found.sentence


def test_a_region_that_nobody_knows_is_noted() -> None:
    (found,) = look_at_region("xx-north-1")
    assert found.level == "note"
