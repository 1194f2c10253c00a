"""A lane: one GitHub user with a token of its own, in which one project at a time is tried."""

import time
from functools import cached_property
from typing import Any

import requests

from rehearsal.laboratory.trials.ground import Ground

_SECONDS = 60
_PER_PAGE = 100


class Lane:
    """Clients of one lane, which serve all its projects; a lane is used by one thread."""

    def __init__(self, ground: Ground, login: str) -> None:
        self.ground = ground
        self.login = login
        self.token: str = ground.world.record.tokens[login]

    @cached_property
    def sagemaker(self) -> Any:
        """SageMaker, as the data scientist in Studio."""
        return self.ground.play.studio.client("sagemaker")

    @cached_property
    def catalog(self) -> Any:
        """Service Catalog, as the data scientist in Studio."""
        return self.ground.play.studio.client("servicecatalog")

    def administrator(self, service: str) -> Any:
        """A service as the account's root user, who sees everything."""
        return self.ground.world.administrator.client(service)

    def github(self, method: str, path: str, **more: Any) -> requests.Response:
        """One request to the REST API as the lane's user, waiting as long as GitHub asks.

        Its User-Agent is not the functions', so that no fault meets it.
        """
        url = f"{self.ground.world.github_url}/api/v3{path}"
        while True:
            answer = self._github.request(method, url, timeout=_SECONDS, **more)
            wait_seconds = answer.headers.get("Retry-After")
            if wait_seconds is None:
                return answer
            time.sleep(float(wait_seconds))

    def github_list(self, path: str, member: str = "") -> list[dict[str, Any]]:
        """All items of a list of the REST API, or of a member of its answers."""
        found: list[dict[str, Any]] = []
        while True:
            number = len(found) // _PER_PAGE + 1
            answer = self.github("GET", f"{path}?per_page={_PER_PAGE}&page={number}").json()
            page = answer[member] if member else answer
            found += page
            if len(page) < _PER_PAGE:
                return found

    @cached_property
    def _github(self) -> requests.Session:
        session = requests.Session()
        session.headers.update({"Authorization": f"Bearer {self.token}", "User-Agent": "trials"})
        return session
