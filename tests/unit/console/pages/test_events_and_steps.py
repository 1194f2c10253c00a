"""The pages of events and steps, with whatever AWS, GitHub and the containers may say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.asking.answers import Answers
from console.pages.events import MOST_SHOWN, events_page
from console.pages.step import step_page
from console.serving.page import MakePage, Visit, look_at, render_panel
from tests.console.made_up_aws import MadeUpAccount

GROUP = "abalone-rings-p-aa5f7o0tywm8"
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\"'\x1b[31m\u202e{{ 7*7 }}"
_DENIED = "User: u<b> is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::<i>"


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as made:
        yield made


def _shown(make: MakePage, account: MadeUpAccount, threads: ThreadPoolExecutor, **path: str) -> str:
    page = make(Visit(account, {"group": GROUP, **path}))
    answers = Answers(threads, lambda: None)
    answers.await_first([one for panel in page.panels for one in panel.questions], 30)
    return "\n".join(render_panel(panel, look_at(panel, answers), "csrf") for panel in page.panels)


def _executed(why: str, **step: Any) -> dict[str, Any]:
    told = {
        "StepName": "Train",
        "StepStatus": "Failed",
        "StartTime": NOON,
        "EndTime": NOON,
        "FailureReason": why,
        "Metadata": {"TrainingJob": {"Arn": "arn:aws:sagemaker:a:111122223333:training-job/t"}},
    }
    summary = {
        "PipelineExecutionArn": "x/y",
        "StartTime": NOON,
        "PipelineExecutionStatus": "Failed",
    }
    return {
        "ListPipelineExecutions": {"PipelineExecutionSummaries": [summary]},
        "DescribePipelineExecution": {
            "PipelineExecutionStatus": "Failed",
            "CreationTime": NOON,
            "LastModifiedTime": NOON,
            "FailureReason": HOSTILE,
        },
        "ListPipelineExecutionSteps": {"PipelineExecutionSteps": [{**told, **step}]},
        "DescribePipelineDefinitionForExecution": {"PipelineDefinition": json.dumps({})},
    }


def _versions(count: int) -> dict[str, Any]:
    return {
        "ModelPackageSummaryList": [
            {
                "ModelPackageVersion": number,
                "CreationTime": NOON + timedelta(minutes=number),
            }
            for number in range(1, count + 1)
        ]
    }


@pytest.mark.parametrize(("count", "says_so"), [(MOST_SHOWN, False), (MOST_SHOWN + 1, True)])
def test_at_most_a_hundred_are_shown_and_that_is_said(
    count: int, says_so: bool, threads: ThreadPoolExecutor
) -> None:
    shown = _shown(events_page, MadeUpAccount({"ListModelPackages": _versions(count)}), threads)
    assert shown.count("<li ") == MOST_SHOWN
    assert (f"Only the newest {MOST_SHOWN} are shown" in shown) == says_so
    assert f"Version {count} was registered" in shown


def test_a_failed_step_is_an_event_and_its_refusal_is_taken_apart(
    threads: ThreadPoolExecutor,
) -> None:
    shown = _shown(events_page, MadeUpAccount(_executed(_DENIED)), threads)
    assert "Step Train failed: IAM refused it." in shown
    assert f"/projects/{GROUP}/steps/Train" in shown
    assert "<code>s3:GetObject</code>" in shown
    assert "<code>arn:aws:s3:::&lt;i&gt;</code>" in shown
    assert "AWS does not say which policy" in shown


def test_hostile_texts_stay_texts(threads: ThreadPoolExecutor) -> None:
    job = {
        "TrainingJobArn": HOSTILE,
        "TrainingJobStatus": HOSTILE,
        "FailureReason": HOSTILE,
        "HyperParameters": {HOSTILE: HOSTILE},
        "InputDataConfig": [{"ChannelName": HOSTILE, "DataSource": {}}],
        "FinalMetricDataList": [{"MetricName": HOSTILE, "Value": float("nan")}],
    }
    line = {"timestamp": 0, "message": f"[ERROR]\t2026-11-27T12:00:00.1Z\ta\t{GROUP} {HOSTILE}"}
    answers = {
        **_executed(HOSTILE, StepName="Train"),
        "DescribeTrainingJob": job,
        "DescribeLogStreams": {"logStreams": [{"logStreamName": HOSTILE}]},
        "GetLogEvents": {"events": [{"message": HOSTILE}]},
        "FilterLogEvents": {"events": [line]},
        "DescribeStackEvents": {
            "StackEvents": [
                {"Timestamp": NOON, "ResourceStatus": "X_FAILED", "ResourceStatusReason": HOSTILE}
            ]
        },
    }
    shown = _shown(events_page, MadeUpAccount(answers), threads)
    shown += _shown(step_page, MadeUpAccount(answers), threads, name="Train")
    assert shown.count("&lt;script&gt;") > 10
    assert "<script" not in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "{{ 7*7 }}" in shown


def test_where_nothing_may_be_read_each_gap_is_a_line(threads: ThreadPoolExecutor) -> None:
    for make, path in ((events_page, {}), (step_page, {"name": "Train"})):
        shown = _shown(make, MadeUpAccount({}), threads, **path)
        assert 'class="gap"' in shown
        assert "The console failed here" not in shown


def test_a_log_can_be_read_by_keyboard(threads: ThreadPoolExecutor) -> None:
    answers = {
        **_executed(""),
        "DescribeTrainingJob": {"TrainingJobArn": "a", "TrainingJobStatus": "InProgress"},
        "DescribeLogStreams": {"logStreams": [{"logStreamName": "t/algo-1"}]},
        "GetLogEvents": {"events": [{"message": "first"}, {"message": "last"}]},
    }
    shown = _shown(step_page, MadeUpAccount(answers), threads, name="Train")
    assert '<div class="tail" tabindex="0"' in shown
    assert "<pre>first\nlast</pre>" in shown
