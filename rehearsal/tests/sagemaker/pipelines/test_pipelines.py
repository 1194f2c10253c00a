"""Pipelines executed for real."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import ACCOUNT, allow, trust, wait_for
from rehearsal.tests.sagemaker.pipelines import definitions
from rehearsal.tests.sagemaker.pipelines.definitions import fail, measure, pipeline
from rehearsal.tests.sagemaker.stage import BUCKET, SAGEMAKER, Stage, token


@pytest.fixture(scope="module")
def gated(stage: Stage) -> str:
    """A pipeline that trains, passes a gate and registers."""
    stage.sagemaker.create_model_package_group(ModelPackageGroupName="gated")
    stage.create_pipeline("gated", definitions.gated_training(stage.role, "gated"))
    return "gated"


def test_a_pipeline_trains_and_registers(stage: Stage, gated: str) -> None:
    arn = stage.start(gated, {"CommitId": "0123abc"}, PipelineExecutionDescription="Commit 0123abc")
    shown = stage.finished_execution(arn)
    assert shown["PipelineExecutionStatus"] == "Succeeded", stage.steps(arn)
    assert shown["PipelineExecutionDescription"] == "Commit 0123abc"
    steps = stage.steps(arn)
    assert {name: step["StepStatus"] for name, step in steps.items()} == dict.fromkeys(
        ("Measure", "Train", "Gate", "Register"), "Succeeded"
    )
    assert steps["Gate"]["Metadata"]["Condition"]["Outcome"] == "True"
    package = steps["Register"]["Metadata"]["RegisterModel"]["Arn"]
    registered = stage.sagemaker.describe_model_package(ModelPackageName=package)
    artifact = registered["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    assert artifact.endswith("/output/model.tar.gz")
    metrics = registered["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    assert json.loads(stage.read(metrics)) == {"size": {"value": 8}}
    assert registered["CustomerMetadataProperties"] == {
        "commit": "0123abc",
        "pipeline-execution": arn,
    }
    identity = registered["CreatedBy"]["IamIdentity"]
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/sagemaker-execution/SageMaker"
    role = stage.aws.client("iam").get_role(RoleName="sagemaker-execution")["Role"]
    assert identity["PrincipalId"] == f"{role['RoleId']}:SageMaker"


@pytest.mark.parametrize(
    ("commit", "status"), [("trusted-1", "Succeeded"), ("untrusted", "Failed")]
)
def test_conditions_know_what_a_pipeline_registers(stage: Stage, commit: str, status: str) -> None:
    name = f"conditional-{commit}"
    only = {"StringLike": {"sagemaker:CustomerMetadataProperties/commit": "trusted-*"}}
    role = stage.aws.role(
        name,
        trust(SAGEMAKER),
        allow(["ecr:*", "logs:*", "s3:*", "sagemaker:*Job", "sagemaker:Describe*", "iam:PassRole"]),
        {**allow("sagemaker:CreateModelPackage"), "Condition": only},
    )
    stage.sagemaker.create_model_package_group(ModelPackageGroupName=name)
    stage.create_pipeline(name, definitions.gated_training(role, name), role=role)
    arn = stage.start(name, {"CommitId": commit})
    stage.finished_execution(arn)
    step = stage.steps(arn)["Register"]
    assert step["StepStatus"] == status
    assert ("sagemaker:CreateModelPackage" in step.get("FailureReason", "")) == (status == "Failed")


def test_a_gate_that_fails_fails_the_execution(stage: Stage, gated: str) -> None:
    arn = stage.start(gated, {"Least": "1000"})
    shown = stage.finished_execution(arn)
    assert shown["PipelineExecutionStatus"] == "Failed"
    assert shown["FailureReason"] == "Step failure: One or multiple steps failed."
    steps = stage.steps(arn)
    assert "Register" not in steps
    assert steps["TooSmall"]["FailureReason"] == "not 1000.0 characters"
    assert steps["TooSmall"]["Metadata"]["Fail"]["ErrorMessage"] == "not 1000.0 characters"


def test_parameters_are_checked_before_anything_starts(stage: Stage, gated: str) -> None:
    with pytest.raises(ClientError, match="'many', which is not a Float"):
        stage.start(gated, {"Least": "many"})
    with pytest.raises(ClientError, match="Unknown pipeline parameters: Colour"):
        stage.start(gated, {"Colour": "red"})


def test_parameter_without_default_must_be_given(stage: Stage) -> None:
    parameters = [{"Name": "Wanted", "Type": "String"}]
    definition = pipeline(fail("Stop", {"Get": "Parameters.Wanted"}), parameters=parameters)
    stage.create_pipeline("wants-a-value", definition)
    with pytest.raises(ClientError, match="Assign value for parameters: Wanted"):
        stage.start("wants-a-value")
    arn = stage.start("wants-a-value", {"Wanted": "given"})
    stage.finished_execution(arn)
    assert stage.steps(arn)["Stop"]["FailureReason"] == "given"
    shown = stage.sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)
    assert shown["PipelineParameters"] == [{"Name": "Wanted", "Value": "given"}]


def test_one_token_starts_one_execution(stage: Stage) -> None:
    stage.create_pipeline("started-once", pipeline(fail("Stop")))
    same = token()
    arns = {stage.start("started-once", ClientRequestToken=same) for _ in range(2)}
    assert len(arns) == 1
    stage.finished_execution(arns.pop())
    listed = stage.sagemaker.list_pipeline_executions(PipelineName="started-once")
    assert len(listed["PipelineExecutionSummaries"]) == 1


def test_failed_step_keeps_its_dependents_from_starting(stage: Stage) -> None:
    bad = measure("Bad", stage.role, wish="fail")
    after = measure("After", stage.role, DependsOn=["Bad"])
    stage.create_pipeline("stops-at-failure", pipeline(bad, after))
    arn = stage.start("stops-at-failure")
    assert stage.finished_execution(arn)["PipelineExecutionStatus"] == "Failed"
    steps = stage.steps(arn)
    assert set(steps) == {"Bad"}
    assert "the wish was to fail" in steps["Bad"]["FailureReason"]


def test_independent_steps_run_side_by_side(stage: Stage) -> None:
    stage.put("code/nap.py", "import time; time.sleep(0.5)")
    naps = [measure(name, stage.role, script="nap.py", PropertyFiles=[]) for name in ("A", "B")]
    stage.create_pipeline("side-by-side", pipeline(*naps))
    arn = stage.start("side-by-side")
    assert stage.finished_execution(arn)["PipelineExecutionStatus"] == "Succeeded"
    steps = stage.steps(arn)
    assert steps["A"]["StartTime"] < steps["B"]["EndTime"]
    assert steps["B"]["StartTime"] < steps["A"]["EndTime"]


def test_cached_step_is_not_run_again(stage: Stage) -> None:
    cache = {"Enabled": True, "ExpireAfter": "P1D"}
    large = definitions.compare("Equals", definitions.measured_size(), 8)
    gate = definitions.condition("Gate", [large], [], [fail("Wrong")])
    definition = pipeline(measure("Measure", stage.role, CacheConfig=cache), gate)
    stage.create_pipeline("cached", definition)
    first, second = stage.start("cached"), ""
    stage.finished_execution(first)
    second = stage.start("cached")
    assert stage.finished_execution(second)["PipelineExecutionStatus"] == "Succeeded"
    step = stage.steps(second)["Measure"]
    assert step["CacheHitResult"]["SourcePipelineExecutionArn"] == first
    assert step["Metadata"] == stage.steps(first)["Measure"]["Metadata"]


def test_execution_can_be_stopped(stage: Stage) -> None:
    slow = measure("Slow", stage.role, script="slow.py", PropertyFiles=[])
    stage.create_pipeline(
        "stopped", pipeline(slow, measure("Next", stage.role, DependsOn=["Slow"]))
    )
    arn = stage.start("stopped")
    wait_for(lambda: "Slow" in stage.steps(arn), what="the step")
    stage.sagemaker.stop_pipeline_execution(PipelineExecutionArn=arn, ClientRequestToken=token())
    assert stage.finished_execution(arn)["PipelineExecutionStatus"] == "Stopped"
    assert {n: s["StepStatus"] for n, s in stage.steps(arn).items()} == {"Slow": "Stopped"}


def test_pipeline_role_must_be_allowed_to_create_jobs(stage: Stage) -> None:
    role = stage.aws.role("creates-nothing", trust(SAGEMAKER), allow("s3:*"))
    stage.create_pipeline("weak-role", pipeline(measure("Measure", stage.role)), role=role)
    arn = stage.start("weak-role")
    stage.finished_execution(arn)
    reason = stage.steps(arn)["Measure"]["FailureReason"]
    assert "creates-nothing" in reason
    assert "sagemaker:CreateProcessingJob" in reason


def test_end_of_an_execution_is_told(stage: Stage) -> None:
    sqs, events = stage.aws.client("sqs"), stage.aws.client("events")
    queue = sqs.create_queue(QueueName="executions")["QueueUrl"]
    arn = "arn:aws:sqs:eu-west-1:111122223333:executions"
    access = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [access]})
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy})
    pipeline_arn = stage.create_pipeline("told", pipeline(fail("Stop")))
    pattern = {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Model Building Pipeline Execution Status Change"],
        "detail": {"pipelineArn": [pipeline_arn]},
    }
    events.put_rule(Name="executions", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="executions", Targets=[{"Id": "queue", "Arn": arn}])
    execution = stage.start("told", PipelineExecutionDescription="Commit 4567def")
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


def test_execution_keeps_the_definition_it_began_with(stage: Stage) -> None:
    stage.create_pipeline("changes", pipeline(fail("Old")))
    arn = stage.start("changes")
    stage.finished_execution(arn)
    new = json.dumps(pipeline(fail("New")))
    stage.sagemaker.update_pipeline(PipelineName="changes", PipelineDefinition=new)
    assert stage.sagemaker.describe_pipeline(PipelineName="changes")["PipelineDefinition"] == new
    kept = stage.sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)
    assert json.loads(kept["PipelineDefinition"])["Steps"][0]["Name"] == "Old"


def test_definition_may_come_from_s3(stage: Stage) -> None:
    stage.put("definitions/one.json", json.dumps(pipeline(fail("Stop"))))
    stage.sagemaker.create_pipeline(
        PipelineName="from-s3",
        PipelineDefinitionS3Location={"Bucket": BUCKET, "ObjectKey": "definitions/one.json"},
        RoleArn=stage.role,
        ClientRequestToken=token(),
    )
    shown = stage.sagemaker.describe_pipeline(PipelineName="from-s3")
    assert json.loads(shown["PipelineDefinition"])["Steps"][0]["Name"] == "Stop"


def test_pipeline_names_are_unique_and_deletion_is_final(stage: Stage) -> None:
    stage.create_pipeline("short-lived", pipeline(fail("Stop")))
    with pytest.raises(ClientError, match="already exists"):
        stage.create_pipeline("short-lived", pipeline(fail("Stop")))
    stage.sagemaker.delete_pipeline(PipelineName="short-lived", ClientRequestToken=token())
    with pytest.raises(ClientError) as gone:
        stage.sagemaker.describe_pipeline(PipelineName="short-lived")
    assert gone.value.response["Error"]["Code"] == "ResourceNotFound"
    listed = stage.sagemaker.list_pipelines(PipelineNamePrefix="short")
    assert listed["PipelineSummaries"] == []


def test_pipeline_that_cannot_be_executed_is_refused(stage: Stage) -> None:
    tuning = {"Name": "Tune", "Type": "Tuning", "Arguments": {}}
    with pytest.raises(ClientError, match="Step 'Tune' is of type Tuning"):
        stage.create_pipeline("tunes", pipeline(tuning))


def test_policies_that_name_a_pipeline_are_judged_by_its_arn(stage: Stage) -> None:
    arn = stage.create_pipeline("named-in-policy", pipeline(fail("Stop")))
    keys = stage.aws.user("one-pipeline", allow("sagemaker:DescribePipeline", arn))
    client = stage.aws.client("sagemaker", keys)
    assert client.describe_pipeline(PipelineName="named-in-policy")["PipelineArn"] == arn
    with pytest.raises(ClientError, match="AccessDenied"):
        client.describe_pipeline(PipelineName="another")


def test_an_execution_has_the_definition_of_the_version_that_it_names(stage: Stage) -> None:
    """Another build may update the pipeline between the update of one and its start."""
    name = "versioned"
    stage.create_pipeline(name, pipeline(fail("One", "one")))
    versions = {}
    for said in ("two", "three"):
        updated = stage.sagemaker.update_pipeline(
            PipelineName=name, PipelineDefinition=json.dumps(pipeline(fail("One", said)))
        )
        versions[said] = updated["PipelineVersionId"]
    arn = stage.start(name, PipelineVersionId=versions["two"])
    shown = stage.finished_execution(arn)
    assert shown["PipelineVersionId"] == versions["two"]
    assert "two" in stage.steps(arn)["One"]["FailureReason"]
    latest = stage.finished_execution(stage.start(name))
    assert latest["PipelineVersionId"] == versions["three"]
    described = stage.sagemaker.describe_pipeline(PipelineName=name, PipelineVersionId=1)
    assert json.loads(described["PipelineDefinition"]) == pipeline(fail("One", "one"))
    with pytest.raises(ClientError, match="has no version 9"):
        stage.start(name, PipelineVersionId=9)
