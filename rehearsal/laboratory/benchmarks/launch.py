"""Counts the GitHub requests of a launch in the log of the local GitHub.

A log line is `DATE TIME,MILLISECONDS LEVEL LOGGER METHOD PATH STATUS [LOCATION]`; the location is
what a request with status 201 made, and tells which repository `POST /user/repos` created. A push
is `POST /OWNER/NAME.git/git-receive-pack`; it is no request of the API.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

MUTATING_AIM = 6
PUSHES_AIM = 1
MUTATING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_LINE = re.compile(
    r"^(?P<time>\S+ \S+) INFO \S+ (?P<method>[A-Z]+) (?P<path>/\S*) (?P<status>\d{3})"
    r"(?: (?P<made>\S+))?$"
)
_REPOSITORY = re.compile(r"/repos/(?P<name>[^/]+/[^/]+)")
_GIT = re.compile(r"^/(?P<name>[^/]+/[^/]+?)(?:\.git)?/(?:info/refs|git-[a-z]+-pack)$")
_PUSH = "/git-receive-pack"


class Request(NamedTuple):
    """A request that the local GitHub answered."""

    seconds: float
    method: str
    path: str
    status: int
    repository: str | None


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


def measure_launch(facts: dict[str, Any], log: str) -> dict[str, Any]:
    """Count what reached each of the project's repositories while it was launched.

    Args:
        facts: `began`, at `CreateProject`, and `ended`, when both repositories are seeded, in
            seconds since 1970; `commits` by repository.
        log: text of the local GitHub's log.
    """
    window = [
        request
        for request in read_requests(log)
        if facts["began"] <= request.seconds <= facts["ended"]
    ]
    return {
        "seconds": round(facts["ended"] - facts["began"], 2),
        "repositories": {
            name: _count([request for request in window if request.repository == name], history)
            for name, history in facts["commits"].items()
        },
        "aim_mutating": MUTATING_AIM,
        "aim_pushes": PUSHES_AIM,
    }


def _count(requests: list[Request], history: int) -> dict[str, int]:
    """What a launch asked of one repository, and the commits on its default branch afterwards.

    The API limits how many mutating requests there may be in a minute; a push brings its commits
    as a whole or not at all.
    """
    pushes = sum(request.path.endswith(_PUSH) for request in requests)
    changes = sum(request.method in MUTATING for request in requests)
    return {
        "requests": len(requests),
        "mutating": changes - pushes,
        "pushes": pushes,
        "history": history,
    }
