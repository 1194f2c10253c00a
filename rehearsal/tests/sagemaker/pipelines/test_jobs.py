"""Processing and training jobs run for real under the container contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import ACCOUNT, OTHER_ACCOUNT, allow, trust, wait_for
from rehearsal.tests.sagemaker.stage import (
    BUCKET,
    SAGEMAKER,
    UNKNOWN_IMAGE,
    Stage,
    processing_arguments,
    training_arguments,
)


def test_processing_reads_and_writes_s3(stage: Stage) -> None:
    job = stage.process("measures")
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    report = json.loads(stage.read(f"s3://{BUCKET}/out/measures/report.json"))
    assert report == {"size": {"value": 8}}


def test_output_of_a_job_is_in_cloudwatch_logs(stage: Stage) -> None:
    stage.process("logs-what-it-prints")
    logs, group = stage.aws.client("logs"), "/aws/sagemaker/ProcessingJobs"
    streams = logs.describe_log_streams(
        logGroupName=group, logStreamNamePrefix="logs-what-it-prints/"
    )["logStreams"]
    stream = streams[0]["logStreamName"]
    events = logs.get_log_events(logGroupName=group, logStreamName=stream)["events"]
    assert [event["message"] for event in events] == ["measured 8"]


def test_failure_is_what_the_script_said(stage: Stage) -> None:
    output = f"s3://{BUCKET}/out/fails"
    job = stage.process("fails", **processing_arguments(stage.role, output, wish="fail"))
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: the wish was to fail, exit code: 1"
    assert job["ExitMessage"] == "the wish was to fail"


def test_image_without_local_environment_fails_like_a_pull(stage: Stage) -> None:
    arguments = processing_arguments(stage.role, f"s3://{BUCKET}/out/pull")
    arguments["AppSpecification"]["ImageUri"] = UNKNOWN_IMAGE
    job = stage.process("pull-fails", **arguments)
    assert job["ProcessingJobStatus"] == "Failed"
    assert UNKNOWN_IMAGE in job["FailureReason"]


def test_input_that_is_not_there_fails_the_job(stage: Stage) -> None:
    arguments = processing_arguments(stage.role, f"s3://{BUCKET}/out/absent")
    arguments["ProcessingInputs"][0]["S3Input"]["S3Uri"] = f"s3://{BUCKET}/absent"
    job = stage.process("input-absent", **arguments)
    assert "No S3 objects found under S3 URL" in job["FailureReason"]


def test_role_that_may_not_read_fails_the_job(stage: Stage) -> None:
    role = stage.aws.role("reads-nothing", trust(SAGEMAKER), allow(["ecr:*", "sagemaker:*"]))
    job = stage.process("may-not-read", RoleArn=role)
    assert job["ProcessingJobStatus"] == "Failed"
    assert "AccessDenied" in job["FailureReason"]


def test_role_that_does_not_trust_sagemaker_fails_the_job(stage: Stage) -> None:
    role = stage.aws.role("trusts-lambda", trust({"Service": "lambda.amazonaws.com"}))
    job = stage.process("not-trusted", RoleArn=role)
    assert "sagemaker.amazonaws.com" in job["FailureReason"]


@pytest.mark.parametrize(
    ("name", "trusted", "completes"),
    [
        ("own-account", {"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}, True),
        (
            "foreign-account",
            {"Condition": {"StringEquals": {"aws:SourceAccount": OTHER_ACCOUNT}}},
            False,
        ),
        ("wildcard", {"Action": "sts:Assume*"}, True),
        ("other-action", {"Action": "sts:Tag*"}, False),
    ],
)
def test_the_whole_trust_policy_decides_whether_a_job_has_its_role(
    stage: Stage, name: str, trusted: dict[str, Any], *, completes: bool
) -> None:
    role = stage.aws.role(
        f"trusts-{name}", trust(SAGEMAKER, **trusted), allow(["ecr:*", "logs:*", "s3:*"])
    )
    job = stage.process(f"trusts-{name}", RoleArn=role)
    assert (job["ProcessingJobStatus"] == "Completed") is completes, job.get("FailureReason")
    assert completes or "Could not assume role" in job["FailureReason"]


def test_role_that_does_not_exist_is_refused(stage: Stage) -> None:
    with pytest.raises(ClientError, match="role/absent"):
        stage.process("no-role", RoleArn="arn:aws:iam::111122223333:role/absent")


def test_caller_must_be_allowed_to_pass_the_role(stage: Stage) -> None:
    keys = stage.aws.user("may-not-pass", allow("sagemaker:*"))
    client = stage.aws.client("sagemaker", keys)
    arguments = processing_arguments(stage.role, f"s3://{BUCKET}/out/x")
    with pytest.raises(ClientError, match="iam:PassRole") as refused:
        client.create_processing_job(ProcessingJobName="not-passed", **arguments)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_path_outside_the_container_root_is_refused(stage: Stage) -> None:
    arguments = processing_arguments(stage.role, f"s3://{BUCKET}/out/x")
    arguments["ProcessingInputs"][0]["S3Input"]["LocalPath"] = "/etc/data"
    with pytest.raises(ClientError, match="/etc/data is not below /opt/ml"):
        stage.process("outside", **arguments)


def test_path_that_climbs_out_of_the_folder_fails_the_job(stage: Stage) -> None:
    arguments = processing_arguments(stage.role, f"s3://{BUCKET}/out/x")
    place = arguments["ProcessingInputs"][0]["S3Input"]
    place["LocalPath"] = "/opt/ml/processing/../../climbed"
    job = stage.process("climbs", **arguments)
    assert "outside its folder" in job["FailureReason"]
    root = stage.aws.state_dir / "sagemaker" / "processing-job"
    assert not list(root.glob("climbed*"))


def test_job_names_are_unique(stage: Stage) -> None:
    stage.process("once")
    with pytest.raises(ClientError) as refused:
        stage.process("once")
    assert refused.value.response["Error"]["Code"] == "ResourceInUse"


def test_running_job_can_be_stopped(stage: Stage) -> None:
    arguments = processing_arguments(stage.role, f"s3://{BUCKET}/out/slow", script="slow.py")
    stage.sagemaker.create_processing_job(ProcessingJobName="slow", **arguments)
    log = stage.aws.state_dir / "sagemaker" / "logs" / "processing-job" / "slow.log"
    wait_for(lambda: _has(log, "sleeping"), what="the script")
    stage.sagemaker.stop_processing_job(ProcessingJobName="slow")
    assert stage.finished_job("Processing", "slow")["ProcessingJobStatus"] == "Stopped"


def test_longest_run_time_is_kept(stage: Stage) -> None:
    arguments: dict[str, Any] = processing_arguments(
        stage.role, f"s3://{BUCKET}/out/late", script="slow.py"
    )
    job = stage.process("late", **arguments, StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert job["ProcessingJobStatus"] == "Stopped"


def test_server_environment_does_not_leak_into_jobs(stage: Stage) -> None:
    code = "import os; print(sorted(os.environ))"
    stage.put("code/environment.py", code)
    arguments = processing_arguments(stage.role, f"s3://{BUCKET}/out/e", script="environment.py")
    stage.process("environment", **arguments, Environment={"GIVEN": "/opt/ml/processing/x"})
    log = stage.aws.state_dir / "sagemaker" / "logs" / "processing-job" / "environment.log"
    names = log.read_text()
    assert "'GIVEN'" in names
    assert "MINISTACK" not in names
    assert "GATEWAY_PORT" not in names


def test_training_writes_the_model_and_its_metrics(stage: Stage, model_data_url: str) -> None:
    job = stage.sagemaker.describe_training_job(TrainingJobName="trained-for-tests")
    assert model_data_url == f"s3://{BUCKET}/models/trained-for-tests/output/model.tar.gz"
    assert stage.s3.head_object(Bucket=BUCKET, Key=model_data_url.split("/", 3)[3])
    metrics = {metric["MetricName"]: metric["Value"] for metric in job["FinalMetricDataList"]}
    assert metrics["validation:rmse"] > 0
    phases = [entry["Status"] for entry in job["SecondaryStatusTransitions"]]
    assert phases == ["Starting", "Training", "Completed"]


def test_training_failure_is_the_containers(stage: Stage) -> None:
    arguments = training_arguments(stage.role)
    arguments["HyperParameters"] = {"objective": "reg:squarederror"}
    stage.sagemaker.create_training_job(TrainingJobName="no-rounds", **arguments)
    job = stage.finished_job("Training", "no-rounds")
    assert job["TrainingJobStatus"] == "Failed"
    assert "num_round" in job["FailureReason"]


def _has(path: Path, text: str) -> bool:
    return path.exists() and text in path.read_text()
