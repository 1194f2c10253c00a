"""A step's page tells what is behind it, with a bounded number of requests."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from console.asking.gaps import PageGaps
from console.asking.jobs.job import job_of, version_of
from console.asking.jobs.question import StepFacts, step_question
from console.asking.names import ProjectNames
from tests.console.made_up_aws import MadeUpAccount

PROJECT = ProjectNames.parse("abalone-rings-p-aa5f7o0tywm8")
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
SAGEMAKER = "arn:aws:sagemaker:eu-west-1:111122223333"
_CONDITION = {
    "Name": "CheckQuality",
    "Type": "Condition",
    "Arguments": {
        "Conditions": [
            {"Type": "LessThan", "LeftValue": {"Get": "Parameters.Limit"}, "RightValue": 3}
        ],
        "IfSteps": [{"Name": "Register", "Type": "RegisterModel", "Arguments": {}}],
        "ElseSteps": [{"Name": "Stop", "Type": "Fail", "Arguments": {}}],
    },
}
_DEFINITION = {
    "Parameters": [{"Name": "Limit", "DefaultValue": "5"}],
    "Steps": [{"Name": "Train", "Type": "Training", "Arguments": {}}, _CONDITION],
}


def _done(name: str, kind: str, made: dict[str, str], **more: Any) -> dict[str, Any]:
    times = {"StartTime": NOON, "EndTime": NOON}
    return {"StepName": name, "StepStatus": "Succeeded", "Metadata": {kind: made}, **times, **more}


def _account(**more: Any) -> MadeUpAccount:
    execution = {
        "PipelineExecutionStatus": "Succeeded",
        "CreationTime": NOON,
        "LastModifiedTime": NOON,
    }
    cached = {"CacheHitResult": {"SourcePipelineExecutionArn": "arn/earlier"}}
    steps = [
        _done("Stop", "Fail", {"ErrorMessage": "not good enough"}, StepStatus="Failed"),
        _done("Register", "RegisterModel", {"Arn": f"{SAGEMAKER}:model-package/{PROJECT.group}/7"}),
        _done("CheckQuality", "Condition", {"Outcome": "True"}),
        _done("Train", "TrainingJob", {"Arn": f"{SAGEMAKER}:training-job/t"}, **cached),
    ]
    answers = {
        "ListPipelineExecutions": {"PipelineExecutionSummaries": [{"PipelineExecutionArn": "a"}]},
        "DescribePipelineExecution": execution,
        "ListPipelineExecutionSteps": {"PipelineExecutionSteps": steps},
        "DescribePipelineDefinitionForExecution": {"PipelineDefinition": json.dumps(_DEFINITION)},
        "ListPipelineParametersForExecution": {
            "PipelineParameters": [{"Name": "Limit", "Value": "6"}]
        },
        "DescribeTrainingJob": {
            "TrainingJobArn": "t",
            "TrainingJobStatus": "Completed",
            "FinalMetricDataList": [{"MetricName": "validation:rmse", "Value": 2.1}],
        },
        "DescribeLogStreams": {
            "logStreams": [
                {"logStreamName": "t/algo-1", "lastEventTimestamp": 5},
                {"logStreamName": "t/algo-2", "lastEventTimestamp": 9},
            ]
        },
        "GetLogEvents": {"events": [{"message": "\x1b[32m[0] rmse\x1b[0m"}]},
    }
    return MadeUpAccount({name: answer for name, answer in {**answers, **more}.items() if answer})


def _ask(account: MadeUpAccount, name: str) -> tuple[StepFacts, list[str]]:
    gaps = PageGaps()
    facts = step_question(account, PROJECT, name).ask(gaps)
    assert isinstance(facts, StepFacts)
    assert len(account.asked) <= 8
    return facts, gaps.lines


def test_of_a_job_its_metrics_and_its_newest_log_are_told() -> None:
    account = _account()
    facts, lines = _ask(account, "Train")
    assert facts.job is not None
    assert facts.tail is not None
    assert facts.job.metrics == [("validation:rmse", 2.1)]
    assert (facts.tail.stream, facts.tail.others) == ("t/algo-2", 1)
    assert facts.tail.lines == ["[0] rmse"]
    assert facts.step is not None
    assert facts.step.cached_from == "arn/earlier"
    assert lines == []


def test_of_a_condition_the_sentence_and_the_outcome() -> None:
    facts, _ = _ask(_account(), "CheckQuality")
    assert facts.step is not None
    assert (facts.condition, facts.step.told) == ("Limit (6) is less than 3", "True")
    assert not facts.has_job


def test_parameters_that_may_not_be_read_are_those_of_the_definition() -> None:
    facts, lines = _ask(_account(ListPipelineParametersForExecution=None), "CheckQuality")
    assert facts.condition == "Limit (5) is less than 3"
    assert lines


def test_of_a_registration_the_version_and_of_a_failure_its_message() -> None:
    assert _ask(_account(), "Register")[0].version == "7"
    step = _ask(_account(), "Stop")[0].step
    assert step is not None
    assert step.told == "not good enough"


def test_there_is_no_step_of_another_name() -> None:
    assert _ask(_account(), "<script>")[0].step is None


def test_a_log_that_may_not_be_read_leaves_the_job() -> None:
    facts, lines = _ask(_account(GetLogEvents=None), "Train")
    assert facts.job is not None
    assert facts.tail is None
    assert any(line.startswith("Log: not known") for line in lines)


def test_a_job_that_printed_nothing_has_an_empty_log() -> None:
    facts, _ = _ask(_account(DescribeLogStreams={"logStreams": []}), "Train")
    assert facts.tail is not None
    assert not facts.tail.lines


@pytest.mark.parametrize(
    ("arn", "group"),
    [
        (f"{SAGEMAKER}:processing-job/a", "/aws/sagemaker/ProcessingJobs"),
        (f"{SAGEMAKER}:training-job/a", "/aws/sagemaker/TrainingJobs"),
        (f"{SAGEMAKER}:transform-job/a", ""),
        (f"{SAGEMAKER}:training-job/a/b", ""),
        ("", ""),
    ],
)
def test_an_arn_names_a_job_of_two_kinds(arn: str, group: str) -> None:
    job = job_of(arn)
    assert (job.log_group if job else "") == group


def test_a_version_of_another_group_is_none_of_this_project() -> None:
    assert version_of(f"{SAGEMAKER}:model-package/other/7", PROJECT.group) == ""
