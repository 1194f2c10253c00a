"""Which requests an operation makes, in a form that finds them again in another project."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_NAME, _LOGIN = "<name>", "<login>"
# What differs from project to project: commits, and numbers of repositories and pull requests.
_VARYING = re.compile(r"[0-9a-f]{40}|(?<=/)[0-9]+(?=/|$)")


@dataclass(frozen=True)
class RequestPoint:
    """The n-th request of its kind in an operation.

    Attributes:
        path: regular expression, with `<name>` and `<login>` for the project's.
    """

    operation: str
    method: str
    path: str
    nth: int

    def pattern(self, *, login: str, name: str) -> str:
        """The expression for a project's own requests."""
        named = self.path.replace(_NAME, re.escape(name)).replace(_LOGIN, re.escape(login))
        return f"^{named}$"

    @property
    def shown(self) -> str:
        """As people read it."""
        path = re.sub(r"\\(.)", r"\1", self.path).removeprefix("/api/v3")
        return f"{self.method} {path} #{self.nth}"


def find_points(
    operation: str, requests: Iterable[dict[str, Any]], *, login: str, name: str
) -> list[RequestPoint]:
    """Number the requests of one operation by method and path."""
    seen: Counter[tuple[str, str]] = Counter()
    points = []
    for request in requests:
        kind = (request["method"], _generalize(request["path"], login, name))
        seen[kind] += 1
        points.append(RequestPoint(operation, *kind, seen[kind]))
    return points


def _generalize(path: str, login: str, name: str) -> str:
    general, end = "", 0
    for found in _VARYING.finditer(path):
        general += re.escape(path[end : found.start()])
        general += "[0-9a-f]+" if len(found[0]) == 40 else "[0-9]+"
        end = found.end()
    general += re.escape(path[end:])
    return general.replace(re.escape(name), _NAME).replace(re.escape(login), _LOGIN)
