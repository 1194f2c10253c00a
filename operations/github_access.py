"""GitHub with the credential of whoever types a command."""

import logging
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import github

from operations.errors import GitHubTokenMissingError

GITHUB_COM = "https://github.com"
_SECONDS, _RETRIES = 20, 3
# What it answers is told by whoever asks; its client would write each refusal to the terminal.
logging.getLogger("github").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class GithubAccess:
    """A client, and how it got there.

    Args:
        client: with the token.
        token: the credential.
        server_url: of GitHub's pages, without a slash at the end.
    """

    client: github.Github
    token: str
    server_url: str

    @property
    def issuer(self) -> str:
        """Issuer of the tokens of workflows, without https://, as IAM writes it."""
        if self.server_url == GITHUB_COM:
            return "token.actions.githubusercontent.com"
        return f"{self.server_url}/_services/token".split("://", 1)[1]


def open_github(
    environment: Mapping[str, str] = os.environ,
    ask_gh: Callable[[str], str] = lambda host: _token_of_gh(host),
    *,
    needs_token: bool = True,
) -> GithubAccess:
    """Make a client with `GH_TOKEN`, `GITHUB_TOKEN` or what `gh auth login` keeps.

    Args:
        environment: `GITHUB_SERVER_URL` names a GitHub Enterprise Server.
        ask_gh: the token that the GitHub command line has for a host; empty if none.
        needs_token: whether anything is asked of GitHub.

    Raises:
        GitHubTokenMissingError: there is no token.
    """
    server_url = (environment.get("GITHUB_SERVER_URL") or GITHUB_COM).rstrip("/")
    token = environment.get("GH_TOKEN") or environment.get("GITHUB_TOKEN") or ""
    token = token or ask_gh(urlsplit(server_url).netloc)
    if not token and needs_token:
        raise GitHubTokenMissingError(server_url)
    return GithubAccess(_client(server_url, token), token, server_url)


def _client(server_url: str, token: str) -> github.Github:
    is_com = server_url == GITHUB_COM
    base_url = "https://api.github.com" if is_com else f"{server_url}/api/v3"
    return github.Github(
        base_url=base_url,
        auth=github.Auth.Token(token) if token else None,
        timeout=_SECONDS,
        retry=github.GithubRetry(total=_RETRIES),
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
    return " ".join([f"{error.status} {message}", *filter(None, details)])
