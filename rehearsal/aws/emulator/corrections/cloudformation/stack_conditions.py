"""Conditions of a template may use every function that CloudFormation lets them use.

MiniStack compares what `Fn::Join`, `Fn::Sub`, `Fn::Split` and `Fn::FindInMap` are written as, not
what they give. The bootstrap template of the CDK so got empty managed policies and a trust in ''.
Source: CloudFormation user guide, "Condition functions" ("Supported functions").
"""

from __future__ import annotations

from typing import Any

from ministack.services.cloudformation import changesets, engine, handlers, stacks

from rehearsal.aws.emulator.wrapping import wrap

_RESOLVED = ("Fn::FindInMap", "Fn::Join", "Fn::Split", "Fn::Sub")


def apply() -> None:
    """Resolve those functions first."""
    wrap(_evaluate_resolved, "_evaluate_conditions", engine, changesets, handlers, stacks)


def _evaluate_resolved(evaluate: Any, template: dict[str, Any], parameters: dict[str, Any]) -> Any:
    mappings = template.get("Mappings", {})

    def resolved(value: Any) -> Any:
        if isinstance(value, list):
            return [resolved(item) for item in value]
        if not isinstance(value, dict):
            return value
        if value.keys() & set(_RESOLVED):
            return engine._resolve_refs(value, {}, parameters, {}, mappings, "", "")
        return {key: resolved(item) for key, item in value.items()}

    conditions = resolved(template.get("Conditions", {}))
    return evaluate({**template, "Conditions": conditions}, parameters)
