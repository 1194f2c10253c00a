"""What a request changes is over at the first look, if it ends in good time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.tests.emulator.local_aws import LocalAws

_HANDLE = {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """A local AWS that waits for the end of a change before it answers, for two seconds."""
    state = tmp_path_factory.mktemp("patient") / "state"
    server = LocalAws(state, options=("--stack-answer-seconds", "2")).start()
    yield server
    assert server.stop() == 0


def test_the_first_look_finds_the_end_of_a_change_that_ends_in_time(patient: LocalAws) -> None:
    cloudformation = patient.client("cloudformation")
    cloudformation.create_stack(StackName="s", TemplateBody=_template())
    assert _status(cloudformation, "s") == "CREATE_COMPLETE"
    cloudformation.create_change_set(
        StackName="s", ChangeSetName="c", TemplateBody=_template(Two=_HANDLE["Handle"])
    )
    cloudformation.execute_change_set(StackName="s", ChangeSetName="c")
    assert _status(cloudformation, "s") == "UPDATE_COMPLETE"
    cloudformation.update_stack(StackName="s", TemplateBody=_template(Never=_never("1")))
    assert _status(cloudformation, "s") == "UPDATE_ROLLBACK_COMPLETE"
    stack_id = cloudformation.describe_stacks(StackName="s")["Stacks"][0]["StackId"]
    cloudformation.delete_stack(StackName=stack_id)
    assert _status(cloudformation, stack_id) == "DELETE_COMPLETE"


def test_a_change_that_takes_longer_is_answered_before_its_end(patient: LocalAws) -> None:
    cloudformation = patient.client("cloudformation")
    cloudformation.create_stack(StackName="late", TemplateBody=_template(Never=_never("5")))
    assert _status(cloudformation, "late") == "CREATE_IN_PROGRESS"
    assert patient.settled("late")["StackStatus"] == "ROLLBACK_COMPLETE"


def _never(seconds: str) -> dict[str, Any]:
    """A resource whose creation fails after so many seconds."""
    waiting = {"Handle": {"Ref": "Handle"}, "Timeout": seconds}
    return {"Type": "AWS::CloudFormation::WaitCondition", "Properties": waiting}


def _template(**resources: dict[str, Any]) -> str:
    return json.dumps({"Resources": _HANDLE | resources})


def _status(cloudformation: Any, name: str) -> str:
    return str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
