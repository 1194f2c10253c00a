"""The workflow run that a command is part of; nothing, where it is part of none."""

import os
from collections.abc import Mapping
from pathlib import Path

import urllib3

_SECONDS = 15
_MOST_RETRIES = 4
_PASSING = (500, 502, 503, 504)


def address(environment: Mapping[str, str]) -> str:
    """Where people find the run."""
    if not environment.get("GITHUB_RUN_ID"):
        return ""
    server, repository = environment["GITHUB_SERVER_URL"], environment["GITHUB_REPOSITORY"]
    return f"{server}/{repository}/actions/runs/{environment['GITHUB_RUN_ID']}"


def approvers(environment: Mapping[str, str], *, pause_seconds: float = 1.0) -> str:
    """Logins of those who let the run into its environment; empty if GitHub does not answer.

    Needs `GITHUB_TOKEN` with `actions: read`.

    Args:
        environment: of a job.
        pause_seconds: before the second try; each one after that waits twice as long.
    """
    if not (environment.get("GITHUB_RUN_ID") and environment.get("GITHUB_TOKEN")):
        return ""
    api, repository = environment["GITHUB_API_URL"], environment["GITHUB_REPOSITORY"]
    try:
        answer = urllib3.request(
            "GET",
            f"{api}/repos/{repository}/actions/runs/{environment['GITHUB_RUN_ID']}/approvals",
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {environment['GITHUB_TOKEN']}",
                "User-Agent": "deploy-endpoint",
            },
            timeout=_SECONDS,
            retries=urllib3.Retry(
                _MOST_RETRIES,
                backoff_factor=pause_seconds,
                status_forcelist=_PASSING,
                raise_on_status=False,
            ),
        )
        reviews = answer.json() if answer.status == 200 else []
    except (urllib3.exceptions.HTTPError, ValueError):
        return ""
    logins = [review["user"]["login"] for review in reviews if review["state"] == "approved"]
    return " ".join(f"github:{login}" for login in logins)


def hand_on(name: str, value: str) -> None:
    """Hand a value to the steps that follow in a workflow's job; elsewhere nothing happens."""
    outputs = os.environ.get("GITHUB_OUTPUT")
    if outputs:
        with Path(outputs).open("a", encoding="utf-8") as file:
            file.write(f"{name}={' '.join(value.split())}\n")
