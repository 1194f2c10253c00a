"""`status` and `logs`: what is to be known of the world in this folder."""

import json
from dataclasses import asdict
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.checkout import ROOT
from rehearsal.conductor.aws_accounts import ACCOUNT, STAGE_ACCOUNTS
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.log_files import known_logs, last_lines
from rehearsal.conductor.serving import served_models
from rehearsal.conductor.world import World


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(as_json: bool) -> None:
    """Tell what runs where, which model each endpoint serves, and how the last play ended."""
    world = World.open(ROOT)
    report_file = world.state / "report.json"
    report = json.loads(report_file.read_text(encoding="utf-8")) if report_file.exists() else None
    running = world.is_running
    serving = _serving(world) if running else []
    answer = {
        "running": running,
        "aws": world.endpoint_url,
        "github": world.github_url,
        "serving": serving,
        "last_play": report and {key: report[key] for key in ("outcome", "failed_act", "seconds")},
    }
    if as_json:
        click.echo(json.dumps(answer, indent=2))
        return
    click.echo(
        f"{'running' if running else 'stopped'}: AWS {world.endpoint_url}, "
        f"GitHub {world.github_url}"
    )
    for served in serving:
        package = served["model_package"] or "a model without a version"
        click.echo(f"{served['endpoint']} is {served['status']} and serves {package}")
    if report:
        click.echo(f"last play: {report['outcome']} after {report['seconds']} s")


def _serving(world: World) -> list[dict[str, Any]]:
    """What the endpoints of all accounts serve."""
    try:
        return [
            {"account": account, **asdict(served)}
            for account in (ACCOUNT, *STAGE_ACCOUNTS)
            for served in served_models(world.root_of(account).client("sagemaker"))
        ]
    except (ClientError, BotoCoreError) as error:
        raise RehearsalError(
            f"The local AWS does not tell what it serves: {error}", log=world.logs / "aws.log"
        ) from error


@click.command()
@click.argument("name", required=False)
@click.option("--lines", default=40, show_default=True, help="How many of the last lines.")
def logs(name: str | None, lines: int) -> None:
    """List the logs, or print the end of one; jobs are called like `training-job/NAME`."""
    known = known_logs(World.open(ROOT))
    if name is None:
        for known_name, file in known.items():
            click.echo(f"{known_name:<60} {file.stat().st_size:>9} bytes")
        return
    if name not in known:
        raise RehearsalError(f"There is no log {name!r}; `make rehearse ARGS=logs` lists them.")
    click.echo("\n".join(last_lines(known[name], lines)))
