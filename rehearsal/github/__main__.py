"""``python -m rehearsal.github``: serve the local GitHub until told to stop."""

import argparse
import gc
import logging
import os
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from rehearsal.github.actions.act import ActProcess
from rehearsal.github.application import build_application
from rehearsal.github.core.local_github import open_github
from rehearsal.github.core.settings import (
    CONTROL_TOKEN_VARIABLE,
    RunnerMachine,
    SettingsError,
    read_accounts,
    read_settings,
)
from rehearsal.github.http.secondary_limits import ContentLimit
from rehearsal.loopback_guard import LoopbackGuard

HOST = "127.0.0.1"
STAND_INS = Path(__file__).resolve().parent / "marketplace"


def main() -> int:
    """Parse arguments, bind the port, serve."""
    options = _parser().parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        accounts = read_accounts(options.accounts)
        machine = read_settings(options.runner, RunnerMachine)
        control_token = _control_token()
        ActProcess(machine).command()
        listener = _bind(options.port)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    port = listener.getsockname()[1]
    github = open_github(
        state_dir=options.state_dir.resolve(),
        accounts=accounts,
        server_url=f"http://{HOST}:{port}",
        clock=lambda: datetime.now(UTC),
    )
    application = build_application(
        github,
        machine,
        options.actions.resolve(),
        content_limit=options.content_limit,
        control_token=control_token,
    )
    config = uvicorn.Config(
        LoopbackGuard(application),
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=2,
        timeout_keep_alive=75,
    )
    # uvicorn raises the signal that stopped it once more; a clean stop is to exit with 0.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda *_: None)
    uvicorn.Server(config).run(sockets=[listener])
    gc.freeze()  # the process ends, and needs no search for garbage
    return 0


def _control_token() -> str:
    token = os.environ.get(CONTROL_TOKEN_VARIABLE, "")
    if not token:
        raise SettingsError(f"{CONTROL_TOKEN_VARIABLE} is empty; set the control token in it.")
    return token


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rehearsal.github", description=__doc__)
    parser.add_argument("--state-dir", type=Path, required=True, help="keeps everything")
    parser.add_argument("--port", type=int, required=True, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--accounts", type=Path, required=True, help="JSON: users and tokens")
    parser.add_argument("--runner", type=Path, required=True, help="JSON: env and path of jobs")
    parser.add_argument(
        "--actions",
        type=Path,
        default=STAND_INS,
        help="checkouts of actions as <owner>/<repo>; default: the rehearsal's stand-ins",
    )
    parser.add_argument(
        "--content-limit",
        type=ContentLimit.parse,
        default=ContentLimit(),
        metavar="MINUTE,HOUR[,SECONDS]",
        help="writes that a user may make, as GitHub's secondary limits, and how long the minute "
        "is; 0,0 lifts them",
    )
    return parser


def _bind(port: int) -> socket.socket:
    # Named TCP, or asyncio leaves Nagle's algorithm on: 40 ms for every answer.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"Port {port} on {HOST} cannot be used ({error.strerror}); choose another."
        ) from error
    return listener


if __name__ == "__main__":
    sys.exit(main())
