"""Checks the arguments of a step against the SageMaker call that they become.

References have no value yet, so each is replaced by a sample of the type that the model wants.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator

from rehearsal.aws.sagemaker.pipelines.expressions import GET, is_expression
from rehearsal.aws.service_kit.model_validation import input_shape

# Step type -> (operation, the member that the execution fills in).
STEP_OPERATIONS: Mapping[str, tuple[str, str]] = {
    "Processing": ("CreateProcessingJob", "ProcessingJobName"),
    "Training": ("CreateTrainingJob", "TrainingJobName"),
    "RegisterModel": ("CreateModelPackage", ""),
    "Model": ("CreateModel", "ModelName"),
}


def argument_problem(
    step_type: str, arguments: Mapping[str, Any], defaults: Mapping[str, Any]
) -> str | None:
    """What the model does not allow in a step's arguments; None when all is well.

    `defaults` are parameter values to check instead of samples, where there are any.
    """
    operation, name_member = STEP_OPERATIONS[step_type]
    shape = input_shape("sagemaker", operation)
    filled = {**({name_member: "sample"} if name_member else {}), **arguments}
    report = ParamValidator().validate(_sampled(filled, shape, defaults), shape)
    return report.generate_report().replace("\n", "; ") if report.has_errors() else None


def _sampled(node: Any, shape: Shape | None, defaults: Mapping[str, Any]) -> Any:
    if is_expression(node):
        known = defaults.get(str(node.get(GET, "")).removeprefix("Parameters."))
        return _sample(shape) if known is None else known
    if isinstance(node, Mapping):
        return {key: _sampled(value, _inner(shape, key), defaults) for key, value in node.items()}
    if isinstance(node, list):
        member = shape.member if isinstance(shape, ListShape) else None
        return [_sampled(value, member, defaults) for value in node]
    return node


def _inner(shape: Shape | None, key: str) -> Shape | None:
    if isinstance(shape, StructureShape):
        return shape.members.get(key)
    return shape.value if isinstance(shape, MapShape) else None


def _sample(shape: Shape | None) -> Any:
    if shape is None or shape.type_name == "string":
        return "x" * max(1, shape.metadata.get("min", 1) if shape else 1)
    samples: dict[str, Any] = {"boolean": True, "list": [], "structure": {}, "map": {}}
    return samples.get(shape.type_name, shape.metadata.get("min", 1))
