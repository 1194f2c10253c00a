"""Filters, order and pages of the List operations."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass

from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.service_kit.operations import Record


@dataclass(frozen=True)
class Listing:
    """How one List operation chooses and orders its records.

    Args:
        name: member that holds the name, for `NameContains` and `SortBy=Name`.
        order: the order when the request gives none.
        page_size: how many records come when the request does not say.
    """

    name: str
    status: str = ""
    order: str = "Descending"
    page_size: int = 10

    def choose(self, records: Iterable[Record], request: Record) -> list[Record]:
        """The records that the request asks for, in its order."""
        chosen = [record for record in records if self._fits(record, request)]
        key = {"Name": self.name, "Status": self.status}.get(request.get("SortBy", ""))
        chosen.sort(key=lambda record: (str(record[key]) if key else "", record["CreationTime"]))
        if request.get("SortOrder", self.order) == "Descending":
            chosen.reverse()
        return chosen

    def page(self, records: Iterable[Record], request: Record) -> tuple[list[Record], Record]:
        """One page of what is chosen, and `{"NextToken": …}` when more follow."""
        return take_page(self.choose(records, request), request, self.page_size)

    def _fits(self, record: Record, request: Record) -> bool:
        created = record["CreationTime"]
        modified = record.get("LastModifiedTime", created)
        after = max(request.get("CreationTimeAfter", 0), request.get("CreatedAfter", 0))
        before = request.get("CreationTimeBefore", request.get("CreatedBefore"))
        checks = (
            request.get("NameContains", "").lower() in str(record[self.name]).lower(),
            not after or created > after,
            before is None or created < before,
            modified > request.get("LastModifiedTimeAfter", float("-inf")),
            modified < request.get("LastModifiedTimeBefore", float("inf")),
            not request.get("StatusEquals") or record[self.status] == request["StatusEquals"],
        )
        return all(checks)


def take_page(
    records: list[Record], request: Record, page_size: int
) -> tuple[list[Record], Record]:
    """Cut a page out of ordered records, from where the request's token points to."""
    start = _offset(request.get("NextToken"))
    end = start + request.get("MaxResults", page_size)
    more = {"NextToken": _token(end)} if end < len(records) else {}
    return records[start:end], more


def _token(offset: int) -> str:
    return base64.urlsafe_b64encode(json.dumps({"offset": offset}).encode()).decode()


def _offset(token: str | None) -> int:
    if not token:
        return 0
    try:
        return int(json.loads(base64.urlsafe_b64decode(token))["offset"])
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise RequestRefusedError(
            f"The NextToken {token} is not valid; repeat the request without it."
        ) from error
