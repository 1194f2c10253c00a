"""Processing and training jobs run for real under the container contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import ACCOUNT, OTHER_ACCOUNT, allow, trust, wait_for
from rehearsal.tests.sagemaker.sagemaker_aws import (
    BUCKET,
    SAGEMAKER,
    UNKNOWN_IMAGE,
    SageMakerAws,
    processing_arguments,
    training_arguments,
)


def test_processing_reads_and_writes_s3(aws: SageMakerAws) -> None:
    job = aws.run_processing_job("measures")
    assert job["ProcessingJobStatus"] == "Completed", job.get("FailureReason")
    report = json.loads(aws.read(f"s3://{BUCKET}/out/measures/report.json"))
    assert report == {"size": {"value": 8}}


def test_output_of_a_job_is_in_cloudwatch_logs(aws: SageMakerAws) -> None:
    aws.run_processing_job("logs-what-it-prints")
    logs, group = aws.client("logs"), "/aws/sagemaker/ProcessingJobs"
    streams = logs.describe_log_streams(
        logGroupName=group, logStreamNamePrefix="logs-what-it-prints/"
    )["logStreams"]
    stream = streams[0]["logStreamName"]
    events = logs.get_log_events(logGroupName=group, logStreamName=stream)["events"]
    assert [event["message"] for event in events] == ["measured 8"]


def test_failure_is_what_the_script_said(aws: SageMakerAws) -> None:
    output = f"s3://{BUCKET}/out/fails"
    job = aws.run_processing_job("fails", **processing_arguments(aws.role_arn, output, wish="fail"))
    assert job["ProcessingJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: the wish was to fail, exit code: 1"
    assert job["ExitMessage"] == "the wish was to fail"


def test_image_without_local_environment_fails_like_a_pull(aws: SageMakerAws) -> None:
    arguments = processing_arguments(aws.role_arn, f"s3://{BUCKET}/out/pull")
    arguments["AppSpecification"]["ImageUri"] = UNKNOWN_IMAGE
    job = aws.run_processing_job("pull-fails", **arguments)
    assert job["ProcessingJobStatus"] == "Failed"
    assert UNKNOWN_IMAGE in job["FailureReason"]


def test_input_that_is_not_there_fails_the_job(aws: SageMakerAws) -> None:
    arguments = processing_arguments(aws.role_arn, f"s3://{BUCKET}/out/absent")
    arguments["ProcessingInputs"][0]["S3Input"]["S3Uri"] = f"s3://{BUCKET}/absent"
    job = aws.run_processing_job("input-absent", **arguments)
    assert "No S3 objects found under S3 URL" in job["FailureReason"]


def test_role_that_may_not_read_fails_the_job(aws: SageMakerAws) -> None:
    role = aws.role("reads-nothing", trust(SAGEMAKER), allow(["ecr:*", "sagemaker:*"]))
    job = aws.run_processing_job("may-not-read", RoleArn=role)
    assert job["ProcessingJobStatus"] == "Failed"
    assert "AccessDenied" in job["FailureReason"]


def test_role_that_does_not_trust_sagemaker_fails_the_job(aws: SageMakerAws) -> None:
    role = aws.role("trusts-lambda", trust({"Service": "lambda.amazonaws.com"}))
    job = aws.run_processing_job("not-trusted", RoleArn=role)
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
    aws: SageMakerAws, name: str, trusted: dict[str, Any], *, completes: bool
) -> None:
    role = aws.role(
        f"trusts-{name}", trust(SAGEMAKER, **trusted), allow(["ecr:*", "logs:*", "s3:*"])
    )
    job = aws.run_processing_job(f"trusts-{name}", RoleArn=role)
    assert (job["ProcessingJobStatus"] == "Completed") is completes, job.get("FailureReason")
    assert completes or "Could not assume role" in job["FailureReason"]


def test_role_that_does_not_exist_is_refused(aws: SageMakerAws) -> None:
    with pytest.raises(ClientError, match="role/absent"):
        aws.run_processing_job("no-role", RoleArn="arn:aws:iam::111122223333:role/absent")


def test_caller_must_be_allowed_to_pass_the_role(aws: SageMakerAws) -> None:
    keys = aws.user("may-not-pass", allow("sagemaker:*"))
    client = aws.client("sagemaker", keys)
    arguments = processing_arguments(aws.role_arn, f"s3://{BUCKET}/out/x")
    with pytest.raises(ClientError, match="iam:PassRole") as refused:
        client.create_processing_job(ProcessingJobName="not-passed", **arguments)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_path_outside_the_container_root_is_refused(aws: SageMakerAws) -> None:
    arguments = processing_arguments(aws.role_arn, f"s3://{BUCKET}/out/x")
    arguments["ProcessingInputs"][0]["S3Input"]["LocalPath"] = "/etc/data"
    with pytest.raises(ClientError, match="/etc/data is not below /opt/ml"):
        aws.run_processing_job("outside", **arguments)


def test_path_that_climbs_out_of_the_folder_fails_the_job(aws: SageMakerAws) -> None:
    arguments = processing_arguments(aws.role_arn, f"s3://{BUCKET}/out/x")
    place = arguments["ProcessingInputs"][0]["S3Input"]
    place["LocalPath"] = "/opt/ml/processing/../../climbed"
    job = aws.run_processing_job("climbs", **arguments)
    assert "outside its folder" in job["FailureReason"]
    root = aws.state_dir / "sagemaker" / "processing-job"
    assert not list(root.glob("climbed*"))


def test_job_names_are_unique(aws: SageMakerAws) -> None:
    aws.run_processing_job("once")
    with pytest.raises(ClientError) as refused:
        aws.run_processing_job("once")
    assert refused.value.response["Error"]["Code"] == "ResourceInUse"


def test_running_job_can_be_stopped(aws: SageMakerAws) -> None:
    arguments = processing_arguments(aws.role_arn, f"s3://{BUCKET}/out/slow", script="slow.py")
    aws.sagemaker.create_processing_job(ProcessingJobName="slow", **arguments)
    log = aws.state_dir / "sagemaker" / "logs" / "processing-job" / "slow.log"
    wait_for(lambda: _has(log, "sleeping"), what="the script")
    aws.sagemaker.stop_processing_job(ProcessingJobName="slow")
    assert aws.finished_job("Processing", "slow")["ProcessingJobStatus"] == "Stopped"


def test_longest_run_time_is_kept(aws: SageMakerAws) -> None:
    arguments: dict[str, Any] = processing_arguments(
        aws.role_arn, f"s3://{BUCKET}/out/late", script="slow.py"
    )
    job = aws.run_processing_job("late", **arguments, StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert job["ProcessingJobStatus"] == "Stopped"


def test_server_environment_does_not_leak_into_jobs(aws: SageMakerAws) -> None:
    code = "import os; print(sorted(os.environ))"
    aws.put("code/environment.py", code)
    arguments = processing_arguments(aws.role_arn, f"s3://{BUCKET}/out/e", script="environment.py")
    aws.run_processing_job(
        "environment", **arguments, Environment={"GIVEN": "/opt/ml/processing/x"}
    )
    log = aws.state_dir / "sagemaker" / "logs" / "processing-job" / "environment.log"
    names = log.read_text()
    assert "'GIVEN'" in names
    assert "MINISTACK" not in names
    assert "GATEWAY_PORT" not in names


def test_training_writes_the_model_and_its_metrics(aws: SageMakerAws, model_data_url: str) -> None:
    job = aws.sagemaker.describe_training_job(TrainingJobName="trained-for-tests")
    assert model_data_url == f"s3://{BUCKET}/models/trained-for-tests/output/model.tar.gz"
    assert aws.s3.head_object(Bucket=BUCKET, Key=model_data_url.split("/", 3)[3])
    metrics = {metric["MetricName"]: metric["Value"] for metric in job["FinalMetricDataList"]}
    assert metrics["validation:rmse"] > 0
    phases = [entry["Status"] for entry in job["SecondaryStatusTransitions"]]
    assert phases == ["Starting", "Training", "Completed"]


def test_training_failure_is_the_containers(aws: SageMakerAws) -> None:
    arguments = training_arguments(aws.role_arn)
    arguments["HyperParameters"] = {"objective": "reg:squarederror"}
    aws.sagemaker.create_training_job(TrainingJobName="no-rounds", **arguments)
    job = aws.finished_job("Training", "no-rounds")
    assert job["TrainingJobStatus"] == "Failed"
    assert "num_round" in job["FailureReason"]


def _has(path: Path, text: str) -> bool:
    return path.exists() and text in path.read_text()
