"""Starts the local AWS: `python -m rehearsal.aws --state-dir DIR --port P …`."""

from __future__ import annotations

import argparse
import gc
import os
import socket
import sys
from pathlib import Path

from rehearsal.aws.emulator import environment
from rehearsal.aws.emulator.settings import LOOPBACK, SECONDS_PER_MINUTE, ServerSettings


def main(arguments: list[str] | None = None) -> int:
    """Parse arguments, enter a clean environment and serve."""
    settings = _settings(arguments)
    problem = _problem(settings)
    if problem:
        sys.stderr.write(problem + "\n")
        return 2
    environment.enter(settings)
    from rehearsal.aws.emulator import (
        touched_entries,  # imports MiniStack, which reads the environment
    )

    touched_entries.watch()
    from rehearsal.aws import server  # imports MiniStack's services, which make their tables

    server.run(settings)
    gc.freeze()  # the process ends: half a second would go into looking for garbage
    return 0


def _settings(arguments: list[str] | None) -> ServerSettings:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.aws", description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True, help="folder that keeps the state")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--images", type=Path, required=True, help="folder of the runtimes")
    _ask_for_accounts(parser)
    _ask_for_pace(parser)
    options = parser.parse_args(arguments)
    organization, members = options.organization
    account, *others = options.account or ["111122223333"]
    return ServerSettings(
        state_dir=options.state_dir.resolve(),
        port=options.port,
        account=account,
        other_accounts=tuple(others),
        region=options.region,
        images_dir=options.images.resolve(),
        root_secret=os.environ.get(environment.ROOT_SECRET_VARIABLE, ""),
        seconds_per_minute=options.seconds_per_minute,
        seconds_per_scheduled_minute=options.seconds_per_scheduled_minute,
        organization=organization,
        organization_accounts=members,
        quotas=dict(options.quota),
    )


def _ask_for_accounts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--account",
        action="append",
        help="AWS account, twelve digits; the first is the project's, more may follow",
    )
    parser.add_argument("--region", default="eu-west-1", help="AWS region")
    parser.add_argument(
        "--quota",
        action="append",
        default=[],
        type=_quota,
        metavar="CODE=VALUE",
        help="another value of a quota, such as L-611FA074=0",
    )
    parser.add_argument(
        "--organization",
        default=("", ()),
        type=_organization,
        metavar="ID=ACCOUNT,…",
        help="the organization that these accounts are in, that which manages it first",
    )


def _ask_for_pace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seconds-per-minute",
        type=float,
        default=SECONDS_PER_MINUTE,
        help="how long a minute of an endpoint's deployment lasts, and of alarms on its metrics",
    )
    parser.add_argument(
        "--seconds-per-scheduled-minute",
        type=float,
        default=SECONDS_PER_MINUTE,
        help="how long a minute of EventBridge's rates lasts",
    )


def _organization(text: str) -> tuple[str, tuple[str, ...]]:
    id_, _, accounts = text.partition("=")
    return id_, tuple(accounts.split(","))


def _quota(text: str) -> tuple[str, float]:
    code, _, value = text.partition("=")
    return code, float(value)


def _problem(settings: ServerSettings) -> str:
    for account in settings.accounts:
        if not (len(account) == 12 and account.isdigit()):
            return f"--account {account} is not an AWS account; give twelve digits."
    if len(set(settings.accounts)) != len(settings.accounts):
        return "--account names an account twice; name each once."
    if not settings.root_secret:
        return f"{environment.ROOT_SECRET_VARIABLE} is empty; set the root users' secret key in it."
    for option, seconds in (
        ("--seconds-per-minute", settings.seconds_per_minute),
        ("--seconds-per-scheduled-minute", settings.seconds_per_scheduled_minute),
    ):
        if not 0 < seconds <= SECONDS_PER_MINUTE:
            return f"{option} {seconds:g} is not above 0 and up to 60."
    if not os.access(settings.lambda_python, os.X_OK):
        return f"{settings.lambda_python} is missing; make the runtimes with `make setup`."
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, settings.port))
        except OSError as error:
            reason = error.strerror
            return f"Port {settings.port} cannot be opened ({reason}); choose another with --port."
    return ""


if __name__ == "__main__":
    sys.exit(main())
