"""GetResources finds the resources of our services, too, and answers in pages.

Imitated: Resource Groups Tagging API reference, GetResources (2017-01-26): 1 to 100 resources a
page. A resource without tags is not found, although AWS finds one that once had some.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ministack.services import tagging

_MOST = 100
_FIRST_PAGE = ("", None)
_FOUND = "ResourceTagMappingList"


def apply() -> None:
    """Cut what MiniStack finds into pages."""
    find = tagging._HANDLERS["GetResources"]
    tagging._HANDLERS["GetResources"] = lambda request: _page(find, request)


def tell_resources(
    service: str, tagged: Callable[[], Iterable[tuple[str, Mapping[str, str]]]]
) -> None:
    """Let the resources of a service of ours be found: pairs of ARN and tags, of the caller's."""
    tagging._COLLECTORS[service] = lambda: (
        (arn, tagging._normalise_flat(tags)) for arn, tags in tagged() if tags
    )


def _page(find: Callable[[Any], Any], request: dict[str, Any]) -> Any:
    size, token = request.get("ResourcesPerPage", _MOST), request.get("PaginationToken")
    if not 1 <= size <= _MOST:
        return tagging._invalid_parameter(f"ResourcesPerPage must be between 1 and {_MOST}")
    if token not in _FIRST_PAGE and not str(token).isdecimal():
        return tagging._invalid_parameter("PaginationToken is none that was given out")
    status, headers, body = find(request)
    if status != 200:
        return status, headers, body
    answer, start = json.loads(body), int(token or 0)
    found = sorted(answer[_FOUND], key=lambda one: str(one["ResourceARN"]))
    rest = start + size < len(found)
    answer |= {
        _FOUND: found[start : start + size],
        "PaginationToken": str(start + size) if rest else "",
    }
    return status, headers, json.dumps(answer).encode()
