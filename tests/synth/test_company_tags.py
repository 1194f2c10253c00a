"""Whatever can carry tags carries the company's, and only if the registration names some."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.synth.conftest import Synthesis

_COMPANY = {"cost-center": "4711", "Team": "ml platform"}


# CloudFormation takes no tags for these.
_UNTAGGED = {
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::KMS::Alias",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Permission",
    "AWS::S3::BucketPolicy",
    "AWS::SQS::QueuePolicy",
    "AWS::ServiceCatalog::LaunchRoleConstraint",
    "AWS::ServiceCatalog::PortfolioPrincipalAssociation",
    "AWS::ServiceCatalog::PortfolioProductAssociation",
}


def _tagged(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Names and tags of what can have tags, in either of the forms that CloudFormation has."""
    resources = json.loads(file.read_text(encoding="utf-8"))["Resources"]
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        tags = properties.get("Tags", properties.get("ResourceTags"))
        if isinstance(tags, list):
            tags = {one["Key"]: one["Value"] for one in tags}
        if resource["Type"] not in _UNTAGGED and not resource["Type"].startswith("Custom::"):
            yield name, tags or {}


@pytest.mark.parametrize("template", ["registration_file", "product_file"])
def test_what_can_carry_tags_carries_the_companys(
    generous: Synthesis, synthesis: Synthesis, template: str
) -> None:
    tagged = dict(_tagged(getattr(generous, template)))
    assert tagged
    assert {
        name: _COMPANY.items() <= tags.items() for name, tags in tagged.items()
    } == dict.fromkeys(tagged, True)
    # Tags of the template's own stay; what had none before has the company's alone.
    before = dict(_tagged(getattr(synthesis, template)))
    own = {
        name: {key: value for key, value in tags.items() if key not in _COMPANY}
        for name, tags in tagged.items()
        # A reader, a budget and a shared key are there with their settings alone.
        if name in before or not name.startswith(("ReaderRole", "CostBudget", "SharedKey"))
    }
    assert own == {name: before.get(name, {}) for name in own}


def test_repositories_are_told_the_companys_tags(generous: Synthesis, synthesis: Synthesis) -> None:
    def told(file: Path) -> bool:
        return '"TAGS":"cost-center=4711,Team=ml platform"' in file.read_text(
            encoding="utf-8"
        ).replace(": ", ":")

    assert told(generous.product_file)
    assert not told(synthesis.product_file)
