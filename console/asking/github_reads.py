"""Reads GitHub's REST API so that what did not change there counts against no limit.

An answer has a tag. A request with the tag of the last answer is answered by 304, without a body,
if the answer would be the same, and GitHub does not count that among the 5,000 of an hour.
Source: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from typing import Any

import github

from console.asking.unchanging import Unchanging


def read_github(client: github.Github, kept: Unchanging, path: str) -> Any:
    """What GitHub says there.

    Args:
        client: of the person.
        kept: what it said to that person last, with the tags.
        path: below the address of the API, with its query.

    Raises:
        GithubException: it refused, or there is nothing.
    """
    tag, known = kept.known(path) or ("", None)
    given = {"If-None-Match": tag} if tag else {}
    headers, found = client.requester.requestJsonAndCheck("GET", path, headers=given)
    if found is None and tag:
        return known
    kept.keep(path, (headers.get("etag") or "", found))
    return found
