"""The conductor's command line.

Without a command the whole lifecycle is played. `up`, `down`, `status`, `logs` and `fault` handle
the world that `--keep` or `up` leaves running.
"""

import os
from functools import partial
from pathlib import Path

import click

from mlops_sm_project_template.config.names import DEFAULT_STAGES
from rehearsal.checkout import ROOT
from rehearsal.conductor.acts import ACTS, Act, acts_of
from rehearsal.conductor.acts.current_play import Options
from rehearsal.conductor.aws_accounts import ACCOUNT, REGION, STAGE_ACCOUNTS
from rehearsal.conductor.command_line import run_command_line
from rehearsal.conductor.console import start_console
from rehearsal.conductor.dataset import read_dataset
from rehearsal.conductor.display import Display
from rehearsal.conductor.errors import RehearsalError, WorldNotRunningError
from rehearsal.conductor.fault_command import fault
from rehearsal.conductor.github_setup import DATA_SCIENTIST, GitHubSetup
from rehearsal.conductor.own_image import check_image
from rehearsal.conductor.play import Report, play
from rehearsal.conductor.recording.recorded_play import parse_file, recorded
from rehearsal.conductor.scenarios import SCENARIOS
from rehearsal.conductor.stage_names import are_usual, parse_stage_names
from rehearsal.conductor.world import World, exclusive
from rehearsal.conductor.world_commands import logs, status

_EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_EXISTING_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)

_EXAMPLES = """
\b
Examples:
  make rehearse
  make rehearse ARGS="--data abalone.csv"
  make rehearse ARGS="--data customers.csv --label churn"
  make rehearse ARGS="--framework scikit-learn"
  make rehearse ARGS="--image team/models"
  make rehearse ARGS="--keep --until predict"
  make rehearse ARGS="--stages dev,staging,prod"
  make rehearse ARGS="--company --stages qa,live"
  make rehearse ARGS="--scenario rollback"
  make rehearse ARGS="--scenario lost-run"
  make rehearse ARGS="--record play.html"
  make rehearse ARGS="fault 502 --method POST --path git-receive-pack"
  make rehearse ARGS=down
"""


@click.group(invoke_without_command=True, epilog=_EXAMPLES)
@click.option(
    "--data", type=_EXISTING_FILE, help="Train on this file instead of synthetic records."
)
@click.option(
    "--label",
    help="The column of --data to predict: any table then; without it, one shaped as the default.",
)
@click.option(
    "--framework",
    type=click.Choice(["xgboost", "scikit-learn"]),
    help="What trains, instead of what the build repository ships.",
)
@click.option(
    "--image",
    metavar="NAME",
    help="Train and serve with .images/own/NAME, a Python environment with train and serve.",
)
@click.option(
    "--actions",
    type=_EXISTING_FOLDER,
    help="Folder <owner>/<repository> with checkouts of the real marketplace actions.",
)
@click.option("--until", type=click.Choice([act.name for act in ACTS]), help="Last act to play.")
@click.option(
    "--stages",
    callback=parse_stage_names,
    default="dev",
    show_default=True,
    help="Stages that the model passes, such as dev,staging,prod; a scenario passes all three. "
    "Other names are given to the project, which gives up the last one in the end.",
)
@click.option(
    "--one-account", is_flag=True, help="Keep the later stages in the project's AWS account."
)
@click.option(
    "--scenario",
    type=click.Choice(sorted(SCENARIOS)),
    help="What happens to the model once it is in every stage; needs two stages or more.",
)
@click.option(
    "--company",
    is_flag=True,
    help="Register as a large company does: its boundary, names, key, tags and second team.",
)
@click.option(
    "--keep", is_flag=True, help="Leave AWS and GitHub running and say how to reach them."
)
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    callback=parse_file,
    help="Write an HTML file that replays the console's pages of this play.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON and nothing else.")
@click.pass_context
def cli(
    context: click.Context,
    data: Path | None,
    label: str | None,
    framework: str | None,
    image: str | None,
    actions: Path | None,
    until: str | None,
    stages: tuple[str, ...],
    one_account: bool,
    scenario: str | None,
    company: bool,
    keep: bool,
    record: Path | None,
    as_json: bool,
) -> None:
    """Play the project's lifecycle on this machine: register, launch, build, deploy, predict."""
    if context.invoked_subcommand is None:
        options = Options(
            data=data and data.resolve(),
            label=label,
            framework=framework,
            image=image,
            actions=actions and actions.resolve(),
            until=until,
            stages=DEFAULT_STAGES if scenario and len(stages) == 1 else stages,
            scenario=scenario,
            company=company,
            console=not as_json or record is not None,
            accounts=() if one_account else STAGE_ACCOUNTS,
        )
        _play(options, keep=keep, record=record, as_json=as_json)


