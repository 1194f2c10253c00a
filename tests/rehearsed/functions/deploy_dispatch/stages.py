"""Stands for the deploy repository: reads what its runs are called, and reports how they end."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from deploy_dispatch.stage_report import REPORT_EVENT
from rehearsal.github.core import resources
from tests.rehearsed.functions.deploy_dispatch.world import GROUP, REPOSITORY, DispatchWorld

STAGES = ("dev", "staging", "prod")
PROJECT_ID = GROUP.removeprefix("Rings-")
_DEPLOY = re.compile(r"Deploy (?P<arn>\S+) to (?P<stage>\w+)( instead of (?P<rejected>\S+))?")
_REMOVE = re.compile(r"(Remove|Look at) (?P<stage>\w+)( instead of (?P<rejected>\S+))?")


@dataclass(frozen=True)
class Run:
    """What one run does; `arn` is empty if it removes the stage's endpoint."""

    title: str
    arn: str
    stage: str
    rejected: str


def parse_run(title: str) -> Run:
    """Read a run's name."""
    found = _DEPLOY.fullmatch(title) or _REMOVE.fullmatch(title)
    assert found is not None, title
    parts = found.groupdict()
    return Run(title, parts.get("arn") or "", parts["stage"], parts["rejected"] or "")


def dispatch(world: DispatchWorld, workflow: str, **inputs: str) -> None:
    """Somebody starts a workflow by hand."""
    path = f"/repos/{REPOSITORY}/actions/workflows/{workflow}/dispatches"
    world.github.rest("POST", path, {"ref": "main", "inputs": inputs})


def newest_run(world: DispatchWorld, *titles: str) -> resources.Run | None:
    """The newest run that has one of these names, if there is one."""
    runs = world.github.github.store.select(resources.Run)
    return max((run for run in runs if run.title in titles), key=lambda run: run.id, default=None)


def begin(world: DispatchWorld, title: str) -> resources.Run:
    """Let the newest run of a name begin, so that it cannot be taken back any more."""
    run = newest_run(world, title)
    assert run is not None
    begun = replace(run, status="in_progress", started_at=world.github.github.now())
    world.github.github.store.put(begun)
    return begun


def put_job(
    world: DispatchWorld, run: resources.Run, conclusion: str, *, began: bool, attempt: int = 1
) -> None:
    """Give a run the job that it ended with; one that began came to its first step."""
    store, now = world.github.github.store, world.github.github.now()
    steps = (resources.Step(1, "Set up job", "completed", "success", now, now),) if began else ()
    store.put(
        resources.Job(
            id=store.next_id("Job"),
            run_id=run.id,
            repository_id=run.repository_id,
            key="deploy",
            name="Deploy",
            labels=("ubuntu-24.04",),
            tracking_id="any",
            created_at=now,
            status="completed",
            conclusion=conclusion,
            started_at=now,
            completed_at=now,
            steps=steps,
            attempt=attempt,
        )
    )


def end(world: DispatchWorld, run: resources.Run, conclusion: str, *, began: bool = True) -> None:
    """End a run as GitHub does; one that began has a job that came to its first step."""
    put_job(world, run, conclusion, began=began)
    now = world.github.github.now()
    ended = replace(run, status="completed", conclusion=conclusion, updated_at=now)
    world.github.github.store.put(ended)


def run_of(world: DispatchWorld, arn: str, stage: str, outcome: str = "deployed") -> resources.Run:
    """The newest run that is about a version in a stage; a person starts one if there is none."""
    deploy = f"Deploy {arn} to {stage}"
    removal = f"Remove {stage} instead of {arn}"
    titles = (removal, f"Remove {stage}") if outcome == "removed" else (deploy,)
    runs = world.github.github.store.select(resources.Run)
    titles += tuple(run.title for run in runs if run.title.startswith(f"{titles[0]} instead of"))
    found = newest_run(world, *titles)
    if found is None:
        if outcome == "removed":
            dispatch(world, "destroy.yml", stage=stage)
        else:
            dispatch(world, "deploy.yml", stage=stage, model_package_arn=arn)
        found = newest_run(world, *titles)
    assert found is not None
    return found


def report(
    world: DispatchWorld,
    arn: str,
    stage: str,
    outcome: str = "deployed",
    *,
    run: resources.Run | None = None,
    **changed: Any,
) -> dict[str, Any]:
    """End a run, and return the event that tells how; by default the newest for that version."""
    ended = run or run_of(world, arn, stage, outcome)
    if ended.status != "completed":
        end(world, ended, "success" if outcome in ("deployed", "removed") else "failure")
    serves = {"deployed": arn, "removed": ""}.get(outcome)
    now = datetime.fromtimestamp(world.github.clock.seconds(), UTC)
    detail = {
        "modelPackageGroupName": GROUP,
        "modelPackageArn": arn,
        "stage": stage,
        "outcome": outcome,
        "at": now.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "reason": "",
        "serves": serves,
        "runUrl": f"https://github.test/{REPOSITORY}/actions/runs/{ended.id}",
        "runAttempt": ended.attempt,
        "configuration": "c" * 40,
        "untouched": False,
        "insteadOf": "",
        "approvedBy": "",
        "modelSha256": "a" * 64,
        "dataSha256": "b" * 64,
        "next": None,
        **changed,
    }
    return {
        "id": f"report-{world.github.clock.seconds()}-{arn}-{stage}-{outcome}",
        "source": f"mlops-sm-project.{PROJECT_ID}.{stage}",
        "detail-type": REPORT_EVENT,
        "detail": detail,
    }


def cancel(world: DispatchWorld, title: str, *, began: bool) -> None:
    """End a run as GitHub does when it is cancelled, whoever asked for that."""
    run = newest_run(world, title)
    assert run is not None
    end(world, run, "cancelled", began=began)
