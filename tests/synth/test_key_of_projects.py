"""A registration that names a key for new projects; one that does not is as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from mlops_sm_project_template.config import names
from tests.synth.conftest import ROOT, STUDIO_ROLES, Synthesis
from tests.synth.project_resources import before, find

_CONTEXT = "kms:EncryptionContext:aws:s3:arn"


@pytest.fixture(scope="module")
def shared(generous: Synthesis) -> dict[str, Any]:
    """Template of a project that may share a key."""
    template: dict[str, Any] = json.loads(generous.product_file.read_text(encoding="utf-8"))
    return template


@pytest.fixture(scope="module")
def sharing(generous: Synthesis) -> dict[str, Any]:
    """Resources of a registration with a key."""
    text = generous.registration_file.read_text(encoding="utf-8")
    resources: dict[str, Any] = json.loads(text)["Resources"]
    return resources


def _of_type(resources: dict[str, Any], type_: str) -> dict[str, Any]:
    return {id_: one for id_, one in resources.items() if one["Type"] == type_}


def _statements(value: Any) -> Iterator[dict[str, Any]]:
    """Every statement of every policy of roles."""
    if isinstance(value, dict):
        if "Action" in value and "Effect" in value:
            yield value
        for inner in value.values():
            yield from _statements(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _statements(inner)


def _actions(statement: dict[str, Any]) -> set[str]:
    named = statement["Action"]
    return {named} if isinstance(named, str) else set(named)


def test_an_own_key_is_the_resource_that_it_was(
    resources: dict[str, Any], shared: dict[str, Any]
) -> None:
    """CloudFormation knows a resource by its logical id, and would make another one anew."""
    for type_ in ("AWS::KMS::Key", "AWS::KMS::Alias", "AWS::S3::Bucket"):
        assert _of_type(resources, type_).keys() == _of_type(shared["Resources"], type_).keys()
    ((condition, meaning),) = (
        (name, one) for name, one in shared["Conditions"].items() if "OwnKey" in name
    )
    assert meaning == {"Fn::Equals": [{"Ref": "EncryptionKey"}, "own"]}
    for type_ in ("AWS::KMS::Key", "AWS::KMS::Alias"):
        ((_, resource),) = _of_type(shared["Resources"], type_).items()
        assert resource["Condition"] == condition
    assert shared["Parameters"]["EncryptionKey"]["Default"] == "shared"


def test_nothing_of_key_and_bucket_changes_before_the_choice_is_known(
    shared: dict[str, Any],
) -> None:
    resources = shared["Resources"]
    choice, _ = find(resources, "Custom::ProjectKey")
    for type_ in ("AWS::KMS::Key", "AWS::S3::Bucket", "Custom::ProjectData"):
        (name,) = _of_type(resources, type_)
        assert choice in before(resources, name)


def test_every_role_uses_a_key_for_its_own_bucket_alone(shared: dict[str, Any]) -> None:
    roles = _of_type(shared["Resources"], "AWS::IAM::Role")
    found = 0
    for statement in _statements(roles):
        reads = {"kms:Decrypt", "kms:GenerateDataKey"} & _actions(statement)
        if not reads or "s3." not in str(statement["Condition"]["StringEquals"]):
            continue
        if "222233334444" in str(statement):
            continue  # a key of the company's lake
        found += 1
        own = str(statement["Condition"]["StringLike"][_CONTEXT])
        assert own.count("SageMakerProjectId") == 2
    assert found >= 5


def test_a_registration_without_a_word_knows_no_other_key(
    registration: dict[str, Any], product: dict[str, Any]
) -> None:
    text = json.dumps([registration, product])
    words = (_CONTEXT, "Custom::ProjectKey", "EncryptionKey", "KMS_KEY", "SharedKey")
    assert [word for word in words if word in text.replace("KMS_KEY_ARN", "")] == []


def test_the_shared_key_stays_and_turns(sharing: dict[str, Any]) -> None:
    ((_, key),) = _of_type(sharing, "AWS::KMS::Key").items()
    assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert key["Properties"]["EnableKeyRotation"] is True
    tag = dict(zip(("Key", "Value"), names.SHARED_KEY_TAG, strict=True))
    assert tag in key["Properties"]["Tags"]
    ((_, alias),) = _of_type(sharing, "AWS::KMS::Alias").items()
    assert alias["Properties"]["AliasName"] == names.SHARED_KEY_ALIAS


def test_the_shared_key_lets_people_of_every_studio_role_in_through_s3(
    sharing: dict[str, Any],
) -> None:
    ((_, key),) = _of_type(sharing, "AWS::KMS::Key").items()
    policy = key["Properties"]["KeyPolicy"]["Statement"]
    (studio,) = (one for one in policy if one.get("Sid") == "Studio")
    assert studio["Condition"]["ArnEquals"]["aws:PrincipalArn"] == [
        {"Ref": "ExecutionRoleArn"},
        *STUDIO_ROLES,
    ]
    assert studio["Condition"].keys() == {"ArnEquals", "StringEquals", "StringLike"}
    assert "mlops-sm-project-p-*" in str(studio["Condition"]["StringLike"][_CONTEXT])


def test_the_statements_for_a_companys_key_are_those_of_the_shared_one(
    sharing: dict[str, Any],
) -> None:
    page = (ROOT / "docs" / "platform-engineer" / "settings.md").read_text(encoding="utf-8")
    (shown,) = (
        json.loads(block) for block in re.findall(r"```text\n(\[.*?\])\n```", page, re.DOTALL)
    )
    ((_, key),) = _of_type(sharing, "AWS::KMS::Key").items()
    ours = {one["Sid"]: one for one in key["Properties"]["KeyPolicy"]["Statement"] if "Sid" in one}
    described = {one.pop("Sid"): one for one in shown}
    assert [*described] == ["IamDecides", *ours]
    for sid, statement in ours.items():
        assert described[sid]["Action"] == statement["Action"]
        conditions, known = described[sid]["Condition"], statement["Condition"]
        assert {name: one.keys() for name, one in conditions.items()} == {
            name: one.keys() for name, one in known.items()
        }
        assert conditions["StringEquals"].get("aws:PrincipalOrgID") == known["StringEquals"].get(
            "aws:PrincipalOrgID"
        )


def test_the_launch_role_makes_no_key(sharing: dict[str, Any]) -> None:
    (launch,) = (
        role
        for role in _of_type(sharing, "AWS::IAM::Role").values()
        if role["Properties"].get("RoleName") == names.LAUNCH_ROLE
    )
    of_keys = {
        action
        for statement in _statements(launch)
        for action in _actions(statement)
        if action.startswith("kms:")
    }
    assert of_keys == {"kms:CreateAlias", "kms:DeleteAlias", "kms:ListAliases", "kms:UpdateAlias"}
