"""Reuse of what a step made before, as its `CacheConfig` allows.

The members that are compared are those that AWS documents for each step type ("Caching pipeline
steps", SageMaker developer guide); where results were written is not among them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.sagemaker.pipelines.definition import Step
from rehearsal.aws.sagemaker.pipelines.expressions import Values
from rehearsal.aws.sagemaker.pipelines.steps import StepResult

_COMPARED: Mapping[str, tuple[str, ...]] = {
    "Processing": ("AppSpecification", "Environment", "ProcessingInputs"),
    "Training": (
        "AlgorithmSpecification",
        "CheckpointConfig",
        "DebugHookConfig",
        "DebugRuleConfigurations",
        "Environment",
        "HyperParameters",
        "InputDataConfig",
    ),
}
_DURATION = re.compile(
    r"P(?:(?P<Y>\d+)Y)?(?:(?P<M>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?)?",
    re.IGNORECASE,
)
_SECONDS = {
    "Y": 365 * 86400,
    "M": 30 * 86400,
    "W": 7 * 86400,
    "D": 86400,
    "h": 3600,
    "m": 60,
    "s": 1,
}


class StepCache:
    """Results of earlier executions of one pipeline."""

    def __init__(self, context: AccountContext, pipeline_arn: str) -> None:
        self._context = context
        self._pipeline_arn = pipeline_arn

    def find(self, step: Step, values: Values) -> tuple[StepResult, str] | None:
        """An earlier result that may stand in, and the execution that made it."""
        if not self._is_cached(step):
            return None
        entry = self._context.store.step_cache.get(self._key(step, values))
        if entry is None or self._context.clock() > entry["Time"] + expiry_seconds(step):
            return None
        return StepResult(**entry["Result"]), entry["ExecutionArn"]

    def keep(self, step: Step, values: Values, result: StepResult, execution_arn: str) -> None:
        """Remember a result for later executions."""
        if not self._is_cached(step):
            return
        entry = {
            "Result": asdict(result),
            "ExecutionArn": execution_arn,
            "Time": self._context.clock(),
        }
        with self._context.store.lock:
            self._context.store.step_cache[self._key(step, values)] = entry

    def _is_cached(self, step: Step) -> bool:
        return bool(step.cache.get("Enabled")) and step.type in _COMPARED

    def _key(self, step: Step, values: Values) -> str:
        compared: dict[str, Any] = {
            name: values.resolve(step.arguments[name])
            for name in _COMPARED[step.type]
            if name in step.arguments
        }
        text = json.dumps([self._pipeline_arn, step.name, step.type, compared], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def expiry_seconds(step: Step) -> float:
    """How long a step's results may be reused.

    Raises:
        RequestRefusedError: ExpireAfter is not an ISO 8601 duration, such as P30D or PT1H.
    """
    text = step.cache.get("ExpireAfter")
    if not text:
        return float("inf")
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        raise RequestRefusedError(
            f"Unable to parse pipeline definition. Step '{step.name}': ExpireAfter '{text}' is "
            "not an ISO 8601 duration such as P30D."
        )
    given = {unit: number for unit, number in match.groupdict().items() if number}
    return sum(int(number) * _SECONDS[unit] for unit, number in given.items())
