"""Everything the local SageMaker remembers.

Records are dictionaries in the shape of the API's own Describe answers, so that what is stored is
what is answered; a member whose name starts with an underscore is ours and never leaves.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterable
from typing import Any

from rehearsal.aws.service_kit.operations import Record

Records = dict[str, Record]

_KINDS = (
    "groups",
    "packages",
    "pipelines",
    "executions",
    "processing_jobs",
    "training_jobs",
    "models",
    "endpoint_configs",
    "endpoints",
    "tags",
    "policies",
    "tokens",
    "step_cache",
    "scalable_targets",
    "scaling_policies",
)


class Store:
    """All records by kind; every change is made while holding `lock`."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.groups: Records = {}
        self.packages: Records = {}
        self.pipelines: Records = {}
        self.executions: Records = {}
        self.processing_jobs: Records = {}
        self.training_jobs: Records = {}
        self.models: Records = {}
        self.endpoint_configs: Records = {}
        self.endpoints: Records = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.policies: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        self.step_cache: Records = {}
        self.scalable_targets: Records = {}
        self.scaling_policies: Records = {}

    def change(self, record: Record, **members: Any) -> None:
        """Set members of a record in one step."""
        with self.lock:
            record.update(members)

    def all(self, records: Records) -> list[Record]:
        """The records of a kind, as they are now."""
        with self.lock:
            return list(records.values())

    def snapshot(self) -> dict[str, Any]:
        """A copy of everything, fit for JSON."""
        with self.lock:
            return {kind: copy.deepcopy(getattr(self, kind)) for kind in _KINDS}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over what `snapshot` gave."""
        with self.lock:
            for kind in _KINDS:
                getattr(self, kind).update(state.get(kind) or {})

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            for kind in _KINDS:
                getattr(self, kind).clear()

    def forget_tags(self, arns: Iterable[str]) -> None:
        """Drop the tags of resources that are gone."""
        with self.lock:
            for arn in arns:
                self.tags.pop(arn, None)
