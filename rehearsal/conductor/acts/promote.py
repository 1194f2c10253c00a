"""Act: the version goes on from stage to stage, through the gate of each."""

import time
from dataclasses import dataclass

from github.WorkflowRun import WorkflowRun

from rehearsal.conductor.acts.approve import check_endpoint
from rehearsal.conductor.acts.deployments import (
    Title,
    find_run,
    repository,
    wait_for_end,
    wait_for_record,
)
from rehearsal.conductor.acts.reviewers import open_stage
from rehearsal.conductor.acts.scaling import check_scaling
from rehearsal.conductor.acts.stage import Stage
from rehearsal.conductor.github_setup import DATA_SCIENTIST


def play(stage: Stage) -> None:
    """Open the gate of each later stage, and see the version there."""
    for name in stage.options.stages[1:]:
        bring(stage, stage.facts["model_package_arn"], name)
    seconds, last = time.time() - stage.facts["approved_at"], stage.options.stages[-1]
    stage.facts["seconds_to_last_stage"] = round(seconds, 1)
    stage.say(f"{seconds:.0f} s after its approval the version serves in {last}")


def bring(stage: Stage, arn: str, name: str) -> None:
    """Let a version into a stage, and wait until it serves there."""
    title = Title.of_deployment(arn, name)
    pass_gate(stage, arn, name)
    run = wait_for_end(stage, title)
    stage.say(f"the gate of {name} started the deploy workflow ({run.html_url})")
    check_endpoint(stage, name)
    check_scaling(stage, name)
    wait_for_record(stage, arn, name)


_UNDECIDED = ("queued", "pending", "requested")


@dataclass(frozen=True)
class Gate:
    """What shows that a version has come to a stage: a run, or a request in the registry."""

    run: WorkflowRun | None


def pass_gate(stage: Stage, arn: str, name: str) -> None:
    """Do what the gate of a stage asks for; the first sign of it tells which gate it is."""
    title = Title.of_deployment(arn, name)
    sagemaker = stage.world.administrator.client("sagemaker")

    def sign() -> Gate | None:
        run = find_run(stage, title)
        if run is not None:
            return Gate(run)
        life = sagemaker.describe_model_package(ModelPackageName=arn).get("ModelLifeCycle", {})
        is_asked = (life.get("Stage"), life.get("StageStatus")) == (name, "PendingApproval")
        return Gate(None) if is_asked else None

    gate = stage.wait(f"The gate of {name}", sign, seconds=60)
    if gate.run is None:
        open_stage(stage, arn, name)
        stage.say(f"a release manager approved the version for {name} in the registry")
    review_if_waiting(stage, title, name)


def review_if_waiting(stage: Stage, title: Title, name: str) -> None:
    """Approve a run on GitHub if its environment asks for that."""

    def decided() -> WorkflowRun | None:
        run = find_run(stage, title)
        return run if run is not None and run.status not in _UNDECIDED else None

    run = stage.wait(f"The run {title.text!r}", decided, seconds=120)
    if run.status == "waiting":
        _review(stage, run, name)
        stage.say(f"{DATA_SCIENTIST} approved the run for the environment {name} on GitHub")


def _review(stage: Stage, run: WorkflowRun, name: str) -> None:
    """Approve the waiting job, as the environment's reviewer."""
    environment = repository(stage).get_environment(name)
    reviewer = stage.github(DATA_SCIENTIST)
    reviewer.requester.requestJsonAndCheck(
        "POST",
        f"{run.url}/pending_deployments",
        input={
            "environment_ids": [environment.id],
            "state": "approved",
            "comment": "Approved in the rehearsal",
        },
    )
