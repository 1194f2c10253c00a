"""What `model-card` asks of AWS, checked against the services' own models, and what it writes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber
from ml_pipelines import model_card
from ml_pipelines.clients import Clients

from .card.reports import ARN, COMMIT, EXECUTION, REPORTS

GROUP = "demo-p-abcdefghijkl"
URI = "s3://bucket/demo/evaluation/evaluation.json"
PROJECT_ENV = f"""AWS_REGION=eu-west-1
PROJECT_NAME=demo
PROJECT_ID=p-abcdefghijkl
EXECUTION_ROLE_ARN=arn:aws:iam::111122223333:role/execution
READER_ROLE_ARN=arn:aws:iam::111122223333:role/reader
ARTIFACT_BUCKET=bucket
KMS_KEY_ARN=arn:aws:kms:eu-west-1:111122223333:key/k
MODEL_PACKAGE_GROUP_NAME={GROUP}
PIPELINE_NAME=demo
"""
LISTED = {
    "ModelPackageSummaryList": [
        {
            "ModelPackageGroupName": GROUP,
            "ModelPackageVersion": number,
            "ModelPackageArn": ARN.replace("/3", f"/{number}"),
            "CreationTime": datetime(2026, 11, 26, tzinfo=UTC),
            "ModelPackageStatus": "Completed",
        }
        for number in (4, 3)
    ]
}


class Services:
    """Both services with what they are to answer."""

    def __init__(self) -> None:
        login = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        sagemaker, s3 = (
            boto3.client(name, region_name="eu-west-1", **login) for name in ("sagemaker", "s3")
        )
        self.clients = Clients(sagemaker, s3, None)
        self.sagemaker, self.s3 = Stubber(sagemaker), Stubber(s3)

    def list(self, page: dict[str, Any] = LISTED) -> None:
        order = {"SortBy": "CreationTime", "SortOrder": "Descending"}
        self.sagemaker.add_response(
            "list_model_packages", page, {"ModelPackageGroupName": GROUP, **order}
        )

    def describe(self, number: int, **changed: Any) -> None:
        arn = ARN.replace("/3", f"/{number}")
        package: dict[str, Any] = {
            "ModelPackageGroupName": GROUP,
            "ModelPackageName": GROUP,
            "ModelPackageVersion": number,
            "ModelPackageArn": arn,
            "CreationTime": datetime(2026, 11, 26, 12, tzinfo=UTC),
            "ModelPackageStatus": "Completed",
            "ModelPackageStatusDetails": {"ValidationStatuses": []},
            "ModelApprovalStatus": "Approved",
            "CustomerMetadataProperties": {
                "commit": COMMIT,
                "pipeline-execution": EXECUTION,
                "gate-metric": "auc",
                "gate-threshold": "0.95",
            },
            "ModelMetrics": {
                "ModelQuality": {"Statistics": {"ContentType": "application/json", "S3Uri": URI}}
            },
        }
        self.sagemaker.add_response(
            "describe_model_package", {**package, **changed}, {"ModelPackageName": arn}
        )

    def report(self, content: bytes) -> None:
        body = StreamingBody(io.BytesIO(content), len(content))
        expected = {"Bucket": "bucket", "Key": "demo/evaluation/evaluation.json"}
        self.s3.add_response("get_object", {"Body": body}, expected)


@pytest.fixture
def services() -> Iterator[Services]:
    made = Services()
    with made.sagemaker, made.s3:
        yield made
        made.sagemaker.assert_no_pending_responses()
        made.s3.assert_no_pending_responses()


@pytest.fixture
def run(services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command in a folder of its own."""
    project = tmp_path / "project.env"
    project.write_text(PROJECT_ENV)
    monkeypatch.chdir(tmp_path)
    return lambda *argv: model_card.main(
        [*argv, "--project-file", str(project)], connect=lambda _: services.clients
    )


