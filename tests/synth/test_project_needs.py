"""What `doctor` counts with is what the templates and the seed repositories ask for."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.doctor import project_needs
from tests.synth.conftest import Synthesis
from tests.synth.launched import DEFAULT_STAGES, SIX_STAGES, launch, launch_stages

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seed_code"


class _CloudFormation(yaml.SafeLoader):
    """Passes over functions."""


_CloudFormation.add_multi_constructor("!", lambda *_: None)


def _types(template: dict[str, Any]) -> Counter[str]:
    found = Counter(one["Type"] for one in template["Resources"].values())
    return Counter({name: n for name, n in found.items() if name.startswith("AWS::")})


def _prerequisites() -> Counter[str]:
    text = (ROOT / "prerequisites" / "prerequisites.yml").read_text(encoding="utf-8")
    return _types(yaml.load(text, Loader=_CloudFormation))


@pytest.mark.parametrize("number", range(1, 7))
@pytest.mark.parametrize("folders", ["", "s3://own.data/"])
def test_roles_of_a_project_by_its_stages(
    any_product: dict[str, Any], generous: Synthesis, number: int, folders: str
) -> None:
    if folders:
        any_product = launch(json.loads(generous.product_file.read_text()), DataLocations=folders)
    project = _types(launch_stages(any_product, *SIX_STAGES[:number]))
    assert project["AWS::IAM::Role"] == (
        project_needs.ROLES_OF_ONE_STAGE
        + (number - 1) * project_needs.ROLES_OF_A_FURTHER_STAGE
        + bool(folders) * project_needs.ROLES_OF_A_READER
    )


def test_roles_and_keys(registration: dict[str, Any], product: dict[str, Any]) -> None:
    project = _types(product)
    assert len(DEFAULT_STAGES) == project_needs.STAGES_OF_A_PROJECT
    assert project["AWS::KMS::Key"] == project_needs.KEYS_OF_A_PROJECT
    once = _types(registration)["AWS::IAM::Role"] + _prerequisites()["AWS::IAM::Role"]
    assert once == project_needs.ROLES_OF_A_REGISTRATION


def test_what_costs_money_while_nobody_uses_it(
    registration: dict[str, Any], product: dict[str, Any]
) -> None:
    project, once = _types(product), _types(registration)
    assert project["AWS::SecretsManager::Secret"] == project_needs.SECRETS_OF_A_PROJECT
    assert once["AWS::CloudWatch::Alarm"] == project_needs.ALARMS_OF_A_REGISTRATION
    assert not {"AWS::KMS::Key", "AWS::SecretsManager::Secret"} & {*once, *_prerequisites()}
    # Paid by use: what they hold or are asked.
    (table,) = (
        one["Properties"]
        for one in registration["Resources"].values()
        if one["Type"] == "AWS::DynamoDB::Table"
    )
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    functions = [
        one["Properties"]
        for one in registration["Resources"].values()
        if one["Type"] == "AWS::Lambda::Function"
    ]
    assert not any("ProvisionedConcurrencyConfig" in one for one in functions)


def test_types(registration: dict[str, Any], product: dict[str, Any]) -> None:
    stacks = SEEDS / "deploy_app" / "vendor" / "deploy_endpoint" / "stack"
    source = "".join(file.read_text(encoding="utf-8") for file in stacks.rglob("*.py"))
    modules = set(re.findall(r"\baws_(?:app|cloud|sage)\w+", source))
    assert modules == {"aws_applicationautoscaling", "aws_cloudwatch", "aws_sagemaker"}
    service = {"Scal": "ApplicationAutoScaling", "Alar": "CloudWatch"}
    endpoints = {
        f"AWS::{service.get(name[:4], 'SageMaker')}::{name}"
        for name in re.findall(r"\bCfn([A-Z]\w+)", source)
        if name != "Output"
    }
    asked = {*_types(registration), *_types(product), *_prerequisites(), *endpoints}
    assert asked == set(project_needs.RESOURCE_TYPES)


def test_what_a_build_and_an_endpoint_take() -> None:
    jobs = tomllib.loads((SEEDS / "build_app" / "pipeline.toml").read_text())["jobs"]
    assert {jobs["processing_instance_type"], jobs["training_instance_type"]} == {
        project_needs.JOB_INSTANCE_TYPE
    }
    stages = yaml.safe_load((SEEDS / "deploy_app" / "config" / "stages.yml").read_text())["stages"]
    assert sum(one["serving"]["max_concurrency"] for one in stages) == (
        project_needs.SERVERLESS_CONCURRENCY
    )


def test_what_the_workflows_use() -> None:
    files = [
        ROOT / ".github/workflows/sm_template_register_service_catalog.yml",
        *SEEDS.glob("*/.github/workflows/*.yml"),
    ]
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    assert set(re.findall(r"uses: ([^@\s.]\S*)@", text)) == set(project_needs.ACTIONS)
    assert set(re.findall(r"runs-on: (\S+)", text)) == {project_needs.RUNNER_LABEL}
