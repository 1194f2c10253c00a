"""Act: the version goes on from stage to stage, through the gate of each."""

import time
from dataclasses import dataclass

from github.WorkflowRun import WorkflowRun

from rehearsal.conductor.acts.approve import check_endpoint
from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.acts.deployments import (
    Title,
    find_run,
    repository,
    wait_for_end,
    wait_for_record,
)
from rehearsal.conductor.acts.reviewers import open_stage
from rehearsal.conductor.acts.scaling import check_scaling
from rehearsal.conductor.github_setup import DATA_SCIENTIST
from rehearsal.conductor.waiting.patience import BEGIN_STILL_SECONDS, EVENT_STILL_SECONDS
from rehearsal.conductor.waiting.watches import watch_runs


def perform(play: Play) -> None:
    """Open the gate of each later stage, and see the version there."""
    for name in play.options.stages[1:]:
        bring(play, play.facts["model_package_arn"], name)
    seconds, last = time.time() - play.facts["approved_at"], play.options.stages[-1]
    play.facts["seconds_to_last_stage"] = round(seconds, 1)
    play.say(f"{seconds:.0f} s after its approval the version serves in {last}")


def bring(play: Play, arn: str, name: str) -> None:
    """Let a version into a stage, and wait until it serves there."""
    title = Title.of_deployment(arn, name)
    pass_gate(play, arn, name)
    run = wait_for_end(play, title)
    play.say(f"the gate of {name} started the deploy workflow ({run.html_url})")
    check_endpoint(play, name)
    check_scaling(play, name)
    wait_for_record(play, arn, name)


_UNDECIDED = ("queued", "pending", "requested")


@dataclass(frozen=True)
class Gate:
    """What shows that a version has come to a stage: a run, or a request in the registry."""

    run: WorkflowRun | None


def pass_gate(play: Play, arn: str, name: str) -> None:
    """Do what the gate of a stage asks for; the first sign of it tells which gate it is."""
    title = Title.of_deployment(arn, name)
    sagemaker = play.world.administrator.client("sagemaker")

    def sign() -> Gate | None:
        run = find_run(play, title)
        if run is not None:
            return Gate(run)
        life = sagemaker.describe_model_package(ModelPackageName=arn).get("ModelLifeCycle", {})
        is_asked = (life.get("Stage"), life.get("StageStatus")) == (name, "PendingApproval")
        return Gate(None) if is_asked else None

    gate = play.wait(f"The gate of {name}", sign, seconds=EVENT_STILL_SECONDS)
    if gate.run is None:
        open_stage(play, arn, name)
        play.say(f"a release manager approved the version for {name} in the registry")
    review_if_waiting(play, title, name)


def review_if_waiting(play: Play, title: Title, name: str) -> None:
    """Approve a run on GitHub if its environment asks for that."""

    def decided() -> WorkflowRun | None:
        run = find_run(play, title)
        return run if run is not None and run.status not in _UNDECIDED else None

    watch = watch_runs(lambda: repository(play))
    run = play.wait(f"The run {title.text!r}", decided, seconds=BEGIN_STILL_SECONDS, watch=watch)
    if run.status == "waiting":
        _review(play, run, name)
        play.say(f"{DATA_SCIENTIST} approved the run for the environment {name} on GitHub")


def _review(play: Play, run: WorkflowRun, name: str) -> None:
    """Approve the waiting job, as the environment's reviewer."""
    environment = repository(play).get_environment(name)
    reviewer = play.github(DATA_SCIENTIST)
    reviewer.requester.requestJsonAndCheck(
        "POST",
        f"{run.url}/pending_deployments",
        input={
            "environment_ids": [environment.id],
            "state": "approved",
            "comment": "Approved in the rehearsal",
        },
    )
