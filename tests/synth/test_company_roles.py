"""A company's path, prefix and boundary: on every role, with rights that no launch can widen."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.synth.conftest import CONFINED, ROOT, Synthesis

_BOUNDARY, _PATH, _PREFIX = (
    CONFINED[name] for name in ("PERMISSIONS_BOUNDARY", "ROLE_PATH", "ROLE_PREFIX")
)
_DUTIES = ("execution", "reader", "build", "deploy", "cloudformation")


@pytest.fixture(scope="session")
def templates(confined: Synthesis) -> list[dict[str, Any]]:
    """The registration's template, and the product's."""
    files = (confined.registration_file, confined.product_file)
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]


def _of_type(templates: list[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    for template in templates:
        for resource in template["Resources"].values():
            if resource["Type"] == kind:
                yield resource["Properties"]


def _list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def test_every_role_stands_under_the_boundary_on_the_path_with_the_prefix(
    templates: list[dict[str, Any]],
) -> None:
    roles = list(_of_type(templates, "AWS::IAM::Role"))
    assert len(roles) > len(_DUTIES)
    for role in roles:
        assert role["PermissionsBoundary"] == _BOUNDARY
        assert role["Path"] == _PATH
        named = role["RoleName"]
        first = named if isinstance(named, str) else named["Fn::Join"][1][0]
        assert first.startswith(_PREFIX)


def test_no_role_of_a_project_has_a_policy_of_its_own(templates: list[dict[str, Any]]) -> None:
    for role in _of_type(templates[1:], "AWS::IAM::Role"):
        assert "Policies" not in role
        name = _text(role["RoleName"])
        (duty,) = (one for one in _DUTIES if f"-{one}" in name)
        for arn in role["ManagedPolicyArns"]:
            assert f":policy/{_PREFIX}mlops-sm-project-duty-{duty}-" in _text(arn)
    assert not list(_of_type(templates[1:], "AWS::IAM::Policy"))


def test_each_policy_that_a_role_has_is_the_registrations(templates: list[dict[str, Any]]) -> None:
    made = {one["ManagedPolicyName"] for one in _of_type(templates, "AWS::IAM::ManagedPolicy")}
    asked = {
        _text(arn).rpartition(":policy/")[2].partition('"')[0]
        for role in _of_type(templates[1:], "AWS::IAM::Role")
        for arn in role["ManagedPolicyArns"]
    }
    assert asked == {name for name in made if "-duty-" in name}
    for one in _of_type(templates, "AWS::IAM::ManagedPolicy"):
        if "-data" in one["ManagedPolicyName"]:
            assert "${aws:PrincipalTag/mlops-project-id}" in _text(one["PolicyDocument"])


def test_what_a_stages_roles_may_do_is_told_by_their_tags(templates: list[dict[str, Any]]) -> None:
    for role in _of_type(templates[1:], "AWS::IAM::Role"):
        tags = {tag["Key"]: tag["Value"] for tag in role["Tags"]}
        name = _text(role["RoleName"])
        assert tags["mlops-project-id"] == {"Ref": "SageMakerProjectId"}
        assert tags["mlops-project-name"] == {"Ref": "SageMakerProjectName"}
        assert ("mlops-stage" in tags) == ("-deploy-" in name or "-cloudformation-" in name)


def test_the_launch_role_writes_no_policy_and_attaches_each_duty_its_own(
    templates: list[dict[str, Any]],
) -> None:
    (launch,) = (
        role
        for role in _of_type(templates[:1], "AWS::IAM::Role")
        if role["RoleName"] == f"{_PREFIX}mlops-sm-project-launch"
    )
    (policy,) = (one for one in launch["Policies"] if one["PolicyName"] == "roles")
    allowed: dict[str, list[dict[str, Any]]] = {}
    for statement in policy["PolicyDocument"]["Statement"]:
        if statement["Effect"] == "Allow":
            actions = statement["Action"]
            for action in [actions] if isinstance(actions, str) else actions:
                allowed.setdefault(action, []).append(statement)
    assert not {"iam:PutRolePolicy", "iam:DeleteRolePermissionsBoundary"} & allowed.keys()
    (create,) = allowed["iam:CreateRole"]
    assert create["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": [_BOUNDARY]}} or (
        create["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": _BOUNDARY}}
    )
    assert len(allowed["iam:AttachRolePolicy"]) == len(_DUTIES)
    for statement in allowed["iam:AttachRolePolicy"]:
        (duty,) = (
            one
            for one in _DUTIES
            if f"-duty-{one}-*" in _text(statement["Condition"]["ArnLike"]["iam:PolicyARN"])
        )
        assert f"mlops-p-*-{duty}" in _text(statement["Resource"])


@pytest.mark.parametrize(
    ("duty", "section"),
    [
        ("build", "build"),
        ("execution", "execution"),
        ("deploy", "deploy-dev"),
        ("cloudformation", "cloudformation-dev"),
    ],
)
def test_a_duty_grants_what_the_page_of_permissions_lists(
    templates: list[dict[str, Any]], duty: str, section: str
) -> None:
    page = (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    rows = page.split(f"\n## {section}\n")[1].split("\n## ")[0]
    listed = set(re.findall(r"^\| `([\w-]+:\w+)` \|", rows, re.MULTILINE))
    granted = {
        action
        for one in _of_type(templates, "AWS::IAM::ManagedPolicy")
        if f"-duty-{duty}-" in one["ManagedPolicyName"]
        for statement in one["PolicyDocument"]["Statement"]
        for action in _list(statement["Action"])
    }
    assert granted == listed


def test_workflows_are_trusted_by_the_issuer_of_the_enterprise(
    templates: list[dict[str, Any]],
) -> None:
    """Which claims STS hands over for an issuer that is not GitHub's own is not documented."""
    issuer = CONFINED["OPENID_CONNECT_ISSUER"]
    trusts = [
        statement
        for role in _of_type(templates[1:], "AWS::IAM::Role")
        for statement in role["AssumeRolePolicyDocument"]["Statement"]
        if "Federated" in statement["Principal"]
    ]
    assert len(trusts) > 1
    for statement in trusts:
        assert _text(statement["Principal"]).endswith(f'oidc-provider/{issuer}"]]}}}}')
        assert f"{issuer}:sub" in statement["Condition"]["StringEquals"]
        assert f"{issuer}:ref" in statement["Condition"]["StringEqualsIfExists"]
