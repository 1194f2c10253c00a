"""What `run-pipeline` asks of SageMaker, checked against the service's own model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from ml_pipelines import run_pipeline
from ml_pipelines.settings import SettingsError

ARN = "arn:aws:sagemaker:eu-west-1:111122223333:pipeline/demo"
EXECUTION = f"{ARN}/execution/abcdefghijkl"
ROLE = "arn:aws:iam::111122223333:role/execution"
TAGS = [{"Key": "sagemaker:project-name", "Value": "demo"}]
COMMIT = "0123456789abcdef0123456789abcdef01234567"
CHANGED = {"PipelineName": "demo", "PipelineDefinition": "{}", "RoleArn": ROLE}


@pytest.fixture
def sagemaker() -> Any:
    return boto3.client(
        "sagemaker",
        region_name="eu-west-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


def test_an_unknown_pipeline_is_created(sagemaker: Any) -> None:
    with Stubber(sagemaker) as stub:
        stub.add_client_error("describe_pipeline", "ResourceNotFound")
        stub.add_response(
            "create_pipeline",
            {"PipelineArn": ARN},
            {
                "PipelineName": "demo",
                "PipelineDefinition": "{}",
                "RoleArn": ROLE,
                "Tags": TAGS,
            },
        )
        stub.add_response("update_pipeline", {"PipelineArn": ARN, "PipelineVersionId": 2}, CHANGED)
        made = run_pipeline.upsert(
            sagemaker, name="demo", definition="{}", role_arn=ROLE, tags=TAGS
        )
    assert made == (ARN, 2)


def test_a_known_pipeline_is_updated_and_keeps_its_tags(sagemaker: Any) -> None:
    with Stubber(sagemaker) as stub:
        stub.add_response("describe_pipeline", {"PipelineArn": ARN}, {"PipelineName": "demo"})
        stub.add_response("add_tags", {}, {"ResourceArn": ARN, "Tags": TAGS})
        stub.add_response("update_pipeline", {"PipelineArn": ARN, "PipelineVersionId": 7}, CHANGED)
        made = run_pipeline.upsert(
            sagemaker, name="demo", definition="{}", role_arn=ROLE, tags=TAGS
        )
        stub.assert_no_pending_responses()
    assert made == (ARN, 7)


def test_the_execution_has_its_version_and_names_its_commit(sagemaker: Any) -> None:
    with Stubber(sagemaker) as stub:
        stub.add_response(
            "start_pipeline_execution",
            {"PipelineExecutionArn": EXECUTION},
            {
                "PipelineName": "demo",
                "PipelineVersionId": 7,
                "PipelineExecutionDescription": f"Commit {COMMIT}",
                "PipelineParameters": [{"Name": "MetricThreshold", "Value": "5.5"}],
            },
        )
        arn = run_pipeline.start(
            sagemaker, name="demo", version=7, commit=COMMIT, parameters={"MetricThreshold": "5.5"}
        )
    assert arn == EXECUTION


@pytest.mark.parametrize(
    ("declared", "given", "expected"),
    [
        ("CommitId", {"MetricThreshold": "5"}, {"CommitId": COMMIT, "MetricThreshold": "5"}),
        ("CommitId", {"CommitId": "mine"}, {"CommitId": "mine"}),
        ("Other", {}, {}),
    ],
)
def test_a_pipeline_that_declares_the_parameter_is_told_the_commit(
    declared: str, given: dict[str, str], expected: dict[str, str]
) -> None:
    definition = json.dumps({"Parameters": [{"Name": declared, "Type": "String"}]})
    assert run_pipeline.with_commit(given, definition, COMMIT) == expected
    assert run_pipeline.with_commit(given, definition, None) == given


@pytest.mark.parametrize(
    ("declared", "given", "expected"),
    [
        ("LiveModelPackageArn", {}, {"LiveModelPackageArn": "found"}),
        ("LiveModelPackageArn", {"LiveModelPackageArn": "x"}, {"LiveModelPackageArn": "x"}),
        ("Other", {}, {}),
    ],
)
def test_a_pipeline_that_declares_it_is_told_the_live_version(
    declared: str, given: dict[str, str], expected: dict[str, str]
) -> None:
    definition = json.dumps({"Parameters": [{"Name": declared, "Type": "String"}]})

    def look_up() -> dict[str, str]:
        return {"LiveModelPackageArn": "found"}

    assert run_pipeline.with_live_version(given, definition, look_up) == expected


def test_waiting_ends_with_the_reason_of_a_failure(sagemaker: Any) -> None:
    pauses: list[float] = []
    with Stubber(sagemaker) as stub:
        stub.add_response("describe_pipeline_execution", {"PipelineExecutionStatus": "Executing"})
        stub.add_response(
            "describe_pipeline_execution",
            {"PipelineExecutionStatus": "Failed", "FailureReason": "gate"},
        )
        status = run_pipeline.wait_until_ended(sagemaker, EXECUTION, sleep=pauses.append)
    assert status == "Failed: gate"
    assert len(pauses) == 1


def test_a_short_commit_is_refused() -> None:
    with pytest.raises(SettingsError, match="commit 'abc' is not 40 hexadecimal digits"):
        run_pipeline.commit_sha("abc")


def test_a_missing_project_file_ends_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION", raising=False)
    assert run_pipeline.main(["--project-file", str(tmp_path / "project.env")]) == 1
    assert "setting AWS_REGION is missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value"), [("--tags", "team=x"), ("--parameters", "[]"), ("--kwargs", "[]")]
)
def test_an_option_that_is_not_the_expected_json_is_named(
    option: str, value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "project.env"
    project.write_text(PROJECT_ENV)
    assert run_pipeline.main(["--project-file", str(project), option, value]) == 1
    assert option in capsys.readouterr().err


def test_help_shows_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run_pipeline.main(["--help"])
    assert ended.value.code == 0
    assert "run-pipeline --wait" in capsys.readouterr().out


PROJECT_ENV = "\n".join(
    [
        "AWS_REGION=eu-west-1",
        "PROJECT_NAME=demo",
        "PROJECT_ID=p-abcdefghijkl",
        "EXECUTION_ROLE_ARN=" + ROLE,
        "READER_ROLE_ARN=" + ROLE,
        "ARTIFACT_BUCKET=bucket",
        "KMS_KEY_ARN=arn:aws:kms:eu-west-1:111122223333:key/k",
        "MODEL_PACKAGE_GROUP_NAME=demo",
        "PIPELINE_NAME=demo",
    ]
)
