"""``fleet update``: brings projects to a version of the template, or shows what that would do."""

import json
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import boto3
import click
from botocore.exceptions import BotoCoreError, ClientError

from operations.aws_session import PATIENCE, describe, open_session
from operations.errors import FleetStoppedError, ReleaseFailedError
from operations.fleet.catalog import Catalog, Launched, Version
from operations.fleet.overview import open_catalog
from operations.fleet.plan import Plan, make_plan
from operations.fleet.release import Release
from operations.fleet.rollout import Outcome, Target, choose, roll_out
from operations.steps.following import agree

_EXAMPLES = """
\b
Examples:
  make fleet ARGS="update --dry-run"
  make fleet ARGS="update --only abalone --only churn"
  AWS_PROFILE=platform AWS_REGION=eu-west-1 python -m operations fleet update --to 1.4.0 --yes
"""
Say = Callable[[str], None]


@click.command(epilog=_EXAMPLES)
@click.option("--to", "wanted", metavar="VERSION", help="Default: the newest that is offered.")
@click.option("--only", multiple=True, metavar="NAME", help="A project; may be given repeatedly.")
@click.option("--dry-run", is_flag=True, help="Only show what would change in each project.")
@click.option("--yes", is_flag=True, help="Do not ask whether to begin.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON, no other line.")
def update(
    wanted: str | None, only: tuple[str, ...], dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Bring projects to a version: one first, then the rest; the first failure stops it.

    Every parameter of a project keeps its value. After a stop or an interruption start it again:
    it goes on with what is left.
    """
    say: Say = (lambda _line: None) if as_json else click.echo
    session = open_session()
    catalog = open_catalog(session)
    targets, failed = _choose(catalog, wanted, only)
    for project in failed:
        say(f"{project.name} is left alone, since its launch failed; delete it in Studio.")
    interrupted = threading.Event()
    release = _release(session, catalog, interrupted)
    if dry_run:
        told = [_planned(release, target, say) for target in targets]
    else:
        _agree(targets, yes=yes, say=say)
        told = _carry_out(release, targets, say, interrupted.set, as_json=as_json)
    if as_json:
        click.echo(json.dumps(told, indent=2))
    elif not targets:
        click.echo("There is nothing to do: every project has that version.")


def _choose(
    catalog: Catalog, wanted: str | None, only: Sequence[str]
) -> tuple[list[Target], list[Launched]]:
    projects = catalog.projects()
    versions = {id_: catalog.versions(id_) for id_ in {one.product_id for one in projects}}
    return choose(projects, versions, wanted, only)


def _release(session: boto3.Session, catalog: Catalog, interrupted: threading.Event) -> Release:
    def pause(seconds: float) -> None:
        if interrupted.wait(seconds):
            raise ReleaseFailedError("nobody waits for its end any more")

    cloudformation = session.client("cloudformation", config=PATIENCE)
    return Release(
        catalog.client, cloudformation, catalog.look_again, lambda: uuid.uuid4().hex, pause
    )


def _planned(release: Release, target: Target, say: Say) -> dict[str, Any]:
    try:
        plan = make_plan(release, target)
    except (ClientError, BotoCoreError) as error:
        plan = Plan([], [], [], describe(error))
    say(_about(target))
    for line in _lines(plan):
        say(f"  {line}")
    return {**_named(target), **asdict(plan)}


def _lines(plan: Plan) -> list[str]:
    lines = [f"new parameter {name}, with its default" for name in plan.added]
    lines += [f"new parameter {key}={value}, which keeps it" for key, value in plan.keeping.items()]
    lines += [f"no parameter {name} any more" for name in plan.removed]
    for change in plan.changes:
        replaced = {"TRUE": ", replaced", "CONDITIONAL": ", perhaps replaced"}
        more = replaced.get(change.replacement, "")
        lines.append(f"{change.action.lower()} {change.type} {change.resource}{more}")
    if plan.why:
        lines.append(f"which resources would change is not known ({plan.why})")
    return lines or ["nothing of it changes"]


def _agree(targets: Sequence[Target], *, yes: bool, say: Say) -> None:
    for target in targets:
        say(_about(target))
    if targets:
        agree(yes=yes, default=True)


def _carry_out(
    release: Release,
    targets: Sequence[Target],
    say: Say,
    stop: Callable[[], None],
    *,
    as_json: bool,
) -> list[dict[str, Any]]:
    def update_one(project: Launched, version: Version) -> None:
        say(f"begun: {project.name}")
        release.update(project, version)

    def tell(outcome: Outcome) -> None:
        reason = f" ({outcome.why})" if outcome.why else ""
        say(f"{outcome.outcome}: {outcome.target.project.name}{reason}")

    done = roll_out(targets, update_one, tell, stop)
    begun = {outcome.target for outcome in done}
    left = [target for target in targets if target not in begun]
    told = [{**_named(one.target), "outcome": one.outcome, "why": one.why} for one in done]
    told += [{**_named(target), "outcome": "left", "why": ""} for target in left]
    failed = [one for one in done if one.outcome == "failed"]
    if failed:
        if as_json:
            click.echo(json.dumps(told, indent=2))
        names = [target.project.name for target in left]
        raise FleetStoppedError(failed[0].target.project.name, failed[0].why, names)
    return told


def _about(target: Target) -> str:
    return f"{target.project.name}: from {target.before} to {target.version.name}"


def _named(target: Target) -> dict[str, str]:
    return {"name": target.project.name, "from": target.before, "to": target.version.name}
