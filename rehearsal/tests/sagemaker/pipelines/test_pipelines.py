"""Pipelines executed for real."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import ACCOUNT, allow, trust, wait_for
from rehearsal.tests.sagemaker.pipelines import definitions
from rehearsal.tests.sagemaker.pipelines.definitions import fail, measure, pipeline
from rehearsal.tests.sagemaker.sagemaker_aws import BUCKET, SAGEMAKER, SageMakerAws, token


@pytest.fixture(scope="module")
def gated(aws: SageMakerAws) -> str:
    """A pipeline that trains, passes a gate and registers."""
    aws.sagemaker.create_model_package_group(ModelPackageGroupName="gated")
    aws.create_pipeline("gated", definitions.gated_training(aws.role_arn, "gated"))
    return "gated"


def test_a_pipeline_trains_and_registers(aws: SageMakerAws, gated: str) -> None:
    arn = aws.start_execution(
        gated, {"CommitId": "0123abc"}, PipelineExecutionDescription="Commit 0123abc"
    )
    shown = aws.finished_execution(arn)
    assert shown["PipelineExecutionStatus"] == "Succeeded", aws.steps(arn)
    assert shown["PipelineExecutionDescription"] == "Commit 0123abc"
    steps = aws.steps(arn)
    assert {name: step["StepStatus"] for name, step in steps.items()} == dict.fromkeys(
        ("Measure", "Train", "Gate", "Register"), "Succeeded"
    )
    assert steps["Gate"]["Metadata"]["Condition"]["Outcome"] == "True"
    package = steps["Register"]["Metadata"]["RegisterModel"]["Arn"]
    registered = aws.sagemaker.describe_model_package(ModelPackageName=package)
    artifact = registered["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    assert artifact.endswith("/output/model.tar.gz")
    metrics = registered["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    assert json.loads(aws.read(metrics)) == {"size": {"value": 8}}
    assert registered["CustomerMetadataProperties"] == {
        "commit": "0123abc",
        "pipeline-execution": arn,
    }
    identity = registered["CreatedBy"]["IamIdentity"]
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/sagemaker-execution/SageMaker"
    role = aws.client("iam").get_role(RoleName="sagemaker-execution")["Role"]
    assert identity["PrincipalId"] == f"{role['RoleId']}:SageMaker"


@pytest.mark.parametrize(
    ("commit", "status"), [("trusted-1", "Succeeded"), ("untrusted", "Failed")]
)
def test_conditions_know_what_a_pipeline_registers(
    aws: SageMakerAws, commit: str, status: str
) -> None:
    name = f"conditional-{commit}"
    only = {"StringLike": {"sagemaker:CustomerMetadataProperties/commit": "trusted-*"}}
    role = aws.role(
        name,
        trust(SAGEMAKER),
        allow(["ecr:*", "logs:*", "s3:*", "sagemaker:*Job", "sagemaker:Describe*", "iam:PassRole"]),
        {**allow("sagemaker:CreateModelPackage"), "Condition": only},
    )
    aws.sagemaker.create_model_package_group(ModelPackageGroupName=name)
    aws.create_pipeline(name, definitions.gated_training(role, name), role=role)
    arn = aws.start_execution(name, {"CommitId": commit})
    aws.finished_execution(arn)
    step = aws.steps(arn)["Register"]
    assert step["StepStatus"] == status
    assert ("sagemaker:CreateModelPackage" in step.get("FailureReason", "")) == (status == "Failed")


def test_a_gate_that_fails_fails_the_execution(aws: SageMakerAws, gated: str) -> None:
    arn = aws.start_execution(gated, {"Least": "1000"})
    shown = aws.finished_execution(arn)
    assert shown["PipelineExecutionStatus"] == "Failed"
    assert shown["FailureReason"] == "Step failure: One or multiple steps failed."
    steps = aws.steps(arn)
    assert "Register" not in steps
    assert steps["TooSmall"]["FailureReason"] == "not 1000.0 characters"
    assert steps["TooSmall"]["Metadata"]["Fail"]["ErrorMessage"] == "not 1000.0 characters"


def test_parameters_are_checked_before_anything_starts(aws: SageMakerAws, gated: str) -> None:
    with pytest.raises(ClientError, match="'many', which is not a Float"):
        aws.start_execution(gated, {"Least": "many"})
    with pytest.raises(ClientError, match="Unknown parameter 'Colour'"):
        aws.start_execution(gated, {"Colour": "red"})
    with pytest.raises(
        ClientError, match=r'string "" is too short .length: 0, required minimum: 1'
    ):
        aws.start_execution(gated, {"Least": ""})


def test_parameter_without_default_must_be_given(aws: SageMakerAws) -> None:
    parameters = [{"Name": "Wanted", "Type": "String"}]
    definition = pipeline(fail("Stop", {"Get": "Parameters.Wanted"}), parameters=parameters)
    aws.create_pipeline("wants-a-value", definition)
    with pytest.raises(ClientError, match="Assign value for parameters: Wanted"):
        aws.start_execution("wants-a-value")
    arn = aws.start_execution("wants-a-value", {"Wanted": "given"})
    aws.finished_execution(arn)
    assert aws.steps(arn)["Stop"]["FailureReason"] == "given"
    shown = aws.sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)
    assert shown["PipelineParameters"] == [{"Name": "Wanted", "Value": "given"}]


def test_one_token_starts_one_execution(aws: SageMakerAws) -> None:
    aws.create_pipeline("started-once", pipeline(fail("Stop")))
    same = token()
    arns = {aws.start_execution("started-once", ClientRequestToken=same) for _ in range(2)}
    assert len(arns) == 1
    aws.finished_execution(arns.pop())
    listed = aws.sagemaker.list_pipeline_executions(PipelineName="started-once")
    assert len(listed["PipelineExecutionSummaries"]) == 1


def test_failed_step_keeps_its_dependents_from_starting(aws: SageMakerAws) -> None:
    bad = measure("Bad", aws.role_arn, wish="fail")
    after = measure("After", aws.role_arn, DependsOn=["Bad"])
    aws.create_pipeline("stops-at-failure", pipeline(bad, after))
    arn = aws.start_execution("stops-at-failure")
    assert aws.finished_execution(arn)["PipelineExecutionStatus"] == "Failed"
    steps = aws.steps(arn)
    assert set(steps) == {"Bad"}
    assert "the wish was to fail" in steps["Bad"]["FailureReason"]


def test_independent_steps_run_side_by_side(aws: SageMakerAws) -> None:
    aws.put("code/nap.py", "import time; time.sleep(0.5)")
    naps = [measure(name, aws.role_arn, script="nap.py", PropertyFiles=[]) for name in ("A", "B")]
    aws.create_pipeline("side-by-side", pipeline(*naps))
    arn = aws.start_execution("side-by-side")
    assert aws.finished_execution(arn)["PipelineExecutionStatus"] == "Succeeded"
    steps = aws.steps(arn)
    assert steps["A"]["StartTime"] < steps["B"]["EndTime"]
    assert steps["B"]["StartTime"] < steps["A"]["EndTime"]


def test_cached_step_is_not_run_again(aws: SageMakerAws) -> None:
    cache = {"Enabled": True, "ExpireAfter": "P1D"}
    large = definitions.compare("Equals", definitions.measured_size(), 8)
    gate = definitions.condition("Gate", [large], [], [fail("Wrong")])
    definition = pipeline(measure("Measure", aws.role_arn, CacheConfig=cache), gate)
    aws.create_pipeline("cached", definition)
    first, second = aws.start_execution("cached"), ""
    aws.finished_execution(first)
    second = aws.start_execution("cached")
    assert aws.finished_execution(second)["PipelineExecutionStatus"] == "Succeeded"
    step = aws.steps(second)["Measure"]
    assert step["CacheHitResult"]["SourcePipelineExecutionArn"] == first
    assert step["Metadata"] == aws.steps(first)["Measure"]["Metadata"]


def test_execution_can_be_stopped(aws: SageMakerAws) -> None:
    slow = measure("Slow", aws.role_arn, script="slow.py", PropertyFiles=[])
    aws.create_pipeline(
        "stopped", pipeline(slow, measure("Next", aws.role_arn, DependsOn=["Slow"]))
    )
    arn = aws.start_execution("stopped")
    wait_for(lambda: "Slow" in aws.steps(arn), what="the step")
    aws.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken=token())
    assert aws.finished_execution(arn)["PipelineExecutionStatus"] == "Stopped"
    assert {n: s["StepStatus"] for n, s in aws.steps(arn).items()} == {"Slow": "Stopped"}


def test_pipeline_role_must_be_allowed_to_create_jobs(aws: SageMakerAws) -> None:
    role = aws.role("creates-nothing", trust(SAGEMAKER), allow("s3:*"))
    aws.create_pipeline("weak-role", pipeline(measure("Measure", aws.role_arn)), role=role)
    arn = aws.start_execution("weak-role")
    aws.finished_execution(arn)
    reason = aws.steps(arn)["Measure"]["FailureReason"]
    assert "creates-nothing" in reason
    assert "sagemaker:CreateProcessingJob" in reason


def test_end_of_an_execution_is_told(aws: SageMakerAws) -> None:
    sqs, events = aws.client("sqs"), aws.client("events")
    queue = sqs.create_queue(QueueName="executions")["QueueUrl"]
    arn = "arn:aws:sqs:eu-west-1:111122223333:executions"
    access = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [access]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    pipeline_arn = aws.create_pipeline("told", pipeline(fail("Stop")))
    pattern = {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Model Building Pipeline Execution Status Change"],
        "detail": {"pipelineArn": [pipeline_arn]},
    }
    events.put_rule(Name="executions", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="executions", Targets=[{"Id": "queue", "Arn": arn}])
    execution = aws.start_execution("told", PipelineExecutionDescription="Commit 4567def")
    found: list[dict[str, Any]] = []

    def both() -> bool:
        answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        found.extend(json.loads(message["Body"]) for message in answer.get("Messages", []))
        return len(found) == 2

    wait_for(both, what="two events")
    details = {event["detail"]["currentPipelineExecutionStatus"]: event for event in found}
    failed = details["Failed"]
    assert failed["resources"] == [pipeline_arn, execution]
    assert failed["detail"]["previousPipelineExecutionStatus"] == "Executing"
    assert failed["detail"]["pipelineExecutionArn"] == execution
    assert failed["detail"]["pipelineExecutionDescription"] == "Commit 4567def"
    assert failed["detail"]["executionEndTime"].endswith("Z")
    assert "executionEndTime" not in details["Executing"]["detail"]


def test_execution_keeps_the_definition_it_began_with(aws: SageMakerAws) -> None:
    aws.create_pipeline("changes", pipeline(fail("Old")))
    arn = aws.start_execution("changes")
    aws.finished_execution(arn)
    new = json.dumps(pipeline(fail("New")))
    aws.sagemaker.update_pipeline(PipelineName="changes", PipelineDefinition=new)
    assert aws.sagemaker.describe_pipeline(PipelineName="changes")["PipelineDefinition"] == new
    kept = aws.sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)
    assert json.loads(kept["PipelineDefinition"])["Steps"][0]["Name"] == "Old"


def test_definition_may_come_from_s3(aws: SageMakerAws) -> None:
    aws.put("definitions/one.json", json.dumps(pipeline(fail("Stop"))))
    aws.sagemaker.create_pipeline(
        PipelineName="from-s3",
        PipelineDefinitionS3Location={"Bucket": BUCKET, "ObjectKey": "definitions/one.json"},
        RoleArn=aws.role_arn,
        ClientRequestToken=token(),
    )
    shown = aws.sagemaker.describe_pipeline(PipelineName="from-s3")
    assert json.loads(shown["PipelineDefinition"])["Steps"][0]["Name"] == "Stop"


def test_pipeline_names_are_unique_and_deletion_is_final(aws: SageMakerAws) -> None:
    aws.create_pipeline("short-lived", pipeline(fail("Stop")))
    with pytest.raises(ClientError, match="already exists"):
        aws.create_pipeline("short-lived", pipeline(fail("Stop")))
    aws.sagemaker.delete_pipeline(PipelineName="short-lived", ClientRequestToken=token())
    with pytest.raises(ClientError) as gone:
        aws.sagemaker.describe_pipeline(PipelineName="short-lived")
    assert gone.value.response["Error"]["Code"] == "ResourceNotFound"
    listed = aws.sagemaker.list_pipelines(PipelineNamePrefix="short")
    assert listed["PipelineSummaries"] == []


def test_pipeline_that_cannot_be_executed_is_refused(aws: SageMakerAws) -> None:
    tuning = {"Name": "Tune", "Type": "Tuning", "Arguments": {}}
    with pytest.raises(ClientError, match="Step 'Tune' is of type Tuning"):
        aws.create_pipeline("tunes", pipeline(tuning))


def test_policies_that_name_a_pipeline_are_judged_by_its_arn(aws: SageMakerAws) -> None:
    arn = aws.create_pipeline("named-in-policy", pipeline(fail("Stop")))
    keys = aws.user("one-pipeline", allow("sagemaker:DescribePipeline", arn))
    client = aws.client("sagemaker", keys)
    assert client.describe_pipeline(PipelineName="named-in-policy")["PipelineArn"] == arn
    with pytest.raises(ClientError, match="AccessDenied"):
        client.describe_pipeline(PipelineName="another")


def test_an_execution_has_the_definition_of_the_version_that_it_names(aws: SageMakerAws) -> None:
    """Another build may update the pipeline between the update of one and its start."""
    name = "versioned"
    aws.create_pipeline(name, pipeline(fail("One", "one")))
    versions = {}
    for said in ("two", "three"):
        updated = aws.sagemaker.update_pipeline(
            PipelineName=name, PipelineDefinition=json.dumps(pipeline(fail("One", said)))
        )
        versions[said] = updated["PipelineVersionId"]
    arn = aws.start_execution(name, PipelineVersionId=versions["two"])
    shown = aws.finished_execution(arn)
    assert shown["PipelineVersionId"] == versions["two"]
    assert "two" in aws.steps(arn)["One"]["FailureReason"]
    latest = aws.finished_execution(aws.start_execution(name))
    assert latest["PipelineVersionId"] == versions["three"]
    described = aws.sagemaker.describe_pipeline(PipelineName=name, PipelineVersionId=1)
    assert json.loads(described["PipelineDefinition"]) == pipeline(fail("One", "one"))
    with pytest.raises(ClientError, match="has no version 9"):
        aws.start_execution(name, PipelineVersionId=9)
