"""Reads GitHub's REST API so that what did not change there counts against no limit.

An answer has a tag. A request with the tag of the last answer is answered by 304, without a body,
if the answer would be the same, and GitHub does not count that among the 5,000 of an hour.
Source: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import github

_MOST_KEPT = 200


@dataclass
class GithubReads:
    """The last answers of one GitHub to one person, for several threads."""

    most: int = _MOST_KEPT
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: OrderedDict[str, tuple[str, Any]] = field(default_factory=OrderedDict)

    def get(self, client: github.Github, path: str) -> Any:
        """What GitHub says there.

        Args:
            client: of the person.
            path: below the address of the API, with its query.

        Raises:
            GithubException: it refused, or there is nothing.
        """
        with self._lock:
            tag, known = self._kept.get(path, ("", None))
        given = {"If-None-Match": tag} if tag else {}
        headers, found = client.requester.requestJsonAndCheck("GET", path, headers=given)
        if found is None and tag:
            return known
        with self._lock:
            self._kept[path] = (headers.get("etag") or "", found)
            self._kept.move_to_end(path)
            if len(self._kept) > self.most:
                self._kept.popitem(last=False)
        return found
