"""The newest execution of a project's pipeline, step by step."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from console.asking.account import Account
from console.asking.answers import Question
from console.asking.gaps import PageGaps
from console.asking.names import ProjectNames

_FRESH_SECONDS = 2.0
_REFERENCE = re.compile(r"Steps\.([A-Za-z0-9_-]+)")
WAITING, NOT_RUN = "Waiting", "NotRun"


@dataclass(frozen=True)
class Step:
    """One step.

    Args:
        name: in the pipeline.
        type: such as Processing; empty if the definition may not be read.
        after: names of the steps that it needs.
        status: of SageMaker; Waiting or NotRun where it has none.
        started: None if it did not.
        seconds: how long it took, or has taken until now.
        told: outcome of a condition, or why it failed.
        job: ARN of its job, or of what it made; empty if none.
    """

    name: str
    type: str
    after: Sequence[str]
    status: str = WAITING
    started: datetime | None = None
    seconds: float | None = None
    told: str = ""
    job: str = ""


@dataclass(frozen=True)
class Execution:
    """One execution."""

    arn: str
    status: str
    started: datetime
    seconds: float
    described: str
    reason: str
    steps: Sequence[Step]

    @property
    def id(self) -> str:
        """Last part of its ARN."""
        return self.arn.rpartition("/")[2]


def execution_question(account: Account, project: ProjectNames) -> Question:
    """Ask for the newest execution; None if the pipeline was never executed."""

    def ask(gaps: PageGaps) -> Execution | None:
        about = "Pipeline"
        return gaps.ask(about, "sagemaker", lambda: _newest(account, project, gaps), None)

    return Question("execution", project.group, ask, _FRESH_SECONDS)


def _newest(account: Account, project: ProjectNames, gaps: PageGaps) -> Execution | None:
    sagemaker = account.client("sagemaker")
    told = sagemaker.list_pipeline_executions(
        PipelineName=project.group, SortBy="CreationTime", SortOrder="Descending", MaxResults=1
    )["PipelineExecutionSummaries"]
    if not told:
        return None
    arn, now = told[0]["PipelineExecutionArn"], datetime.now(UTC)
    found = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    nothing: dict[str, Step] = {}
    defined = gaps.ask("Order of steps", "sagemaker", lambda: _defined(account, project), nothing)
    done = _done(sagemaker, arn)
    status = found["PipelineExecutionStatus"]
    has_ended = status not in ("Executing", "Stopping")
    return Execution(
        arn=arn,
        status=status,
        started=found["CreationTime"],
        seconds=_seconds(found["CreationTime"], has_ended and found["LastModifiedTime"], now),
        described=found.get("PipelineExecutionDescription", ""),
        reason=found.get("FailureReason", ""),
        steps=list(merged(defined, done, now, has_ended=has_ended)),
    )


def _defined(account: Account, project: ProjectNames) -> dict[str, Step]:
    told = account.client("sagemaker").describe_pipeline(PipelineName=project.group)
    return {step.name: step for step in defined_steps(json.loads(told["PipelineDefinition"]))}


def _done(sagemaker: Any, arn: str) -> dict[str, Mapping[str, Any]]:
    pages = sagemaker.get_paginator("list_pipeline_execution_steps").paginate(
        PipelineExecutionArn=arn
    )
    return {step["StepName"]: step for page in pages for step in page["PipelineExecutionSteps"]}


def defined_steps(definition: Mapping[str, Any]) -> Iterator[Step]:
    """The steps of a definition, those within conditions too, and what each needs.

    Source: SageMaker pipeline definition schema 2020-12-01: `DependsOn`, and `Get` of `Steps.…`.
    """
    yield from _steps(definition.get("Steps", ()), ())


def _steps(told: Sequence[Mapping[str, Any]], above: Sequence[str]) -> Iterator[Step]:
    for step in told:
        arguments = dict(step.get("Arguments", {}))
        inner = [arguments.pop(branch, []) for branch in ("IfSteps", "ElseSteps")]
        referred = _REFERENCE.findall(json.dumps(arguments))
        needed = dict.fromkeys([*above, *step.get("DependsOn", ()), *referred])
        yield Step(step["Name"], step["Type"], tuple(needed))
        for branch in inner:
            yield from _steps(branch, (step["Name"],))


def merged(
    defined: Mapping[str, Step],
    done: Mapping[str, Mapping[str, Any]],
    now: datetime,
    *,
    has_ended: bool,
) -> Iterator[Step]:
    """What is defined with what was done of it, in the order of the definition."""
    for name in dict.fromkeys([*defined, *reversed(list(done))]):
        known = defined.get(name, Step(name, "", ()))
        told = done.get(name)
        if told is None:
            yield Step(name, known.type, known.after, NOT_RUN if has_ended else WAITING)
        else:
            yield _done_step(known, told, now)


def _done_step(known: Step, told: Mapping[str, Any], now: datetime) -> Step:
    metadata: Mapping[str, Any] = told.get("Metadata", {})
    kind = next(iter(metadata), "")
    made = metadata.get(kind, {})
    started = told.get("StartTime")
    return Step(
        name=known.name,
        type=known.type or kind,
        after=known.after,
        status=told["StepStatus"],
        started=started,
        seconds=started and _seconds(started, told.get("EndTime"), now),
        told=told.get("FailureReason") or made.get("Outcome") or made.get("ErrorMessage", ""),
        job=made.get("Arn", ""),
    )


def _seconds(began: datetime, ended: datetime | bool | None, now: datetime) -> float:
    until = ended if isinstance(ended, datetime) else now
    return max(0.0, (until - began).total_seconds())
