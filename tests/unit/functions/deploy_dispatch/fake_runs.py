"""GitHub as far as its runs go, in memory, one dictionary for each attempt of a run."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from deploy_dispatch.project import Project
from github_client.answers import Answer

PROJECT = Project("octo", "rings-build", "rings-deploy", "deploy.yml", "main", "arn:secret")
_ACTIONS = "/repos/octo/rings-deploy/actions/"
BEGAN = 1_800_000_000.0


def told(seconds: float) -> str:
    """A moment as GitHub tells it, so long after the beginning."""
    return datetime.fromtimestamp(BEGAN + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def run(id_: int, title: str, *, created: float = 0.0, attempt: int = 1, **more: Any) -> Any:
    """One attempt of a run that ended well."""
    return {
        "id": id_,
        "display_title": title,
        "path": ".github/workflows/deploy.yml",
        "created_at": told(created),
        "run_started_at": told(created),
        "updated_at": told(created),
        "run_attempt": attempt,
        "status": "completed",
        "conclusion": "success",
        "head_sha": "c" * 40,
        "html_url": f"https://github.test/octo/rings-deploy/actions/runs/{id_}",
        **more,
    }


@dataclass
class FakeRuns:
    """Shows runs, the newest first, at their latest attempt.

    Args:
        attempts: of all runs.
        begun: id and attempt of those of which a job came to its first step.
    """

    attempts: list[dict[str, Any]] = field(default_factory=list)
    begun: set[tuple[int, int]] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def send(self, method: str, path: str, *_: Any, accept: Any = ()) -> Answer:
        """Answer one request."""
        assert path.startswith(_ACTIONS)
        self.asked.append((method, path.removeprefix(_ACTIONS)))
        place, _, query = path.removeprefix(_ACTIONS).partition("?")
        assert (method == "POST") == place.endswith("/cancel")
        assert method in ("GET", "POST")
        if found := re.fullmatch(r"runs/(\d+)/attempts/(\d+)", place):
            assert 404 in accept
            return self._attempt(int(found[1]), int(found[2]))
        if found := re.fullmatch(r"runs/(\d+)/jobs", place):
            return self._jobs(int(found[1]), query)
        if found := re.fullmatch(r"runs/(\d+)/cancel", place):
            assert (method, 409 in accept) == ("POST", True)
            return Answer(202, {}, {})
        return self._list(place, dict(part.split("=") for part in query.split("&")))

    def _attempt(self, id_: int, attempt: int) -> Answer:
        for one in self.attempts:
            if (one["id"], one["run_attempt"]) == (id_, attempt):
                return Answer(200, {}, one)
        return Answer(404, {}, {"message": "Not Found"})

    def _jobs(self, id_: int, query: str) -> Answer:
        assert query == "filter=all&per_page=100"
        jobs = [
            {
                "run_attempt": one["run_attempt"],
                "steps": [{"name": "Set up job"}] * ((id_, one["run_attempt"]) in self.begun),
            }
            for one in self.attempts
            if one["id"] == id_
        ]
        return Answer(200, {}, {"jobs": jobs})

    def _list(self, place: str, query: dict[str, str]) -> Answer:
        assert query["event"] == "workflow_dispatch"
        latest = {one["id"]: one for one in sorted(self.attempts, key=lambda a: a["run_attempt"])}
        found = sorted(latest.values(), key=lambda one: one["id"], reverse=True)
        if place != "runs":
            file = place.removeprefix("workflows/").removesuffix("/runs")
            found = [one for one in found if one["path"].endswith(f"/{file}")]
        size, page = int(query["per_page"]), int(query.get("page", 1))
        return Answer(200, {}, {"workflow_runs": found[(page - 1) * size : page * size]})
