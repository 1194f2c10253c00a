"""A statement of a resource's policy names each principal once.

AWS refuses a bucket or key whose template names an account twice ("Duplicate principal").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.aws.emulator.corrections.cloudformation import resource_handlers

# Type -> the property with the policy.
_POLICIES: Mapping[str, str] = {
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::S3::BucketPolicy": "PolicyDocument",
}


def apply() -> None:
    """Look at the policy before each creation and update."""
    for cfn_type, member in _POLICIES.items():
        _check_in(cfn_type, member)


def _check_in(cfn_type: str, member: str) -> None:
    create = resource_handlers.original(cfn_type, "create")
    update = resource_handlers.original(cfn_type, "update")

    def create_checked(logical_id: str, props: dict[str, Any], *rest: Any) -> Any:
        _check(props.get(member))
        return create(logical_id, props, *rest)

    def update_checked(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], *rest: Any
    ) -> Any:
        _check(new.get(member))
        return update(physical_id, old, new, *rest)

    resource_handlers.replace(cfn_type, create=create_checked, update=update_checked)


def _check(policy: Any) -> None:
    document = json.loads(policy) if isinstance(policy, str) else policy or {}
    statements = document.get("Statement", [])
    for statement in [statements] if isinstance(statements, dict) else statements:
        principal = statement.get("Principal")
        for named in principal.values() if isinstance(principal, dict) else ():
            if isinstance(named, list) and len(set(named)) < len(named):
                raise ValueError(f"Duplicate principal in policy: {', '.join(map(str, named))}")
