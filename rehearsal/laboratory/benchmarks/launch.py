"""Counts the GitHub requests of a launch in the log of the local GitHub.

A log line is `DATE TIME,MILLISECONDS LEVEL LOGGER METHOD PATH STATUS [LOCATION]`; the location is
what a request with status 201 made, and tells which repository `POST /user/repos` created. A push
is `POST /OWNER/NAME.git/git-receive-pack`; it is no request of the API.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MUTATING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_LINE = re.compile(
    r"^(?P<time>\S+ \S+) INFO \S+ (?P<method>[A-Z]+) (?P<path>/\S*) (?P<status>\d{3})"
    r"(?: (?P<made>\S+))?$"
)
_REPOSITORY = re.compile(r"/repos/(?P<name>[^/]+/[^/]+)")
_GIT = re.compile(r"^/(?P<name>[^/]+/[^/]+?)(?:\.git)?/(?:info/refs|git-[a-z]+-pack)$")
_PUSH = "/git-receive-pack"


@dataclass(frozen=True)
class Request:
    """A request that the local GitHub answered."""

    seconds: float
    method: str
    path: str
    status: int
    repository: str | None


@dataclass(frozen=True)
class RepositoryRequests:
    """What a launch asked of one repository.

    Attributes:
        mutating: of the API, which limits how many there may be in a minute.
        pushes: each brings its commits as a whole or not at all.
        history: commits on the default branch after the launch.
    """

    requests: int
    mutating: int
    pushes: int
    history: int


@dataclass(frozen=True)
class Launch:
    """From `CreateProject` to both repositories seeded."""

    seconds: float
    repositories: dict[str, RepositoryRequests]


def read_requests(log: str) -> Iterator[Request]:
    """Yield the requests of a log; other lines are passed over."""
    for line in log.splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        repository = (
            _GIT.search(found["path"])
            or _REPOSITORY.search(found["path"])
            or _REPOSITORY.search(found["made"] or "")
        )
        yield Request(
            datetime.strptime(found["time"], "%Y-%m-%d %H:%M:%S,%f").timestamp(),
            found["method"],
            found["path"],
            int(found["status"]),
            repository and repository["name"],
        )


def measure_launch(facts: dict[str, Any], log: str) -> Launch:
    """Count what reached each of the project's repositories while it was launched.

    Args:
        facts: `began` and `ended` in seconds since 1970, `commits` by repository.
        log: text of the local GitHub's log.
    """
    window = [
        request
        for request in read_requests(log)
        if facts["began"] <= request.seconds <= facts["ended"]
    ]
    return Launch(
        facts["ended"] - facts["began"],
        {
            name: _count([request for request in window if request.repository == name], history)
            for name, history in facts["commits"].items()
        },
    )


def _count(requests: list[Request], history: int) -> RepositoryRequests:
    pushes = [request for request in requests if request.path.endswith(_PUSH)]
    changes = [request for request in requests if request.method in MUTATING]
    return RepositoryRequests(
        requests=len(requests),
        mutating=len(changes) - len(pushes),
        pushes=len(pushes),
        history=history,
    )
