"""`unregister`: from a registered template to an account as it was before."""

import json
import sys
import time
from collections.abc import Sequence
from functools import partial

import click

from operations.aws_session import identity, open_session
from operations.prices import load_prices
from operations.steps.following import plan_and_follow
from operations.steps.row import Done, plan
from operations.unregistration.data_choices import Holder, choose
from operations.unregistration.remains import Remain, list_remains
from operations.unregistration.setting import Setting
from operations.unregistration.unregistration import steps_of

_EXAMPLES = """
\b
Examples:
  make unregister
  make unregister ARGS=--dry-run
  make unregister ARGS="--yes --delete-data"
  AWS_PROFILE=platform AWS_REGION=eu-west-1 python -m operations unregister --yes --json
"""


@click.command(epilog=_EXAMPLES)
@click.option("--delete-data", is_flag=True, help="Delete what holds data, too, without asking.")
@click.option("--dry-run", is_flag=True, help="Only show what it would do.")
@click.option("--yes", is_flag=True, help="Do not ask; what holds data stays.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON, no other line.")
def unregister(delete_data: bool, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Take the template out of the account and region of the AWS command line.

    Refuses while projects exist. Deletes the product with its versions, then the prerequisites, and
    asks whether the table of approvals stays. An identity provider that others use, the CDK's
    bootstrap and the template's GitHub repository stay; it ends with all that stays and what that
    costs. After an interruption start it again.
    """
    may_ask = sys.stdin.isatty() and not (yes or dry_run or as_json)
    setting = _setting(delete_data=delete_data, may_ask=may_ask)
    wanted, done = plan_and_follow(
        steps_of(setting),
        partial(_show, setting),
        dry_run=dry_run,
        yes=yes,
        default=False,
        idle="nothing to do",
        quiet=as_json,
    )
    remains = list_remains(setting)
    if as_json:
        _print_json(wanted, done, remains)
    elif not (dry_run and wanted):
        _show_remains(remains)


def _setting(*, delete_data: bool, may_ask: bool) -> Setting:
    session = open_session()
    setting = Setting(session, identity(session), frozenset(), time.sleep)
    if delete_data:
        return choose(setting, lambda _holder: True)
    if not may_ask:
        return setting
    plan(steps_of(setting))  # nobody is asked about what cannot begin
    return choose(setting, _ask)


def _ask(holder: Holder) -> bool:
    click.echo(holder.told)
    return click.confirm("Delete it?", default=False)


def _show(setting: Setting, wanted: Sequence[str]) -> None:
    identity = setting.identity
    click.echo(f"Account {identity.account}, {identity.region}, as {identity.arn}")
    click.echo("To do:" if wanted else "There is nothing to do: the template is not registered.")
    for line in wanted:
        click.echo(f"  - {line}")


def _show_remains(remains: Sequence[Remain]) -> None:
    click.echo("What stays:" if remains else "Nothing stays in the account.")
    for remain in remains:
        click.echo(f"  - {remain.in_words()}")
    total = sum(remain.monthly_usd or 0.0 for remain in remains)
    click.echo(f"Together ${total:.2f} a month, at list prices of {load_prices().region}.")
    click.echo("The template's repository on GitHub is as it was; it costs nothing.")


def _print_json(wanted: Sequence[str], done: Sequence[Done], remains: Sequence[Remain]) -> None:
    told = {
        "plan": list(wanted),
        "done": [one.as_dict() for one in done],
        "remains": [remain.as_dict() for remain in remains],
    }
    click.echo(json.dumps(told, indent=2))