def test_the_version_that_is_asked_for_becomes_a_page(
    run: Any, services: Services, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    services.list()
    services.describe(3)
    services.report(json.dumps(REPORTS["binary"]).encode())
    assert run("--version", "3", "--pictures", "pictures") == 0
    text = (tmp_path / "model-card-3.html").read_text(encoding="utf-8")
    for said in (f"{GROUP}, version 3", "Registered and approved", COMMIT, EXECUTION):
        assert said in text
    assert "AUC 0.96 passes the gate of at least 0.95." in text
    assert "card: model-card-3.html" in capsys.readouterr().out
    assert "roc.svg" in {path.name for path in (tmp_path / "pictures").iterdir()}


def test_without_a_number_it_is_the_newest_and_programs_get_json(
    run: Any, services: Services, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    services.list()
    services.describe(4)
    services.report(json.dumps(REPORTS["regression"]).encode())
    assert run("--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["version"]["number"] == 4
    assert found["version"]["gate"] == {"metric": "auc", "threshold": 0.95}
    assert found["report"]["regression_metrics"]["mse"]["value"] == 4.5
    assert found["report"]["card"]["errors"][0]["groups"][0]["from"] == 0.5
    assert not list(tmp_path.glob("*.html"))


@pytest.mark.parametrize(
    ("listed", "argv", "why"),
    [
        (
            LISTED,
            ["--version", "7"],
            f"{GROUP} has no version 7; see the registry, or try --execution.",
        ),
        (
            {"ModelPackageSummaryList": []},
            [],
            f"{GROUP} has no version; see the registry, or try --execution.",
        ),
    ],
)
def test_a_version_that_is_not_there_ends_in_one_sentence(
    run: Any,
    services: Services,
    capsys: pytest.CaptureFixture[str],
    listed: dict[str, Any],
    argv: list[str],
    why: str,
) -> None:
    services.list(listed)
    assert run(*argv) == 1
    assert capsys.readouterr().err == f"model-card: {why}\n"


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"gate-metric": "auc", "gate-threshold": "nan"},
        {"gate-metric": "auc", "gate-threshold": "1e308"},
        {"gate-metric": "auc", "gate-threshold": "x"},
    ],
)
def test_a_version_from_before_gates_were_recorded_has_a_card(
    run: Any, services: Services, tmp_path: Path, metadata: dict[str, str]
) -> None:
    services.list()
    services.describe(3, CustomerMetadataProperties=metadata)
    services.report(json.dumps(REPORTS["binary"]).encode())
    assert run("--version", "3", "--output", "cards/card.html") == 0
    text = (tmp_path / "cards/card.html").read_text(encoding="utf-8")
    assert "The gate that it had to pass is not recorded." in text


