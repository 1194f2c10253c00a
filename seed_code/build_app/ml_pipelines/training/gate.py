"""What decides whether a model is registered.

SageMaker Pipelines nest no Condition step in another. So a gate of two demands is three steps side
by side, of whose Fail steps at most one starts.
"""

from __future__ import annotations

from metrics import Metric, report_path
from sagemaker.core.workflow.conditions import (
    Condition,
    ConditionGreaterThan,
    ConditionGreaterThanOrEqualTo,
    ConditionLessThan,
    ConditionLessThanOrEqualTo,
)
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.condition_step import ConditionStep
from sagemaker.mlops.workflow.fail_step import FailStep
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.steps import ProcessingStep

from ml_pipelines.training.workshop import Workshop


def gate_steps(
    workshop: Workshop, evaluate: ProcessingStep, report: PropertyFile, register: ModelStep
) -> list[ConditionStep]:
    """Register a model that is good enough; fail the execution otherwise."""
    metric, task = workshop.settings.metric, workshop.settings.task.type
    value = _read(evaluate, report, report_path(metric.name, task))
    threshold = workshop.parameters.metric_threshold
    is_minimized = metric.direction == "minimize"
    passes = ConditionLessThanOrEqualTo if is_minimized else ConditionGreaterThanOrEqualTo
    good = passes(left=value, right=threshold)
    refused = _refused_by_threshold(metric, value, workshop)
    if workshop.settings.gate.better_than_live_by is None:
        return [_check("CheckQuality", [good], [register], [refused])]
    misses = ConditionGreaterThan if is_minimized else ConditionLessThan
    bad = misses(left=value, right=threshold)
    is_refused = _read(evaluate, report, "comparison.is_refused")
    better = ConditionLessThanOrEqualTo(left=is_refused, right=0)
    not_better = ConditionGreaterThan(left=is_refused, right=0)
    refusal = _read(evaluate, report, "comparison.refusal")
    message = Join(on=" ", values=["Not registered:", refusal])
    not_better_fail = FailStep("LiveVersionFail", error_message=message)
    return [
        _check("CheckQuality", [bad], [refused]),
        _check("CheckLiveVersion", [good, not_better], [not_better_fail]),
        _check("CheckBoth", [good, better], [register]),
    ]


def _refused_by_threshold(metric: Metric, value: JsonGet, workshop: Workshop) -> FailStep:
    worse = "above" if metric.direction == "minimize" else "below"
    return FailStep(
        "ModelQualityFail",
        error_message=Join(
            on=" ",
            values=[
                f"The model was not registered: its {metric.title} on the test records,",
                value,
                f"is {worse} MetricThreshold",
                workshop.parameters.metric_threshold,
            ],
        ),
    )


def _check(
    name: str,
    conditions: list[Condition],
    if_steps: list[ModelStep | FailStep],
    else_steps: list[ModelStep | FailStep] | None = None,
) -> ConditionStep:
    return ConditionStep(
        name, conditions=conditions, if_steps=if_steps, else_steps=else_steps or []
    )


def _read(evaluate: ProcessingStep, report: PropertyFile, path: str) -> JsonGet:
    return JsonGet(step_name=evaluate.name, property_file=report, json_path=path)
