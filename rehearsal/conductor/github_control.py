"""What the local GitHub can be asked beyond GitHub's own API.

Faults, requests, troubled runs; tokens and organizations, until the server starts again.

The faults themselves are described in `rehearsal/github/core/faults.py`.
"""

from typing import Any

import requests

from rehearsal.conductor.errors import RehearsalError

_SECONDS = 30


class GitHubControl:
    """The controls of one local GitHub, opened by its control token."""

    def __init__(self, github_url: str, token: str) -> None:
        self._url = f"{github_url}/_rehearsal"
        self._headers = {"Authorization": f"Bearer {token}"}

    def set_fault(self, **wish: Any) -> dict[str, Any]:
        """Set a fault and give it as it is listed, with its `id`.

        Raises:
            RehearsalError: the wish is not one; the sentence says what to correct.
        """
        return dict(self._ask("POST", "faults", json=wish))

    def faults(self) -> list[dict[str, Any]]:
        """List the faults that are set, with the number of requests that each has hit."""
        return list(self._ask("GET", "faults"))

    def remove_fault(self, number: int) -> None:
        """Take one fault away."""
        self._ask("DELETE", f"faults/{number}")

    def clear_faults(self) -> None:
        """Take every fault away."""
        self._ask("DELETE", "faults")

    def requests(self, *, agent: str = "", since: int = 0) -> list[dict[str, Any]]:
        """List the requests after number `since` whose User-Agent matches, oldest first."""
        return list(self._ask("GET", "requests", params={"agent": agent, "since": since}))

    def problems(self) -> list[dict[str, Any]]:
        """List the runs that did not start or were ended, each with GitHub's sentence about it."""
        return list(self._ask("GET", "problems"))

    def add_token(self, **entry: Any) -> None:
        """Let a token in, classic or fine-grained: the fields are those of the accounts file.

        Raises:
            RehearsalError: the entry is not one; the sentence says what to correct.
        """
        self._ask("POST", "tokens", json=entry)

    def put_organization(self, **organization: Any) -> None:
        """Make an organization or change its rules, with the fields of the accounts file.

        Raises:
            RehearsalError: as for `add_token`.
        """
        self._ask("POST", "organizations", json=organization)

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        try:
            answer = requests.request(
                method, f"{self._url}/{path}", headers=self._headers, timeout=_SECONDS, **more
            )
        except requests.ConnectionError as error:
            raise RehearsalError(
                "The local GitHub does not answer; start it with `make rehearse ARGS=up`."
            ) from error
        if answer.status_code == 422:
            told = answer.json()["message"]
            raise RehearsalError(f"The local GitHub refused that: {told}; correct it.")
        answer.raise_for_status()
        return answer.json() if answer.content else None
