"""Act 4: the seed commit starts the build; the pipeline trains and registers a model."""

from pathlib import Path
from typing import Any

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts import model_card
from rehearsal.conductor.acts.current_play import PROJECT_NAME, Play
from rehearsal.conductor.acts.provenance import read_provenance, read_report
from rehearsal.conductor.dataset import seed_script
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import DATA_SCIENTIST
from rehearsal.conductor.waiting.patience import PIPELINE_STILL_SECONDS, RECORD_STILL_SECONDS
from rehearsal.conductor.waiting.watches import watch_pipeline

_TOLD_METRICS = 3


def perform(play: Play) -> None:
    """Wait for the workflow, the pipeline execution and the commit status."""
    repository = play.github(DATA_SCIENTIST).get_repo(
        f"{DATA_SCIENTIST}/{names.build_repository(PROJECT_NAME)}"
    )
    run = play.wait_for_run(repository, "build.yml")
    play.say(f"the build workflow ran with its own role ({run.html_url})")
    name = names.pipeline(PROJECT_NAME, play.facts["project_id"])
    execution = _wait_for_execution(play, name, run.head_sha)
    play.facts["pipeline_execution_arn"] = execution["PipelineExecutionArn"]
    play.facts["pipeline_seconds"] = _seconds(play, execution["PipelineExecutionArn"])
    package = _registered(play, execution)
    play.facts["model_package_arn"] = package["ModelPackageArn"]
    report = read_report(play, package)
    play.facts["metrics"] = _metrics(report)
    play.facts["provenance"] = read_provenance(play, package, run.head_sha)
    play.say(
        f"registered version {package['ModelPackageVersion']}, {package['ModelApprovalStatus']}, "
        f"{_told(play.facts['metrics'])}, made of data "
        f"{play.facts['provenance']['data_sha256'][:12]} at commit {run.head_sha[:7]}"
    )
    play.facts["comparison"] = report["comparison"]
    play.say(f"compared with the live version: {report['comparison']['verdict']}")
    card = model_card.write(play, repository, package["ModelPackageVersion"])
    play.facts["model_card"] = card
    play.say(f"its card: {card}")
    commit = repository.get_commit(run.head_sha)
    play.wait(
        "The commit status that reports the pipeline's success",
        lambda: True if commit.get_combined_status().state == "success" else None,
        seconds=RECORD_STILL_SECONDS,
    )
    play.say(f"the commit {run.head_sha[:7]} carries the pipeline's outcome")


def _wait_for_execution(play: Play, pipeline: str, commit: str) -> dict[str, Any]:
    sagemaker = play.world.administrator.client("sagemaker")
    told: set[str] = set()
    arns: list[str] = []

    def ended() -> dict[str, Any] | None:
        listed = sagemaker.list_pipeline_executions(PipelineName=pipeline)
        ours: dict[str, Any] = next(
            execution
            for execution in listed["PipelineExecutionSummaries"]
            if execution.get("PipelineExecutionDescription") == f"Commit {commit}"
        )
        arns[:] = [ours["PipelineExecutionArn"]]
        for step in _steps(sagemaker, *arns):
            if step["StepStatus"] not in ("Starting", "Executing") and step["StepName"] not in told:
                told.add(step["StepName"])
                play.say(f"step {step['StepName']}: {step['StepStatus']}")
        return None if ours["PipelineExecutionStatus"] == "Executing" else ours

    watch = watch_pipeline(sagemaker, lambda: next(iter(arns), None))
    what = f"The execution of the pipeline {pipeline}"
    execution = play.wait(what, ended, seconds=PIPELINE_STILL_SECONDS, watch=watch)
    if execution["PipelineExecutionStatus"] != "Succeeded":
        raise RehearsalError(
            "The pipeline execution ended as "
            f"{execution['PipelineExecutionStatus']}: {_reasons(sagemaker, execution)}",
            log=_newest_job_log(play),
        )
    return execution


def _seconds(play: Play, arn: str) -> float:
    """How long an ended execution took, as SageMaker tells it."""
    told = play.world.administrator.client("sagemaker").describe_pipeline_execution(
        PipelineExecutionArn=arn
    )
    seconds: float = (told["LastModifiedTime"] - told["CreationTime"]).total_seconds()
    return round(seconds, 2)


def _steps(sagemaker: Any, arn: str) -> list[dict[str, Any]]:
    answer = sagemaker.list_pipeline_execution_steps(
        PipelineExecutionArn=arn, SortOrder="Ascending"
    )
    return list(answer["PipelineExecutionSteps"])


def _reasons(sagemaker: Any, execution: dict[str, Any]) -> str:
    failed = [
        f"{step['StepName']}: {step.get('FailureReason', 'no reason given')}"
        for step in _steps(sagemaker, execution["PipelineExecutionArn"])
        if step["StepStatus"] == "Failed"
    ]
    return "; ".join(failed) or execution.get("PipelineExecutionFailureReason", "no reason given")


def _newest_job_log(play: Play) -> Path:
    """Find what the last processing or training job printed."""
    logs = (play.world.state / "aws" / "sagemaker" / "logs").glob("*-job/*")
    return max(logs, key=lambda log: log.stat().st_mtime, default=play.world.logs / "aws.log")


def _registered(play: Play, execution: dict[str, Any]) -> dict[str, Any]:
    """Describe the model that an execution registered."""
    sagemaker = play.world.administrator.client("sagemaker")
    steps = _steps(sagemaker, execution["PipelineExecutionArn"])
    arns = [
        step["Metadata"]["RegisterModel"]["Arn"]
        for step in steps
        if "RegisterModel" in step.get("Metadata", {})
    ]
    if not arns:
        raise RehearsalError("The pipeline succeeded, but registered no model.")
    return dict(sagemaker.describe_model_package(ModelPackageName=arns[0]))


def _metrics(report: dict[str, Any]) -> dict[str, float]:
    """The metrics of the test records, by SageMaker's names."""
    section = report[seed_script("metrics").SECTIONS[report["task"]]]
    return {name: float(metric["value"]) for name, metric in section.items()}


def _told(metrics: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.3g}" for name, value in list(metrics.items())[:_TOLD_METRICS])
