"""`register`: from a clone to a template that Studio offers."""

import json
import sys
import time
from collections.abc import Sequence
from functools import partial

import click
from github import GithubException
from requests.exceptions import RequestException

from operations.aws_session import Identity, identity, open_session
from operations.company_settings import FOLDER, key_of_projects, qualifier_of
from operations.doctor.template_settings import look_at_settings
from operations.errors import GitHubRefusedError, SettingsWrongError
from operations.github_access import describe, open_github
from operations.named_domains import split_names
from operations.prices import load_prices
from operations.registration.admitted_roles import admitted, kept_domains
from operations.registration.answers import Choice, StudioAnswer, choose_owner
from operations.registration.costs import MonthlyCost, idle_costs
from operations.registration.registration import steps_of
from operations.registration.setting import REPOSITORY, Setting
from operations.steps.following import plan_and_follow

_EXAMPLES = """
\b
Examples:
  make register
  make register ARGS=--dry-run
  make register ARGS="--by-hand --role arn:aws:iam::111122223333:role/NAME"
  make register ARGS="--owner my-company --repository ml-template"
  make register ARGS="--domains science,pricing"
  AWS_PROFILE=platform AWS_REGION=eu-west-1 python -m operations register --yes --json
"""
_NEXT = """
Studio offers the template now. To create a project:
  SageMaker Studio, as a user of {role}
  -> Deployments -> Projects -> Create project -> Organization templates
  -> MLOps with GitHub Action template for real-time deployment"""


@click.command(epilog=_EXAMPLES)
@click.option("--role", metavar="ARN", help="Studio role whose users may create projects.")
@click.option("--domains", metavar="NAMES", help="Let in all roles of these, with commas between.")
@click.option("--owner", metavar="NAME", help="GitHub user or organization for the template.")
@click.option("--repository", default=REPOSITORY, show_default=True, metavar="NAME")
@click.option(
    "--qualifier", metavar="NAME", help="Of the CDK bootstrap; default: BOOTSTRAP_QUALIFIER."
)
@click.option("--by-hand", is_flag=True, help="Deploy from this machine, without a repository.")
@click.option("--dry-run", is_flag=True, help="Only show what it would do.")
@click.option("--yes", is_flag=True, help="Do not ask whether to begin.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON, no other line.")
def register(
    role: str | None,
    domains: str | None,
    owner: str | None,
    repository: str,
    qualifier: str | None,
    by_hand: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Register the template in the account and region of the AWS command line.

    Bootstraps the account if need be, makes a private repository for the template, prepares the
    account, sets the repository's secrets, pushes this clone and follows the workflow that
    registers it; or, by hand, deploys from here. What is there already stays as it is; after an
    interruption start it again.
    """
    try:
        studio = StudioAnswer(role or "", split_names(domains or ""))
        setting = _setting(studio, owner, repository, qualifier, by_hand=by_hand, quiet=as_json)
        wanted, done = plan_and_follow(
            steps_of(setting),
            partial(_show, setting),
            dry_run=dry_run,
            yes=yes,
            default=True,
            idle="it is there already",
            quiet=as_json,
        )
    except GithubException as error:
        raise GitHubRefusedError("answer", describe(error)) from None
    except RequestException as error:
        raise GitHubRefusedError("answer", str(error)) from None
    if as_json:
        told = {
            "plan": wanted,
            "monthly_costs": [one.as_dict() for one in _costs(setting)],
            "done": [one.as_dict() for one in done],
        }
        click.echo(json.dumps(told, indent=2))
    elif not dry_run:
        click.echo(_NEXT.format(role=" or ".join(setting.role_names)))


def _setting(
    studio: StudioAnswer,
    owner: str | None,
    repository: str,
    qualifier: str | None,
    *,
    by_hand: bool,
    quiet: bool,
) -> Setting:
    session, github = open_session(), open_github(needs_token=not by_hand)
    who = identity(session)
    _check_settings(who)
    ask = _ask if sys.stdin.isatty() else None
    owner = "" if by_hand else owner or choose_owner(github.client, ask)
    kept = kept_domains(github.client, f"{owner}/{repository}" if owner else "", FOLDER)
    role, further, found = admitted(session, who, studio, kept, ask)
    return Setting(
        session=session,
        identity=who,
        github=github,
        owner=owner,
        repository_name=repository,
        role_arn=role,
        qualifier=qualifier or qualifier_of(),
        folder=FOLDER,
        say=(lambda _line: None) if quiet else click.echo,
        sleep=time.sleep,
        further_roles=further,
        found_settings=found,
    )


def _check_settings(who: Identity) -> None:
    """Refuse what the synthesis would refuse, in the workflow after minutes."""
    for found in look_at_settings(who, FOLDER / ".env"):
        if found.level == "fails":
            raise SettingsWrongError(found.sentence)


def _ask(question: str, choices: Sequence[Choice]) -> int:
    click.echo(question)
    for number, choice in enumerate(choices, 1):
        click.echo(f"  {number}  {choice.told}")
    numbers = click.IntRange(1, len(choices))
    return int(click.prompt("Number", type=numbers, default=1)) - 1


def _show(setting: Setting, wanted: Sequence[str]) -> None:
    identity, github = setting.identity, setting.github.server_url
    click.echo(f"Account {identity.account}, {identity.region}, as {identity.arn}")
    if setting.owner:
        click.echo(f"GitHub  {github}/{setting.full_name}")
    for arn in (setting.role_arn, *setting.further_roles):
        click.echo(f"Studio  {arn}")
    click.echo("To do:" if wanted else "There is nothing to do: all of it is as it should be.")
    for line in wanted:
        click.echo(f"  - {line}")
    prices = load_prices()
    click.echo(f"Costs while nobody uses it, at list prices of {prices.region} of {prices.date}:")
    for cost in _costs(setting):
        click.echo(f"  - {cost.in_words()}")


def _costs(setting: Setting) -> tuple[MonthlyCost, ...]:
    kms_key = key_of_projects(setting.identity, setting.folder)
    return idle_costs(load_prices(), kms_key=kms_key)