def _check(options: Options) -> None:
    """Refuse what does not go together, before anything starts."""
    if options.label is not None and options.data is None:
        raise click.UsageError("--label names a column of --data; give both.")
    if options.scenario is not None and not are_usual(options.stages):
        raise click.UsageError(f"--scenario needs the stages {','.join(DEFAULT_STAGES)}.")
    if options.has_own_settings and options.data is not None and options.label is None:
        given = "--framework" if options.framework is not None else "--image"
        raise click.UsageError(f"{given} with --data needs --label, the column to predict.")
    if options.image is not None:
        check_image(ROOT, options.image)
    if options.data is not None and options.label is None:
        read_dataset(options.data)


def _play(options: Options, *, keep: bool, record: Path | None, as_json: bool) -> None:
    _check(options)
    report = Report()
    with exclusive(ROOT):
        world = World.create(ROOT, github=_github(options))
        if not as_json:
            click.echo(f"Watch it in a browser: {world.console_address}")
        try:
            with recorded(world, record, partial(click.echo, err=as_json)) as begin_act:
                display = Display(silent=as_json, on_act=begin_act)
                play(world, options, display, report, acts=_acts(options))
        except RehearsalError as error:
            report.error = str(error)
            raise
        except KeyboardInterrupt:
            report.outcome = "interrupted"
            raise
        finally:
            report.write(world.state / "report.json")
            if not keep or report.outcome == "interrupted":
                world.stop()
            if as_json:
                click.echo((world.state / "report.json").read_text(encoding="utf-8"))
    if not as_json:
        _say_outcome(world, report, keep=keep)


def _acts(options: Options) -> tuple[Act, ...]:
    scenario = None
    if options.scenario is not None:
        title, act = SCENARIOS[options.scenario]
        scenario = Act(options.scenario, title, act)
    return acts_of(options, scenario)


def _github(options: Options) -> GitHubSetup:
    """Private repositories have reviewers on GitHub's Enterprise plan alone."""
    plan = "enterprise" if len(options.stages) > 1 else "pro"
    return GitHubSetup(plan=plan)


def _say_outcome(world: World, report: Report, *, keep: bool) -> None:
    click.echo(
        f"\nThe rehearsal succeeded in {report.seconds:.0f} s; "
        f"report: {_short(world.state / 'report.json')}"
    )
    if keep:
        _say_how_to_reach(world)


@cli.command()
@click.option("--actions", type=_EXISTING_FOLDER, help="As for the play.")
def up(actions: Path | None) -> None:
    """Start AWS and GitHub with the state that is there, or with a new one."""
    with exclusive(ROOT):
        try:
            world = World.open(ROOT)
        except WorldNotRunningError:
            world = World.create(ROOT)
        world.start(actions=actions and actions.resolve())
        start_console(world)
    _say_how_to_reach(world)


@cli.command()
def down() -> None:
    """Stop AWS and GitHub and keep their state."""
    with exclusive(ROOT):
        world = World.open(ROOT)
        world.stop()
    click.echo("Stopped; the state stays in .rehearsal until the next play or `make clean`.")


cli.add_command(status)
cli.add_command(logs)
cli.add_command(fault)


def _say_how_to_reach(world: World) -> None:
    token = world.record.tokens[DATA_SCIENTIST]
    click.echo(
        f"""
AWS and GitHub are running. To reach them:

  export AWS_ENDPOINT_URL={world.endpoint_url} AWS_REGION={REGION}
  export AWS_ACCESS_KEY_ID={ACCOUNT} AWS_SECRET_ACCESS_KEY={world.record.root_secret}
  aws sagemaker list-projects
  git clone http://{DATA_SCIENTIST}:{token}@{world.github_url.removeprefix("http://")}/{DATA_SCIENTIST}/<repository>
  curl -H "Authorization: Bearer {token}" {world.github_url}/api/v3/user/repos

Projects, versions and stages are in a browser at {world.console_address}
Repositories, runs and logs are in a browser at {world.github_url}

End them with `make rehearse ARGS=down`."""
    )


def _short(file: Path) -> str:
    return os.path.relpath(file)


def main() -> None:
    """Run the command line."""
    run_command_line(cli, interrupted="every process of the rehearsal is ended")
