"""Stands for the deploy repository: reads what its runs are called, and reports how they end."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from deploy_dispatch.stage_report import REPORT_EVENT
from rehearsal.github.core import resources
from tests.rehearsed.functions.deploy_dispatch.world import GROUP, DispatchWorld

STAGES = ("dev", "staging", "prod")
PROJECT_ID = GROUP.removeprefix("Rings-")
_DEPLOY = re.compile(r"Deploy (?P<arn>\S+) to (?P<stage>\w+)( instead of (?P<rejected>\S+))?")
_REMOVE = re.compile(r"Remove (?P<stage>\w+) instead of (?P<rejected>\S+)")


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


def report(
    world: DispatchWorld,
    arn: str,
    stage: str,
    outcome: str = "deployed",
    *,
    approval: str = "automatic",
    **changed: Any,
) -> dict[str, Any]:
    """The event that ends a run; a version goes on to the next stage, if there is one."""
    following = STAGES[STAGES.index(stage) + 1 :]
    now = datetime.fromtimestamp(world.github.clock.seconds(), UTC)
    detail = {
        "modelPackageGroupName": GROUP,
        "modelPackageArn": arn,
        "stage": stage,
        "outcome": outcome,
        "at": now.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        "reason": "",
        "runUrl": "https://github.test/run",
        "insteadOf": "",
        "approvedBy": "",
        "modelSha256": "a" * 64,
        "dataSha256": "b" * 64,
        "next": {"stage": following[0], "approval": approval} if following else None,
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
    store, now = world.github.github.store, world.github.github.now()
    runs = store.select(resources.Run, title=title, status="queued")
    run = max(runs, key=lambda run: run.id)
    steps = (resources.Step(1, "Set up job", "completed", "success", now, now),) if began else ()
    job = resources.Job(
        id=store.next_id("Job"),
        run_id=run.id,
        repository_id=run.repository_id,
        key="deploy",
        name="Deploy",
        labels=("ubuntu-24.04",),
        tracking_id="any",
        created_at=now,
        status="completed",
        conclusion="cancelled",
        started_at=now,
        completed_at=now,
        steps=steps,
    )
    store.put(job)
    store.put(replace(run, status="completed", conclusion="cancelled", updated_at=now))
