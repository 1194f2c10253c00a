"""What is wrong in a definition is found before anything runs, and named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.sagemaker.pipelines.definition import read_definition
from rehearsal.tests.sagemaker.pipelines.definitions import (
    compare,
    condition,
    fail,
    gated_training,
    get,
    measure,
    pipeline,
)

_ROLE = "arn:aws:iam::111122223333:role/r"


def refusal(definition: dict[str, Any]) -> str:
    with pytest.raises(RequestRefusedError) as refused:
        read_definition(json.dumps(definition))
    return refused.value.message


def test_steps_of_branches_are_found_with_what_they_need() -> None:
    steps = read_definition(json.dumps(gated_training(_ROLE, "group"))).steps
    assert list(steps) == ["Measure", "Train", "Gate", "Register", "TooSmall"]
    assert steps["Gate"].needs == {"Measure"}
    assert steps["Register"].needs == {"Gate", "Train", "Measure"}


def test_unknown_step_type_is_named() -> None:
    text = refusal(pipeline({"Name": "Send", "Type": "Lambda", "Arguments": {}}))
    assert "Step 'Send' is of type Lambda" in text


def test_missing_argument_is_named() -> None:
    step = measure("Measure", _ROLE)
    del step["Arguments"]["AppSpecification"]
    text = refusal(pipeline(step))
    assert "Step 'Measure'" in text
    assert "AppSpecification" in text


def test_argument_of_the_wrong_type_is_named() -> None:
    step = measure("Measure", _ROLE)
    step["Arguments"]["ProcessingResources"]["ClusterConfig"]["InstanceCount"] = "two"
    assert "InstanceCount" in refusal(pipeline(step))


def test_default_of_a_parameter_is_checked_where_it_is_used() -> None:
    step = measure("Measure", _ROLE)
    step["Arguments"]["ProcessingResources"]["ClusterConfig"]["InstanceCount"] = get("Parameters.N")
    parameters = [{"Name": "N", "Type": "String", "DefaultValue": "two"}]
    assert "InstanceCount" in refusal(pipeline(step, parameters=parameters))


@pytest.mark.parametrize("path", ["Parameters.Absent", "Execution.Absent", "Absent"])
def test_reference_to_what_is_not_defined_is_named(path: str) -> None:
    assert f"refers to {path}, which is not defined" in refusal(pipeline(fail("Stop", get(path))))


def test_reference_to_an_unknown_step_is_named() -> None:
    assert "unknown step 'Absent'" in refusal(pipeline(fail("Stop", get("Steps.Absent.X"))))


def test_property_file_must_be_declared() -> None:
    value = {"Std:JsonGet": {"PropertyFile": get("Steps.Measure.PropertyFiles.No"), "Path": "a"}}
    gate = condition("Gate", [compare("Equals", value, 1)], [], [])
    assert "property file No" in refusal(pipeline(measure("Measure", _ROLE), gate))


def test_steps_that_wait_for_each_other_are_named() -> None:
    circle = [fail("A") | {"DependsOn": ["B"]}, fail("B") | {"DependsOn": ["A"]}]
    assert "A, B depend on each other" in refusal(pipeline(*circle))


def test_step_names_are_unique_across_branches() -> None:
    gate = condition("Gate", [compare("Equals", 1, 1)], [fail("Same")], [fail("Same")])
    assert "'Same' is used twice" in refusal(pipeline(gate))


def test_a_condition_step_in_another_is_refused() -> None:
    inner = condition("Inner", [compare("Equals", 1, 1)], [fail("Stop")], [])
    for branches in (([inner], []), ([], [inner])):
        said = refusal(pipeline(condition("Outer", [compare("Equals", 1, 1)], *branches)))
        assert "'Inner' is a Condition step in 'Outer'" in said


def test_unknown_condition_type_is_named_however_deep() -> None:
    deep = {"Type": "Not", "Expression": {"Type": "Or", "Conditions": [{"Type": "Resembles"}]}}
    assert "Resembles" in refusal(pipeline(condition("Gate", [deep], [], [])))


@pytest.mark.parametrize(
    ("change", "named"),
    [({"Version": "1"}, "Version"), ({"Steps": []}, "Steps"), ({"Parameters": [{}]}, "Parameter")],
)
def test_frame_of_a_definition_is_checked(change: dict[str, Any], named: str) -> None:
    assert named in refusal({**pipeline(fail("Stop")), **change})
