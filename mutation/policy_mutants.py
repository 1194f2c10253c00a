"""Mutants of the statements of the templates' policies.

Each drops an action or a condition, widens an action or a resource, or turns the effect round.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mutation.mutant import id_of
from mutation.policy_documents import WRITTEN, Found, Statement, statements_of
from mutation.policy_fault import put_fault

_OPPOSITE = {"Allow": "Deny", "Deny": "Allow"}


@dataclass(frozen=True)
class PolicyMutant:
    """A statement that is said otherwise, or not at all."""

    found: Found
    change: str
    statement: Statement | None

    @property
    def id(self) -> str:
        """Digest of template, resource, statement, its number and what it becomes."""
        texts = (json.dumps(one, sort_keys=True) for one in (self.found.statement, self.statement))
        return id_of(self.file, self.found.name, str(self.found.nth), *texts)

    @property
    def file(self) -> str:
        """The template's file, or the folder that makes it."""
        return WRITTEN.get(self.found.template, f"policies of the {self.found.template}")

    @property
    def place(self) -> str:
        """Resource and statement."""
        return f"{self.found.name}, statement {self.found.nth + 1}"

    def differs(self, root: Path) -> bool:  # noqa: ARG002 - one interface for all mutants
        """Whether the statement is another one."""
        return self.statement != self.found.statement

    def put_into(self, root: Path) -> None:
        """Change the file, or what `app.py` synthesizes."""
        put_fault(root, self.found, self.statement)


def collect_policies(templates: Mapping[str, Mapping[str, Any]]) -> Iterator[PolicyMutant]:
    """Every mutant of every statement of templates by name."""
    for name, template in templates.items():
        for found in statements_of(name, template):
            for change, statement in _mutants_of(found.statement):
                yield PolicyMutant(found, change, statement)


def _mutants_of(said: Statement) -> Iterator[tuple[str, Statement | None]]:
    yield from _of_actions(said)
    yield from _of_resources(said)
    yield from _of_conditions(said)
    yield (
        f"{said['Effect']} → {_OPPOSITE[said['Effect']]}",
        {
            **said,
            "Effect": _OPPOSITE[said["Effect"]],
        },
    )


def _of_actions(said: Statement) -> Iterator[tuple[str, Statement | None]]:
    actions = _list(said.get("Action", []))
    for action in actions:
        others = [one for one in actions if one != action]
        yield f"without {action}", {**said, "Action": others} if others else None
        wide = "*" if ":" not in action else f"{action.partition(':')[0]}:*"
        if wide not in actions:
            yield f"{action} → {wide}", {**said, "Action": [*others, wide]}


def _of_resources(said: Statement) -> Iterator[tuple[str, Statement]]:
    resources = _list(said.get("Resource", []))
    for resource in resources:
        if resource != "*":
            yield (
                f"{_shown(resource)} → *",
                {
                    **said,
                    "Resource": ["*" if one == resource else one for one in resources],
                },
            )


def _of_conditions(said: Statement) -> Iterator[tuple[str, Statement]]:
    conditions = said.get("Condition", {})
    for operator, keys in conditions.items():
        for key in keys:
            kept = {
                other: {name: value for name, value in tests.items() if (other, name) != gone}
                for gone in [(operator, key)]
                for other, tests in conditions.items()
            }
            some = {other: tests for other, tests in kept.items() if tests}
            rest = {name: value for name, value in said.items() if name != "Condition"}
            yield f"without {operator} {key}", {**rest, **({"Condition": some} if some else {})}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _shown(resource: Any) -> str:
    """A resource's text without the functions that make it."""
    if isinstance(resource, str):
        return resource
    parts = []
    for one in resource.values():
        inner = one if isinstance(one, list) else [one]
        parts += [_shown(part) if isinstance(part, dict) else _flat(part) for part in inner]
    return "".join(parts)


def _flat(value: Any) -> str:
    return "".join(map(_shown, value)) if isinstance(value, list) else str(value)
