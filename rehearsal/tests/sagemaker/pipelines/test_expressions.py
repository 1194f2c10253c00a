"""Expressions and conditions, without a server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.aws.sagemaker.pipelines.conditions import holds
from rehearsal.aws.sagemaker.pipelines.expressions import ExpressionError, Values
from rehearsal.tests.sagemaker.pipelines.definitions import compare, get


@pytest.fixture
def values() -> Values:
    documents = {"s3://b/report.json": {"scores": [{"mse": 4.5}], "a.b": 1}}
    outputs = [{"OutputName": "train", "S3Output": {"S3Uri": "s3://b/train"}}]
    return Values(
        parameters={"Number": 6.0, "Name": "abalone", "Flag": True},
        execution={"PipelineName": "p"},
        read_object=lambda uri: json.dumps(documents[uri]).encode(),
        properties={"Prepare": {"ProcessingOutputConfig": {"Outputs": outputs}}},
        property_files={("Evaluate", "Report"): "s3://b/report.json"},
    )


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (get("Parameters.Number"), 6.0),
        (get("Execution.PipelineName"), "p"),
        (
            get("Steps.Prepare.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"),
            "s3://b/train",
        ),
        (get("Steps.Prepare.ProcessingOutputConfig.Outputs[0].OutputName"), "train"),
        ({"Std:Join": {"On": "/", "Values": ["a", get("Parameters.Flag"), 1]}}, "a/true/1"),
        ({"nested": [get("Parameters.Name")]}, {"nested": ["abalone"]}),
    ],
)
def test_expressions_have_values(values: Values, expression: Any, value: Any) -> None:
    assert values.resolve(expression) == value


@pytest.mark.parametrize(("path", "value"), [("scores[0].mse", 4.5), ("['a.b']", 1)])
def test_json_of_a_property_file_is_read(values: Values, path: str, value: float) -> None:
    file = get("Steps.Evaluate.PropertyFiles.Report")
    assert values.resolve({"Std:JsonGet": {"PropertyFile": file, "Path": path}}) == value


def test_path_without_value_is_named(values: Values) -> None:
    file = get("Steps.Evaluate.PropertyFiles.Report")
    with pytest.raises(ExpressionError, match="no 'rmse' in"):
        values.resolve({"Std:JsonGet": {"PropertyFile": file, "Path": "scores[0].rmse"}})


@pytest.mark.parametrize(
    ("condition", "true"),
    [
        (compare("Equals", 1, 1.0), True),
        (compare("LessThan", 1, 1), False),
        (compare("LessThanOrEqualTo", 1, 1), True),
        (compare("GreaterThan", "b", "a"), True),
        (compare("GreaterThanOrEqualTo", 1, 2), False),
        ({"Type": "In", "QueryValue": "a", "Values": ["a", "b"]}, True),
        ({"Type": "Not", "Expression": compare("Equals", 1, 2)}, True),
        ({"Type": "And", "Conditions": [compare("Equals", 1, 1), compare("Equals", 1, 2)]}, False),
        ({"Type": "Or", "Conditions": [compare("Equals", 1, 2), compare("Equals", 1, 1)]}, True),
    ],
)
def test_conditions_hold_or_not(values: Values, condition: dict[str, Any], true: bool) -> None:
    assert holds(condition, values.resolve) is true


def test_text_is_not_compared_with_numbers(values: Values) -> None:
    with pytest.raises(ExpressionError, match="cannot be compared"):
        holds(compare("LessThan", "a", 1), values.resolve)
