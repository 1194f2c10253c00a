"""``python -m operations credential``: GitHub tokens that are stored once for an owner."""

import json
import re
from datetime import UTC, datetime

import boto3
import click

from operations.aws_session import PATIENCE, Identity, identity, open_session
from operations.company_settings import read_settings
from operations.credential import token
from operations.credential.change import carry_out, plan_change
from operations.credential.errors import (
    CredentialInUseError,
    CredentialMissingError,
    OwnerNameError,
)
from operations.credential.listing import as_data, gather, in_words
from operations.credential.users import choose_users
from operations.credential.vault import Vault
from operations.steps.following import agree

_EXAMPLES = """
\b
Examples:
  make credential ARGS="add my-company"
  make credential ARGS="add my-company --for arn:aws:iam::111122223333:role/Team-A"
  make credential ARGS=list
  make credential ARGS="remove my-company"
"""
_ADD_EXAMPLES = """
\b
Examples:
  python -m operations credential add my-company
  gh auth token | python -m operations credential add my-company --yes
  GH_TOKEN=$(cat token.txt) python -m operations credential add my-company --for everyone --yes
  python -m operations credential add my-company --keep-token --for ROLE_ARN --for ROLE_ARN
"""
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,38}")
_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, no other line.")


@click.group(epilog=_EXAMPLES)
def credential() -> None:
    """Store a GitHub token once for an owner, for projects that are launched without one."""


@credential.command(epilog=_ADD_EXAMPLES)
@click.argument("owner")
@click.option(
    "--for",
    "users",
    multiple=True,
    metavar="ARN",
    help="A role or user who may use it; may be given repeatedly. "
    "Default: as before, at first everyone who may launch.",
)
@click.option("--keep-token", is_flag=True, help="Only change who may use it.")
@click.option("--yes", is_flag=True, help="Replace the one that is there without asking.")
@_as_json
def add(owner: str, users: tuple[str, ...], keep_token: bool, yes: bool, as_json: bool) -> None:
    """Store a token for a GitHub user or organization, or another one in its place.

    The token comes from GH_TOKEN, from standard input, or from a hidden prompt. GitHub is asked
    first whose it is, and whether it may act for the owner. All projects of the owner that have no
    token of their own use the new one from then on.
    """

    def obtain() -> tuple[str, token.TokenFacts]:
        given = token.obtain()
        return given, token.examine(token.open_with(given), owner, datetime.now(UTC))

    session, who = _open(owner)
    vault = _vault(session)
    wanted = choose_users(users, who.account)
    change = plan_change(vault, owner, wanted, None if keep_token else obtain)
    if not as_json:
        for line in change.in_words():
            click.echo(line)
    if change.question:
        agree(yes=yes, default=False, question=change.question)
    carry_out(vault, change)
    if as_json:
        click.echo(json.dumps(change.as_data(), indent=2))
    else:
        click.echo("Stored; projects are launched with it when GithubAccessToken is left empty.")


@credential.command(name="list")
@_as_json
def list_(as_json: bool) -> None:
    """Show the owners, whose their tokens are and until when, who may use them, and who does."""
    rows = gather(_vault(open_session()))
    if as_json:
        click.echo(json.dumps([as_data(row) for row in rows], indent=2))
        return
    for row in rows:
        click.echo(in_words(row))
    if not rows:
        click.echo("No credential is stored in this account and region.")


@credential.command()
@click.argument("owner")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_as_json
def remove(owner: str, yes: bool, as_json: bool) -> None:
    """Delete the credential of an owner, which no project uses any more, for good."""
    session, _who = _open(owner)
    vault = _vault(session)
    _refuse_removal(vault, owner)
    agree(yes=yes, default=False, question=f"Delete the credential stored for {owner}?")
    _refuse_removal(vault, owner)  # a project may have been launched since
    vault.remove(owner)
    if as_json:
        click.echo(json.dumps({"owner": owner, "removed": True}))
    else:
        click.echo("Removed; the token itself still works, so delete it in GitHub, too.")


def _refuse_removal(vault: Vault, owner: str) -> None:
    """Refuse it where there is no credential, or projects use it."""
    if vault.find(owner) is None:
        raise CredentialMissingError(owner, vault.owners())
    using = vault.projects().get(owner.lower(), [])
    if using:
        raise CredentialInUseError(owner, using)


def _open(owner: str) -> tuple[boto3.Session, Identity]:
    if not _OWNER.fullmatch(owner):
        raise OwnerNameError(owner)
    session = open_session()
    return session, identity(session)


def _vault(session: boto3.Session) -> Vault:
    pairs = (pair.partition("=") for pair in read_settings().get("TAGS", "").split(","))
    tags = {key.strip(): value.strip() for key, _, value in pairs if key.strip()}
    secrets = session.client("secretsmanager", config=PATIENCE)
    return Vault(secrets, session.client("ssm", config=PATIENCE), tags)
