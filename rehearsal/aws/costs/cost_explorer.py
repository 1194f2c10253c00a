"""Cost Explorer as a service of MiniStack: which tags costs are told by.

The account of the projects pays; the others are linked to it, and are told nothing. A key is known
as soon as a resource of SageMaker has it, which takes AWS a day.
Imitated: Cost Explorer API reference, ListCostAllocationTags, UpdateCostAllocationTagsStatus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ministack.core.responses import get_account_id

from rehearsal.aws.costs.errors import CostRequestRefusedError, LinkedAccountError
from rehearsal.aws.sagemaker.paging import take_page
from rehearsal.aws.service_kit.json_service import Api, JsonService
from rehearsal.aws.service_kit.operations import (
    Operation,
    Record,
    RequestContext,
    answers,
    operations_of,
)

_API = Api(
    name="ce",
    target_prefix="AWSInsightsIndexService.",
    hosts=r"ce\.",
    refusal=CostRequestRefusedError,
)
_PAGE = 100
_ACTIVE, _INACTIVE = "Active", "Inactive"


class CostExplorerService(JsonService):
    """The tags of the account that pays.

    Args:
        payer: that account.
        tagged: ARNs and tags of its resources.
    """

    def __init__(
        self, payer: str, tagged: Callable[[], Iterable[tuple[str, Mapping[str, str]]]]
    ) -> None:
        super().__init__(_API, lambda *_: "*")
        self._payer = payer
        self._tagged = tagged
        self._active: set[str] = set()

    def operation(self, name: str, _request: Record) -> Operation | None:
        """What answers a request."""
        return operations_of(self).get(name)

    def get_state(self) -> dict[str, Any]:
        """The keys that are active."""
        return {"active": sorted(self._active)}

    def load_persisted_state(self, data: dict[str, Any]) -> None:
        """Take back what `get_state` gave."""
        self._active = set(data.get("active", ()))

    @answers("ListCostAllocationTags")
    def list_cost_allocation_tags(self, request: Record, _caller: RequestContext) -> Record:
        """The keys that are known, a page at a time."""
        self._check_payer("list Cost Allocation Tags")
        wanted = request.get("TagKeys")
        shown = [
            {"TagKey": key, "Type": "UserDefined", "Status": status}
            for key, status in sorted(self._keys().items())
            if (not wanted or key in wanted)
            and request.get("Status", status) == status
            and request.get("Type", "UserDefined") == "UserDefined"
        ]
        page, more = take_page(shown, request, _PAGE)
        return {"CostAllocationTags": page, **more}

    @answers("UpdateCostAllocationTagsStatus")
    def update_cost_allocation_tags_status(
        self, request: Record, _caller: RequestContext
    ) -> Record:
        """Switch keys on and off; one that nothing has is an error of its own."""
        self._check_payer("update Cost Allocation Tag")
        known, errors = self._keys(), []
        for entry in request["CostAllocationTagsStatus"]:
            key = entry["TagKey"]
            if key not in known:
                said = "Tag keys not found"
                errors.append({"TagKey": key, "Code": "TagKeyNotFound", "Message": said})
            elif entry["Status"] == _ACTIVE:
                self._active.add(key)
            else:
                self._active.discard(key)
        return {"Errors": errors}

    def _check_payer(self, what: str) -> None:
        if get_account_id() != self._payer:
            raise LinkedAccountError(what)

    def _keys(self) -> dict[str, str]:
        keys = {key for _, tags in self._tagged() for key in tags}
        return {key: _ACTIVE if key in self._active else _INACTIVE for key in keys}
