"""What only says how CloudFormation treats a resource is no update by itself.

Source: CloudFormation user guide, "Update behaviors of stack resources" and "DeletionPolicy
attribute": deletion, update and creation policies change with an update that adds, modifies or
deletes a resource, and else "No updates are to be performed".
"""

from __future__ import annotations

from typing import Any

from ministack.services.cloudformation import handlers

from rehearsal.aws.emulator.wrapping import wrap

_POLICIES = frozenset({"CreationPolicy", "DeletionPolicy", "UpdatePolicy", "UpdateReplacePolicy"})


def apply() -> None:
    """Compare templates without them."""
    wrap(_has_no_updates, "_stack_has_no_updates", handlers)


def _has_no_updates(
    compare: Any, stack: dict[str, Any], template: dict[str, Any], *rest: Any
) -> Any:
    known = {**stack, "_template": _without_policies(stack.get("_template", {}))}
    return compare(known, _without_policies(template), *rest)


def _without_policies(template: dict[str, Any]) -> dict[str, Any]:
    resources = {
        name: {key: value for key, value in resource.items() if key not in _POLICIES}
        for name, resource in template.get("Resources", {}).items()
    }
    return {**template, "Resources": resources}
