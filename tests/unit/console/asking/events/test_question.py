"""However much happened, AWS is asked a dozen times; what it refuses leaves the rest."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from console.asking.events.event import REGISTRY, Event, newest
from console.asking.events.function_failures import failures_of
from console.asking.events.log_lines import Line
from console.asking.events.question import events_question, merged
from console.asking.events.registry import decided_by
from console.asking.events.stacks import stack_events, stack_failures
from console.asking.gaps import PageGaps
from console.asking.names import ProjectNames
from mlops_sm_project_template.config.names import DATA_FUNCTION as DATA
from mlops_sm_project_template.config.names import REPOSITORY_FUNCTION as REPOSITORY
from tests.console.made_up_aws import MadeUpAccount, Refusal

PROJECT = ProjectNames.parse("abalone-rings-p-aa5f7o0tywm8")
HERE = f"/projects/{PROJECT.group}"
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
_MOST_REQUESTS = 12


def _stages(count: int) -> str:
    listed = [{"name": f"s{number}", "approval": "automatic"} for number in range(count)]
    return f"decided {json.dumps({'view': {'stages': listed}, 'steps': [], 'g': PROJECT.group})}"


def _busy(count: int) -> dict[str, Any]:
    """An account where very much happened."""
    version = {
        "ModelPackageArn": "arn",
        "ModelPackageVersion": 1,
        "ModelApprovalStatus": "Rejected",
        "CreationTime": NOON,
    }
    execution = {"PipelineExecutionArn": "a/b", "StartTime": NOON, "PipelineExecutionStatus": "X"}
    line = {"timestamp": 0, "message": f"[INFO]\t2026-11-27T12:00:00.1Z\ta\t{_stages(count)}"}
    return {
        "FilterLogEvents": {"events": [line] * count, "nextToken": "more"},
        "ListModelPackages": {"ModelPackageSummaryList": [version] * count},
        "DescribeModelPackage": {},
        "ListPipelineExecutions": {"PipelineExecutionSummaries": [execution] * count},
        "DescribeStackEvents": {"StackEvents": []},
    }


@pytest.mark.parametrize("count", [0, 1, 4, 50])
def test_the_number_of_requests_does_not_grow(count: int) -> None:
    account, gaps = MadeUpAccount(_busy(count)), PageGaps()
    events_question(account, PROJECT).ask(gaps)
    assert len(account.asked) <= _MOST_REQUESTS
    assert any("more of the last week" in line for line in gaps.lines)
    assert any("only the first 4" in line for line in gaps.lines) == (count == 50)


def test_what_is_refused_is_a_line_and_the_rest_is_told() -> None:
    answers = _busy(1)
    del answers["FilterLogEvents"], answers["DescribeStackEvents"]
    account, gaps = MadeUpAccount(answers), PageGaps()
    events = events_question(account, PROJECT).ask(gaps)
    assert [event.sentence for event in events] == [
        "Version 1 was registered.",
        "Execution b of the pipeline: x.",
    ]
    assert any(
        line.startswith("Log of mlops-sm-project-dispatch: not known") for line in gaps.lines
    )


def test_each_thing_is_there_once_and_the_newest_first() -> None:
    earlier = Event(NOON - timedelta(1), "run", "a")
    events = [earlier, Event(NOON, "run", "b"), Event(NOON, "run", "b")]
    assert [event.sentence for event in newest(events)] == ["b", "a"]


@pytest.mark.parametrize(
    ("arn", "status", "sentence"),
    [
        ("arn:aws:iam::111122223333:user/r", "Rejected", "r rejected version 3."),
        ("arn:aws:iam::111122223333:user/r", "Approved", "r approved version 3."),
        ("arn:aws:sts::111122223333:assumed-role/x/dispatch", "Rejected", ""),
        ("arn:aws:iam::111122223333:user/r", "PendingManualApproval", ""),
        ("", "Rejected", ""),
    ],
)
def test_who_rejected_is_who_changed_it_last_but_the_function(
    arn: str, status: str, sentence: str
) -> None:
    package = {
        "ModelPackageVersion": 3,
        "ModelApprovalStatus": status,
        "LastModifiedTime": NOON,
        "LastModifiedBy": {"IamIdentity": {"Arn": arn}},
    }
    event = decided_by(package, "dispatch", HERE)
    assert (event.sentence if event else "") == sentence


def test_the_log_knows_who_approved_and_the_registry_who_rejected() -> None:
    def of(source: str, status: str, minutes: int, *more: int) -> Event:
        moment = NOON + timedelta(minutes=minutes)
        return Event(moment, REGISTRY, source, same=(status, "1", *more))

    by_log = [of("log", "Approved", 0, 1), of("log", "Rejected", 1, 1), of("log", "Rejected", 9, 2)]
    by_registry = [of("registry", "Approved", 0), of("registry", "Rejected", 9)]
    told = [(event.sentence, event.same) for event in merged(by_log, by_registry)]
    assert told == [
        ("log", ("Approved", "1", 1)),
        ("log", ("Rejected", "1", 1)),
        ("registry", ("Rejected", "1")),
    ]


_DENIED = "User: u is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k"


@pytest.mark.parametrize(
    ("function", "text", "sentence"),
    [
        (
            REPOSITORY,
            "Create BuildGithubContent1 github-content:910: FAILED abalone-rings-build is taken.",
            f"{REPOSITORY}: Create of BuildGithubContent1 failed: abalone-rings-build is taken.",
        ),
        (
            DATA,
            f"Delete Data1 project-data:mlops-sm-project-{PROJECT.id}: FAILED {_DENIED}",
            f"{DATA}: Delete of Data1 failed: IAM refused it.",
        ),
        (REPOSITORY, "Create A b: SUCCESS o/abalone-rings-build is seeded.", ""),
        (REPOSITORY, "Create A b: FAILED o/other-abalone-rings-build is taken.", ""),
        (REPOSITORY, "Create A b: FAILED o/abalone-rings-build-2 is taken.", ""),
        (REPOSITORY, "Create A b: FAILED o/abalone-rings-2-build is taken.", ""),
    ],
)
def test_failures_of_the_functions_are_ours_by_name(
    function: str, text: str, sentence: str
) -> None:
    found = failures_of([Line(NOON, "INFO", "r", text)], function, PROJECT)
    assert [event.sentence for event in found] == ([sentence] if sentence else [])


def test_of_a_stack_only_what_failed_by_itself_is_told() -> None:
    def event(status: str, why: str) -> dict[str, Any]:
        return {
            "Timestamp": NOON,
            "LogicalResourceId": "Endpoint",
            "ResourceType": "AWS::SageMaker::Endpoint",
            "ResourceStatus": status,
            "ResourceStatusReason": why,
        }

    told = [
        event("CREATE_FAILED", "no capacity"),
        event("UPDATE_FAILED", f'Resource handler returned message: "{_DENIED}"'),
        event("CREATE_FAILED", "Resource creation cancelled"),
        event("CREATE_COMPLETE", ""),
    ]
    first, second = stack_failures(told, "dev", HERE)
    assert first.sentence == (
        "Stack of dev: CREATE_FAILED of Endpoint (AWS::SageMaker::Endpoint): no capacity"
    )
    assert [one.action for one in second.refusals] == ["s3:GetObject"]
    assert first.address == f"{HERE}/stages/dev"


def test_a_stack_that_was_never_made_has_no_events() -> None:
    missing = Refusal("ValidationError", "Stack [x] does not exist")
    cloudformation = MadeUpAccount({"DescribeStackEvents": missing}).client("cloudformation")
    assert stack_events(cloudformation, "x") == ()


@pytest.mark.parametrize(("minutes", "is_quiet"), [(1, False), (30, True)])
def test_what_follows_from_decisions_is_asked_for_seldomer_when_none_is_new(
    minutes: int, is_quiet: bool
) -> None:
    stamp = round((datetime.now(UTC) - timedelta(minutes=minutes)).timestamp() * 1000)
    said = {"timestamp": stamp, "message": f"[INFO] {PROJECT.group} is looked at"}
    account = MadeUpAccount({**_busy(1), "FilterLogEvents": {"events": [said]}})
    question = events_question(account, PROJECT)
    question.ask(PageGaps())
    first = len(account.asked)
    account.asked.clear()
    question.ask(PageGaps())
    # What begins something is asked for each time.
    always = {"FilterLogEvents", "ListModelPackages", "ListPipelineExecutions"}
    assert len(account.asked) == (len(always) if is_quiet else first)
    assert always <= {operation for operation, _ in account.asked}


def test_what_was_refused_is_told_at_each_look() -> None:
    answers = _busy(1)
    del answers["DescribeStackEvents"]
    account = MadeUpAccount(answers)
    question, lines = events_question(account, PROJECT), []
    for _ in range(2):
        gaps = PageGaps()
        question.ask(gaps)
        lines.append(list(gaps.lines))
    assert any("Stack of" in line for line in lines[0])
    assert lines[0] == lines[1]
