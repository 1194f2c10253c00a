"""Everything the local SageMaker remembers.

Records are dictionaries in the shape of the API's own Describe answers, so that what is stored is
what is answered; a member whose name starts with an underscore is ours and never leaves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rehearsal.aws.service_kit.operations import Record
from rehearsal.aws.service_kit.store import Store

Records = dict[str, Record]


@dataclass
class SageMakerStore(Store):
    """All records of an account."""

    groups: Records = field(default_factory=dict)
    packages: Records = field(default_factory=dict)
    pipelines: Records = field(default_factory=dict)
    executions: Records = field(default_factory=dict)
    processing_jobs: Records = field(default_factory=dict)
    training_jobs: Records = field(default_factory=dict)
    models: Records = field(default_factory=dict)
    endpoint_configs: Records = field(default_factory=dict)
    endpoints: Records = field(default_factory=dict)
    domains: Records = field(default_factory=dict)
    user_profiles: Records = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    step_cache: Records = field(default_factory=dict)
    scalable_targets: Records = field(default_factory=dict)
    scaling_policies: Records = field(default_factory=dict)

    def change(self, record: Record, **members: Any) -> None:
        """Set members of a record in one step."""
        with self.lock:
            record.update(members)

    def all(self, records: Records) -> list[Record]:
        """The records of a kind, as they are now."""
        with self.lock:
            return list(records.values())

    def forget_tags(self, arns: Iterable[str]) -> None:
        """Drop the tags of resources that are gone."""
        with self.lock:
            for arn in arns:
                self.tags.pop(arn, None)
