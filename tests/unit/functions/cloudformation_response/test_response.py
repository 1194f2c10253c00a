"""Behaviour of the answer to CloudFormation."""

import pytest

from cloudformation_response.response import (
    Outcome,
    PhysicalId,
    ResponseNotDeliveredError,
    respond,
)
from invocation.deadline import Deadline
from tests.unit.functions.invocation_fakes import FakeContext, Stage, custom_resource_event


def answer(stage: Stage, reason: str = "", value: str = "x", **more: str) -> None:
    """Answer a request with these words and this attribute."""

    def work(physical_id: PhysicalId) -> Outcome:
        return Outcome({"Value": value}, reason)

    respond(
        custom_resource_event("Create", "Custom::Thing", {}, **more),
        FakeContext(),
        work,
        first_id="thing",
        expected=(),
        http=stage,
        deadline=Deadline(stage.time.now + 100, stage.time.clock, stage.time.sleep),
    )


def test_the_request_is_named_in_the_answer(stage: Stage) -> None:
    answer(stage)
    assert stage.answers[-1] == {
        "Status": "SUCCESS",
        "Reason": "",
        "PhysicalResourceId": "thing",
        "StackId": custom_resource_event("Create", "x", {})["StackId"],
        "RequestId": "6f3c",
        "LogicalResourceId": "Thing",
        "NoEcho": False,
        "Data": {"Value": "x"},
    }


def test_a_known_physical_id_stays(stage: Stage) -> None:
    answer(stage, PhysicalResourceId="known")
    assert stage.answers[-1]["PhysicalResourceId"] == "known"


@pytest.mark.parametrize("character", ["x", "ü", '"', "\n", "🙂"])
def test_a_long_reason_is_trimmed_to_cloudformations_limit(stage: Stage, character: str) -> None:
    answer(stage, reason=f"begins {character * 9000}")
    reason = stage.answers[-1]["Reason"]  # the stage itself checks the length of the body
    assert reason.startswith("begins ")
    assert reason.endswith("…")
    assert len(reason) > 200


def test_an_answer_is_sent_again_until_it_is_taken(stage: Stage) -> None:
    stage.put_statuses = [503, 500]
    answer(stage)
    assert len(stage.answers) == 1


def test_an_answer_that_is_never_taken_is_raised_without_its_address(stage: Stage) -> None:
    stage.put_statuses = [503, 503, 403]
    with pytest.raises(ResponseNotDeliveredError, match="status 403") as caught:
        answer(stage)
    assert "Signature" not in str(caught.value)
