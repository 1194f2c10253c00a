"""What the policies grant is what `granted.yml` says, so that a change of it is reviewed."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import yaml

from mutation.policy_documents import with_statement
from mutation.policy_mutants import collect_policies
from tests.synth import granted
from tests.synth.conftest import Synthesis


def test_what_is_granted_is_what_was_reviewed(synthesis: Synthesis, generous: Synthesis) -> None:
    told = granted.FILE.read_text(encoding="utf-8")
    assert told == granted.write_granted(synthesis, generous), (
        "run python -m tests.synth.granted and read the difference"
    )


def test_every_policy_is_in_the_file() -> None:
    told = yaml.safe_load(granted.FILE.read_text(encoding="utf-8"))
    assert {title for title, resources in told.items() if len(resources) > 1} >= {
        "registration",
        "project",
        "stage account",
        "prerequisites",
    }


def test_each_mutant_of_each_policy_would_show(
    registration: Any, product: Any, stage_account: Any
) -> None:
    templates = {"registration": registration, "project": product, "stage account": stage_account}
    mutants = list(collect_policies(templates))
    assert len(mutants) > 1500
    for mutant in mutants:
        name = mutant.found.resource
        alone = {"Resources": {name: templates[mutant.found.template]["Resources"][name]}}
        changed = with_statement(alone, mutant.found, mutant.statement)
        assert granted.grants_of(changed) != granted.grants_of(alone), mutant.change


_OWN_ACCOUNT = {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}
_STATEMENT = {
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:PutObject"],
    "Resource": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::own/*"]]},
    "Condition": {"StringEquals": _OWN_ACCOUNT},
}


def _template(statement: dict[str, Any], **properties: Any) -> dict[str, Any]:
    policy = {"PolicyName": "own", "PolicyDocument": {"Statement": [statement]}}
    role = {"RoleName": "reader", "Policies": [policy], **properties}
    return {"Resources": {"Role0A1B2C3D": {"Type": "AWS::IAM::Role", "Properties": role}}}


def test_a_statement_is_told_as_it_is_read() -> None:
    assert granted.grants_of(_template(_STATEMENT)) == {
        "Role reader": {
            "policy own": [
                {
                    "Allow": ["s3:GetObject", "s3:PutObject"],
                    "resources": "arn:${AWS::Partition}:s3:::own/*",
                    "when": {"StringEquals": {"aws:PrincipalAccount": "${AWS::AccountId}"}},
                }
            ]
        }
    }


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Effect", "Deny"),
        ("Action", ["s3:GetObject"]),
        ("Action", ["s3:GetObject", "s3:*"]),
        ("Resource", "*"),
        ("Condition", {"StringLike": _OWN_ACCOUNT}),
        ("Condition", {}),
        ("NotPrincipal", {"AWS": "*"}),
    ],
)
def test_each_part_of_a_statement_shows(key: str, value: Any) -> None:
    changed = {**deepcopy(_STATEMENT), key: value}
    assert granted.grants_of(_template(changed)) != granted.grants_of(_template(_STATEMENT))


def test_a_boundary_shows() -> None:
    bounded = _template(_STATEMENT, PermissionsBoundary="arn:boundary")
    assert granted.grants_of(bounded)["Role reader"]["at most"] == "arn:boundary"


def test_a_policy_that_would_not_be_told_is_refused() -> None:
    hidden = _template(_STATEMENT, ResourcePolicy={"Statement": [_STATEMENT]})
    with pytest.raises(AssertionError):
        granted.grants_of(hidden)
