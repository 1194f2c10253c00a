"""Reads a pipeline definition and refuses what could not be executed.

Format: SageMaker Pipelines JSON, version 2020-12-01. The published JSON schema lags behind what
AWS itself writes, so each step's arguments are checked against the model of the call they become.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.sagemaker.pipelines import conditions
from rehearsal.aws.sagemaker.pipelines.argument_model import STEP_OPERATIONS, argument_problem
from rehearsal.aws.sagemaker.pipelines.expressions import (
    EXECUTION_VARIABLES,
    JSON_GET,
    ExpressionError,
    mappings_in,
    property_file_path,
    referenced_steps,
    references,
)
from rehearsal.aws.sagemaker.pipelines.parameters import Parameter, read_parameters

VERSION = "2020-12-01"
STEP_TYPES = frozenset((*STEP_OPERATIONS, "Condition", "Fail"))


@dataclass(frozen=True)
class Branch:
    """Where a step inside a Condition step belongs."""

    condition: str
    outcome: bool


@dataclass(frozen=True)
class Step:
    """One step; those inside conditions are listed beside the others, with their branch."""

    name: str
    type: str
    arguments: Mapping[str, Any]
    source: Mapping[str, Any]
    branch: Branch | None = None
    needs: frozenset[str] = frozenset()

    @property
    def property_files(self) -> list[Mapping[str, Any]]:
        """Declared property files."""
        return list(self.source.get("PropertyFiles") or [])

    @property
    def cache(self) -> Mapping[str, Any]:
        """The cache configuration; empty when there is none."""
        return dict(self.source.get("CacheConfig") or {})


@dataclass(frozen=True)
class Definition:
    """A definition that can be executed."""

    parameters: Mapping[str, Parameter]
    steps: Mapping[str, Step]
    experiment: Mapping[str, Any] = field(default_factory=dict)


def read_definition(text: str) -> Definition:
    """Parse and check a definition.

    Raises:
        RequestRefusedError: names the step and what is wrong with it.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _refused(f"It is not JSON: {error}") from error
    if not isinstance(document, dict) or document.get("Version") != VERSION:
        raise _refused(f"Version must be {VERSION}.")
    if not isinstance(document.get("Steps"), list) or not document["Steps"]:
        raise _refused("Steps must be a list of at least one step.")
    parameters = read_parameters(document.get("Parameters") or [])
    steps: dict[str, Step] = {}
    for step in _flatten(document["Steps"], None):
        if step.name in steps:
            raise _refused(f"Step names must be unique; '{step.name}' is used twice.")
        steps[step.name] = step
    for step in steps.values():
        _check_step(step, steps, parameters)
    _check_cycles(steps)
    experiment = document.get("PipelineExperimentConfig") or {}
    _check_references("PipelineExperimentConfig", experiment, steps, parameters)
    return Definition(parameters, steps, experiment)


def _flatten(sources: list[Any], branch: Branch | None) -> Iterator[Step]:
    for source in sources:
        if not isinstance(source, dict) or not source.get("Name"):
            raise _refused(f"A step has no Name: {source}")
        name, kind = source["Name"], source.get("Type")
        if kind not in STEP_TYPES:
            raise _refused(
                f"Step '{name}' is of type {kind}, which the rehearsal cannot execute; "
                f"it executes {', '.join(sorted(STEP_TYPES))}."
            )
        if branch and kind == "Condition":
            # Source: developer guide, "Add a step", on Condition steps.
            raise _refused(
                f"Step '{name}' is a Condition step in '{branch.condition}'; nested Condition "
                "steps are not supported."
            )
        arguments = source.get("Arguments") or {}
        own = {k: v for k, v in arguments.items() if k not in ("IfSteps", "ElseSteps")}
        needs = set(source.get("DependsOn") or ()) | referenced_steps(own)
        needs |= {branch.condition} if branch else set()
        yield Step(name, kind, own, source, branch, frozenset(needs))
        if kind == "Condition":
            yield from _flatten(arguments.get("IfSteps") or [], Branch(name, True))
            yield from _flatten(arguments.get("ElseSteps") or [], Branch(name, False))


def _check_step(step: Step, steps: Mapping[str, Step], parameters: Mapping[str, Parameter]) -> None:
    unknown = sorted(step.needs - set(steps))
    if unknown:
        raise _refused(f"Step '{step.name}' depends on unknown step '{unknown[0]}'.")
    _check_references(f"Step '{step.name}'", step.arguments, steps, parameters)
    problem = _type_problem(step, parameters)
    if problem:
        raise _refused(f"Step '{step.name}': {problem}.")
    outputs = (step.arguments.get("ProcessingOutputConfig") or {}).get("Outputs") or []
    names = {output.get("OutputName") for output in outputs}
    for file in step.property_files:
        if file.get("OutputName") not in names:
            raise _refused(
                f"Step '{step.name}': property file {file.get('PropertyFileName')} "
                f"names the output {file.get('OutputName')}, which the step does not have."
            )


def _type_problem(step: Step, parameters: Mapping[str, Parameter]) -> str | None:
    if step.type == "Condition":
        listed = step.arguments.get("Conditions") or []
        found = next((text for c in listed if (text := conditions.problem(c))), None)
        return found or (None if listed else "it has no Conditions")
    if step.type == "Fail":
        return None if "ErrorMessage" in step.arguments else "it has no ErrorMessage"
    defaults = {name: parameter.default for name, parameter in parameters.items()}
    return argument_problem(step.type, step.arguments, defaults)


def _check_references(
    where: str, node: Any, steps: Mapping[str, Step], parameters: Mapping[str, Parameter]
) -> None:
    for path in references(node):
        head, _, rest = path.partition(".")
        known = {
            "Parameters": rest in parameters,
            "Execution": rest in EXECUTION_VARIABLES,
            "Steps": bool(referenced_steps({"Get": path}) & set(steps)),
        }
        if not known.get(head, False):
            raise _refused(f"{where} refers to {path}, which is not defined.")
    for each in mappings_in(node):
        read = each.get(JSON_GET)
        if not isinstance(read, Mapping) or "PropertyFile" not in read:
            continue
        try:
            step, name = property_file_path(read["PropertyFile"])
        except ExpressionError as error:
            raise _refused(f"{where}: {error}") from error
        declared = [f.get("PropertyFileName") for f in steps[step].property_files]
        if name not in declared:
            raise _refused(f"{where} refers to property file {name}, which {step} does not have.")


def _check_cycles(steps: Mapping[str, Step]) -> None:
    left = {name: set(step.needs) for name, step in steps.items()}
    while left:
        free = [name for name, needs in left.items() if not needs & set(left)]
        if not free:
            raise _refused(f"The steps {', '.join(sorted(left))} depend on each other in a circle.")
        for name in free:
            del left[name]


def _refused(reason: str) -> RequestRefusedError:
    return RequestRefusedError(f"Unable to parse pipeline definition. {reason}")
