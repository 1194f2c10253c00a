"""Runs of the deploy repository: what brings a version to a stage, and what the stage then says."""

from dataclasses import dataclass

from github.Repository import Repository
from github.WorkflowRun import WorkflowRun

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts.current_play import PROJECT_NAME, Play
from rehearsal.conductor.github_setup import DATA_SCIENTIST
from rehearsal.conductor.waiting import Watch, see_nothing
from rehearsal.conductor.waiting.patience import RECORD_STILL_SECONDS, RUN_STILL_SECONDS
from rehearsal.conductor.waiting.watches import watch_runs, watch_stack


@dataclass(frozen=True)
class Title:
    """How a run of the deploy repository is called.

    Attributes:
        stage: that it changes; empty if it changes none.
    """

    text: str
    stage: str = ""

    @classmethod
    def of_deployment(cls, arn: str, stage: str, instead_of: str = "") -> "Title":
        """Of the run that deploys a version, perhaps in place of a rejected one."""
        end = f" instead of {instead_of}" if instead_of else ""
        return cls(f"Deploy {arn} to {stage}{end}", stage)


def repository(play: Play) -> Repository:
    """The deploy repository."""
    name = f"{DATA_SCIENTIST}/{names.deploy_repository(PROJECT_NAME)}"
    return play.github(DATA_SCIENTIST).get_repo(name)


def find_run(play: Play, title: Title) -> WorkflowRun | None:
    """The newest run of that name; None if there is none yet."""
    runs = repository(play).get_workflow_runs()
    return next((run for run in runs if run.display_title == title.text), None)


def wait_for_end(play: Play, title: Title, *, conclusion: str = "success") -> WorkflowRun:
    """Wait until a run has ended as it should.

    Raises:
        RehearsalError: it ended otherwise; GitHub's reason or its log is named.
    """
    what = f"The run {title.text!r}"
    begun = play.wait(
        what,
        lambda: find_run(play, title),
        seconds=RUN_STILL_SECONDS,
        watch=watch_runs(lambda: repository(play)),
        log="github",
    )
    run = play.wait_for_end(begun, what, watch=_watch_stage(play, title.stage))
    if run.conclusion != conclusion:
        told = f"{what} ended as {run.conclusion}, not as {conclusion}"
        raise play.failure_of(repository(play), run, told)
    return run


def _watch_stage(play: Play, stage: str) -> Watch:
    """See the stack of a stage, if there is such a stage."""
    if stage not in play.options.stages or "project_id" not in play.facts:
        return see_nothing
    stack = names.endpoint_stack(play.facts["project_id"], stage)
    return watch_stack(play.user_of(stage).client("cloudformation"), lambda: stack)


def wait_for_record(play: Play, arn: str, stage: str, outcome: str = "deployed") -> str:
    """Wait until the registry tells how a version's last run in a stage ended; return when."""
    sagemaker = play.world.administrator.client("sagemaker")

    def told() -> str | None:
        found = sagemaker.describe_model_package(ModelPackageName=arn)
        last = str(found.get("CustomerMetadataProperties", {}).get(f"{stage}-last", ""))
        return last.partition(" ")[0] if last.endswith(f" {outcome}") else None

    what = f"The record that {arn} is {outcome} in {stage}"
    return play.wait(what, told, seconds=RECORD_STILL_SECONDS)


def endpoint_name(stage: str) -> str:
    """Endpoint of a stage."""
    return names.endpoint(PROJECT_NAME, stage)
