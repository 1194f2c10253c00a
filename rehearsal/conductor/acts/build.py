"""Act 4: the seed commit starts the build; the pipeline trains and registers a model."""

from pathlib import Path
from typing import Any

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts.provenance import read_provenance, read_report
from rehearsal.conductor.acts.stage import PROJECT_NAME, Stage
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import DATA_SCIENTIST


def play(stage: Stage) -> None:
    """Wait for the workflow, the pipeline execution and the commit status."""
    repository = stage.github(DATA_SCIENTIST).get_repo(
        f"{DATA_SCIENTIST}/{names.build_repository(PROJECT_NAME)}"
    )
    run = stage.wait_for_run(repository, "build.yml", seconds=300)
    stage.say(f"the build workflow ran with its own role ({run.html_url})")
    name = names.pipeline(PROJECT_NAME, stage.facts["project_id"])
    execution = _wait_for_execution(stage, name)
    stage.facts["pipeline_execution_arn"] = execution["PipelineExecutionArn"]
    stage.facts["pipeline_seconds"] = _seconds(stage, execution["PipelineExecutionArn"])
    package = _find_package(stage, name)
    stage.facts["model_package_arn"] = package["ModelPackageArn"]
    stage.facts["test_mse"] = _test_mse(stage, package)
    stage.facts["provenance"] = read_provenance(stage, package, run.head_sha)
    stage.say(
        f"registered version {package['ModelPackageVersion']}, {package['ModelApprovalStatus']}, "
        f"test MSE {stage.facts['test_mse']:.2f}, made of data "
        f"{stage.facts['provenance']['data_sha256'][:12]} at commit {run.head_sha[:7]}"
    )
    commit = repository.get_commit(run.head_sha)
    stage.wait(
        "The commit status that reports the pipeline's success",
        lambda: True if commit.get_combined_status().state == "success" else None,
        seconds=30,
    )
    stage.say(f"the commit {run.head_sha[:7]} carries the pipeline's outcome")


def _wait_for_execution(stage: Stage, pipeline: str) -> dict[str, Any]:
    sagemaker = stage.world.administrator.client("sagemaker")
    told: set[str] = set()

    def ended() -> dict[str, Any] | None:
        listed = sagemaker.list_pipeline_executions(PipelineName=pipeline)
        newest: dict[str, Any] = listed["PipelineExecutionSummaries"][0]
        for step in _steps(sagemaker, newest["PipelineExecutionArn"]):
            if step["StepStatus"] not in ("Starting", "Executing") and step["StepName"] not in told:
                told.add(step["StepName"])
                stage.say(f"step {step['StepName']}: {step['StepStatus']}")
        return None if newest["PipelineExecutionStatus"] == "Executing" else newest

    execution = stage.wait("The end of the pipeline execution", ended, seconds=300)
    if execution["PipelineExecutionStatus"] != "Succeeded":
        raise RehearsalError(
            "The pipeline execution ended as "
            f"{execution['PipelineExecutionStatus']}: {_reasons(sagemaker, execution)}",
            log=_newest_job_log(stage),
        )
    return execution


def _seconds(stage: Stage, arn: str) -> float:
    """How long an ended execution took, as SageMaker tells it."""
    told = stage.world.administrator.client("sagemaker").describe_pipeline_execution(
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


def _newest_job_log(stage: Stage) -> Path:
    """Find what the last processing or training job printed."""
    logs = (stage.world.state / "aws" / "sagemaker" / "logs").glob("*-job/*")
    return max(logs, key=lambda log: log.stat().st_mtime, default=stage.world.logs / "aws.log")


def _find_package(stage: Stage, group: str) -> dict[str, Any]:
    sagemaker = stage.world.administrator.client("sagemaker")
    packages = sagemaker.list_model_packages(
        ModelPackageGroupName=group, SortBy="CreationTime", SortOrder="Descending"
    )["ModelPackageSummaryList"]
    if not packages:
        raise RehearsalError(f"The pipeline succeeded, but the group {group} holds no model.")
    return dict(sagemaker.describe_model_package(ModelPackageName=packages[0]["ModelPackageArn"]))


def _test_mse(stage: Stage, package: dict[str, Any]) -> float:
    """Read the test error from the report that the registry names, in squared rings."""
    return float(read_report(stage, package)["regression_metrics"]["mse"]["value"])
