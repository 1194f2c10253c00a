"""DynamoDB with the ledger alone, which the dispatch function's own code fills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deploy_dispatch.ledger import Decisions, Ledger
from deploy_dispatch.stage_record import StageRecord
from operations.fleet.stages import TABLE

GROUP = "Rings-p-abcdefghijkl"
# SageMaker may write a group in small letters into its ARNs.
ARN = f"arn:aws:sagemaker:eu-west-1:111122223333:model-package/{GROUP.lower()}"


class Table:
    """Its items."""

    def __init__(self) -> None:
        self.items: dict[str, Mapping[str, Any]] = {}
        self.requests = 0

    def get_item(self, *, Key: Mapping[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        found = self.items.get(Key["ClaimId"]["S"])
        return {"Item": found} if found else {}

    def put_item(self, *, Item: Mapping[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        self.items[Item["ClaimId"]["S"]] = Item
        return {}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        self.requests += 1
        keys = [key["ClaimId"]["S"] for key in RequestItems[TABLE]["Keys"]]
        found = [self.items[key] for key in keys if key in self.items]
        return {"Responses": {TABLE: found}}

    def write(self, records: Mapping[str, StageRecord], *decisions: Decisions) -> None:
        """Have the function's ledger write them."""
        ledger = Ledger(self, TABLE)
        for stage, record in records.items():
            ledger.change_stage(GROUP, stage, lambda _, new=record: new)
        for one in decisions:
            known = ledger.decisions(one.arn)
            ledger.change_decisions(known, lambda known, new=one: _with_revision(new, known))


def _with_revision(new: Decisions, known: Decisions) -> Decisions:
    return Decisions(**{**vars(new), "revision": known.revision})
