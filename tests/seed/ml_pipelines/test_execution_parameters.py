"""Any `--parameters` are values that the pipeline takes, or end in one sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ml_pipelines.execution_parameters import LONGEST_VALUE, check_parameters, read_parameters
from ml_pipelines.settings import SettingsError, read_pipeline_settings

SETTINGS = read_pipeline_settings()
DEFINITION = json.dumps(
    {
        "Parameters": [
            {"Name": "InputDataUrl", "Type": "String", "DefaultValue": "s3://b/a.csv"},
            {"Name": "ProcessingInstanceType", "Type": "String", "DefaultValue": "ml.m5.large"},
            {"Name": "TrainingInstanceType", "Type": "String", "DefaultValue": "ml.m5.large"},
            {"Name": "ModelApprovalStatus", "Type": "String", "DefaultValue": "Rejected"},
            {"Name": "MetricThreshold", "Type": "Float", "DefaultValue": 6.0},
            {"Name": "CommitId", "Type": "String", "DefaultValue": "unknown"},
            {"Name": "Trees", "Type": "Integer", "DefaultValue": 3},
            {"Name": "IsFast", "Type": "Boolean", "DefaultValue": True},
            {"Name": "Sex", "Type": "String", "DefaultValue": "F", "EnumValues": ["F", "M"]},
        ]
    }
)
NAMES = [item["Name"] for item in json.loads(DEFINITION)["Parameters"]]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=4,
)


def taken(**values: Any) -> dict[str, str]:
    return check_parameters(read_parameters(json.dumps(values)), DEFINITION, SETTINGS)


def outcome(values: dict[str, Any]) -> dict[str, str] | str:
    """What is taken, or the sentence that refuses it."""
    try:
        return taken(**values)
    except SettingsError as refused:
        return str(refused)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("InputDataUrl", "s3://my-bucket/data/new.csv", "s3://my-bucket/data/new.csv"),
        ("ProcessingInstanceType", "ml.c5.xlarge", "ml.c5.xlarge"),
        ("ModelApprovalStatus", "PendingManualApproval", "PendingManualApproval"),
        ("MetricThreshold", 5, "5.0"),
        ("MetricThreshold", "5.5", "5.5"),
        ("CommitId", "main", "main"),
        ("Trees", 300, "300"),
        ("Trees", "300", "300"),
        ("IsFast", False, "False"),
        ("IsFast", "true", "True"),
        ("Sex", "M", "M"),
    ],
)
def test_a_value_of_its_type_is_taken_as_the_api_takes_it(name: str, value: Any, text: str) -> None:
    assert taken(**{name: value}) == {name: text}


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("MseThreshold", 5.5, f"the pipeline has {', '.join(NAMES)}"),
        ("", 5.5, f"the pipeline has {', '.join(NAMES)}"),
        ("InputDataUrl", "my-bucket/new.csv", "String should match pattern"),
        ("InputDataUrl", "s3://data-{region}/new.csv", "write the region"),
        ("InputDataUrl", ["s3://b/new.csv"], '["s3://b/new.csv"] is not a String'),
        ("ProcessingInstanceType", "m5.large", "String should match pattern"),
        ("TrainingInstanceType", 5, "5 is not a String"),
        ("ModelApprovalStatus", "Approved", "'PendingManualApproval' or 'Rejected'"),
        ("MetricThreshold", -1, "threshold -1.0 is no value of mse, which lies at 0 or above"),
        ("MetricThreshold", "low", '"low" is not a Float'),
        ("MetricThreshold", "nan", '"nan" is not a Float'),
        ("MetricThreshold", True, "true is not a Float"),
        ("MetricThreshold", None, "null is not a Float"),
        ("MetricThreshold", 10**400, "is not a Float"),
        ("CommitId", "", "a value has 1 to 1024 characters, and this has 0"),
        ("CommitId", "x" * 1025, "a value has 1 to 1024 characters, and this has 1025"),
        ("Trees", 1.5, "1.5 is not a Integer"),
        ("IsFast", 1, "1 is not a Boolean"),
        ("Sex", "X", '"X" is not one of F, M'),
    ],
)
def test_any_other_value_is_refused_with_its_name(name: str, value: Any, why: str) -> None:
    with pytest.raises(SettingsError) as refused:
        taken(**{name: value})
    said = str(refused.value)
    assert said.startswith(f"parameter {name} of --parameters is refused: ")
    assert why in said


@given(st.dictionaries(st.sampled_from(NAMES) | st.text(), JSON, max_size=3))
def test_whatever_is_given_is_taken_or_refused_in_one_sentence(values: dict[str, Any]) -> None:
    found = outcome(values)
    if isinstance(found, str):
        assert found.isprintable()
        assert len(found) < 400
        return
    assert set(found) == set(values)
    assert all(1 <= len(text) <= LONGEST_VALUE for text in found.values())
    assert outcome(found) == found
