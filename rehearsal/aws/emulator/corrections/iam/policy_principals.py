"""A statement of a resource's policy names each principal once.

AWS refuses a bucket or key whose template names an account twice ("Duplicate principal").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
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
        resource_handlers.check_first(cfn_type, partial(_check, member))


def _check(member: str, props: dict[str, Any]) -> None:
    policy = props.get(member)
    document = json.loads(policy) if isinstance(policy, str) else policy or {}
    statements = document.get("Statement", [])
    for statement in [statements] if isinstance(statements, dict) else statements:
        principal = statement.get("Principal")
        for named in principal.values() if isinstance(principal, dict) else ():
            if isinstance(named, list) and len(set(named)) < len(named):
                raise ValueError(f"Duplicate principal in policy: {', '.join(map(str, named))}")
