"""GitHub with the credential of whoever types a command."""

import logging
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import github
from dotenv import dotenv_values
from urllib3 import Retry

from mlops_sm_project_template.config.github_server import (
    GITHUB_COM,
    GithubServer,
    server_address,
)
from operations.company_settings import FOLDER, ISSUER
from operations.errors import GitHubTokenMissingError, ServerAddressError

_SERVER = "GITHUB_SERVER_URL"
_SECONDS, _RETRIES = 20, 3
# Source: "GitHub's token formats" of its documentation.
_TOKEN = re.compile(r"\b(gh[a-z]_|github_pat_)\w{4,}")
# As PyGithub has it; GitHub asks for pauses between changes alone.
_PAUSE_SECONDS = 0.25
# Connections that are kept; of more, as many threads make them, urllib3 would warn.
_MOST_CONNECTIONS = 32
# What it answers is told by whoever asks; its client would write each refusal to the terminal.
logging.getLogger("github").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class GithubAccess:
    """A client, and how it got there.

    Args:
        client: with the token.
        token: the credential.
        server: which GitHub it is.
    """

    client: github.Github
    token: str
    server: GithubServer

    @property
    def server_url(self) -> str:
        """Address of GitHub's pages, without a slash at the end."""
        return self.server.url

    @property
    def issuer(self) -> str:
        """Issuer of the tokens of workflows, without https://, as IAM writes it."""
        return self.server.issuer


def open_github(
    environment: Mapping[str, str] = os.environ,
    ask_gh: Callable[[str], str] = lambda host: _token_of_gh(host),
    *,
    needs_token: bool = True,
    retry: Retry | None = None,
    pause_seconds: float = _PAUSE_SECONDS,
) -> GithubAccess:
    """Make a client with `GH_TOKEN`, `GITHUB_TOKEN` or what `gh auth login` keeps.

    Args:
        environment: `GITHUB_SERVER_URL`, there or in `.env`, names another than github.com.
        ask_gh: the token that the GitHub command line has for a host; empty if none.
        needs_token: whether anything is asked of GitHub.
        retry: what is asked again; None for PyGithub's own, which waits until a rate limit is over.
        pause_seconds: between two requests, of whatever threads.

    Raises:
        GitHubTokenMissingError: there is no token.
        ServerAddressError: the address is none.
    """
    server = _server(environment)
    token = environment.get("GH_TOKEN") or environment.get("GITHUB_TOKEN") or ""
    token = token or ask_gh(urlsplit(server.url).netloc)
    if not token and needs_token:
        raise GitHubTokenMissingError(server.url)
    return GithubAccess(_client(server, token, retry, pause_seconds), token, server)


def _server(environment: Mapping[str, str]) -> GithubServer:
    file = dotenv_values(FOLDER / ".env")
    given, issuer = (environment.get(name) or file.get(name) or "" for name in (_SERVER, ISSUER))
    try:
        return GithubServer(server_address(given or GITHUB_COM), issuer)
    except ValueError:
        raise ServerAddressError(given) from None


def _client(
    server: GithubServer, token: str, retry: Retry | None, pause_seconds: float
) -> github.Github:
    return github.Github(
        base_url=server.api_url,
        auth=github.Auth.Token(token) if token else None,
        timeout=_SECONDS,
        retry=retry or github.GithubRetry(total=_RETRIES),
        seconds_between_requests=pause_seconds,
        pool_size=_MOST_CONNECTIONS,
    )


def _token_of_gh(host: str) -> str:
    try:
        done = subprocess.run(
            ["gh", "auth", "token", "--hostname", host],
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def describe(error: github.GithubException) -> str:
    """Say in a few words what GitHub answered."""
    told = error.data if isinstance(error.data, dict) else {}
    details = [
        one.get("message", "") if isinstance(one, dict) else str(one)
        for one in told.get("errors", [])
    ]
    message = told.get("message") or str(error.data or "no reason")
    said = " ".join([f"{error.status} {message}", *filter(None, details)])
    return _TOKEN.sub(r"\1…", said)
