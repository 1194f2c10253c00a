"""The newest execution of a project's pipeline, step by step."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from console.asking.account import Account
from console.asking.answers import Question
from console.asking.gaps import PageGaps
from console.asking.names import ProjectNames

_FRESH_SECONDS = 2.0
UNDER_WAY = ("Executing", "Stopping")
_REFERENCE = re.compile(r"Steps\.([A-Za-z0-9_-]+)")
_BRANCHES = ("IfSteps", "ElseSteps")
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
        cached_from: ARN of the execution whose result it took; empty if it did its work itself.
    """

    name: str
    type: str
    after: Sequence[str]
    status: str = WAITING
    started: datetime | None = None
    seconds: float | None = None
    told: str = ""
    job: str = ""
    cached_from: str = ""


@dataclass(frozen=True)
class Execution:
    """One execution.

    Args:
        definition: that it executes; empty if that may not be read.
    """

    arn: str
    status: str
    started: datetime
    seconds: float
    described: str
    reason: str
    steps: Sequence[Step]
    definition: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Last part of its ARN."""
        return self.arn.rpartition("/")[2]


def execution_question(account: Account, project: ProjectNames) -> Question:
    """Ask for the newest execution; None if the pipeline was never executed."""

    def ask(gaps: PageGaps) -> Execution | None:
        about = "Pipeline"
        return gaps.ask(about, "sagemaker", lambda: newest_execution(account, project, gaps), None)

    return Question("execution", project.group, ask, _FRESH_SECONDS)


def newest_execution(account: Account, project: ProjectNames, gaps: PageGaps) -> Execution | None:
    """Ask for the newest execution; None if there is none.

    Raises:
        ClientError: SageMaker refused, or there is no such pipeline.
        BotoCoreError: it did not answer.
    """
    told = list_executions(account, project, 1)
    if not told:
        return None
    arn, status = told[0]["PipelineExecutionArn"], told[0].get("PipelineExecutionStatus", "")
    if not status or status in UNDER_WAY:
        return _described(account, arn, gaps)
    # That a new one has begun is seen soon, since one that has ended is not read at each look.
    read = partial(_described, account, arn, gaps)
    key = ("execution", arn, status)
    return account.recent.get(key, read, lambda one: bool(one.definition))


def list_executions(
    account: Account, project: ProjectNames, most: int
) -> Sequence[Mapping[str, Any]]:
    """So many of the newest executions, as a list tells of them.

    Raises:
        ClientError: SageMaker refused, or there is no such pipeline.
        BotoCoreError: it did not answer.
    """
    told = account.client("sagemaker").list_pipeline_executions(
        PipelineName=project.group, SortBy="CreationTime", SortOrder="Descending", MaxResults=most
    )
    found: Sequence[Mapping[str, Any]] = told["PipelineExecutionSummaries"]
    return found


def _described(account: Account, arn: str, gaps: PageGaps) -> Execution:
    sagemaker, now = account.client("sagemaker"), datetime.now(UTC)
    found = sagemaker.describe_pipeline_execution(PipelineExecutionArn=arn)
    call = partial(_definition, sagemaker, arn)
    ask = partial(gaps.ask, "Order of steps", "sagemaker", call, None)
    definition = account.documents.get(("definition", arn), ask) or {}
    defined = {step.name: step for step in defined_steps(definition)}
    done = _done(sagemaker, arn)
    status = found["PipelineExecutionStatus"]
    has_ended = status not in UNDER_WAY
    return Execution(
        arn=arn,
        status=status,
        started=found["CreationTime"],
        seconds=_seconds(found["CreationTime"], has_ended and found["LastModifiedTime"], now),
        described=found.get("PipelineExecutionDescription", ""),
        reason=found.get("FailureReason", ""),
        steps=list(merged(defined, done, now, has_ended=has_ended)),
        definition=definition,
    )


def _definition(sagemaker: Any, arn: str) -> dict[str, Any]:
    """What was executed: the pipeline itself may have been changed since."""
    told = sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)
    found: dict[str, Any] = json.loads(told["PipelineDefinition"])
    return found


def _done(sagemaker: Any, arn: str) -> dict[str, Mapping[str, Any]]:
    pages = sagemaker.get_paginator("list_pipeline_execution_steps").paginate(
        PipelineExecutionArn=arn
    )
    return {step["StepName"]: step for page in pages for step in page["PipelineExecutionSteps"]}


def defined_steps(definition: Mapping[str, Any]) -> Iterator[Step]:
    """The steps of a definition, those within conditions too, and what each needs.

    Source: SageMaker pipeline definition schema 2020-12-01: `DependsOn`, and `Get` of `Steps.…`.
    """
    for step, above in _steps(definition.get("Steps", ()), ()):
        given = step.get("Arguments", {})
        own = {name: value for name, value in given.items() if name not in _BRANCHES}
        referred = _REFERENCE.findall(json.dumps(own))
        needed = dict.fromkeys([*above, *step.get("DependsOn", ()), *referred])
        yield Step(step["Name"], step["Type"], tuple(needed))


def find_step(definition: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A step of a definition, those within conditions too; empty if it has none of this name."""
    steps = _steps(definition.get("Steps", ()), ())
    return next((step for step, _ in steps if step["Name"] == name), {})


def _steps(
    told: Sequence[Mapping[str, Any]], above: Sequence[str]
) -> Iterator[tuple[Mapping[str, Any], Sequence[str]]]:
    """Each step, and the condition that it is within."""
    for step in told:
        yield step, above
        for branch in _BRANCHES:
            yield from _steps(step.get("Arguments", {}).get(branch, ()), (step["Name"],))


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
        cached_from=(told.get("CacheHitResult") or {}).get("SourcePipelineExecutionArn", ""),
    )


def _seconds(began: datetime, ended: datetime | bool | None, now: datetime) -> float:
    until = ended if isinstance(ended, datetime) else now
    return max(0.0, (until - began).total_seconds())
