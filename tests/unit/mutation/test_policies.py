"""A mutant of a policy is one change of one statement, and is really in the template then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mutation import policy_fault
from mutation.mutant import MutationError
from mutation.policy_documents import (
    STAGE_ACCOUNT,
    read_template,
    statements_of,
    with_statement,
    write_template,
)
from mutation.policy_mutants import PolicyMutant, collect_policies

STATEMENT: dict[str, Any] = {
    "Effect": "Allow",
    "Action": ["s3:GetObject", "s3:PutObject"],
    "Resource": ["arn:one", {"Ref": "Bucket"}],
    "Condition": {
        "StringEquals": {"aws:PrincipalAccount": "1", "aws:SourceAccount": "2"},
        "Bool": {"aws:SecureTransport": "true"},
    },
}
OTHER = {"Effect": "Deny", "Action": "sqs:*", "Principal": "*", "Resource": "*"}


def _template(*statements: dict[str, Any]) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    policy = {"PolicyName": "own", "PolicyDocument": document}
    properties = {"RoleName": "reader", "Policies": [policy]}
    return {"Resources": {"Role0A1B2C3D": {"Type": "AWS::IAM::Role", "Properties": properties}}}


def _mutants(template: dict[str, Any], name: str = "registration") -> dict[str, PolicyMutant]:
    return {one.change: one for one in collect_policies({name: template})}


def test_each_part_of_a_statement_is_dropped_widened_or_turned_round() -> None:
    assert set(_mutants(_template(STATEMENT))) == {
        "Allow → Deny",
        "arn:one → *",
        "Bucket → *",
        "s3:GetObject → s3:*",
        "s3:PutObject → s3:*",
        "without Bool aws:SecureTransport",
        "without StringEquals aws:PrincipalAccount",
        "without StringEquals aws:SourceAccount",
        "without s3:GetObject",
        "without s3:PutObject",
    }


def test_what_is_wide_already_is_not_widened_and_the_only_action_goes_with_its_statement() -> None:
    mutants = _mutants(_template(OTHER, STATEMENT))
    without = mutants["without sqs:*"]
    assert without.statement is None
    assert "* → *" not in mutants
    assert "sqs:* → sqs:*" not in mutants
    changed = with_statement(_template(OTHER, STATEMENT), without.found, without.statement)
    assert changed == _template(STATEMENT)


def test_each_mutant_changes_one_statement_and_leaves_the_other() -> None:
    template = _template(STATEMENT, OTHER)
    for mutant in collect_policies({"registration": template}):
        changed = with_statement(template, mutant.found, mutant.statement)
        statements = [one.statement for one in statements_of("registration", changed)]
        before = [STATEMENT, OTHER]
        before[mutant.found.nth] = mutant.statement  # type: ignore[call-overload]
        assert statements == [one for one in before if one is not None], mutant.change
        assert mutant.differs(Path())


def test_ids_stay_when_a_hash_changes_and_tell_all_apart() -> None:
    template = _template(STATEMENT, OTHER)
    renamed = {"Resources": {"Role99999999": template["Resources"]["Role0A1B2C3D"]}}
    ids = [one.id for one in collect_policies({"registration": template})]
    assert len(set(ids)) == len(ids)
    assert [one.id for one in collect_policies({"registration": renamed})] == ids


@pytest.mark.parametrize(
    "written",
    [
        {"Fn::Sub": json.dumps({"Statement": [STATEMENT, {**OTHER, "Principal": "${Who}"}]})},
        {
            "Fn::Join": [
                "",
                [
                    '{"Statement":[',
                    json.dumps({**STATEMENT, "Resource": "x"}),
                    ',{"Effect":"Deny","Action":"sqs:*","Resource":"*","Principal":"',
                    {"Ref": "Who"},
                    '"}]}',
                ],
            ]
        },
    ],
)
def test_documents_that_are_text_have_mutants_too(written: dict[str, Any]) -> None:
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": written}}
    template = {"Resources": {"Role": role}}
    assert [one.statement for one in statements_of("prerequisites", template)][1] == {
        **OTHER,
        "Principal": "${Who}",
    }
    mutant = _mutants(template)["Deny → Allow"]
    changed = with_statement(template, mutant.found, mutant.statement)
    assert [one.statement["Effect"] for one in statements_of("prerequisites", changed)] == [
        "Allow",
        "Allow",
    ]
    assert with_statement(template, mutant.found, mutant.found.statement) == template


def _synthesize(root: Path, template: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the end of a copy's `app.py` finds: a fresh synthesis."""
    folder = root / "out" / "assembly-dev"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "devMLOpsServiceCatalog07C3F779.template.json"
    write_template(file, template)
    monkeypatch.setattr(policy_fault, "_ROOT", root)
    monkeypatch.setenv("CDK_OUTDIR", str(root / "out"))
    return file


def test_a_mutant_of_a_construct_is_in_what_is_synthesized(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = _template(STATEMENT, OTHER)
    mutant = _mutants(template)["without s3:PutObject"]
    (tmp_path / "app.py").write_text("print('synthesizes')\n", encoding="utf-8")
    mutant.put_into(tmp_path)
    end = (tmp_path / "app.py").read_text(encoding="utf-8")
    assert end.startswith("print('synthesizes')\n")
    assert "policy_fault.spoil_assembly()" in end

    file = _synthesize(tmp_path, template, monkeypatch)
    policy_fault.spoil_assembly()
    assert read_template(file) == _template({**STATEMENT, "Action": ["s3:GetObject"]}, OTHER)
    assert (tmp_path / policy_fault.NOTE).exists()


def test_a_fault_that_is_in_no_template_leaves_no_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant = _mutants(_template(STATEMENT))["Allow → Deny"]
    (tmp_path / "app.py").touch()
    mutant.put_into(tmp_path)
    file = _synthesize(tmp_path, _template(OTHER), monkeypatch)
    policy_fault.spoil_assembly()
    assert read_template(file) == _template(OTHER)
    assert not (tmp_path / policy_fault.NOTE).exists()


def _stage_account(root: Path, template: dict[str, Any]) -> Path:
    file = root / STAGE_ACCOUNT
    file.parent.mkdir(parents=True)
    write_template(file, template)
    generator = root / "mlops_sm_project_template" / "stage_account_template.py"
    generator.parent.mkdir()
    generator.write_text("def build() -> str: ...\n", encoding="utf-8")
    return file


def test_a_mutant_of_a_written_template_is_in_the_file(tmp_path: Path) -> None:
    file = _stage_account(tmp_path, _template(STATEMENT, OTHER))
    _mutants(_template(STATEMENT, OTHER), "stage account")["Deny → Allow"].put_into(tmp_path)
    assert read_template(file) == _template(STATEMENT, {**OTHER, "Effect": "Allow"})


def test_a_mutant_of_another_file_is_refused(tmp_path: Path) -> None:
    _stage_account(tmp_path, _template(OTHER))
    mutant = _mutants(_template(STATEMENT), "stage account")["Allow → Deny"]
    with pytest.raises(MutationError, match="collect them again"):
        mutant.put_into(tmp_path)
