"""A registration that allows images and networks: roles, boundaries, and what projects are told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlops_sm_project_template.config.settings import Settings, SettingsError
from mlops_sm_project_template.container_statements import run_jobs_containers
from mlops_sm_project_template.policy_length import check_length
from tests.synth.conftest import ACCOUNT, ALLOWED, REGION, REGISTRY, Synthesis
from tests.synth.project_resources import find_role, render

_REPOSITORIES = [
    f"arn:aws:ecr:{REGION}:222233334444:repository/{name}" for name in ("team/models", "rings")
]
_OF_AWS = f"arn:aws:ecr:{REGION}:*:repository/sagemaker-*"
_SUBNETS = [f"arn:aws:ec2:{REGION}:*:subnet/subnet-0123456789abcdef{n}" for n in (0, 1)]
_GROUP = f"arn:aws:ec2:{REGION}:*:security-group/sg-0123456789abcdef0"
# Of endpoints, whose role SageMaker uses for jobs too.
_MORE_SUBNETS = [f"arn:aws:ec2:{REGION}:*:subnet/subnet-0123456789abcdef2"]
_MORE_GROUPS = [f"arn:aws:ec2:{REGION}:*:security-group/sg-0123456789abcdef1"]
_SERVING = ("execution", "mlops-sm-project-execution-boundary")
_INTERFACES = f"arn:aws:ec2:{REGION}:{ACCOUNT}:network-interface/*"


@pytest.fixture(scope="module")
def policies(generous: Synthesis) -> dict[str, list[dict[str, Any]]]:
    """Statements of the two roles of jobs and of their boundaries."""
    product = json.loads(generous.product_file.read_text(encoding="utf-8"))
    registration = json.loads(generous.registration_file.read_text(encoding="utf-8"))
    found = {
        resource["Properties"]["ManagedPolicyName"]: resource["Properties"]["PolicyDocument"]
        for resource in registration["Resources"].values()
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
    }
    for duty in ("execution", "reader"):
        _, role = find_role(product["Resources"], duty)
        (found[duty],) = (
            policy["PolicyDocument"]
            for policy in role["Policies"]
            if policy.get("PolicyName") == "container"
        )
    return {name: _filled(document["Statement"]) for name, document in found.items()}


def _filled(value: Any) -> Any:
    if isinstance(value, list):
        return [_filled(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) <= {"Ref", "Fn::Join"}:
        text = render(value)
        for name, known in (("Partition", "aws"), ("Region", REGION), ("AccountId", ACCOUNT)):
            text = text.replace(f"{{AWS::{name}}}", known)
        return text
    return {key: _filled(item) for key, item in value.items()}


def _about(statements: list[dict[str, Any]], action: str) -> Iterator[dict[str, Any]]:
    for statement in statements:
        if action in _list(statement["Action"]):
            yield statement


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


WHOSE = (
    "execution",
    "reader",
    "mlops-sm-project-execution-boundary",
    "mlops-sm-project-data-locations",
)


@pytest.mark.parametrize("whose", WHOSE)
def test_jobs_pull_the_allowed_images_beside_those_of_aws(
    policies: dict[str, list[dict[str, Any]]], whose: str
) -> None:
    (pull,) = _about(policies[whose], "ecr:BatchGetImage")
    assert set(pull["Resource"]) == {_OF_AWS, *_REPOSITORIES}


@pytest.mark.parametrize("whose", WHOSE)
def test_jobs_and_endpoints_join_the_allowed_subnets_with_the_allowed_groups_alone(
    policies: dict[str, list[dict[str, Any]]], whose: str
) -> None:
    (create,) = _about(policies[whose], "ec2:CreateNetworkInterface")
    subnets = [*_SUBNETS, *(_MORE_SUBNETS if whose in _SERVING else [])]
    groups = [_GROUP, *(_MORE_GROUPS if whose in _SERVING else [])]
    assert set(create["Resource"]) == {_INTERFACES, *subnets, *groups}
    for action in ("CreateNetworkInterfacePermission", "DeleteNetworkInterface"):
        (change,) = _about(policies[whose], f"ec2:{action}")
        assert _list(change["Resource"]) == [_INTERFACES]
        named = change["Condition"]["StringLike"]["ec2:Subnet"]
        assert named == [f"*/{arn.rpartition('/')[2]}" for arn in subnets]
    (look,) = _about(policies[whose], "ec2:DescribeSubnets")
    assert _list(look["Resource"]) == ["*"]


def test_without_a_word_no_role_has_anything_of_ec2_or_of_another_registry(
    synthesis: Synthesis,
) -> None:
    for file in (synthesis.product_file, synthesis.registration_file):
        text = file.read_text(encoding="utf-8")
        assert '"ec2:' not in text
        assert "repository/sagemaker-*" in text
        assert text.count("repository/") == text.count("repository/sagemaker-*")


def test_both_repositories_are_told_what_is_allowed(
    generous: Synthesis, synthesis: Synthesis
) -> None:
    names = (
        "IMAGE_REPOSITORIES",
        "JOBS_SUBNETS",
        "JOBS_SECURITY_GROUPS",
        "ENDPOINT_SUBNETS",
        "ENDPOINT_SECURITY_GROUPS",
    )
    told, untold = (
        [
            resource["Properties"]["Configuration"]
            for resource in json.loads(one.product_file.read_text("utf-8"))["Resources"].values()
            if resource["Type"] == "Custom::GitHubRepositoryContent"
        ]
        for one in (generous, synthesis)
    )
    assert len(told) == 2
    for variables in told:
        said = {name: variables[name] for name in names}
        assert said == {name: ALLOWED[name].replace(" ", "") for name in names}
    assert not any(name in variables for variables in untold for name in names)


def _settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **values: str) -> Settings:
    for name, value in {"AWS_ACCOUNT": ACCOUNT, "AWS_REGION": REGION, **values}.items():
        monkeypatch.setenv(name, value)
    return Settings.load(tmp_path / ".env")


def test_what_fits_into_no_policy_is_refused_with_the_settings_that_say_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = ",".join(f"{REGISTRY}/team/models-{number}" for number in range(100))
    settings = _settings(tmp_path, monkeypatch, **{**ALLOWED, "IMAGE_REPOSITORIES": many})
    said = (
        "^IMAGE_REPOSITORIES with JOBS_SUBNETS says too much: a policy of it has .* of at most 6144"
    )
    with pytest.raises(SettingsError, match=said):
        check_length(run_jobs_containers(settings), settings, "image_repositories", "jobs_subnets")