def test_a_version_without_a_report_is_named(
    run: Any, services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    services.list()
    services.describe(3, ModelMetrics={})
    assert run("--version", "3") == 1
    assert capsys.readouterr().err == (
        f"model-card: {ARN} names no evaluation report; build the model again.\n"
    )


def test_a_report_that_is_none_is_named(
    run: Any, services: Services, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    services.list()
    services.describe(3)
    services.report(b"<html>")
    assert run("--version", "3") == 1
    assert f"model-card: {URI} has no usable JSON" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.html"))


def test_a_report_that_this_role_may_not_read_is_refused_by_aws(
    run: Any, services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    services.list()
    services.describe(3)
    services.s3.add_client_error("get_object", "AccessDenied", "not yours")
    assert run("--version", "3") == 1
    assert "model-card: AWS refused: " in capsys.readouterr().err


class LastBuild:
    """Answers about an execution that the gate refused."""

    def __init__(self, services: Services, step: str = "Evaluate") -> None:
        self.sagemaker = services.sagemaker
        self.step = step

    def listed(self, *arns: str) -> None:
        self.sagemaker.add_response(
            "list_pipeline_executions",
            {"PipelineExecutionSummaries": [{"PipelineExecutionArn": arn} for arn in arns]},
            {
                "PipelineName": "demo",
                "SortBy": "CreationTime",
                "SortOrder": "Descending",
                "MaxResults": 1,
            },
        )

    def described(self) -> None:
        of_it = {"PipelineExecutionArn": EXECUTION}
        started = datetime(2026, 11, 26, 12, tzinfo=UTC)
        self.sagemaker.add_response(
            "describe_pipeline_execution",
            {**of_it, "PipelineExecutionStatus": "Failed", "CreationTime": started},
            of_it,
        )
        job = "arn:aws:sagemaker:eu-west-1:111122223333:processing-job/pipelines-x-evaluate"
        step = {
            "StepName": self.step,
            "StepStatus": "Succeeded",
            "Metadata": {"ProcessingJob": {"Arn": job}},
        }
        steps = {"PipelineExecutionSteps": [step]}
        self.sagemaker.add_response("list_pipeline_execution_steps", steps, of_it)

    def evaluated(self) -> None:
        output = {"LocalPath": "/opt/ml/processing/evaluation", "S3UploadMode": "EndOfJob"}
        self.sagemaker.add_response(
            "describe_processing_job",
            {
                "ProcessingJobName": "pipelines-x-evaluate",
                "ProcessingResources": {
                    "ClusterConfig": {
                        "InstanceCount": 1,
                        "InstanceType": "ml.m5.large",
                        "VolumeSizeInGB": 30,
                    }
                },
                "AppSpecification": {
                    "ImageUri": "image",
                    "ContainerArguments": ["--task", "binary", "--metric", "auc"],
                },
                "ProcessingJobArn": "arn:aws:sagemaker:eu-west-1:111122223333:processing-job/x",
                "ProcessingJobStatus": "Completed",
                "CreationTime": datetime(2026, 11, 26, 12, tzinfo=UTC),
                "ProcessingOutputConfig": {
                    "Outputs": [
                        {
                            "OutputName": "evaluation",
                            "S3Output": {"S3Uri": "s3://bucket/demo/evaluation", **output},
                        }
                    ]
                },
            },
            {"ProcessingJobName": "pipelines-x-evaluate"},
        )
        values = {"CommitId": COMMIT, "MetricThreshold": "0.97"}
        self.sagemaker.add_response(
            "list_pipeline_parameters_for_execution",
            {"PipelineParameters": [{"Name": n, "Value": value} for n, value in values.items()]},
            {"PipelineExecutionArn": EXECUTION},
        )


@pytest.mark.parametrize("given", [[], [EXECUTION], ["abcdefghijkl"]])
def test_a_build_that_the_gate_refused_has_a_card(
    run: Any, services: Services, tmp_path: Path, given: list[str]
) -> None:
    build = LastBuild(services)
    if not given:
        build.listed(EXECUTION)
    elif given != [EXECUTION]:
        arn = EXECUTION.partition("/execution/")[0]
        named = {"PipelineName": "demo"}
        services.sagemaker.add_response("describe_pipeline", {"PipelineArn": arn}, named)
    build.described()
    build.evaluated()
    services.report(json.dumps(REPORTS["binary"]).encode())
    assert run("--execution", *given) == 0
    text = (tmp_path / "model-card-abcdefghijkl.html").read_text(encoding="utf-8")
    for said in ("Execution abcdefghijkl", "The execution's status is Failed", COMMIT, EXECUTION):
        assert said in text
    assert "AUC 0.96 does not pass the gate of at least 0.97." in text


def test_an_execution_that_evaluated_nothing_is_named(
    run: Any, services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    build = LastBuild(services, step="Train")
    build.listed(EXECUTION)
    build.described()
    assert run("--execution") == 1
    said = f"model-card: {EXECUTION} has evaluated no model; see its steps in Studio.\n"
    assert capsys.readouterr().err == said


def test_a_pipeline_that_never_ran_is_named(
    run: Any, services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    LastBuild(services).listed()
    assert run("--execution") == 1
    said = "model-card: pipeline demo was never executed; see run-pipeline.\n"
    assert capsys.readouterr().err == said


def test_a_report_on_this_machine_needs_no_aws(run: Any, tmp_path: Path) -> None:
    (tmp_path / "evaluation.json").write_text(json.dumps(REPORTS["multiclass"]))
    assert run("--report", "evaluation.json") == 0
    assert "A report without a version" in (tmp_path / "model-card-report.html").read_text()


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (["--report", "none.json"], "none.json cannot be read: No such file or directory."),
        (["--report", "."], ". cannot be read: Is a directory."),
        (["--report", "evaluation.json", "--output", "."], ". cannot be written: Is a directory."),
    ],
)
def test_a_file_that_cannot_be_used_ends_in_one_sentence(
    run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], argv: list[str], why: str
) -> None:
    (tmp_path / "evaluation.json").write_text(json.dumps(REPORTS["binary"]))
    assert run(*argv) == 1
    assert capsys.readouterr().err == f"model-card: {why}\n"


@pytest.mark.parametrize(("is_opened", "code"), [(True, 0), (False, 1)])
def test_the_page_is_opened_where_there_is_a_browser(
    run: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_opened: bool,
    code: int,
) -> None:
    (tmp_path / "evaluation.json").write_text(json.dumps(REPORTS["binary"]))
    opened: list[str] = []

    def open_page(address: str) -> bool:
        opened.append(address)
        return is_opened

    monkeypatch.setattr(model_card.webbrowser, "open", open_page)
    assert run("--report", "evaluation.json", "--open") == code
    assert opened == [(tmp_path / "model-card-report.html").as_uri()]
    assert ("no browser was found here" in capsys.readouterr().err) is not is_opened
