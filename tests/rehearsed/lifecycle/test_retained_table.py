"""The table of approvals outlives its registration, by the commands of workflow and documents."""

import json
import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import yaml

from mlops_sm_project_template.catalog_constructs.approval_table import ApprovalTable
from mlops_sm_project_template.config import names
from rehearsal.conductor.acts.remains import left_tables
from rehearsal.tests.emulator.local_aws import ACCOUNT, REGION, ROOT_KEYS, LocalAws, tool
from tests.docs.code_blocks import blocks, lines
from tests.documents import ROOT, section

WORKFLOW = ROOT / ".github/workflows/sm_template_register_service_catalog.yml"
ITEM = {"ClaimId": {"S": "version arn"}, "By": {"S": "anna"}}
KEY = {"ClaimId": ITEM["ClaimId"]}
TABLE = {"TableName": names.APPROVAL_TABLE}


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[LocalAws]:
    server = LocalAws(tmp_path / "state").start()
    yield server
    assert server.stop() == 0


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """The table as the registration stack has it, in a stack of its own."""
    app = cdk.App(outdir=str(tmp_path / "cdk.out"), analytics_reporting=False)
    stack = cdk.Stack(
        app,
        names.STACK,
        env=cdk.Environment(account=ACCOUNT, region=REGION),
        synthesizer=cdk.LegacyStackSynthesizer(),
    )
    ApprovalTable(stack, "Approvals")
    app.synth()
    return tmp_path / "cdk.out"


def _deploy_command() -> list[str]:
    """What the registration workflow types."""
    jobs = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"].values()
    typed = [step.get("run", "") for job in jobs for step in job["steps"]]
    (command,) = (run for run in typed if "assembly-dev deploy" in run)
    return shlex.split(command)


def _type(aws: LocalAws, assembly: Path, words: list[str]) -> str:
    words = [str(assembly) if word == "./cdk.out/assembly-dev" else word for word in words]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(assembly.parent),
        "AWS_ENDPOINT_URL": aws.url,
        "AWS_ACCESS_KEY_ID": str(ROOT_KEYS[0]),
        "AWS_SECRET_ACCESS_KEY": str(ROOT_KEYS[1]),
        "AWS_REGION": REGION,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
    }
    done = subprocess.run(
        [tool("cdk"), *words[1:]],
        cwd=assembly.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return "" if done.returncode == 0 else done.stderr


def _clean_up_lines() -> list[str]:
    return [line for block in blocks(section("Unregister"), "sh") for line in lines(block)]


def _unregister(aws: LocalAws, assembly: Path) -> None:
    (words,) = (shlex.split(line) for line in _clean_up_lines() if " destroy " in line)
    at = words.index("--profile")
    assert _type(aws, assembly, [*words[:at], *words[at + 2 :], "--force"]) == ""


def test_an_item_is_found_after_the_next_registration(aws: LocalAws, assembly: Path) -> None:
    dynamodb = aws.client("dynamodb")
    assert _type(aws, assembly, _deploy_command()) == ""
    dynamodb.put_item(**TABLE, Item=ITEM)
    _unregister(aws, assembly)
    assert dynamodb.get_item(**TABLE, Key=KEY)["Item"] == ITEM
    assert [(left.name, left.chosen) for left in left_tables(dynamodb)] == [
        (names.APPROVAL_TABLE, True)
    ]
    assert _type(aws, assembly, _deploy_command()) == ""
    assert dynamodb.get_item(**TABLE, Key=KEY)["Item"] == ITEM
    (resource,) = aws.client("cloudformation").list_stack_resources(StackName=names.STACK)[
        "StackResourceSummaries"
    ]
    assert resource["PhysicalResourceId"] == names.APPROVAL_TABLE


def test_without_the_flag_the_next_registration_fails(aws: LocalAws, assembly: Path) -> None:
    assert _type(aws, assembly, _deploy_command()) == ""
    _unregister(aws, assembly)
    plain = [word for word in _deploy_command() if word != "--import-existing-resources"]
    assert "already exists" in _type(aws, assembly, plain)
    # The failed attempt took nothing with it, and stands in nobody's way.
    assert _type(aws, assembly, _deploy_command()) == ""


def test_a_registration_from_before_is_updated_and_keeps_its_items(
    aws: LocalAws, assembly: Path
) -> None:
    dynamodb, template = aws.client("dynamodb"), _template(assembly)
    ((logical_id, table),) = template["Resources"].items()
    earlier: dict[str, Any] = {**table["Properties"]}
    earlier["TimeToLiveSpecification"] = {"AttributeName": "ExpiresAt", "Enabled": True}
    del earlier["DeletionProtectionEnabled"]
    aws.stack(names.STACK, {logical_id: {"Type": table["Type"], "Properties": earlier}})
    dynamodb.put_item(**TABLE, Item=ITEM)
    assert _type(aws, assembly, _deploy_command()) == ""
    assert dynamodb.get_item(**TABLE, Key=KEY)["Item"] == ITEM
    described = dynamodb.describe_time_to_live(**TABLE)["TimeToLiveDescription"]
    assert described["TimeToLiveStatus"] == "DISABLED"
    assert dynamodb.describe_table(**TABLE)["Table"]["DeletionProtectionEnabled"] is True


def test_the_documents_say_how_it_is_deleted(aws: LocalAws, assembly: Path) -> None:
    assert _type(aws, assembly, _deploy_command()) == ""
    _unregister(aws, assembly)
    table = f"--table-name {names.APPROVAL_TABLE}"
    assert [line for line in _clean_up_lines() if " dynamodb " in line] == [
        f"aws dynamodb update-table {table} --no-deletion-protection-enabled",
        f"aws dynamodb delete-table {table}",
    ]
    dynamodb = aws.client("dynamodb")
    with pytest.raises(dynamodb.exceptions.ClientError, match="protected against deletion"):
        dynamodb.delete_table(**TABLE)
    dynamodb.update_table(**TABLE, DeletionProtectionEnabled=False)
    assert [left.chosen for left in left_tables(dynamodb)] == [False]
    dynamodb.delete_table(**TABLE)
    assert dynamodb.list_tables()["TableNames"] == []


def _template(assembly: Path) -> dict[str, Any]:
    file = assembly / f"{names.STACK}.template.json"
    template: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return template
