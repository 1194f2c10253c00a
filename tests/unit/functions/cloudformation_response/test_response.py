"""Behaviour of the answer to CloudFormation."""

import pytest

from cloudformation_response.response import (
    Outcome,
    PhysicalId,
    ResponseNotDeliveredError,
    respond,
)
from invocation.deadline import Deadline
from tests.unit.functions.invocation_fakes import FakeContext, World, custom_resource_event


def answer(world: World, reason: str = "", value: str = "x", **more: str) -> None:
    """Answer a request with these words and this attribute."""

    def work(physical_id: PhysicalId) -> Outcome:
        return Outcome({"Value": value}, reason)

    respond(
        custom_resource_event("Create", "Custom::Thing", {}, **more),
        FakeContext(),
        work,
        first_id="thing",
        expected=(),
        http=world,
        deadline=Deadline(world.time.now + 100, world.time.clock, world.time.sleep),
    )


def test_the_request_is_named_in_the_answer(world: World) -> None:
    answer(world)
    assert world.answers[-1] == {
        "Status": "SUCCESS",
        "Reason": "",
        "PhysicalResourceId": "thing",
        "StackId": custom_resource_event("Create", "x", {})["StackId"],
        "RequestId": "6f3c",
        "LogicalResourceId": "Thing",
        "NoEcho": False,
        "Data": {"Value": "x"},
    }


def test_a_known_physical_id_stays(world: World) -> None:
    answer(world, PhysicalResourceId="known")
    assert world.answers[-1]["PhysicalResourceId"] == "known"


@pytest.mark.parametrize("character", ["x", "ü", '"', "\n", "🙂"])
def test_a_long_reason_is_trimmed_to_cloudformations_limit(world: World, character: str) -> None:
    answer(world, reason=f"begins {character * 9000}")
    reason = world.answers[-1]["Reason"]  # the world itself checks the length of the body
    assert reason.startswith("begins ")
    assert reason.endswith("…")
    assert len(reason) > 200


def test_an_answer_is_sent_again_until_it_is_taken(world: World) -> None:
    world.put_statuses = [503, 500] * 2 + [503]
    answer(world)
    assert len(world.answers) == 1


def test_an_answer_that_is_never_taken_is_raised_without_its_address(world: World) -> None:
    world.put_statuses = [503] * 5 + [403]
    with pytest.raises(ResponseNotDeliveredError, match="status 403") as caught:
        answer(world)
    assert "Signature" not in str(caught.value)
