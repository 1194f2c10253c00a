"""Takes one action away from a role, for as long as something is tried without it."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from rehearsal.conductor.aws_accounts import AwsUser


@contextlib.contextmanager
def without(administrator: AwsUser, role: str, action: str) -> Iterator[None]:
    """Be without an action in every statement of a role's policies; put it back in the end."""
    iam = administrator.client("iam")
    before: dict[str, Any] = {
        name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    }
    changed = {name: _less(document, action) for name, document in before.items()}
    if changed == before:
        raise LookupError(f"The role {role} is not granted {action}.")
    try:
        for name, document in changed.items():
            _put(iam, role, name, document)
        yield
    finally:
        for name, document in before.items():
            _put(iam, role, name, document)


def _less(document: dict[str, Any], action: str) -> dict[str, Any]:
    statements = []
    for statement in document["Statement"]:
        granted = statement["Action"]
        granted = granted if isinstance(granted, list) else [granted]
        left = [each for each in granted if each != action]
        if left:
            statements.append({**statement, "Action": left if left != granted else granted})
    return {**document, "Statement": statements}


def _put(iam: Any, role: str, name: str, document: dict[str, Any]) -> None:
    if document["Statement"]:
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))
    else:
        iam.delete_role_policy(RoleName=role, PolicyName=name)
