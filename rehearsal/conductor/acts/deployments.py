"""Runs of the deploy repository: what brings a version to a stage, and what the stage then says."""

from dataclasses import dataclass

from github.Repository import Repository
from github.WorkflowRun import WorkflowRun

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts.stage import PROJECT_NAME, Stage
from rehearsal.conductor.github_setup import DATA_SCIENTIST

_RUN_SECONDS = 300


@dataclass(frozen=True)
class Title:
    """How a run of the deploy repository is called."""

    text: str

    @classmethod
    def of_deployment(cls, arn: str, stage_name: str, instead_of: str = "") -> "Title":
        """Of the run that deploys a version, perhaps in place of a rejected one."""
        end = f" instead of {instead_of}" if instead_of else ""
        return cls(f"Deploy {arn} to {stage_name}{end}")


def repository(stage: Stage) -> Repository:
    """The deploy repository."""
    name = f"{DATA_SCIENTIST}/{names.deploy_repository(PROJECT_NAME)}"
    return stage.github(DATA_SCIENTIST).get_repo(name, lazy=True)


def find_run(stage: Stage, title: Title) -> WorkflowRun | None:
    """The newest run of that name; None if there is none yet."""
    runs = repository(stage).get_workflow_runs()
    return next((run for run in runs if run.display_title == title.text), None)


def wait_for_end(stage: Stage, title: Title, *, conclusion: str = "success") -> WorkflowRun:
    """Wait until a run has ended as it should.

    Raises:
        RehearsalError: it ended otherwise; GitHub's reason or its log is named.
    """
    what = f"The run {title.text!r}"
    begun = stage.wait(what, lambda: find_run(stage, title), seconds=_RUN_SECONDS)
    run = stage.wait_for_end(begun, what, seconds=_RUN_SECONDS)
    if run.conclusion != conclusion:
        told = f"{what} ended as {run.conclusion}, not as {conclusion}"
        raise stage.failure_of(repository(stage), run, told)
    return run


def wait_for_record(stage: Stage, arn: str, stage_name: str, outcome: str = "deployed") -> str:
    """Wait until the registry tells how a version's last run in a stage ended; return when."""
    sagemaker = stage.world.administrator.client("sagemaker")

    def told() -> str | None:
        found = sagemaker.describe_model_package(ModelPackageName=arn)
        last = str(found.get("CustomerMetadataProperties", {}).get(f"{stage_name}-last", ""))
        return last.partition(" ")[0] if last.endswith(f" {outcome}") else None

    return stage.wait(f"The record that {arn} is {outcome} in {stage_name}", told, seconds=60)


def endpoint_name(stage_name: str) -> str:
    """Endpoint of a stage."""
    return names.endpoint(PROJECT_NAME, stage_name)
