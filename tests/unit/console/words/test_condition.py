"""A condition is read as a sentence, and shown as it is where this console does not know it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.words.condition import condition_in_words

_METRIC = {
    "Std:JsonGet": {
        "PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.Report"},
        "Path": "regression_metrics.mse.value",
    }
}
_LIMIT = {"Get": "Parameters.MetricThreshold"}
_AT_MOST = {"Type": "LessThanOrEqualTo", "LeftValue": _METRIC, "RightValue": _LIMIT}


@pytest.mark.parametrize(
    ("conditions", "values", "sentence"),
    [
        (
            [_AT_MOST],
            {"MetricThreshold": "6.0"},
            "regression_metrics.mse.value of Evaluate's Report is at most MetricThreshold (6.0)",
        ),
        (
            [{"Type": "GreaterThan", "LeftValue": {"Get": "Steps.A.Outputs"}, "RightValue": 3}],
            {},
            "Steps.A.Outputs is more than 3",
        ),
        (
            [{"Type": "Equals", "LeftValue": _LIMIT, "RightValue": "a"}] * 2,
            {},
            "MetricThreshold is a and MetricThreshold is a",
        ),
        (
            [{"Type": "Not", "Expression": {"Type": "In", "QueryValue": "a", "Values": ["b", 1]}}],
            {},
            "not (a is one of b, 1)",
        ),
        (
            [
                {
                    "Type": "Or",
                    "Conditions": [
                        {"Type": "LessThan", "LeftValue": 1, "RightValue": 2},
                        {"Type": "GreaterThanOrEqualTo", "LeftValue": 1, "RightValue": 2},
                    ],
                }
            ],
            {},
            "(1 is less than 2 or 1 is at least 2)",
        ),
        ([{"Type": "Likes", "Value": 1}], {}, '{"Type": "Likes", "Value": 1}'),
        (None, {}, ""),
    ],
)
def test_each_condition_is_a_sentence(
    conditions: Any, values: dict[str, str], sentence: str
) -> None:
    assert condition_in_words({"Conditions": conditions}, values) == sentence


def test_what_is_nested_without_end_ends() -> None:
    told: dict[str, Any] = {"Type": "Equals", "LeftValue": 1, "RightValue": 1}
    for _ in range(400):
        told = {"Type": "Not", "Expression": told}
    assert len(condition_in_words({"Conditions": [told]}, {})) < 1000


_KEYS = ("Type", "Conditions", "LeftValue", "Get", "Std:JsonGet", "Values", "Expression", "Path")
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Type",
                    "Conditions",
                    "LeftValue",
                    "Get",
                    "Std:JsonGet",
                    "Values",
                    "Expression",
                    "Path",
                ]
            )
            | st.text(),
            inner | st.sampled_from(["Equals", "In", "Not", "Or", "Parameters.x", "Steps"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_ANY)
def test_nothing_that_a_definition_may_hold_raises(told: Any) -> None:
    condition_in_words({"Conditions": [told]}, {"x": told})
