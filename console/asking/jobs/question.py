"""Asks what is behind a step of the newest execution: at most eight requests a look."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from console.asking.account import QUIET_SECONDS, Account
from console.asking.answers import Question
from console.asking.gaps import PageGaps
from console.asking.jobs.job import Job, describe_job, job_of, version_of
from console.asking.jobs.log_tail import LogTail, read_tail
from console.asking.names import ProjectNames
from console.asking.pipeline import UNDER_WAY, Execution, Step, find_step, newest_execution
from console.asking.project import find_project
from console.words.condition import condition_in_words

_FRESH_SECONDS = 2.0
_CONDITION = "Condition"


@dataclass(frozen=True)
class StepFacts:
    """A step of an execution, and what is behind it.

    Args:
        execution: the newest one.
        step: None if it has none of this name.
        condition: in words; empty if it is no condition.
        version: number of the version that it registered; empty if it did not.
        job: None if it has none, or it may not be described.
        has_job: whether it has one of a kind that prints a log.
        tail: of the job's log; None if there is none, or it may not be read.
    """

    execution: Execution
    step: Step | None
    condition: str = ""
    version: str = ""
    job: Job | None = None
    has_job: bool = False
    tail: LogTail | None = None


def step_question(account: Account, project: ProjectNames, name: str) -> Question:
    """Ask for a step of the newest execution; None if there is no execution."""
    absent = project.lacks(
        f"There is no step {name}: the pipeline of {project.name} was never executed; a push to "
        "the build repository does that."
    )

    def ask(gaps: PageGaps) -> StepFacts | None:
        call = partial(newest_execution, account, project, gaps)
        execution = gaps.find("Pipeline", "sagemaker", call, absent)
        if gaps.absent:
            find_project(account, project, "Project", gaps)
        return None if execution is None else _facts(account, project, execution, name, gaps)

    return Question("step", (project.group, name), ask, _FRESH_SECONDS, _at_least)


def _at_least(facts: StepFacts) -> float:
    return 0.0 if facts.execution.status in UNDER_WAY else QUIET_SECONDS


def _facts(
    account: Account, project: ProjectNames, execution: Execution, name: str, gaps: PageGaps
) -> StepFacts:
    step = next((one for one in execution.steps if one.name == name), None)
    if step is None:
        if execution.definition:  # without it, only the steps that began are known
            told = f"The newest execution of {project.name}, {execution.id}, has no step {name}."
            gaps.miss(project.lacks(told))
        return StepFacts(execution, None)
    condition = _condition(account, execution, step, gaps) if step.type == _CONDITION else ""
    job = job_of(step.job)
    if job is None:
        version = version_of(step.job, project.group)
        return StepFacts(execution, step, condition, version)
    sagemaker, logs = account.client("sagemaker"), account.client("logs")
    return StepFacts(
        execution,
        step,
        condition,
        job=gaps.ask("Job", "sagemaker", lambda: describe_job(sagemaker, job), None),
        has_job=True,
        tail=gaps.ask("Log", "logs", lambda: read_tail(logs, job), None),
    )


def _condition(account: Account, execution: Execution, step: Step, gaps: PageGaps) -> str:
    sagemaker = account.client("sagemaker")

    def parameters() -> dict[str, Any]:
        told = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=execution.arn)
        return {one["Name"]: one["Value"] for one in told["PipelineParameters"]}

    nothing: dict[str, Any] = {}
    given = gaps.ask("Parameters of the execution", "sagemaker", parameters, nothing)
    defaults = {
        one["Name"]: one["DefaultValue"]
        for one in execution.definition.get("Parameters", ())
        if "DefaultValue" in one
    }
    found = find_step(execution.definition, step.name)
    return condition_in_words(found.get("Arguments", {}), {**defaults, **given})
