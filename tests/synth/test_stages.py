"""A project names its stages: which names, in which places, and what it has of each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.synth.launched import DEFAULT_STAGES, SIX_STAGES, launch, launch_stages
from tests.synth.project_resources import NAME, before, find, find_content, find_role, render

# Logical id, type and name of what a project had whose template knew no parameter `Stages`, but for
# the reader's role. Written from the last such version, and not to be written again.
_BEFORE = Path(__file__).with_name("launched_before.txt")
_NAMES = ("RoleName", "Name", "BucketName", "AliasName", "ModelPackageGroupName")


def test_a_project_that_names_no_stages_keeps_every_resource_and_name(
    any_product: dict[str, Any],
) -> None:
    default = any_product["Parameters"]["Stages"]["Default"]
    resources = launch(any_product, Stages=default)["Resources"]
    told = _BEFORE.read_text(encoding="utf-8").splitlines()
    assert sorted(_told(resources)) == sorted(line for line in told if "Reader" not in line)


def _told(resources: dict[str, Any]) -> Iterator[str]:
    for logical_id, resource in resources.items():
        named = [name for name in _NAMES if name in resource["Properties"]]
        texts = [render(resource["Properties"][name]) for name in named[:1]]
        yield " ".join([logical_id, resource["Type"], *texts])


@pytest.mark.parametrize(
    ("stages", "is_taken"),
    [
        ("dev,staging,prod", True),
        ("qa", True),
        ("qa,live", True),
        ("a,b,c,d,e,f", True),
        (",".join(letter * 20 for letter in "abcdef"), True),
        ("dev,,live", True),
        ("dev,,,,,f", True),
        ("ab,a,b", True),
        ("", False),
        (",live", False),
        ("a,b,c,d,e,f,g", False),
        ("a,b,c,d,e,f,", False),
        ("a" * 21, False),
        ("Dev", False),
        ("1st", False),
        ("pre-prod", False),
        ("dev, prod", False),
        ("dev;prod", False),
        ("dev,prod,dev", False),
        ("dev,dev", False),
        ("dev,a,b,,a", False),
        ("dev\n", False),
    ],
)
def test_the_parameter_takes_up_to_six_different_names_in_their_places(
    any_product: dict[str, Any], stages: str, *, is_taken: bool
) -> None:
    parameter = any_product["Parameters"]["Stages"]
    # CloudFormation matches the whole value.
    assert bool(re.fullmatch(parameter["AllowedPattern"], stages)) is is_taken
    assert "up to 6 different names" in parameter["ConstraintDescription"]


def _choices() -> Iterator[tuple[str, ...]]:
    """Which places have a stage: the first always, and any of the others."""
    for number in range(len(SIX_STAGES)):
        for later in combinations(SIX_STAGES[1:], number):
            yield tuple(name if name in (SIX_STAGES[0], *later) else "" for name in SIX_STAGES)


@pytest.mark.parametrize("places", list(_choices()), ids=",".join)
def test_what_is_made_of_a_stage_follows_from_its_place(
    any_product: dict[str, Any], places: tuple[str, ...]
) -> None:
    resources = launch_stages(any_product, *places)["Resources"]
    stages = [name for name in places if name]
    roles = [r["Properties"]["RoleName"] for r in resources.values() if "IAM" in r["Type"]]
    assert len(roles) == 2 + 2 * len(stages)
    _, made = find(resources, "Custom::GitHubRepository", Name=f"{NAME}-deploy")
    assert made["Environments"] == stages
    assert made["ReviewedEnvironments"] == stages[1:]
    assert made["Stages"] == ",".join(places)
    content, _ = find_content(resources, "deploy")
    endpoints, _ = find(resources, "Custom::ProjectEndpoints")
    clean_up, properties = find(resources, "Custom::ProjectData")
    assert properties["Stages"] == ",".join(places)
    for name in stages:
        deploy, role = find_role(resources, f"deploy-{name}")
        cloudformation, _ = find_role(resources, f"cloudformation-{name}")
        assert f"StageClaim.{places.index(name) + 1}" in json.dumps(role)
        assert deploy in before(resources, content)
        assert endpoints in before(resources, deploy)
        assert cloudformation in before(resources, endpoints)
        # Who looks whether a stage may go, or keeps its place, is asked before its roles change.
        assert clean_up in before(resources, cloudformation)


def test_the_roles_of_each_place_are_granted_the_same(any_product: dict[str, Any]) -> None:
    """So the list of what is granted shows those of the usual stages."""
    resources = launch_stages(any_product, *SIX_STAGES)["Resources"]
    for duty in ("deploy", "cloudformation"):
        granted = set()
        for place, name in enumerate(SIX_STAGES, start=1):
            logical_id, role = find_role(resources, f"{duty}-{name}")
            _, of_cloudformation = find_role(resources, f"cloudformation-{name}")
            text = json.dumps([role["AssumeRolePolicyDocument"], role["Policies"]])
            text = text.replace(f"StageClaim.{place}", "StageClaim")
            ids = [id_ for id_, one in resources.items() if one["Properties"] is of_cloudformation]
            text = text.replace(ids[0], "CloudFormation").replace(logical_id, "own")
            granted.add(re.sub(rf"\b{name}\b", "*", text))
        assert len(granted) == 1


@pytest.mark.parametrize(
    ("stages", "kept"),
    [
        (DEFAULT_STAGES, {"SUB_CLAIM_STAGING": 2, "SUB_CLAIM_PROD": 3}),
        (("dev", "staging"), {"SUB_CLAIM_STAGING": 2}),
        (("qa", "live"), {}),
        (("qa", "prod", "staging"), {}),
    ],
)
def test_a_repository_with_earlier_code_learns_what_that_reads(
    any_product: dict[str, Any], stages: tuple[str, ...], kept: dict[str, int]
) -> None:
    resources = launch_stages(any_product, *stages)["Resources"]
    repository, _ = find(resources, "Custom::GitHubRepository", Name=f"{NAME}-deploy")
    _, content = find_content(resources, "deploy")
    told = {k: render(v) for k, v in content["Configuration"].items()}
    assert told["PROJECT_STAGES"] == ",".join(stages)
    assert {
        name: text for name, text in told.items() if name in ("SUB_CLAIM_STAGING", "SUB_CLAIM_PROD")
    } == {name: f"{{{repository}.StageClaim.{place}}}" for name, place in kept.items()}
