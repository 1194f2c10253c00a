"""``python -m console``: serve the pages on loopback until it is ended."""

import asyncio
import json
import os
import socket
import sys
import webbrowser
from concurrent.futures import ThreadPoolExecutor

import click
import uvicorn

from console.application import Console
from console.asking.account import IMPATIENT, Account
from console.asking.answers import THREADS, Answers
from console.rights import policy
from console.serving.visitors import Keys
from operations.aws_session import open_session
from operations.command_line import run
from operations.errors import GitHubTokenMissingError
from operations.github_access import GithubAccess, open_github

_HOST = "127.0.0.1"
_STOP_SECONDS = 2
TOKEN_VARIABLE = "CONSOLE_TOKEN"  # noqa: S105 # the name of a variable
_SHORTEST_TOKEN = 20
_EXAMPLES = """
\b
Examples:
  make console PROFILE=mlops-dev
  make console PROFILE=mlops-dev ARGS="--no-open --port 8080"
  make console ARGS=--policy > operator.json
  AWS_PROFILE=platform AWS_REGION=eu-west-1 python -m console
"""


@click.command(epilog=_EXAMPLES)
@click.option("--port", default=0, type=click.IntRange(0, 65535), help="Default: a free one.")
@click.option("--open/--no-open", "opens", default=True, help="Open it in the browser.")
@click.option(
    "--policy", "tells_policy", is_flag=True, help="Print an IAM policy for all pages, and end."
)
def console(port: int, opens: bool, tells_policy: bool) -> None:
    """Show the projects of the account and region in a browser, as long as this runs.

    It may do what the person of AWS_PROFILE may. What GitHub knows is shown to whom `gh` is signed
    in as, or the token in GH_TOKEN; without one it is left out.
    """
    if tells_policy:
        click.echo(json.dumps(policy(_partition()), indent=2))
        return
    token, account = _token(), Account.of_person(_github())
    with _listen(port) as listening:
        keys = Keys(listening.getsockname()[1], **token)
        click.echo(f"Console of {account.identity.account} in {account.identity.region}:")
        # A token that somebody gave is told nobody, who may read this in a log.
        click.echo(keys.page if token else keys.address)
        if opens:
            webbrowser.open(keys.address)
        threads = ThreadPoolExecutor(THREADS, thread_name_prefix="asks")
        try:
            asyncio.run(_serve(account, threads, keys, listening))
        finally:
            threads.shutdown(wait=False, cancel_futures=True)


def _partition() -> str:
    session = open_session()
    return str(session.get_partition_for_region(session.region_name))


def _token() -> dict[str, str]:
    """The token of the address, if one is given; else it is made."""
    given = os.environ.get(TOKEN_VARIABLE, "")
    if given and len(given) < _SHORTEST_TOKEN:
        raise click.ClickException(
            f"{TOKEN_VARIABLE} is too short; give {_SHORTEST_TOKEN} characters that nobody "
            "guesses, or leave it out, and the console makes one."
        )
    return {"token": given} if given else {}


def _github() -> GithubAccess | None:
    try:
        # Nothing is changed by it, for which GitHub asks for pauses.
        return open_github(retry=IMPATIENT, pause_seconds=0.0)
    except GitHubTokenMissingError:
        return None


def _listen(port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off for sockets that name this protocol alone; with it, each
    # page over a connection that stays open would wait 40 ms for an acknowledgement.
    listening = socket.socket(proto=socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((_HOST, port))
        listening.listen()  # a browser that comes before the server is ready waits
    except OSError as error:
        listening.close()
        raise click.ClickException(
            f"Port {port} is taken ({error.strerror}); give another with --port, or none."
        ) from None
    return listening


async def _serve(
    account: Account, threads: ThreadPoolExecutor, keys: Keys, listening: socket.socket
) -> None:
    ending = asyncio.Event()
    shown = Console(account, Answers(threads, account.renew), keys, ending)
    config = uvicorn.Config(
        shown.application(),
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
    await _Server(config, ending).serve(sockets=[listening])


class _Server(uvicorn.Server):
    """Ends open streams when it is told to end, instead of waiting for browsers."""

    def __init__(self, config: uvicorn.Config, ending: asyncio.Event) -> None:
        super().__init__(config)
        self._ending = ending

    def handle_exit(self, sig: int, frame: object) -> None:
        """Begin to end."""
        self._ending.set()
        super().handle_exit(sig, frame)  # type: ignore[arg-type] # a frame, or None


def main() -> None:
    """Run the command; a failure is one sentence and exit code 1, an interruption ends it."""
    code = run(console, "python -m console")
    sys.stdout.flush()
    # Questions that nobody answers would keep the process for a minute, and nothing needs them.
    os._exit(code)
