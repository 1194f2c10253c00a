"""Domains and profiles as SageMaker tells of them, in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any


@dataclass
class FakeDomain:
    """One domain: the role of its default settings, and those that profiles have of their own."""

    default: str
    profiles: dict[str, str | None] = field(default_factory=dict)


@dataclass
class FakeStudio:
    """A boto3 client of SageMaker that knows these domains by their names."""

    domains: Mapping[str, FakeDomain]

    meta = SimpleNamespace(region_name="eu-west-1")

    def get_paginator(self, operation: str) -> _Pages:
        """One page for each item: nobody may read the first one only."""
        return _Pages(self, operation)

    def describe_domain(self, *, DomainId: str) -> dict[str, Any]:  # noqa: N803  # as AWS has it
        return {"DefaultUserSettings": _settings(self.domains[DomainId].default)}

    def describe_user_profile(self, *, DomainId: str, UserProfileName: str) -> dict[str, Any]:  # noqa: N803
        return {"UserSettings": _settings(self.domains[DomainId].profiles[UserProfileName])}


@dataclass
class _Pages:
    studio: FakeStudio
    operation: str

    def paginate(self, **asked: str) -> Iterator[dict[str, Any]]:
        if self.operation == "list_domains":
            for name in self.studio.domains:
                yield {"Domains": [{"DomainId": name, "DomainName": name}]}
            return
        assert self.operation == "list_user_profiles"
        for name in self.studio.domains[asked["DomainIdEquals"]].profiles:
            yield {"UserProfiles": [{"UserProfileName": name}]}


def _settings(role: str | None) -> dict[str, str]:
    return {} if role is None else {"ExecutionRole": role}
